"""Jobs, as the graph shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources.pages import Page
from datasources.tracked_jobs import TrackedJob
from schema.enums import JobState
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.scalars import JSON
from schema.types.content import Content
from schema.types.money import Money
from schema.types.node import Node
from schema.types.report import Report
from schema.types.user import User
from schema.types.workspace import Workspace


@strawberry.type(description="Work that was asked for and is done by a worker.")
class Job(Node):
    """The job."""

    workspace_id: strawberry.Private[str]
    user_id: strawberry.Private[str | None]
    content_id: strawberry.Private[str | None]
    report_id: strawberry.Private[str | None]
    kind: str
    state: JobState
    stage: str = strawberry.field(description="What is being done now, as `writing`.")
    progress: float = strawberry.field(description="From 0 to 1.")
    attempts: int
    code: str | None = strawberry.field(description="Why it failed, for programs.")
    cause: str | None = strawberry.field(description="Why it failed, for people.")
    cost: Money
    priority: bool = strawberry.field(description="Whether it goes before those of other plans.")
    result: JSON | None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    due_at: datetime | None = strawberry.field(description="When it is tried again.")
    requested_by: User | None = relation(
        "user_id", "users", "Who asked for it; null once that account was deleted."
    )
    workspace: Workspace | None = relation("workspace_id", "workspaces", "Where it belongs.")
    content: Content | None = relation("content_id", "content", "The piece that came of it.")
    report: Report | None = relation(
        "report_id", "reports", "The report that came of it, for a week."
    )

    @classmethod
    def of(cls, record: TrackedJob) -> Job:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            workspace_id=record.workspace_id,
            user_id=record.user_id,
            content_id=(record.result or {}).get("content_id"),
            report_id=(record.result or {}).get("report_id"),
            kind=record.kind,
            state=record.state,
            stage=record.stage,
            progress=record.progress,
            attempts=record.attempt,
            code=record.code,
            cause=record.cause,
            cost=Money.of(record.cost),
            priority=record.express,
            result=None if record.result is None else JSON(record.result),
            created_at=record.created_at,
            updated_at=record.updated_at,
            ended_at=record.ended_at,
            due_at=record.due,
        )


@strawberry.type
class JobEdge:
    """A job and its place in the list."""

    cursor: str
    node: Job


@strawberry.type(description="A page of jobs.")
class JobConnection:
    """Relay's connection."""

    edges: list[JobEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[TrackedJob]) -> JobConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: JobEdge(cursor=cursor, node=Job.of(record))
        )
        return cls(edges=edges, page_info=info)
