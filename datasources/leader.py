"""A leader: work that must be done in order is done by one process at a time."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable

from datasources.channels import Channels
from datasources.failures import Unavailable
from datasources.lease import Lease, LeaseLost
from datasources.redis import Redis

logger = logging.getLogger(__name__)

Work = Callable[[Lease, bool], Awaitable[None]]

LEASE = 3.0
POLL = 1.0
SPAN = 0.2
"""Seconds after which a nudge counts for little in what is said of a flow."""
FLOW = 8.0
"""Nudges in about that time, from which on they are a steady flow: forty a second."""


class Flow:
    """How much comes just now: each arrival counts less and less as it gets older."""

    def __init__(self) -> None:
        self._level = 0.0
        self._at = time.monotonic()

    def came(self) -> None:
        """Note that something came."""
        self._level, self._at = self._now() + 1.0, time.monotonic()

    @property
    def steady(self) -> bool:
        """Whether so much comes that what comes next is not far."""
        return self._now() > FLOW

    def _now(self) -> float:
        return self._level * math.exp((self._at - time.monotonic()) / SPAN)


class Leader:
    """A candidate that does `work` while it leads: when nudged, and every `poll` seconds.

    `work` is given the lease, and whether this is the first time since the lead was taken,
    or since something went wrong. In a steady flow it begins at most every `rest` seconds, and what
    comes meanwhile is done together; what comes alone, or with a few others, waits for nothing.
    """

    def __init__(
        self,
        redis: Redis,
        channels: Channels,
        name: str,
        work: Work,
        *,
        lease: float = LEASE,
        poll: float = POLL,
        rest: float = 0.0,
    ) -> None:
        self.lease = Lease(redis, name, lease)
        self._term: int | None = None
        self._channels = channels
        self._name = name
        self._work = work
        self._poll = poll
        self._rest = rest
        self._flow = Flow()
        self._wake = asyncio.Event()
        self._nudged = False

    def nudge(self) -> None:
        """There is work: do it at once, or wake the process that leads."""
        self._nudged = True
        self._come()

    async def run(self) -> None:
        """Stand for the lead, and work, until cancelled; then let go of it."""
        watch = self._channels.watch(self.lease.channel, lambda _: self._come(), self._wake.set)
        try:
            while True:
                began = asyncio.get_running_loop().time()
                await self._sleep(await self._turn())
                if self._flow.steady:
                    await self._pause(began + self._rest)
        finally:
            watch.close()
            await self._resign()

    def _come(self) -> None:
        self._flow.came()
        self._wake.set()

    async def _turn(self) -> float:
        self._wake.clear()
        nudged, self._nudged = self._nudged, False
        try:
            if self._term is None or not self.lease.fresh:
                left = await self.lease.claim(nudge=nudged)
                if left:
                    self._term = None
                    return min(left, self._poll)
            new, self._term = self._term != self.lease.terms, self.lease.terms
            await self._work(self.lease, new)
        except LeaseLost:
            self._term = None
            self.nudge()
        except Unavailable as error:
            self._term = None
            logger.warning("%s waits: %s", self._name, error)
        except Exception:
            self._term = None
            logger.exception("%s failed and tries again", self._name)
        return self._poll

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _pause(self, until: float) -> None:
        left = until - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)

    async def _resign(self) -> None:
        self._term = None
        try:
            await self.lease.release()
        except Unavailable:
            logger.info("%s leaves its lease to run out", self._name)
