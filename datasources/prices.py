"""What tokens cost."""

from __future__ import annotations

import msgspec

from datasources.models import Tokens


class Price(msgspec.Struct, frozen=True):
    """What a million tokens cost, in millionths of a US dollar: read, read from cache, written."""

    read: int = 0
    cached: int = 0
    written: int = 0

    def of(self, tokens: Tokens) -> int:
        """What these tokens cost, in millionths of a dollar, rounded up."""
        fresh = max(0, tokens.read - tokens.cached)
        sum = fresh * self.read + tokens.cached * self.cached + tokens.written * self.written
        return -(-sum // 1_000_000)
