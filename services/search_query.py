"""What a search is narrowed by, and the places of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.vectors import Hit, Narrowed
from services.cursors import packed, unpacked
from services.drafts import plain_tag
from services.failures import BadInput

IN_USE = tuple(status for status in ContentStatus if status is not ContentStatus.ARCHIVED)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Filters that all have to fit. Within one list, any will do; `tags` all have to be there.

    `created_from` is inclusive, `created_to` is not. Without a status the archive is left out.
    """

    types: Sequence[ContentType] = ()
    statuses: Sequence[ContentStatus] = ()
    platforms: Sequence[Platform] = ()
    tags: Sequence[str] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None

    def narrowed(self, besides: str | None = None) -> Narrowed:
        """As the index takes it. BadInput for times that leave nothing between them."""
        if self.created_from and self.created_to and self.created_from >= self.created_to:
            raise BadInput("filter.createdTo", "is not after createdFrom.", "a later time")
        return Narrowed(
            types=[type.value for type in self.types],
            statuses=[status.value for status in self.statuses or IN_USE],
            platforms=[platform.value for platform in self.platforms],
            tags=self._tags(),
            created_from=self.created_from,
            created_to=self.created_to,
            besides=besides,
        )

    def fits(self, content: Content) -> bool:
        """Whether the piece, as it is now, is still what was asked for."""
        return (
            content.status in (self.statuses or IN_USE)
            and (not self.types or content.type in self.types)
            and (not self.platforms or not set(self.platforms).isdisjoint(content.platforms))
            and set(self._tags()) <= set(content.tags)
            and (self.created_from is None or self.created_from <= content.created_at)
            and (self.created_to is None or content.created_at < self.created_to)
        )

    def _tags(self) -> list[str]:
        return [plain_tag(tag) for tag in self.tags]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where in a ranking a page ended: the piece there, and how many were before it."""

    rank: int
    id: str

    def cursor(self) -> str:
        """Opaque, safe in a URL."""
        return packed(self)

    def behind(self, ranking: Sequence[Hit]) -> int:
        """Where the next page begins: behind the piece, wherever it stands in the ranking now."""
        for rank, hit in enumerate(ranking):
            if hit.id == self.id:
                return rank + 1
        return min(self.rank, len(ranking))


def place_of(field: str, cursor: str) -> Place:
    """The place that a cursor names; BadInput for one that no search gave."""
    place = unpacked(field, cursor, Place)
    if place.rank < 0:
        raise BadInput(field, "is not a cursor of a search.", "a cursor from pageInfo")
    return place
