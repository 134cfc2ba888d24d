"""What is sent to make an API key."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import Permission


@strawberry.input(description="A new API key.")
class CreateApiKeyInput:
    """`workspace_id` is the personal workspace where it is left out."""

    name: str
    scopes: list[Permission] = strawberry.field(
        description="What it may do: nothing that you may not do yourself."
    )
    workspace_id: strawberry.ID | None = None
    expires_at: datetime | None = strawberry.field(
        default=None, description="When it ends by itself; never, if this is left out."
    )
