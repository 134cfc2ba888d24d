"""node(id:): anything with an id of its own."""

from __future__ import annotations

from typing import cast

import strawberry

from schema.context import Info
from schema.fields import field
from schema.ids import loader_of
from schema.permissions import signed_in
from schema.types.node import Node


@strawberry.type
class NodeQueries:
    """Relay's entry."""

    @field("Whatever has this id, if you can see it; else null.", signed_in())
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """By its id's prefix."""
        info.context.viewer.id()
        loader = loader_of(id)
        return None if loader is None else cast(Node, await info.context.loaders[loader].load(id))
