"""A small world to publish in: a workspace, its people, and all that publishing needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from datasources.content import Content, Contents, ContentType, Platform
from datasources.feed import Entries
from datasources.jobs import JobQueue, WorkerLimits
from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.outbox import Event, Jobs, Outbox
from datasources.redis import Redis
from datasources.stores import Stores
from datasources.targets import IN_FLIGHT, Target, Targets
from datasources.users import Profile, User
from datasources.workspaces import Workspace
from server.tasks import SweepTimes
from server.worker import run_worker
from services.access import Access
from services.adapters import Adapters, PlatformAdapter, Post, Published
from services.audit import Audit
from services.clock import Clock, utc_now
from services.deliveries import Deliveries
from services.events import Events
from services.feed_adapter import FeedAdapter
from services.feeds import Feeds
from services.ids import Ids
from services.notifications import NotificationService
from services.progress import Progress
from services.publishing import PublishingService
from services.text import metadata
from services.viewer import Viewer

PUBLIC_URL = "https://brand.example"
LIMITS = WorkerLimits(
    lease=timedelta(seconds=1),
    check=timedelta(milliseconds=10),
    reconnect=timedelta(milliseconds=100),
    grace=timedelta(seconds=5),
)
SWEEP = SweepTimes(
    every=timedelta(seconds=1), waiting=timedelta(seconds=2), working=timedelta(seconds=5)
)
EDITOR, STRANGER, READER = "usr_editor", "usr_stranger", "usr_reader"
HOME = "wsp_home"


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        """Let that time pass."""
        self.now += timedelta(seconds=seconds)


async def until(condition: Callable[[], bool | Awaitable[bool]], within: float = 10.0) -> None:
    """Wait until it holds; TimeoutError if it does not in time."""
    async with asyncio.timeout(within):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.01)


@dataclass
class Wire:
    """A platform that keeps whatever it is sent, twice if it is sent twice, and answers as told."""

    platform: Platform = Platform.X
    idempotent: bool = False
    answers: list[BaseException | None] = field(default_factory=list)
    sent: list[Post] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    hold: asyncio.Event | None = None

    async def publish(self, post: Post) -> Published:
        """Take it, then answer."""
        self.sent.append(post)
        self.asked.set()
        if self.hold is not None:
            await self.hold.wait()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return Published(f"x-{len(self.sent)}", f"https://x.example/{len(self.sent)}")

    async def withdraw(self, target_id: str) -> None:
        """Remember what was taken back."""
        self.withdrawn.append(target_id)


@dataclass
class World:
    """What a test holds in its hands."""

    mongo: Mongo
    redis: Redis
    events: Events
    publishing: PublishingService
    deliveries: Deliveries
    feeds: Feeds
    queue: JobQueue
    stores: Stores
    contents: Contents
    targets: Targets
    entries: Entries
    outbox: Outbox
    jobs: Jobs
    new_id: Ids
    clock: Clock

    editor = Viewer(user_id=EDITOR)
    stranger = Viewer(user_id=STRANGER)
    reader = Viewer(user_id=READER)

    async def write(self, body: str = "Hello, world", title: str | None = None) -> Content:
        """A draft of the editor's."""
        now = self.clock()
        content = Content(
            id=self.new_id("cnt"),
            workspace_id=HOME,
            author_id=EDITOR,
            type=ContentType.POST,
            title=title,
            body=body,
            platforms=[Platform.FEED],
            tags=["news"],
            metadata=metadata(body),
            created_at=now,
            updated_at=now,
        )
        return await self.contents.insert(content)

    async def target(self, id: str) -> Target:
        """The target as it stands."""
        target = await self.targets.get(id)
        assert target is not None
        return target

    async def content(self, id: str) -> Content:
        """The piece as it stands."""
        content = await self.contents.get(id)
        assert content is not None
        return content

    async def told(self, type: str) -> list[Event]:
        """Events of that type that were written down, in order."""
        return await self.outbox.find({"type": type}, sort=[("_id", 1)])

    async def due(self) -> list[tuple[str, int, datetime | None]]:
        """Target, run and time of each job that was asked for, in order."""
        found = await self.jobs.find({}, sort=[("at", 1), ("revision", 1)])
        return [(j.arguments["target_id"], j.arguments["run"], j.due) for j in found]

    async def deliver(self, target: Target) -> Target:
        """Do the job of the target's present run, as the worker would; what it has become."""
        target = await self.target(target.id)
        await self.deliveries.deliver(target.id, target.run)
        return await self.target(target.id)

    async def settled(self, ids: Sequence[str], within: float = 20.0) -> list[Target]:
        """Wait until none of these is on its way."""
        going = {"_id": {"$in": list(ids)}, "state": {"$in": list(IN_FLIGHT)}}

        async def rest() -> bool:
            return await self.targets.count(going, limit=1) == 0

        await until(rest, within)
        return [await self.target(id) for id in ids]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker, and the relay that hands it its jobs, for as long as the block."""
        stop = asyncio.Event()
        await self.events.start()
        worker = asyncio.create_task(run_worker(self.queue, self.deliveries, stop, SWEEP))
        try:
            yield
        finally:
            stop.set()
            await worker
            await self.events.close()


@asynccontextmanager
async def open_world(
    mongo: Mongo,
    redis: Redis,
    *,
    adapters: Sequence[PlatformAdapter] = (),
    clock: Clock = utc_now,
    limits: WorkerLimits = LIMITS,
    patience: float = 60.0,
) -> AsyncIterator[World]:
    """The world on this database, its queue open."""
    async with JobQueue(redis, limits) as queue:
        new_id = Ids(clock)
        events = Events(mongo, redis, new_id, clock=clock, queue=queue.add)
        stores = Stores.on(mongo)
        notifications = NotificationService(stores.notifications, events, clock, new_id)
        progress = Progress(stores.contents, stores.targets, events, notifications)
        service = PublishingService(
            mongo,
            stores.contents,
            stores.targets,
            Access(stores.workspaces, stores.memberships),
            Audit(stores.audit, clock, new_id),
            progress,
            clock,
            new_id,
        )
        deliveries = Deliveries(
            mongo,
            stores.contents,
            stores.targets,
            stores.users,
            progress,
            Adapters([FeedAdapter(stores.entries, PUBLIC_URL), *adapters]),
            clock,
            patience=patience,
        )
        yield World(
            mongo=mongo,
            redis=redis,
            events=events,
            publishing=service,
            deliveries=deliveries,
            feeds=Feeds(stores.entries, stores.workspaces, PUBLIC_URL),
            queue=queue,
            stores=stores,
            contents=stores.contents,
            targets=stores.targets,
            entries=stores.entries,
            outbox=events.outbox,
            jobs=events.jobs,
            new_id=new_id,
            clock=clock,
        )


async def populate(world: World) -> None:
    """The workspace and its people."""
    now = world.clock()
    stores = world.stores
    for id, name in ((EDITOR, "Ada Lovelace"), (READER, "Reader"), (STRANGER, "Stranger")):
        await stores.users.insert(
            User(
                id=id,
                email=f"{id}@example.com",
                email_key=f"{id}@example.com",
                password_hash="",
                profile=Profile(full_name=name),
                personal_workspace_id=HOME,
                created_at=now,
                updated_at=now,
            )
        )
    home = Workspace(
        id=HOME, name="Analytical", path=[HOME], created_by=EDITOR, created_at=now, updated_at=now
    )
    await stores.workspaces.insert(home)
    for id, role in ((EDITOR, Role.EDITOR), (READER, Role.VIEWER)):
        await stores.memberships.insert(
            Membership(
                id=membership_id(HOME, id), workspace_id=HOME, user_id=id, role=role, created_at=now
            )
        )
