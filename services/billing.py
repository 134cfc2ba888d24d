"""Billing as it is shown: plans and prices, how an account stands, invoices and cards."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasources.billing import BillingAccount, BillingAccounts, BillingInterval
from datasources.plan_names import PlanName
from datasources.stripe_billing import StripeBilling
from datasources.stripe_reading import lookup_key
from datasources.stripe_shapes import Invoice, PaymentMethod, Price
from datasources.users import Users
from services.access import Access
from services.billing_failures import BillingNotConfigured, PriceMissing
from services.entitlements import Entitlements
from services.failures import BadInput, Failure, Forbidden, NotFound
from services.permissions import Permission
from services.plans import Limit
from services.standing import Standing, is_disputed
from services.viewer import Viewer

PRICES_KEPT = 300.0
MOST = 100


@dataclass(frozen=True, slots=True)
class Held:
    """An account, and how it stands at this moment. `account.id` is the topmost workspace's."""

    account: BillingAccount
    standing: Standing

    @property
    def disputed(self) -> bool:
        """Whether a payment is disputed."""
        return is_disputed(self.account)


class BillingService:
    """Shows. What buys and changes is in `Purchases`. `sells`: whether there is a key."""

    def __init__(
        self,
        accounts: BillingAccounts,
        users: Users,
        stripe: StripeBilling,
        entitlements: Entitlements,
        access: Access,
        *,
        sells: bool,
    ) -> None:
        self._accounts = accounts
        self._users = users
        self._stripe = stripe
        self._entitlements = entitlements
        self._access = access
        self._sells = sells
        self._prices: tuple[float, Sequence[Price]] | None = None

    async def close(self) -> None:
        """Give the sockets back."""
        await self._stripe.connection.close()

    @property
    def stripe(self) -> StripeBilling:
        """Stripe; BillingNotConfigured where nothing is sold."""
        if not self._sells:
            raise BillingNotConfigured
        return self._stripe

    async def account(
        self, viewer: Viewer, permission: Permission, workspace_id: str
    ) -> BillingAccount:
        """The account of a workspace, for those who have that right in it and at its top.

        Whoever owns a workspace below does not pay for the one above.
        """
        await self._access.check(viewer, permission, workspace_id)
        top = await self._entitlements.account_of(workspace_id)
        try:
            await self._access.check(viewer, permission, top)
        except (NotFound, Forbidden):
            raise Forbidden("do this", f"{permission.value} in the topmost workspace") from None
        return await self._accounts.get(top) or BillingAccount(id=top)

    def held(self, account: BillingAccount) -> Held:
        """The account with how it stands."""
        return Held(account, self._entitlements.standing(account))

    async def subscription(self, viewer: Viewer, workspace_id: str) -> Held:
        """What a workspace is subscribed to."""
        return self.held(await self.account(viewer, Permission.BILLING_READ, workspace_id))

    async def shown(self, viewers: Sequence[Viewer], account_id: str) -> tuple[Held, list[bool]]:
        """What an account is subscribed to, and which of these viewers may see it."""
        held = self.held(await self._accounts.get(account_id) or BillingAccount(id=account_id))
        read = Permission.BILLING_READ
        return held, [await self._access.allows(each, read, account_id) for each in viewers]

    async def of_people(self, viewer: Viewer, ids: Sequence[str]) -> list[Held | Failure]:
        """One entry an id: what their personal workspace is subscribed to, for them alone."""
        me = viewer.person("see this of a person")
        user = await self._users.get(me)
        if user is None:
            return [NotFound("user", id) for id in ids]
        found = await self._accounts.get(user.personal_workspace_id)
        held = self.held(found or BillingAccount(id=user.personal_workspace_id))
        return [held if id == me else NotFound("user", id) for id in ids]

    async def entitlements(self, viewer: Viewer, workspace_id: str) -> Held:
        """What the plan of a workspace allows, for all who belong to it."""
        await self._access.check(viewer, Permission.WORKSPACE_READ, workspace_id)
        top = await self._entitlements.account_of(workspace_id)
        return self.held(await self._accounts.get(top) or BillingAccount(id=top))

    async def to_resolve(
        self, viewer: Viewer, account: BillingAccount
    ) -> Mapping[str, Sequence[str]] | None:
        """What is read-only since the plan became smaller, by limit.

        None for those who lack BILLING_READ in the topmost workspace: they may not see all of it.
        """
        shown = await self._access.allows(viewer, Permission.BILLING_READ, account.id)
        return account.excess if shown else None

    async def used(self, account_id: str) -> Mapping[Limit, int]:
        """How much of each limit is used, of those that can be counted."""
        limits = self._entitlements.counted()
        return {limit: await self._entitlements.used(account_id, limit) for limit in limits}

    async def prices(self) -> Sequence[Price]:
        """What plans cost, at most five minutes old; nothing where nothing is sold."""
        if not self._sells:
            return ()
        now = time.monotonic()
        if self._prices is None or now - self._prices[0] > PRICES_KEPT:
            self._prices = now, await self._stripe.prices()
        return self._prices[1]

    async def price(self, plan: PlanName, interval: BillingInterval) -> Price:
        """What that plan costs; PriceMissing where it is not for sale."""
        wanted = lookup_key(plan, interval)
        for price in await self.prices():
            if price.lookup_key == wanted:
                return price
        raise PriceMissing(wanted)

    async def invoices(
        self, viewer: Viewer, workspace_id: str, first: int, after: str | None
    ) -> Sequence[Invoice]:
        """A workspace's invoices, the latest first, from the one behind the id `after`."""
        account = await self.account(viewer, Permission.BILLING_READ, workspace_id)
        if not 1 <= first <= MOST:
            raise BadInput("first", f"is {first}.", f"1 to {MOST}")
        stripe = self.stripe
        if account.customer_id is None:
            return ()
        return await stripe.invoices(account.customer_id, first, after)

    async def payment_methods(self, viewer: Viewer, workspace_id: str) -> Sequence[PaymentMethod]:
        """How a workspace pays: asked of Stripe each time, never kept."""
        account = await self.account(viewer, Permission.BILLING_READ, workspace_id)
        stripe = self.stripe
        if account.customer_id is None:
            return ()
        return await stripe.payment_methods(account.customer_id)
