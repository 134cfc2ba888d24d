"""How a session ends: nothing more is issued, what was issued is revoked, sockets close."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from datasources.revocations import Revocations
from datasources.sessions import Session, Sessions
from services.clock import Clock

Broadcast = Callable[[str, Mapping[str, Any]], Awaitable[object]]

REVOKED = "revoked"
SKEW = 60
PATIENCE = timedelta(seconds=30)


class Endings:
    """Ends sessions so that it holds at once, in every process.

    `broadcast(channel, payload)` tells all processes: the channel is `revoked`, the payload
    `{"tokenIds": [...]}`. The record goes last, so an ending that was cut off is found again.
    """

    def __init__(
        self, sessions: Sessions, revocations: Revocations, broadcast: Broadcast, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._revocations = revocations
        self._broadcast = broadcast
        self._clock = clock

    async def end(self, ids: Sequence[str]) -> None:
        """End these sessions; those that have ended already are no error."""
        if not ids:
            return
        now = self._clock()
        tokens = living(await self._sessions.begin_end(ids, now), now)
        if tokens:
            await self._revocations.revoke(tokens)
            await self._broadcast(REVOKED, {"tokenIds": list(tokens)})
        await self._sessions.delete_many({"_id": {"$in": list(ids)}})

    async def finish(self) -> int:
        """End what an engine's failure left half ended; how many."""
        found = await self._sessions.ending(self._clock() - PATIENCE)
        await self.end([session.id for session in found])
        return len(found)


def living(sessions: Sequence[Session], now: datetime) -> dict[str, int]:
    """The access tokens that are still good, and the seconds that they have left.

    A minute is added, for processes whose clocks differ.
    """
    return {
        token.id: ceil((token.expires_at - now).total_seconds()) + SKEW
        for session in sessions
        for token in session.issued
        if token.expires_at > now - timedelta(seconds=SKEW)
    }
