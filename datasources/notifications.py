"""Notifications: what a person should hear of, until they have read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record

KEPT_FOR = 180 * 86_400


class NotificationKind(StrEnum):
    """What a person is told of."""

    INVITED = "INVITED"
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED"
    INVITATION_DECLINED = "INVITATION_DECLINED"
    ROLE_CHANGED = "ROLE_CHANGED"
    MEMBER_REMOVED = "MEMBER_REMOVED"
    PUBLISH_FAILED = "PUBLISH_FAILED"
    PUBLISH_UNCONFIRMED = "PUBLISH_UNCONFIRMED"
    BUDGET_NEARLY_SPENT = "BUDGET_NEARLY_SPENT"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    PAYMENT_DISPUTED = "PAYMENT_DISPUTED"
    PLAN_ENDED = "PLAN_ENDED"
    PLAN_LAPSED = "PLAN_LAPSED"
    TRIAL_ENDS = "TRIAL_ENDS"


class Notification(Record, frozen=True, kw_only=True):
    """One message to one person. `subject` is the id of what it is about."""

    user_id: str
    kind: NotificationKind
    message: str
    subject: str
    workspace_id: str | None
    created_at: datetime
    read_at: datetime | None = None


class Notifications(Collection[Notification]):
    """All notifications of the last half year."""

    name = "notifications"
    record = Notification
    indexes = (
        IndexModel([("user_id", ASCENDING), ("_id", DESCENDING)], name="of_user"),
        IndexModel(
            [("user_id", ASCENDING), ("read_at", ASCENDING), ("_id", DESCENDING)], name="unread"
        ),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("created_at", ASCENDING)], name="expiry", expireAfterSeconds=KEPT_FOR),
    )

    async def unread(self, user_id: str) -> int:
        """How many that person has not read."""
        return await self.count({"user_id": user_id, "read_at": None})

    async def read(self, user_id: str, ids: Sequence[str], at: datetime) -> int:
        """Note that these were read now, save those that were before; how many."""
        unread = {"_id": {"$in": list(ids)}, "user_id": user_id, "read_at": None}
        return await self.update_many(unread, {"$set": {"read_at": at}})
