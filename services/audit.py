"""The audit log: written with the change itself, read by those who run the workspace."""

from __future__ import annotations

from typing import Any

from datasources.audit import AuditEntry, AuditLog
from datasources.pages import Order, Page, Window, page
from services.access import Access
from services.clock import Clock
from services.ids import NewId
from services.permissions import Permission
from services.viewer import Viewer

LISTED = Order()


class Audit:
    """Records who changed what."""

    def __init__(self, log: AuditLog, clock: Clock, new_id: NewId) -> None:
        self._log = log
        self._clock = clock
        self._new_id = new_id

    async def record(
        self, viewer: Viewer, workspace_id: str, action: str, subject: str, **details: Any
    ) -> None:
        """Add an entry, within the transaction of the change. `action` is as `content.updated`."""
        await self._log.insert(
            AuditEntry(
                id=self._new_id("aud"),
                workspace_id=workspace_id,
                actor_id=viewer.user_id,
                api_key_id=viewer.key.id if viewer.key else None,
                action=action,
                subject=subject,
                details=details,
                at=self._clock(),
            )
        )


class AuditTrail:
    """Reads the log, for those whose role allows it."""

    def __init__(self, log: AuditLog, access: Access) -> None:
        self._log = log
        self._access = access

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[AuditEntry]:
        """A slice of what was done in a workspace, latest first."""
        await self._access.check(viewer, Permission.AUDIT_READ, workspace_id)
        return await page(self._log, {"workspace_id": workspace_id}, LISTED, window)
