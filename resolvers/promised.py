"""What the main document promises and later parts of the product will keep.

Each field has its final name and type, and answers NOT_CONFIGURED after the caller was
authorised, so that clients can be written now.
"""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission, Platform
from schema.fields import field
from schema.permissions import needs
from schema.types.platform_connection import PlatformConnection
from services.failures import NotConfigured

LATER = " Answers NOT_CONFIGURED: this server has not been given that part yet."


async def refuse(
    info: Info, permission: Permission, feature: str, workspace_id: str | None = None
) -> NotConfigured:
    """The failure to raise, once it is sure that the caller may use the feature."""
    context = info.context
    workspace = await home(context, workspace_id)
    await context.services.access.check(context.viewer, permission, workspace)
    return NotConfigured(feature)


@strawberry.type
class PromisedMutations:
    """Connections."""

    @field(
        "Connect an account on a platform with the code that its consent page gave." + LATER,
        needs(Permission.WORKSPACE_WRITE),
    )
    async def connect_platform(
        self, info: Info, platform: Platform, code: str
    ) -> PlatformConnection:
        """The connection."""
        raise await refuse(info, Permission.WORKSPACE_WRITE, f"Connecting to {platform.value}")
