"""What is sent to subscribe to a feed."""

from __future__ import annotations

import strawberry


@strawberry.input(description="A feed to read: RSS or Atom, on the public internet.")
class AddTrendSourceInput:
    """`workspace_id` is the personal workspace where it is left out."""

    url: str
    workspace_id: strawberry.ID | None = None
