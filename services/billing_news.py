"""What people hear of their plan: an event for whoever listens, notifications for the owners."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.billing import BillingAccount, SubscriptionStatus
from datasources.memberships import Memberships, Role
from datasources.notifications import NotificationKind
from services.events import Events
from services.notifications import NotificationService

CHANGED = "subscription.changed"


@dataclass(frozen=True, slots=True)
class BillingNews:
    """Tells, within the transaction of what it tells of."""

    memberships: Memberships
    events: Events
    notifications: NotificationService

    async def tell(self, before: BillingAccount | None, after: BillingAccount) -> None:
        """Tell what has become of an account."""
        await self.events.record(
            CHANGED, topics=[f"workspace:{after.id}"], subject=after.id, workspace_id=after.id
        )
        for kind, message in worth_telling(before, after):
            await self.notify_owners(after.id, kind, message)

    async def notify_owners(self, account_id: str, kind: NotificationKind, message: str) -> None:
        """Tell those who can do something about it."""
        owners = {"workspace_id": account_id, "role": Role.OWNER.value}
        for owner in await self.memberships.find(owners):
            await self.notifications.notify(
                owner.user_id, kind, message, subject=account_id, workspace_id=account_id
            )


def worth_telling(
    before: BillingAccount | None, after: BillingAccount
) -> list[tuple[NotificationKind, str]]:
    """What owners should hear of, with the words for it."""
    told = []
    was, now = status(before), status(after)
    if now is SubscriptionStatus.PAST_DUE and was is not now:
        text = "A payment for your plan failed. Give another card before the days of grace end."
        told.append((NotificationKind.PAYMENT_FAILED, text))
    if after.lapsed and not (before and before.lapsed):
        text = "Your plan was not paid for: everything is read-only until it is."
        told.append((NotificationKind.PLAN_LAPSED, text))
    if now is SubscriptionStatus.CANCELED and was is not now:
        text = "Your plan has ended. Nothing was deleted; what is too much is read-only."
        told.append((NotificationKind.PLAN_ENDED, text))
    if after.disputes.keys() - (before.disputes.keys() if before else set()):
        text = "A payment for your plan is disputed. Please get in touch with your bank and us."
        told.append((NotificationKind.PAYMENT_DISPUTED, text))
    return told


def status(account: BillingAccount | None) -> SubscriptionStatus | None:
    """Where the subscription stands, None where there is none."""
    return account.bought.status if account and account.bought else None
