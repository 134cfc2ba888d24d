"""What content is asked for: the filters of a list, as one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasources.collection import Filter
from datasources.content import ContentStatus, ContentType, Platform
from services.drafts import plain_tag
from services.failures import BadInput
from services.validation import text

FARTHEST = 10_000


@dataclass(frozen=True, slots=True)
class ContentQuery:
    """Filters that all have to fit. Within one list, any will do; `tags` all have to be there.

    `created_from` is inclusive, `created_to` is not. Without a status the archive is left out.
    """

    statuses: Sequence[ContentStatus] = ()
    types: Sequence[ContentType] = ()
    platforms: Sequence[Platform] = ()
    tags: Sequence[str] = ()
    text: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None

    def filter(self, workspace_id: str) -> Filter:
        """As the database takes it."""
        wanted: dict[str, Any] = {"workspace_id": workspace_id}
        wanted["status"] = any_of(self.statuses) or {"$ne": ContentStatus.ARCHIVED.value}
        if self.types:
            wanted["type"] = any_of(self.types)
        if self.platforms:
            wanted["platforms"] = any_of(self.platforms)
        if self.tags:
            wanted["tags"] = {"$all": [plain_tag(tag) for tag in self.tags]}
        if self.text is not None:
            wanted["$text"] = {"$search": words(self.text)}
        if self.created_from or self.created_to:
            wanted["created_at"] = self._range()
        return wanted

    def _range(self) -> dict[str, datetime]:
        bounds = {"$gte": self.created_from, "$lt": self.created_to}
        if self.created_from and self.created_to and self.created_from >= self.created_to:
            raise BadInput("filter.createdTo", "is not after createdFrom.", "a later time")
        return {sign: time for sign, time in bounds.items() if time}


def any_of(values: Sequence[str]) -> Any:
    """One value to be equal to, several to be among."""
    plain = [str(value) for value in values]
    return plain[0] if len(plain) == 1 else {"$in": plain} if plain else None


def words(search: str) -> str:
    """Each word quoted, so that all of them have to be there and none is an operator."""
    cleaned = text("filter.text", search, least=1, most=200)
    parts = [part for part in cleaned.replace('"', " ").replace("\\", " ").split() if part]
    if not parts:
        raise BadInput("filter.text", "has no word in it.", "1 to 200 characters")
    return " ".join(f'"{part}"' for part in parts)


def slice_of(limit: int | None, offset: int | None) -> tuple[int, int]:
    """A checked limit (20 where none is given) and offset."""
    limit, offset = 20 if limit is None else limit, 0 if offset is None else offset
    if not 1 <= limit <= 100:
        raise BadInput("limit", f"is {limit}.", "1 to 100")
    if not 0 <= offset <= FARTHEST:
        raise BadInput("offset", f"is {offset}.", f"0 to {FARTHEST}; contentConnection goes on")
    return limit, offset
