"""An API key: what a program acts with."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import api_keys
from schema.enums import Permission
from schema.relation import relation
from schema.types.user import User
from schema.types.workspace import Workspace
from services.api_keys import NewKey, grant


@strawberry.type(description="A key for a program, in one workspace and those below it.")
class ApiKey:
    """The key, without its secret. Only those who run the workspace ever name it."""

    workspace_id: strawberry.Private[str]
    user_id: strawberry.Private[str]
    id: strawberry.ID
    name: str
    prefix: str = strawberry.field(description="How the key begins, to recognise it by.")
    scopes: list[Permission] = strawberry.field(
        description="What it may do, as far as the person who made it still may."
    )
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = strawberry.field(description="To the hour.")
    workspace: Workspace | None = relation(
        "workspace_id",
        "workspaces",
        "Where it acts, if you may see it: a key without WORKSPACE_READ may not.",
    )
    created_by: User = relation("user_id", "users", "Who made it.")

    @classmethod
    def of(cls, record: api_keys.ApiKey) -> ApiKey:
        """From its record."""
        scopes = grant(record).scopes
        return cls(
            workspace_id=record.workspace_id,
            user_id=record.user_id,
            id=strawberry.ID(record.id),
            name=record.name,
            prefix=f"bgk_{record.prefix}",
            scopes=[scope for scope in Permission if scope in scopes],
            created_at=record.created_at,
            expires_at=record.expires_at,
            last_used_at=record.last_used_at,
        )


@strawberry.type(description="A key that was just made.")
class CreateApiKeyPayload:
    """The key, and its secret."""

    api_key: ApiKey
    secret: str = strawberry.field(
        description="The whole key, shown this once. Send it as `Authorization: Bearer …`."
    )

    @classmethod
    def of(cls, made: NewKey) -> CreateApiKeyPayload:
        """From what the service made."""
        return cls(api_key=ApiKey.of(made.key), secret=made.secret)
