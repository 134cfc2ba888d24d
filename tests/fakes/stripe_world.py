"""What happens at Stripe, with a clock that can be moved: subscriptions live, bills are paid.

Built from https://docs.stripe.com/billing/subscriptions/overview and the API's reference. Only
what we rely on is there; names, states and their order are as the documents have them.
"""

from __future__ import annotations

import copy
import heapq
import itertools
from collections.abc import Callable
from typing import Any

from tests.fakes.stripe_prices import Thing, by_use, catalogue

DAY = 86_400
SPANS = {"month": 30 * DAY, "year": 365 * DAY}
RETRY_EVERY = 3 * DAY
TRIES = 4
START = 1_800_000_000


class StripeWorld:
    """Everything that one account at Stripe holds. `now` is its time, in seconds; `mark` is in
    each id.

    `events` are those that it tells, in order. A customer's `card` is `good`, `declined` or
    `challenged`, which their bank wants to confirm first. `exhausted` is what becomes of a
    subscription that nobody paid for: `canceled` or `unpaid`.
    """

    def __init__(self, now: int = START, mark: str = "") -> None:
        self.now = now
        self.mark = mark
        self.events: list[Thing] = []
        self.customers: dict[str, Thing] = {}
        self.prices = {each["id"]: each for each in [*catalogue(), *by_use()]}
        self.promotions: dict[str, Thing] = {}
        self.sessions: dict[str, Thing] = {}
        self.subscriptions: dict[str, Thing] = {}
        self.invoices: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}
        self.disputes: dict[str, Thing] = {}
        self.schedules: dict[str, Thing] = {}
        self.metered: dict[str, Thing] = {}
        self.cards: dict[str, str] = {}
        self.exhausted = "canceled"
        self._numbers = itertools.count(1)
        self._timers: list[tuple[int, int, Callable[[], None]]] = []

    def id(self, prefix: str) -> str:
        """The next id."""
        return f"{prefix}_{self.mark}{next(self._numbers):06d}"

    def emit(self, type: str, thing: Thing) -> None:
        """Tell what happened, with the thing as it is now."""
        self.events.append(
            {
                "id": self.id("evt"),
                "object": "event",
                "type": type,
                "created": self.now,
                "data": {"object": copy.deepcopy(thing)},
            }
        )

    def at(self, moment: int, what: Callable[[], None]) -> None:
        """Have something happen once the clock is there."""
        heapq.heappush(self._timers, (moment, next(self._numbers), what))

    def advance(self, days: float) -> None:
        """Move the clock; what is due meanwhile happens, each at its time."""
        until = self.now + int(days * DAY)
        while self._timers and self._timers[0][0] <= until:
            moment, _, what = heapq.heappop(self._timers)
            self.now = max(self.now, moment)
            what()
        self.now = until

    def new_customer(self, name: str, email: str, metadata: dict[str, str]) -> Thing:
        """A customer, who has a good card until something else is said."""
        made: Thing = {
            "id": self.id("cus"),
            "object": "customer",
            "name": name,
            "email": email,
            "metadata": metadata,
            "created": self.now,
            "balance": 0,
        }
        self.customers[made["id"]] = made
        self.cards[made["id"]] = "good"
        self.emit("customer.created", made)
        return made

    def remove_customer(self, id: str) -> Thing:
        """They go, and what they are subscribed to ends."""
        for each in self.of(self.subscriptions, id):
            if each["status"] != "canceled":
                self.cancel(each)
        gone = self.customers[id]
        self.customers[id] = {"id": id, "object": "customer", "deleted": True}
        self.emit("customer.deleted", gone)
        return self.customers[id]

    def of(self, things: dict[str, Thing], customer: str) -> list[Thing]:
        """A customer's things, the latest first."""
        return [each for each in reversed(things.values()) if each["customer"] == customer]

    def subscribe(
        self,
        customer: str,
        price: str,
        trial_days: int = 0,
        off: float = 0,
        metered: str | None = None,
    ) -> Thing:
        """Begin a subscription: on trial, or paid for at once. `off` is the part not paid.

        `metered` is the price of what is paid by use beside it.
        """
        span = trial_days * DAY or SPANS[self.prices[price]["recurring"]["interval"]]
        made: Thing = {
            "id": self.id("sub"),
            "object": "subscription",
            "customer": customer,
            "status": "trialing" if trial_days else "incomplete",
            "created": self.now,
            "currency": "usd",
            "cancel_at_period_end": False,
            "cancel_at": None,
            "trial_end": self.now + span if trial_days else None,
            "latest_invoice": None,
            "schedule": None,
            "items": {"object": "list", "data": [self.item(price, self.now + span)]},
        }
        if metered is not None:
            made["items"]["data"].append(self.item(metered, self.now + span))
        self.subscriptions[made["id"]] = made
        amount = 0 if trial_days else int(self.prices[price]["unit_amount"] * (1 - off))
        self.emit("customer.subscription.created", made)
        self.bill(made, amount)
        self._await_end(made)
        return made

    def item(self, price: str, end: int) -> Thing:
        """The line of a subscription."""
        return {
            "id": self.id("si"),
            "object": "subscription_item",
            "price": self.prices[price],
            "current_period_start": self.now,
            "current_period_end": end,
        }

    def bill(self, subscription: Thing, amount: int) -> Thing:
        """Make an invoice and have it paid, from the customer's balance first."""
        customer = self.customers[subscription["customer"]]
        used = min(max(amount, 0), -min(customer["balance"], 0))
        customer["balance"] += used + min(amount, 0)
        invoice: Thing = {
            "id": self.id("in"),
            "object": "invoice",
            "number": f"BG-{len(self.invoices) + 1:04d}",
            "customer": subscription["customer"],
            "subscription": subscription["id"],
            "status": "open",
            "created": self.now,
            "currency": "usd",
            "total": amount,
            "amount_due": max(0, amount - used),
            "attempts": 0,
            "hosted_invoice_url": "https://invoice.stripe.test/i/1",
            "invoice_pdf": "https://invoice.stripe.test/i/1.pdf",
            "status_transitions": {"finalized_at": self.now},
        }
        self.invoices[invoice["id"]] = invoice
        subscription["latest_invoice"] = invoice["id"]
        self.emit("invoice.finalized", invoice)
        self.collect(invoice)
        return invoice

    def collect(self, invoice: Thing) -> bool:
        """Try to get the money; whether it came. After the last try the subscription ends."""
        subscription = self.subscriptions[invoice["subscription"]]
        card = self.cards[invoice["customer"]]
        invoice["attempts"] += 1
        if invoice["amount_due"] == 0 or card == "good":
            self._paid(invoice, subscription)
            return True
        asked = card == "challenged"
        self.emit(f"invoice.payment_{'action_required' if asked else 'failed'}", invoice)
        if subscription["status"] in ("active", "trialing"):
            self.change(subscription, status="past_due")
        if invoice["attempts"] < TRIES:
            self.at(self.now + RETRY_EVERY, lambda: self._retry(invoice))
        elif subscription["status"] == "past_due":
            self._exhaust(subscription)
        elif subscription["status"] == "incomplete":
            self.change(subscription, status="incomplete_expired")
        return False

    def change(self, subscription: Thing, **values: Any) -> None:
        """Set values of a subscription, and tell."""
        subscription.update(values)
        self.emit("customer.subscription.updated", subscription)

    def cancel(self, subscription: Thing) -> None:
        """End it."""
        subscription.update(status="canceled", ended_at=self.now, schedule=None)
        self.emit("customer.subscription.deleted", subscription)

    def dispute(self, customer: str) -> Thing:
        """The cardholder wants the last charge back."""
        charge = self.of(self.charges, customer)[0]
        made = {
            "id": self.id("du"),
            "object": "dispute",
            "charge": charge["id"],
            "amount": charge["amount"],
            "status": "needs_response",
        }
        self.disputes[made["id"]] = made
        self.emit("charge.dispute.created", made)
        return made

    def settle(self, dispute: Thing, *, won: bool) -> None:
        """The bank has decided."""
        dispute["status"] = "won" if won else "lost"
        self.emit("charge.dispute.closed", dispute)

    def _paid(self, invoice: Thing, subscription: Thing) -> None:
        invoice["status"] = "paid"
        if invoice["amount_due"]:
            charge = {
                "id": self.id("ch"),
                "object": "charge",
                "customer": invoice["customer"],
                "amount": invoice["amount_due"],
            }
            self.charges[charge["id"]] = charge
        self.emit("invoice.paid", invoice)
        if subscription["status"] in ("incomplete", "past_due", "unpaid"):
            self.change(subscription, status="active")

    def _retry(self, invoice: Thing) -> None:
        subscription = self.subscriptions[invoice["subscription"]]
        if invoice["status"] == "open" and not self._over(subscription):
            self.collect(invoice)

    def _exhaust(self, subscription: Thing) -> None:
        if self.exhausted == "canceled":
            self.cancel(subscription)
        else:
            self.change(subscription, status=self.exhausted)

    def _over(self, subscription: Thing) -> bool:
        return subscription["status"] in ("canceled", "incomplete_expired")

    def _await_end(self, subscription: Thing) -> None:
        """The end of the period, and three days before that of a trial."""
        end = subscription["items"]["data"][0]["current_period_end"]
        self.at(end, lambda: self._period_ends(subscription, end))
        if subscription["trial_end"] == end:
            self.at(end - 3 * DAY, lambda: self._trial_ends_soon(subscription, end))

    def _trial_ends_soon(self, subscription: Thing, end: int) -> None:
        if subscription["status"] == "trialing" and subscription["trial_end"] == end:
            self.emit("customer.subscription.trial_will_end", subscription)

    def _period_ends(self, subscription: Thing, end: int) -> None:
        item = subscription["items"]["data"][0]
        if self._over(subscription) or item["current_period_end"] != end:
            return
        if subscription["cancel_at_period_end"]:
            self.cancel(subscription)
            return
        begun = subscription["status"] == "trialing"
        if subscription["schedule"] is not None:
            self._next_phase(self.schedules[subscription["schedule"]], subscription, item)
        item["current_period_start"] = self.now
        item["current_period_end"] = self.now + SPANS[item["price"]["recurring"]["interval"]]
        self.change(subscription, **({"status": "active"} if begun else {}))
        self._await_end(subscription)
        self.bill(subscription, item["price"]["unit_amount"])

    def _next_phase(self, schedule: Thing, subscription: Thing, item: Thing) -> None:
        """The phase that begins now, if one does; behind the last the schedule lets go."""
        begun = [each for each in schedule["phases"] if each["start_date"] == self.now]
        if begun:
            lines = zip(subscription["items"]["data"], begun[0]["items"], strict=True)
            for line, wanted in lines:
                line["price"] = self.prices[wanted["price"]]
        else:
            schedule["status"], subscription["schedule"] = "released", None
