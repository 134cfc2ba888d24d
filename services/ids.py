"""Ids that say what they name and sort by when they were made: a prefix and a ULID."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from ulid import ULID

from services.clock import Clock

RANDOM_BITS = 80
PATTERN = re.compile(r"^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}$")

NewId = Callable[[str], str]


class Ids:
    """Makes ids that rise within a process, even in one millisecond."""

    def __init__(self, clock: Clock, random: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random = random
        self._last = 0

    def __call__(self, prefix: str) -> str:
        """A new id, as in `cnt_01JD…`: three letters, an underscore, 26 of Crockford's base 32."""
        milliseconds = int(self._clock().timestamp() * 1000)
        value = (milliseconds << RANDOM_BITS) | self._random(RANDOM_BITS)
        if value >> RANDOM_BITS <= self._last >> RANDOM_BITS:
            value = self._last + 1 + self._random(32)
        self._last = value
        return f"{prefix}_{ULID(value.to_bytes(16, 'big'))}"


def prefix_of(id: str) -> str | None:
    """The three letters that tell the kind, None where it is no id of ours."""
    return id[:3] if PATTERN.match(id) else None
