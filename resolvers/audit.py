"""The audit log: Query fields."""

from __future__ import annotations

import strawberry

from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.permissions import needs
from schema.types.audit import AuditConnection
from services.audit import LISTED
from services.cursors import window


@strawberry.type
class AuditQueries:
    """Reading."""

    @field("Who changed what in a workspace, latest first.", needs(Permission.AUDIT_READ))
    async def audit_log(
        self,
        info: Info,
        workspace_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> AuditConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        found = await context.services.audit_trail.page(context.viewer, workspace_id, slice)
        return AuditConnection.of(found)
