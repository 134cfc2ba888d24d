"""Brands, as the graph shows them: what they stand for, and to whom they speak."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import brands as records
from datasources.pages import Page
from schema.enums import StrategyPart
from schema.pagination import PageInfo, edges_of
from schema.types.node import Node


@strawberry.type(description="Who a brand speaks to.")
class TargetAudience:
    """The audience."""

    description: str
    roles: list[str]
    industries: list[str]
    needs: list[str]

    @classmethod
    def of(cls, record: records.Audience) -> TargetAudience:
        """From its record."""
        return cls(
            description=record.description,
            roles=record.roles,
            industries=record.industries,
            needs=record.needs,
        )


@strawberry.type(description="What a brand wants to reach, and how that is measured.")
class Goal:
    """A goal."""

    id: strawberry.ID
    title: str
    measure: str | None
    target: float | None
    due_at: datetime | None

    @classmethod
    def of(cls, record: records.Goal) -> Goal:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            title=record.title,
            measure=record.measure,
            target=record.target,
            due_at=record.due_at,
        )


@strawberry.type(description="What a brand stands for.")
class BrandStrategy:
    """The strategy."""

    value_proposition: str
    content_pillars: list[str]
    target_audience: TargetAudience
    goals: list[Goal]
    tone: list[str]
    model_used: str | None = strawberry.field(
        description="What generated it last; `template` is composed from the answers, without a "
        "model. Null: it was written by hand."
    )

    @classmethod
    def of(cls, record: records.Strategy) -> BrandStrategy:
        """From its record."""
        return cls(
            value_proposition=record.value_proposition,
            content_pillars=record.pillars,
            target_audience=TargetAudience.of(record.audience),
            goals=[Goal.of(each) for each in record.goals],
            tone=record.tone,
            model_used=record.model,
        )


@strawberry.type(description="What a workspace speaks for.")
class Brand(Node):
    """The brand."""

    workspace_id: strawberry.ID
    name: str
    description: str | None
    is_default: bool = strawberry.field(description="Meant where no brand is named.")
    strategy: BrandStrategy | None
    locked: list[StrategyPart] = strawberry.field(
        description="The parts that generating leaves as they are."
    )
    version: int = strawberry.field(
        description="Rises by one with each change; send it as `expectedVersion` with the next."
    )
    read_only: bool = strawberry.field(
        description="Whether it can't be changed, since the plan has no place for it."
    )
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, record: records.Brand) -> Brand:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            workspace_id=strawberry.ID(record.workspace_id),
            name=record.name,
            description=record.description,
            is_default=record.is_default,
            strategy=BrandStrategy.of(record.strategy) if record.strategy else None,
            locked=record.locked,
            version=record.version,
            read_only=record.read_only,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


@strawberry.type
class BrandEdge:
    """A brand and its place in the list."""

    cursor: str
    node: Brand


@strawberry.type(description="A page of brands.")
class BrandConnection:
    """Relay's connection."""

    edges: list[BrandEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.Brand]) -> BrandConnection:
        """From a page of records."""
        edges, info = edges_of(
            page, lambda cursor, record: BrandEdge(cursor=cursor, node=Brand.of(record))
        )
        return cls(edges=edges, page_info=info)


@strawberry.type(description="A strategy as it became, and which parts of it had changed.")
class StrategyVersion:
    """The version."""

    id: strawberry.ID
    strategy: BrandStrategy
    changed: list[StrategyPart]
    created_at: datetime

    @classmethod
    def of(cls, record: records.StrategyVersion) -> StrategyVersion:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            strategy=BrandStrategy.of(record.strategy),
            changed=record.changed,
            created_at=record.created_at,
        )


@strawberry.type
class StrategyVersionEdge:
    """A version and its place in the list."""

    cursor: str
    node: StrategyVersion


@strawberry.type(description="A page of a strategy's history.")
class StrategyVersionConnection:
    """Relay's connection."""

    edges: list[StrategyVersionEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[records.StrategyVersion]) -> StrategyVersionConnection:
        """From a page of records."""
        edges, info = edges_of(
            page,
            lambda cursor, record: StrategyVersionEdge(
                cursor=cursor, node=StrategyVersion.of(record)
            ),
        )
        return cls(edges=edges, page_info=info)
