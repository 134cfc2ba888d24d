"""Two hundred kills: the worker at every step of a publication, at random, and both engines."""

from __future__ import annotations

import asyncio
import itertools
import random
from pathlib import Path

import pytest

from tests.publishing_kills import Siege, besieged

AT_STEPS, AT_RANDOM, OF_ENGINES = 140, 40, 20


async def kill_at_steps(siege: Siege) -> None:
    """Before and after each command to the database, and before Redis hears that it is done."""
    steps = len(await siege.commands())
    plans = [(n, how) for n in range(1, steps + 1) for how in ("started", "succeeded")]
    for step, how in itertools.islice(itertools.cycle([*plans, (0, "ack")]), AT_STEPS):
        target = await siege.publish()
        await siege.start_worker(target=target, step=step, die=how)
        assert await siege.worker_dies(how), f"{how} {step} of {steps} was never reached"


async def kill_at_random(siege: Siege, chance: random.Random) -> None:
    """While several publications are under way."""
    for _ in range(AT_RANDOM):
        await siege.start_worker()
        await siege.publish(3)
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        siege.kill_worker()


async def kill_engines(siege: Siege, chance: random.Random) -> None:
    """While a worker lives on and publications keep coming."""
    await siege.start_worker()
    for kill in itertools.islice(
        itertools.cycle([siege.kill_valkey, siege.kill_mongod]), OF_ENGINES
    ):
        publishing = asyncio.create_task(siege.publish(5))
        await asyncio.sleep(chance.uniform(0.0, 0.2))
        await kill()
        await publishing


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_two_hundred_kills_neither_lose_nor_repeat_a_publication(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    async with besieged(tmp_path) as siege:
        await kill_at_steps(siege)
        await kill_at_random(siege, chance)
        await kill_engines(siege, chance)
        await siege.finish()
        figures = await siege.check()
    with capsys.disabled():
        print(f"\n{figures}; seed {seed}")
