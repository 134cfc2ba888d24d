"""Publish targets: one piece on one platform, and every attempt to get it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record, document
from datasources.content import ContentStatus, Platform


class PublishState(StrEnum):
    """Where a target stands. UNCONFIRMED: it may be out, the platform did not say; ask a person."""

    PENDING = "PENDING"
    PUBLISHING = "PUBLISHING"
    PUBLISHED = "PUBLISHED"
    FAILED = "FAILED"
    UNCONFIRMED = "UNCONFIRMED"
    CANCELLED = "CANCELLED"


IN_FLIGHT = (PublishState.PENDING, PublishState.PUBLISHING)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try. `sent_at` is set before the platform is called: what died after it may be out.

    `code` and `cause` say why it failed, in words that a person can act upon.
    """

    number: int
    started_at: datetime
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    code: str | None = None
    cause: str | None = None


class Target(Record, frozen=True, kw_only=True):
    """One platform that a piece goes to: one a pair of content and platform.

    `content_version` is the version that goes, or went, out. `announced` tells whether
    subscribers have been told of this publication.

    `run` rises each time the target is queued; a job of an earlier run does nothing. `due` is
    when the job of this run may start. `since` is the number of the last attempt before a person
    last started it: what comes after counts towards giving up. `turn` rises with every
    transaction that looks at the targets of the piece, so that two of them collide rather than
    miss each other. `found_status` is what the piece goes back to if nothing went out.

    `measure_at` is when its platform is next asked how it does; None is at once.
    """

    content_id: str
    workspace_id: str
    platform: Platform
    content_version: int
    state: PublishState = PublishState.PENDING
    attempts: list[Attempt] = []
    external_id: str | None = None
    external_url: str | None = None
    announced: bool = False
    requested_by: str | None = None
    run: int = 1
    due: datetime | None = None
    since: int = 0
    turn: int = 0
    found_status: ContentStatus = ContentStatus.DRAFT
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
    measure_at: datetime | None = None

    @property
    def in_flight(self) -> bool:
        """Whether it is still on its way."""
        return self.state in IN_FLIGHT


class Targets(Collection[Target]):
    """All publish targets."""

    name = "targets"
    record = Target
    indexes = (
        IndexModel(
            [("content_id", ASCENDING), ("platform", ASCENDING)], name="of_content", unique=True
        ),
        IndexModel([("state", ASCENDING), ("updated_at", ASCENDING)], name="by_state"),
        IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)], name="of_workspace"),
        IndexModel(
            [("platform", ASCENDING), ("state", ASCENDING), ("measure_at", ASCENDING)],
            name="to_measure",
        ),
    )

    async def of_contents(self, content_ids: Sequence[str]) -> dict[str, list[Target]]:
        """The targets of each piece, oldest first; an empty list where there are none."""
        found: dict[str, list[Target]] = {id: [] for id in content_ids}
        for target in await self.find({"content_id": {"$in": list(found)}}):
            found[target.content_id].append(target)
        return {id: sorted(targets, key=lambda target: target.id) for id, targets in found.items()}

    async def take_turn(self, content_id: str) -> list[Target]:
        """All targets of a piece, for the transaction around: no other can change them meanwhile.

        Whoever comes second collides, and starts again with what the first one left.
        """
        await self.update_many({"content_id": content_id}, {"$inc": {"turn": 1}})
        return await self.find({"content_id": content_id}, sort=[("platform", ASCENDING)])

    async def save(self, target: Target) -> None:
        """Store a target that the transaction around took its turn at."""
        values = document(target)
        id = values.pop("_id")
        await self.update({"_id": id}, {"$set": values})

    async def mark_sent(self, target: Target, number: int, at: datetime) -> bool:
        """Note that this attempt goes out now; False if it is no longer this worker's to make."""
        attempt = {"number": number, "ended_at": None}
        marked = await self.update(
            {
                "_id": target.id,
                "state": PublishState.PUBLISHING,
                "attempts": {"$elemMatch": attempt},
            },
            {"$set": {"attempts.$.sent_at": at, "updated_at": at}},
        )
        return marked is not None

    async def untouched(self, state: PublishState, before: datetime, *, limit: int) -> list[Target]:
        """Targets in that state that nothing has happened to since, oldest first.

        One that waits for a later time is left out until that time has passed as well.
        """
        return await self.find(
            {
                "state": state,
                "updated_at": {"$lt": before},
                "$or": [{"due": None}, {"due": {"$lt": before}}],
            },
            sort=[("updated_at", ASCENDING)],
            limit=limit,
        )

    async def to_measure(self, platform: Platform, now: datetime, *, limit: int) -> list[Target]:
        """Published targets that are due to be measured, those waiting longest first."""
        return await self.find(
            {
                "platform": platform,
                "state": PublishState.PUBLISHED,
                "measure_at": {"$not": {"$gt": now}},
            },
            sort=[("measure_at", ASCENDING)],
            limit=limit,
        )

    async def claim_measuring(self, target: Target, following: datetime) -> bool:
        """Set its next time; False if another worker has done so."""
        wanted = {"_id": target.id, "measure_at": target.measure_at}
        return await self.update_many(wanted, {"$set": {"measure_at": following}}) == 1

    async def measure_at(self, ids: Sequence[str], at: datetime) -> None:
        """Measure these then, and not before."""
        await self.update_many({"_id": {"$in": list(ids)}}, {"$set": {"measure_at": at}})
