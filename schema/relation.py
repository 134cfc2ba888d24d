"""Relations are declared, not written: the attribute that holds the key, and the loader."""

from __future__ import annotations

from typing import Any

import strawberry

from schema.context import Info
from schema.permissions import Access


def relation(
    key: str, loader: str, description: str | None = None, access: Access | None = None
) -> Any:
    """A field that a loader serves: `author: User | None = relation("author_id", "users")`.

    The declared annotation is the field's type. A key that is None gives null without a call.
    `access` is what it needs, where that is more than what it belongs to; the loader checks it.
    """

    def resolve(self: Any, info: Info) -> Any:
        held = getattr(self, key)
        return None if held is None else info.context.loaders[loader].load(held)

    return strawberry.field(
        resolver=resolve,
        description=description,
        directives=[access] if access else [],
        metadata={"relation": (key, loader)},
    )
