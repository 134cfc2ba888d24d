"""Reports, as the graph shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import reports as records
from datasources.pages import Page
from schema.context import Info
from schema.enums import AnalyticsPeriod, ReportFormat
from schema.fields import field
from schema.pagination import PageInfo, edges_of
from schema.relation import relation
from schema.types.node import Node
from schema.types.user import User
from schema.types.workspace import Workspace
from services.reports import Link


@strawberry.type(description="Where a report's file is, for whoever has this link.")
class ReportLink:
    """It is good for a quarter of an hour, and as long as you may see the figures."""

    url: str
    expires_at: datetime

    @classmethod
    def of(cls, link: Link) -> ReportLink:
        """From the service's."""
        return cls(url=link.url, expires_at=link.expires_at)


@strawberry.type(description="A period's figures as a file, kept for a week.")
class Report(Node):
    """The report."""

    workspace_id: strawberry.Private[str]
    user_id: strawberry.Private[str | None]
    period: AnalyticsPeriod
    format: ReportFormat
    file_name: str
    size: int = strawberry.field(description="In bytes.")
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    expires_at: datetime = strawberry.field(description="When it is deleted.")
    requested_by: User | None = relation(
        "user_id", "users", "Who asked for it; null once that account was deleted."
    )
    workspace: Workspace | None = relation(
        "workspace_id", "workspaces", "Where it belongs; null for an API key that may not see it."
    )

    @classmethod
    def of(cls, record: records.Report) -> Report:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            workspace_id=record.workspace_id,
            user_id=record.requested_by,
            period=AnalyticsPeriod(record.period),
            format=record.format,
            file_name=record.name,
            size=record.size,
            starts_at=record.starts_at,
            ends_at=record.ends_at,
            created_at=record.created_at,
            expires_at=record.expires_at,
        )

    @field("A link to the file, without a token: made anew each time it is asked for.")
    def link(self, info: Info) -> ReportLink:
        """For the viewer."""
        context = info.context
        return ReportLink.of(
            context.services.reports.link(context.viewer, self.id, self.expires_at)
        )


@strawberry.type
class ReportEdge:
    """A report and its place in the list."""

    cursor: str
    node: Report


@strawberry.type(description="A page of reports.")
class ReportConnection:
    """Relay's connection."""

    edges: list[ReportEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.Report]) -> ReportConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: ReportEdge(cursor=cursor, node=Report.of(record))
        )
        return cls(edges=edges, page_info=info)
