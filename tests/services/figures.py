"""A small world with figures in it, and the same computed naively from the raw snapshots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from datasources.content import Content, ContentType, Platform
from datasources.figure_cache import FigureCache
from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.rollups import Rollup
from datasources.snapshots import Metric, Snapshot
from datasources.stores import Stores
from datasources.workspaces import Workspace
from services.access import Access
from services.analytics import AnalyticsService
from services.clock import Clock, utc_now
from services.entitlements import Entitlements
from services.events import Events
from services.ids import Ids
from services.ledger import Books, Ledger
from services.metrics import Figure, snapshot
from services.standing import Terms
from services.text import metadata
from services.users import UserService
from services.viewer import Viewer

HOME = "wsp_home"
BEST = Terms(PlanName.AGENCY)

Row = tuple[str, Platform, Metric, int | None, datetime]


class World:
    """The ledger on real engines, without the people."""

    def __init__(self, mongo: Mongo, redis: Redis) -> None:
        self.stores = Stores.on(mongo)
        self.mongo = mongo
        self.gains = Rollup(self.stores.analytics_hours, self.stores.analytics_days)
        self.content_gains = Rollup(self.stores.content_hours, self.stores.content_days)
        self.books = Books(
            snapshots=self.stores.analytics_snapshots,
            standings=self.stores.analytics_standings,
            workspace_gains=self.gains,
            content_gains=self.content_gains,
            editions=self.stores.analytics_editions,
        )
        self.ledger = Ledger(mongo, self.books, Events(mongo, redis, Ids(utc_now)))

        self.redis = redis
        self.viewer = Viewer(user_id="usr_ada")

    async def settle(self) -> None:
        """A workspace, and a person who owns it."""
        now = utc_now()
        stores = self.stores
        await stores.workspaces.insert(
            Workspace(
                id=HOME, name="Home", path=[HOME], created_by=None, created_at=now, updated_at=now
            )
        )
        await stores.memberships.insert(
            Membership(
                id=membership_id(HOME, "usr_ada"),
                workspace_id=HOME,
                user_id="usr_ada",
                role=Role.OWNER,
                created_at=now,
            )
        )

    def analytics(self, clock: Clock) -> AnalyticsService:
        """The service, at that time."""
        stores = self.stores
        return AnalyticsService(
            self.gains,
            self.content_gains,
            stores.contents,
            stores.analytics_editions,
            FigureCache(self.redis),
            Access(stores.workspaces, stores.memberships),
            Entitlements(stores.billing_accounts, stores.workspaces, {}, BEST, clock),
            UserService(stores.users, stores.workspaces, stores.memberships, clock),
            clock,
        )

    async def raw(self, workspace_id: str = HOME) -> list[Snapshot]:
        """Every snapshot of a workspace."""
        return await self.books.snapshots.find({"workspace_id": workspace_id})


def taken(
    content_id: str,
    platform: Platform,
    metric: Metric,
    value: int,
    at: datetime,
    workspace_id: str = HOME,
) -> Snapshot:
    """A snapshot."""
    return snapshot(workspace_id, Figure(content_id, platform, metric, value, at))


def piece(id: str, at: datetime, workspace_id: str = HOME) -> Content:
    """A piece that figures may be of."""
    return Content(
        id=id,
        workspace_id=workspace_id,
        author_id=None,
        type=ContentType.POST,
        title=None,
        body=id,
        platforms=[],
        tags=[],
        metadata=metadata(id),
        created_at=at,
        updated_at=at,
    )


def gains(snapshots: Iterable[Snapshot]) -> list[tuple[Snapshot, int]]:
    """Each figure with what it is above the one before it: the naive way, from all of them."""
    series: dict[str, list[Snapshot]] = defaultdict(list)
    for each in snapshots:
        if each.value is not None:
            series[each.series].append(each)
    found = []
    for figures in series.values():
        before = 0
        for each in sorted(figures, key=lambda each: each.captured_at):
            assert each.value is not None
            found.append((each, each.value - before))
            before = each.value
    return found


def gained(
    snapshots: Iterable[Snapshot], starts: datetime, ends: datetime
) -> dict[tuple[Platform, Metric], int]:
    """What was gained from `starts` until before `ends`, where it is not nothing."""
    sums: dict[tuple[Platform, Metric], int] = defaultdict(int)
    for each, amount in gains(snapshots):
        if starts <= each.captured_at < ends:
            sums[each.platform, each.metric] += amount
    return {key: amount for key, amount in sums.items() if amount}


def utc(*parts: int) -> datetime:
    """A time in UTC."""
    year, month, day, *rest = parts
    hour, minute, second = [*rest, 0, 0, 0][:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


async def agreeing(world: World) -> None:
    """Days are what their hours come to, of workspaces and of pieces."""
    for rollup in (world.gains, world.content_gains):
        hours, days = await rollup.hours.find({}), await rollup.days.find({})
        found = {each.id: {metric: n for metric, n in each.sums.items() if n} for each in days}
        sums: dict[str, dict[Metric, int]] = defaultdict(dict)
        for hour in hours:
            into = sums[f"{hour.id.rpartition(':')[0]}:{hour.at:%Y%m%d}"]
            for metric, amount in hour.sums.items():
                into[metric] = into.get(metric, 0) + amount
        expected = {id: {m: n for m, n in each.items() if n} for id, each in sums.items()}
        assert {id: each for id, each in found.items() if each} == {
            id: each for id, each in expected.items() if each
        }


async def hours(world: World, starts: datetime, ends: datetime) -> dict[tuple[str, str], int]:
    """What the rollup says was gained in those whole hours, where it is not nothing."""
    await agreeing(world)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    wanted = {"workspace_id": HOME, "at": {"$gte": starts, "$lt": ends}}
    for hour in await world.gains.hours.find(wanted):
        for metric, amount in hour.sums.items():
            assert amount == sum(each.get(metric, 0) for each in hour.quarters.values())
            sums[hour.platform, metric] += amount
    return {key: amount for key, amount in sums.items() if amount}


def batches(rows: Sequence[Snapshot], size: int) -> list[Sequence[Snapshot]]:
    """The rows in parts."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]
