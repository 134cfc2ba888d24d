"""The audit log: written with the change itself, read by those who run the workspace."""

from __future__ import annotations

from typing import Any

from datasources.audit import AuditEntry, AuditLog
from services.clock import Clock
from services.ids import NewId
from services.viewer import Viewer


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
