"""What we take from Stripe's objects, checked as it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from datasources.billing import BillingInterval, Bought, Metered, Planned, SubscriptionStatus
from datasources.plan_names import PlanName

INTERVALS = {"month": BillingInterval.MONTHLY, "year": BillingInterval.YEARLY}
OWING = (SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID)


class UnknownPrice(Exception):
    """A price that does not say which plan it buys."""

    def __init__(self, price_id: str) -> None:
        super().__init__(
            f"The price {price_id} names no plan: give it the metadata `plan` "
            "(creator, pro or agency)."
        )


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """An object of Stripe's; what else it holds is passed over."""


class Recurring(Shape, frozen=True, kw_only=True):
    """How often a price is paid, and whether for what was used: `licensed` or `metered`."""

    interval: str
    usage_type: str = "licensed"


class CurrencyOption(Shape, frozen=True, kw_only=True):
    """A price in another currency, in its smallest unit."""

    unit_amount: int | None = None


class Price(Shape, frozen=True, kw_only=True):
    """A price. `lookup_key` is `brandgraph_pro_monthly`; an old price has lost it to a new one."""

    id: str
    currency: str
    unit_amount: int | None = None
    lookup_key: str | None = None
    metadata: Mapping[str, str] = {}
    recurring: Recurring | None = None
    currency_options: Mapping[str, CurrencyOption] = {}

    @property
    def plan(self) -> PlanName:
        """The plan that it buys; UnknownPrice where it does not say."""
        named = self.metadata.get("plan") or (self.lookup_key or "__").split("_")[1]
        try:
            return PlanName(named.upper())
        except ValueError:
            raise UnknownPrice(self.id) from None

    @property
    def interval(self) -> BillingInterval:
        """How often it is paid."""
        found = INTERVALS.get(self.recurring.interval) if self.recurring else None
        if found is None:
            raise UnknownPrice(self.id)
        return found

    @property
    def metered(self) -> bool:
        """Whether what was used is paid."""
        return self.recurring is not None and self.recurring.usage_type == "metered"

    @property
    def amounts(self) -> Mapping[str, int]:
        """What it costs, by currency, in the smallest unit of each."""
        others = {name: each.unit_amount for name, each in self.currency_options.items()}
        every = {self.currency: self.unit_amount, **others}
        return {name: amount for name, amount in every.items() if amount is not None}


class Item(Shape, frozen=True, kw_only=True):
    """The line of a subscription."""

    id: str
    price: Price
    current_period_end: int


class Items(Shape, frozen=True, kw_only=True):
    """Its lines; ours are the plan, and perhaps what is paid by use."""

    data: list[Item]


class Finalised(Shape, frozen=True, kw_only=True):
    """When an invoice became what it is."""

    finalized_at: int | None = None


class Invoice(Shape, frozen=True, kw_only=True):
    """An invoice. Amounts are in the smallest unit of the currency."""

    id: str = ""
    number: str | None = None
    status: str | None = None
    created: int
    currency: str
    total: int
    amount_due: int
    hosted_invoice_url: str | None = None
    invoice_pdf: str | None = None
    status_transitions: Finalised = Finalised()


class PhaseItem(Shape, frozen=True, kw_only=True):
    """A line of a phase."""

    price: str


class Phase(Shape, frozen=True, kw_only=True):
    """A span of time in which a subscription has these lines."""

    start_date: int
    items: list[PhaseItem]


class Schedule(Shape, frozen=True, kw_only=True):
    """What becomes of a subscription, phase by phase."""

    id: str
    phases: list[Phase] = []


class Subscription(Shape, frozen=True, kw_only=True):
    """A subscription, its latest invoice and its schedule with it."""

    id: str
    customer: str
    status: str
    created: int
    currency: str
    items: Items
    cancel_at_period_end: bool = False
    cancel_at: int | None = None
    trial_end: int | None = None
    latest_invoice: Invoice | str | None = None
    schedule: Schedule | str | None = None

    @property
    def plan_item(self) -> Item:
        """The line that is the plan's."""
        fixed = [each for each in self.items.data if not each.price.metered]
        return (fixed or self.items.data)[0]

    @property
    def credits(self) -> Metered | None:
        """The line that is paid by use."""
        used = [each for each in self.items.data if each.price.metered]
        return Metered(item_id=used[0].id, price_id=used[0].price.id) if used else None

    @property
    def coming(self) -> tuple[str, datetime] | None:
        """The id of the price that it changes to with a period to come, and when."""
        if not isinstance(self.schedule, Schedule):
            return None
        item = self.plan_item
        place = self.items.data.index(item)
        for phase in self.schedule.phases:
            price = phase.items[place].price
            if phase.start_date >= item.current_period_end and price != item.price.id:
                return price, moment(phase.start_date)
        return None

    def bought(self, planned: Planned | None = None) -> Bought:
        """As we keep it; `planned` is what `coming` is."""
        item, schedule = self.plan_item, self.schedule
        status = status_of(self.status)
        return Bought(
            id=self.id,
            item_id=item.id,
            price_id=item.price.id,
            plan=item.price.plan,
            interval=item.price.interval,
            currency=self.currency,
            status=status,
            current_period_end=moment(item.current_period_end),
            cancel_at_period_end=self.cancel_at_period_end or self.cancel_at is not None,
            trial_end=None if self.trial_end is None else moment(self.trial_end),
            past_due_since=self._owing_since() if status in OWING else None,
            schedule_id=schedule.id if isinstance(schedule, Schedule) else schedule,
            planned=planned,
            credits=self.credits,
            created=moment(self.created),
        )

    def _owing_since(self) -> datetime | None:
        invoice = self.latest_invoice
        if not isinstance(invoice, Invoice):
            return None
        return moment(invoice.status_transitions.finalized_at or invoice.created)


class Dispute(Shape, frozen=True, kw_only=True):
    """A dispute: a cardholder wants their money back."""

    id: str
    status: str


class Card(Shape, frozen=True, kw_only=True):
    """What may be shown of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


class PaymentMethod(Shape, frozen=True, kw_only=True):
    """A way to pay. `card` is None for what is none."""

    id: str
    type: str
    card: Card | None = None


def status_of(status: str) -> SubscriptionStatus:
    """Stripe's word as ours: one that was never paid for in time has ended."""
    ended = status == "incomplete_expired"
    return SubscriptionStatus.CANCELED if ended else SubscriptionStatus(status.upper())


def moment(seconds: int) -> datetime:
    """Stripe's time, aware and in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def shaped(found: Any, kind: type[msgspec.Struct]) -> Any:
    """Stripe's object as one of these."""
    return msgspec.convert(found.to_dict(), kind)
