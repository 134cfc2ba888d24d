"""What is sent to write, change and find content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TypeVar

import strawberry
from msgspec import UNSET as LEFT
from msgspec import UnsetType

from datasources.pages import Order
from schema.enums import ContentStatus, ContentType, Platform
from services.content_query import ContentQuery
from services.drafts import Change, Draft

T = TypeVar("T")


def given(value: T | None) -> T | UnsetType:
    """What a client sent; what it left out stays as it is, and so does a null."""
    return LEFT if value is strawberry.UNSET or value is None else value


@strawberry.input(description="A new piece of content.")
class CreateContentInput:
    """`workspace_id` is the personal workspace where it is left out."""

    type: ContentType
    body: str
    title: str | None = None
    platforms: list[Platform] = strawberry.field(default_factory=list)
    tags: list[str] = strawberry.field(default_factory=list)
    pillar: str | None = strawberry.field(
        default=None, description="The theme of your strategy that it belongs to."
    )
    workspace_id: strawberry.ID | None = None

    def draft(self) -> Draft:
        """Checked."""
        return Draft.checked(
            self.type, self.title, self.body, self.platforms, self.tags, self.pillar
        )


@strawberry.input(description="A change to a piece: what is left out stays as it is.")
class UpdateContentInput:
    """A title or a pillar that is null is taken away."""

    type: ContentType | None = strawberry.UNSET
    title: str | None = strawberry.UNSET
    body: str | None = strawberry.UNSET
    platforms: list[Platform] | None = strawberry.UNSET
    tags: list[str] | None = strawberry.UNSET
    pillar: str | None = strawberry.UNSET

    def change(self) -> Change:
        """As the service takes it."""
        return Change(
            type=given(self.type),
            title=LEFT if self.title is strawberry.UNSET else self.title,
            body=given(self.body),
            platforms=given(self.platforms),
            tags=given(self.tags),
            pillar=LEFT if self.pillar is strawberry.UNSET else self.pillar,
        )


@strawberry.input(
    description="Which content: all that is given has to fit, any entry of a list will do. "
    "Without `status` the archive is left out."
)
class ContentFilter:
    """`workspace_id` is for `contents`; a connection has an argument of its own."""

    workspace_id: strawberry.ID | None = None
    status: list[ContentStatus] | None = None
    type: list[ContentType] | None = None
    platform: list[Platform] | None = None
    tag: list[str] | None = strawberry.field(default=None, description="All of these tags.")
    text: str | None = strawberry.field(default=None, description="All of these words.")
    created_from: datetime | None = None
    created_to: datetime | None = None

    def query(self) -> ContentQuery:
        """As the service takes it."""
        return ContentQuery(
            statuses=among(self.status),
            types=among(self.type),
            platforms=among(self.platform),
            tags=among(self.tag),
            text=self.text,
            created_from=self.created_from,
            created_to=self.created_to,
        )


def among(values: Sequence[T] | None) -> Sequence[T]:
    """A list that may be left out."""
    return values or ()


@strawberry.enum(description="What a list of content is ordered by.")
class ContentOrderField(Enum):
    """The times that content has."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    PUBLISHED_AT = "published_at"


@strawberry.enum
class OrderDirection(Enum):
    """Which end comes first."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.input(description="The order of a list.")
class ContentOrder:
    """Latest first where nothing is said."""

    field: ContentOrderField = ContentOrderField.CREATED_AT
    direction: OrderDirection = OrderDirection.DESC

    def order(self) -> Order:
        """As the service takes it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


def query_of(filter: ContentFilter | None) -> ContentQuery:
    """The service's query for a filter that may be left out."""
    return filter.query() if filter else ContentQuery()


def order_of(order: ContentOrder | None) -> Order:
    """The service's order for one that may be left out."""
    return order.order() if order else Order("created_at")
