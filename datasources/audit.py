"""The audit log: who changed what in a workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class AuditEntry(Record, frozen=True, kw_only=True):
    """One action. `actor_id` is None once that person was erased; `details` never hold secrets."""

    workspace_id: str
    actor_id: str | None
    api_key_id: str | None = None
    action: str
    subject: str
    details: dict[str, Any] = {}
    at: datetime


class AuditLog(Collection[AuditEntry]):
    """All entries, never changed but for erasure."""

    name = "audit"
    record = AuditEntry
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel([("actor_id", ASCENDING)], name="of_actor"),
    )
