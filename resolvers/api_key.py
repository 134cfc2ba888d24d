"""API keys: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.api_key import CreateApiKeyInput
from schema.permissions import Access, Caller, needs
from schema.types.api_key import ApiKey, CreateApiKeyPayload


@strawberry.type
class ApiKeyQueries:
    """Reading."""

    @field(
        "A workspace's API keys, without their secrets; the personal one's where none is named.",
        needs(Permission.API_KEYS_WRITE),
    )
    async def api_keys(self, info: Info, workspace_id: strawberry.ID | None = None) -> list[ApiKey]:
        """The keys, the oldest first."""
        context = info.context
        workspace = await home(context, workspace_id)
        found = await context.services.api_keys.list(context.viewer, workspace)
        return [ApiKey.of(key) for key in found]


@strawberry.type
class ApiKeyMutations:
    """Writing."""

    @field(
        "Make an API key. Its secret is shown this once.",
        Access(caller=Caller.PERSON, permission=Permission.API_KEYS_WRITE),
    )
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
        """A key."""
        context = info.context
        made = await context.services.api_keys.create(
            context.viewer,
            await home(context, input.workspace_id),
            input.name,
            input.scopes,
            input.expires_at,
        )
        return CreateApiKeyPayload.of(made)

    @field("End an API key, at once.", needs(Permission.API_KEYS_WRITE))
    async def revoke_api_key(self, info: Info, id: strawberry.ID) -> bool:
        """Ended."""
        context = info.context
        await context.services.api_keys.revoke(context.viewer, id)
        return True
