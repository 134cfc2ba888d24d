"""Passwords: argon2id in threads, never more of them at once than the machine can bear."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.failures import BadInput, Failure

T = TypeVar("T")

LEAST = 10
MOST = 256


class Busy(Failure):
    """More passwords wait to be checked than this process takes on."""

    code = "UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("Too many people sign in just now. Try again in a moment.", retryAfter=1)


class Passwords:
    """Hashes and checks. The costs are argon2's: `memory` in KiB, `passes`, `lanes`.

    `at_once` bounds the threads, and so the memory; `waiting` those that queue for one.
    """

    def __init__(
        self,
        *,
        memory: int = 19_456,
        passes: int = 2,
        lanes: int = 1,
        at_once: int = 2,
        waiting: int = 100,
    ) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self._most = at_once + waiting
        self._taken = 0
        self.nobody = self._hash_of_nobody()

    async def hash(self, password: str) -> str:
        """The hash to keep, with its salt and costs."""
        return await self._run(lambda: self._hasher.hash(normal(password)))

    async def verify(self, hash: str | None, password: str) -> bool:
        """Whether the password has this hash. None takes as long, and is never right."""
        right = await self._run(lambda: self._verify(hash or self.nobody, password))
        return right and hash is not None

    def outdated(self, hash: str) -> bool:
        """Whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(hash)

    def _verify(self, hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash, normal(password))
        except (VerificationError, InvalidHashError):
            return False

    def _hash_of_nobody(self) -> str:
        """A hash at today's costs that no password has: it was never computed."""
        made = self._hasher
        costs = f"m={made.memory_cost},t={made.time_cost},p={made.parallelism}"
        return f"$argon2id$v=19${costs}${noise(made.salt_len)}${noise(made.hash_len)}"

    async def _run(self, work: Callable[[], T]) -> T:
        if self._taken >= self._most:
            raise Busy
        self._taken += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        future.add_done_callback(self._release)
        return await asyncio.shield(future)

    def _release(self, _: object) -> None:
        self._taken -= 1


def noise(length: int) -> str:
    """Random bytes as they are written in a hash."""
    return b64encode(secrets.token_bytes(length)).decode().rstrip("=")


def normal(password: str) -> str:
    """One form for what looks the same, whatever keyboard it came from."""
    return unicodedata.normalize("NFKC", password)


def acceptable(field: str, password: str, email: str) -> str:
    """A password that may be chosen: long enough, and not the address itself."""
    allowed = f"{LEAST} to {MOST} characters, and not the email address."
    readable(field, password)
    if len(normal(password)) < LEAST:
        raise BadInput(field, "is too short.", allowed)
    if password.strip().casefold() in {email.casefold(), email.partition("@")[0].casefold()}:
        raise BadInput(field, "is the email address.", allowed)
    return password


def readable(field: str, password: str) -> str:
    """A password that can be checked at all: not endless, and text that can be encoded."""
    if len(password) > MOST or len(normal(password)) > MOST * 4:
        raise BadInput(field, "is too long.", f"At most {MOST} characters.")
    if any(0xD800 <= ord(character) < 0xE000 for character in password):
        raise BadInput(field, "holds half of a character.", "Any text.")
    return password
