"""Publish targets: one piece on one platform, and every attempt to get it there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.content import Platform


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
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None


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
    )
