"""The relay: what waits in the outbox is told to Redis, once and in order.

An event is told by a script that adds it to its streams, publishes it and remembers its id in
one step, and only then is it marked in the outbox. A relay that dies between the two leaves an
event that is told and not marked; whoever leads next tries again, and the script knows the id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from datasources.failures import Unavailable
from datasources.lease import Lease, LeaseLost
from datasources.outbox import Event, Job, Jobs, Outbox
from datasources.streams import Streams

logger = logging.getLogger(__name__)

BATCH = 200
PAGE = 50
MOMENT = 0.05

# What Redis may lose in a crash or a failover is younger than this.
LOOK_BACK = timedelta(seconds=10)


class Relay:
    """Tells the events of the outbox. Its `work` is done by a `Leader`.

    Marking is left to a task that gathers what was told in a moment, so that a steady flow of
    changes does not cost a second write each. `follow` is given what was told before that is
    marked, and may be given it again: it asks for the jobs that follow events.
    """

    def __init__(
        self,
        outbox: Outbox,
        streams: Streams,
        clock: Callable[[], datetime],
        *,
        follow: Callable[[Sequence[Event]], Awaitable[None]],
        batch: int = BATCH,
    ) -> None:
        self._outbox = outbox
        self._streams = streams
        self._clock = clock
        self._follow = follow
        self._batch = batch
        self._told: dict[str, Event] = {}
        self._marking: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def work(self, lease: Lease, new: bool) -> None:
        """Tell all that waits. A `new` leader first tells again what Redis may have lost."""
        if new:
            await self.close()
            await self._tell_again(lease)
        await self._noticed()
        more = True
        while more and (events := await self._outbox.waiting(self._batch, self._told)):
            await self._streams.tell(lease, events)
            await self._remember(events)
            more = len(events) == self._batch  # what was written since has nudged

    async def close(self) -> None:
        """Mark what was told, as far as that can be done now."""
        try:
            await self._marked()
        except Unavailable as error:
            logger.warning("what was told is not marked yet: %s", error)
        self._told.clear()

    async def _remember(self, events: list[Event]) -> None:
        self._told.update((event.id, event) for event in events)
        await self._noticed()
        if self._marking is None:
            self._marking = asyncio.create_task(self._mark())
        if len(self._told) >= self._batch:
            self._hurry.set()
        if len(self._told) >= self._batch * 3:
            await self._marked()

    async def _noticed(self) -> None:
        if self._marking is not None and self._marking.done():
            await self._marked()

    async def _marked(self) -> None:
        if self._marking is not None:
            if not self._marking.done():
                self._hurry.set()
            try:
                await asyncio.shield(self._marking)
            finally:
                if self._marking.done():
                    self._marking = None

    async def _mark(self) -> None:
        while self._told:
            await self._moment()
            events = list(self._told.values())
            await self._follow(events)
            await self._outbox.mark(events, self._clock())
            await self._streams.settle(events)
            for event in events:
                del self._told[event.id]

    async def _moment(self) -> None:
        try:
            async with asyncio.timeout(MOMENT):
                await self._hurry.wait()
        except TimeoutError:
            pass
        self._hurry.clear()

    async def _tell_again(self, lease: Lease) -> None:
        since, after = self._clock() - LOOK_BACK, ""
        while events := await self._outbox.told_since(since, after, self._batch):
            await self._streams.tell(lease, events)
            await self._streams.settle(events)
            after = events[-1].id


Queue = Callable[[Job], Awaitable[None]]


class JobRelay:
    """Hands the jobs of the outbox to `queue`. At least once: it knows a key it has had."""

    def __init__(self, jobs: Jobs, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._jobs = jobs
        self._queue = queue
        self._clock = clock

    async def work(self, lease: Lease, new: bool) -> None:
        """Queue all that waits; what can't be queued keeps waiting and holds up no other."""
        after, more = "", True
        while more and (jobs := await self._jobs.waiting(after, PAGE)):
            after, more = jobs[-1].id, len(jobs) == PAGE
            if not lease.fresh and await lease.claim(nudge=False):
                raise LeaseLost
            done = await asyncio.gather(*(self._try(job) for job in jobs))
            queued = [job for job, ok in zip(jobs, done, strict=True) if ok]
            if queued:
                await self._jobs.mark(queued, self._clock())

    async def _try(self, job: Job) -> bool:
        try:
            await self._queue(job)
        except Exception:
            logger.exception("the job %s could not be queued and waits", job.id)
            return False
        return True
