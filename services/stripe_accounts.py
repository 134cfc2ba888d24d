"""Accounts follow Stripe: what it has of a customer is read anew, and kept if it is the newest.

Events only say that something happened. Whatever order they come in, and however often, the last
answer to be asked for wins, and the last event makes us ask after the last change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from datasources.billing import BillingAccount, BillingAccounts
from datasources.collection import document
from datasources.failures import Duplicate
from datasources.mongo import Mongo
from datasources.stripe_billing import StripeBilling
from datasources.stripe_reading import Found
from services.billing_news import BillingNews
from services.excess import Excess
from services.intents import intent
from services.standing import UNDECIDED

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TRIES = 20

Announce = Callable[[str], Awaitable[None]]


class Overtaken(Exception):
    """Others asked later, time and again; the job is done once more."""


@dataclass(frozen=True, slots=True)
class StripeAccounts:
    """Reads accounts anew. `announce` tells all processes that an account has changed."""

    mongo: Mongo
    accounts: BillingAccounts
    stripe: StripeBilling
    excess: Excess
    news: BillingNews
    announce: Announce

    async def of_customer(self, customer_id: str) -> BillingAccount | None:
        """Whose customer that is: as noted here, or else as noted at Stripe."""
        account = await self.accounts.of_customer(customer_id)
        if account is not None:
            return account
        found = await self.stripe.read(customer_id)
        if found.deleted or found.account_id is None:
            return None
        return await self.link(found.account_id, customer_id)

    async def link(self, account_id: str, customer_id: str) -> BillingAccount | None:
        """Note an account's customer, unless it has one; the account, None if it has another."""
        free = {"_id": account_id, "customer_id": None}
        with suppress(Duplicate):  # somebody else has just noted one
            await self.accounts.update(free, {"$set": {"customer_id": customer_id}}, upsert=True)
        return await self.accounts.of_customer(customer_id)

    async def refresh(self, account_id: str, dispute_id: str | None = None) -> BillingAccount:
        """The account as Stripe has it now; a dispute is looked at too, if one is named."""
        for _ in range(TRIES):
            ticket = await self.accounts.take_ticket(account_id)
            account = await self.accounts.get(account_id)
            if account is None or account.customer_id is None:
                return account or BillingAccount(id=account_id)
            found = await self.stripe.read(account.customer_id)
            disputes = await self._disputes(account, dispute_id)
            await self._end_superseded(found)
            kept = await self._keep(account_id, ticket, found, disputes)
            if kept is not None:
                return kept
        raise Overtaken

    async def settle(self, account_id: str) -> None:
        """Look again at what is read-only, since time has passed."""
        await self.mongo.transact(lambda: self._settle(account_id))
        await self.announce(account_id)

    async def _settle(self, account_id: str) -> None:
        before = await self.accounts.get(account_id)
        after = await self.excess.settle(account_id)
        if before is None or before.lapsed != after.lapsed:
            await self.news.tell(before, after)

    async def _disputes(self, account: BillingAccount, named: str | None) -> Mapping[str, str]:
        live = {id for id, status in account.disputes.items() if status in UNDECIDED}
        ids = live | ({named} if named else set())
        return {id: (await self.stripe.dispute(id)).status for id in sorted(ids)}

    async def _end_superseded(self, found: Found) -> None:
        """Of two that live the later one stays: nobody pays twice for one workspace."""
        for bought in found.superseded:
            await self.stripe.end(bought, intent("supersede", bought.id))

    async def _keep(
        self, account_id: str, ticket: int, found: Found, disputes: Mapping[str, str]
    ) -> BillingAccount | None:
        """Store the answer if none that was asked for later is stored; the account, or None."""

        async def keep() -> tuple[BillingAccount | None, bool]:
            before = await self.accounts.get(account_id)
            if before is None or before.read >= ticket:
                return None, False
            after = {**before.disputes, **disputes}
            news = changes(before, found, after)
            values = {**news, "read": ticket}
            grown = {"$inc": {"revision": 1}} if news else {}
            account = await self.accounts.update({"_id": account_id}, {"$set": values, **grown})
            if account is not None and news:
                account = await self.excess.settle(account_id)
                await self.news.tell(before, account)
            return account, bool(news)

        account, changed = await self.mongo.transact(keep)
        if changed:
            await self.announce(account_id)
        return account


def changes(before: BillingAccount, found: Found, disputes: Mapping[str, str]) -> dict[str, Any]:
    """What differs from what is stored, by the record's fields."""
    news: dict[str, Any] = {}
    if found.bought != before.bought:
        news["bought"] = document(found.bought) if found.bought else None
    if found.deleted:
        news["customer_id"] = None
    if dict(disputes) != dict(before.disputes):
        news["disputes"] = dict(disputes)
    return news
