"""Events: what happened is written with the change, told after it, and can be followed.

Jobs are written the same way: work that a change causes is queued if, and only if, it is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from datasources.channels import Channels, Watch
from datasources.leader import LEASE, Leader
from datasources.mongo import Mongo
from datasources.outbox import Event, Job, Jobs, Outbox
from datasources.redis import Redis
from datasources.relay import BATCH, JobRelay, Queue, Relay
from datasources.spans import traceparent
from datasources.streams import Delivered, Position, Streams, position
from datasources.tasks import end
from services.clock import Clock, utc_now
from services.failures import BadInput
from services.hub import CursorExpired, Hub, Listener, SlowConsumer
from services.ids import NewId

__all__ = [
    "CursorExpired",
    "Delivered",
    "Event",
    "Events",
    "Listener",
    "Position",
    "SlowConsumer",
    "position",
]

EVENTS_REST, JOBS_REST = 0.01, 0.05
"""In a steady flow: seconds from one round of telling events, and of queueing jobs, to the next."""


class Events:
    """Record, tell and follow events. `start` it before use and `close` it at the end.

    `queue` takes the jobs; without one (a process that only asks for them) another process
    hands them on. `capacity` bounds a listener's queue, `cap` and `keep` (seconds) a stream.
    `follows` names the job that follows an event of a type, with its subject and workspace. It is
    asked for by whoever tells the event, before that is marked as told: the change itself has one
    write less to wait for, and nothing is lost with a process.
    `lease` is the seconds after which another process tells events in place of one that died,
    `batch` how many are told in one step.
    """

    def __init__(
        self,
        mongo: Mongo,
        redis: Redis,
        new_id: NewId,
        *,
        clock: Clock = utc_now,
        queue: Queue | None = None,
        follows: Mapping[str, str] = MappingProxyType({}),
        cap: int = 10_000,
        keep: int = 7 * 86_400,
        capacity: int = 256,
        lease: float = LEASE,
        batch: int = BATCH,
    ) -> None:
        self.outbox = Outbox(mongo)
        self.jobs = Jobs(mongo)
        self._mongo = mongo
        self._redis = redis
        self._new_id = new_id
        self._clock = clock
        self._follows = follows
        self._streams = Streams(redis, cap=cap, keep=keep)
        self._channels = Channels(redis)
        self._hub = Hub(self._channels, self._streams, capacity=capacity)
        self._relay = Relay(self.outbox, self._streams, clock, follow=self._follow, batch=batch)
        self._telling = Leader(
            redis, self._channels, "events", self._relay.work, lease=lease, rest=EVENTS_REST
        )
        self._queueing: Leader | None = None
        if queue is not None:
            work = JobRelay(self.jobs, queue, clock).work
            self._queueing = Leader(
                redis, self._channels, "jobs", work, lease=lease, rest=JOBS_REST
            )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Connect, and stand as a candidate for telling events and handing on jobs."""
        await self._channels.start()
        leaders = [self._telling] if self._queueing is None else [self._telling, self._queueing]
        self._tasks = [asyncio.create_task(leader.run()) for leader in leaders]

    async def close(self) -> None:
        """End all listeners, finish what was begun, and let another process take over at once."""
        await self._hub.close()
        await end(*self._tasks)
        await self._relay.close()
        await self._channels.close()

    async def record(
        self,
        type: str,
        *,
        topics: Sequence[str],
        subject: str,
        workspace_id: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Event:
        """Write down what happened, in the transaction around it; it is told once that is kept.

        `data` holds ids and plain values, never content: what a listener may see is read when
        the event arrives.
        """
        event = Event(
            id=self._new_id("evt"),
            type=type,
            topics=list(topics),
            subject=subject,
            workspace_id=workspace_id,
            data=msgspec.to_builtins(dict(data or {}), str_keys=True),
            at=self._clock(),
            traceparent=traceparent(),
        )
        await self.outbox.insert(event)
        self._mongo.after_commit(self._telling.nudge)
        return event

    async def enqueue(
        self,
        task: str,
        key: str,
        arguments: Mapping[str, Any],
        due: datetime | None = None,
        *,
        express: bool = False,
    ) -> None:
        """Ask for a job, in the transaction around it; `due` None is at once.

        An `express` one does not wait behind the others.

        While a job of that key waits to be queued, asking again replaces it.
        """
        job = Job(
            id=key,
            task=task,
            arguments=dict(arguments),
            due=due,
            express=express,
            at=self._clock(),
            revision=self._new_id("job"),
            traceparent=traceparent(),
        )
        await self.jobs.ask(job)
        self._mongo.after_commit(self._nudge_jobs)

    def listen(
        self,
        topic: str,
        types: Collection[str] | None = None,
        after: str | None = None,
        *,
        patient: bool = False,
    ) -> Listener:
        """Events of the topic, from its start on or, with `after`, from that cursor on.

        A `patient` listener is never ended for being slow. Raises `BadInput` for what is no
        cursor. See `Listener` for what the iteration raises.
        """
        since = None if after is None else cursor_of(after)
        return self._hub.listen(topic, types, since, patient=patient)

    @property
    def listening(self) -> int:
        """How many in this process are told what happens, alone or together."""
        return self._hub.listening

    async def cursor(self, topic: str) -> str:
        """Where the topic stands now: `after` this cursor is all that happens from here on."""
        return await self._streams.stand(topic)

    async def broadcast(self, channel: str, payload: str) -> None:
        """Tell every process that runs now. Nothing is kept; `Unavailable` if Redis is away."""
        await self._channels.publish(self._redis.key("broadcast", channel), payload)

    def on_broadcast(
        self,
        channel: str,
        callback: Callable[[str], None],
        confirmed: Callable[[], None] | None = None,
    ) -> Watch:
        """Call back with each payload until the watch is closed.

        `confirmed` is called whenever the connection has become good, for the first time or
        again: what was broadcast before that may have been missed.
        """
        return self._channels.watch(self._redis.key("broadcast", channel), callback, confirmed)

    async def forget(self, topics: Sequence[str]) -> None:
        """Erase all events of these topics, for good: nothing is told on them for an hour."""
        await self.outbox.forget(topics)
        await self._streams.forget(topics)

    async def _follow(self, events: Sequence[Event]) -> None:
        """Ask for what follows these; asking again for the same event changes nothing."""
        jobs = [
            Job(
                id=f"{task}:{event.id}",
                task=task,
                arguments={"subject": event.subject, "workspace_id": event.workspace_id},
                at=event.at,
                revision=self._new_id("job"),
                traceparent=event.traceparent,
            )
            for event in events
            if (task := self._follows.get(event.type))
        ]
        if jobs:
            await self.jobs.ask_once(jobs)
            self._nudge_jobs()

    def _nudge_jobs(self) -> None:
        if self._queueing is not None:
            self._queueing.nudge()


def cursor_of(after: str) -> Position:
    """The position in a cursor that a client sent."""
    try:
        return position(after)
    except ValueError:
        raise BadInput(
            "after", "is not a cursor", "the cursor of an event that you received"
        ) from None
