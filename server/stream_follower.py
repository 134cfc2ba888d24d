"""A subscription over server-sent events that is answered together with others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from typing import Generic

from execution.errors import RequestRejected
from execution.response import Encoded, Response
from server.followed import Answer, Caller, Follower, ViewerT, too_slow
from server.watch import Watch
from services.places import Leave


class StreamFollower(Follower[ViewerT], Generic[ViewerT]):
    """Keeps answers, `capacity` at most, until the stream has written them."""

    __slots__ = ("_capacity", "_come", "_over", "_rejection", "_waiting")

    def __init__(self, caller: Caller[ViewerT], watch: Watch, leave: Leave, capacity: int) -> None:
        super().__init__(caller, watch, leave)
        self._capacity = capacity
        self._waiting: deque[Answer] = deque()
        self._come = asyncio.Event()
        self._over = False
        self._rejection: RequestRejected | None = None

    def deliver(self, answers: Sequence[Answer]) -> None:
        """Keep them; too many that wait end the subscription, after what waits already."""
        if self._waiting and len(self._waiting) + len(answers) > self._capacity:
            self.end(too_slow(self._capacity))
        else:
            self._waiting += answers
            self._come.set()

    def over(self, rejection: RequestRejected | None) -> None:
        """Let the stream end when what waits was written."""
        self._over, self._rejection = True, rejection
        self._come.set()

    async def responses(self) -> AsyncGenerator[Response, None]:
        """The answers as they come. Raises RequestRejected where it ended by a failure."""
        try:
            while True:
                while self._waiting:
                    answer = self._waiting.popleft()
                    yield Encoded(extensions={"cursor": answer.cursor}, text=answer.body)
                if self._over:
                    break
                self._come.clear()
                await self._come.wait()
            if self._rejection is not None:
                raise self._rejection
        finally:
            self.cancel()
