"""Relay's Node: anything that `node(id:)` can fetch."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="A thing with an id of its own, which `node(id:)` fetches.")
class Node:
    """The interface."""

    id: strawberry.ID
