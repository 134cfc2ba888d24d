"""Publishing: a piece on its way to a platform, and what became of each attempt."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import targets
from schema.enums import Platform, PublishState


@strawberry.type(description="One try to publish.")
class PublishAttempt:
    """The attempt. `code` and `cause` are there when it failed."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    code: str | None
    cause: str | None

    @classmethod
    def of(cls, record: targets.Attempt) -> PublishAttempt:
        """From its record."""
        return cls(
            number=record.number,
            started_at=record.started_at,
            ended_at=record.ended_at,
            code=record.code,
            cause=record.cause,
        )


@strawberry.type(description="One platform that a piece goes to.")
class PublishTarget:
    """The target."""

    id: strawberry.ID
    platform: Platform
    state: PublishState
    external_id: str | None
    external_url: str | None
    content_version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    attempts: list[PublishAttempt]

    @classmethod
    def of(cls, record: targets.Target) -> PublishTarget:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            platform=record.platform,
            state=record.state,
            external_id=record.external_id,
            external_url=record.external_url,
            content_version=record.content_version,
            created_at=record.created_at,
            updated_at=record.updated_at,
            published_at=record.published_at,
            attempts=[PublishAttempt.of(attempt) for attempt in record.attempts],
        )
