"""Passwords cost as much to check for nobody as for somebody, and never too many at once."""

from __future__ import annotations

import asyncio
import statistics
import threading
import time

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from services.failures import BadInput
from services.passwords import Busy, Passwords, acceptable, readable


def cheap(**costs: int) -> Passwords:
    return Passwords(**{"memory": 8, "passes": 1, **costs})


async def test_a_password_is_right_or_wrong() -> None:
    passwords = cheap()
    hash = await passwords.hash("correct horse")
    assert await passwords.verify(hash, "correct horse")
    assert not await passwords.verify(hash, "correct horse ")
    assert not await passwords.verify("not a hash", "correct horse")
    assert hash != await passwords.hash("correct horse")


async def test_hashes_are_argon2id_with_the_costs_that_were_set() -> None:
    found = extract_parameters(await Passwords(memory=64, passes=2, lanes=2).hash("x" * 10))
    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost, found.parallelism) == (64, 2, 2)


async def test_a_hash_of_other_costs_is_outdated() -> None:
    before, now = cheap(), cheap(passes=2)
    hash = await before.hash("correct horse")
    assert not before.outdated(hash)
    assert now.outdated(hash)
    assert await now.verify(hash, "correct horse")


async def test_nobody_has_a_password_but_costs_as_much() -> None:
    passwords = Passwords(memory=4096, passes=2)
    hash = await passwords.hash("correct horse")
    assert extract_parameters(passwords.nobody) == extract_parameters(hash)
    known, unknown = [], []
    for _ in range(9):
        started = time.process_time()
        assert not await passwords.verify(hash, "wrong horse")
        known.append(time.process_time() - started)
        started = time.process_time()
        assert not await passwords.verify(None, "wrong horse")
        unknown.append(time.process_time() - started)
    assert 0.3 < statistics.median(unknown) / statistics.median(known) < 3


async def test_no_password_is_the_one_of_nobody() -> None:
    passwords = cheap()
    assert not await passwords.verify(None, "")
    assert not await passwords.verify(passwords.nobody, "")
    with pytest.raises(Exception, match="does not match"):
        PasswordHasher().verify(passwords.nobody, "")


async def test_only_so_many_are_hashed_at_once_and_only_so_many_wait() -> None:
    passwords = cheap(at_once=2, waiting=3)
    gate, running, most = threading.Event(), 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(10)
        with lock:
            running -= 1

    tasks = [asyncio.ensure_future(passwords._run(work)) for _ in range(5)]
    await asyncio.sleep(0)  # each of them takes its place before it waits
    with pytest.raises(Busy) as refusal:
        await passwords.hash("one too many")
    assert refusal.value.code == "UNAVAILABLE"
    assert refusal.value.extensions == {"retryAfter": 1}
    tasks[0].cancel()
    with pytest.raises(Busy):  # the thread of a caller who has gone still works
        await passwords.hash("one too many")
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert most == 2
    assert await passwords.hash("there is room again")


@given(st.text(min_size=10, max_size=256))
@settings(max_examples=50)
def test_any_text_that_is_long_enough_will_do(password: str) -> None:
    try:
        acceptable("password", password, "ada@example.com")
    except BadInput as refusal:
        assert refusal.extensions["field"] == "password"
        assert password not in str(refusal)
        return
    password.encode()


def test_what_can_be_tried_is_bounded() -> None:
    assert readable("password", "") == ""
    with pytest.raises(BadInput):
        readable("password", "x" * 257)
    with pytest.raises(BadInput):
        readable("password", "\ufdfa" * 256)
