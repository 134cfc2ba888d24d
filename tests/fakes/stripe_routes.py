"""What each request of Stripe's API does to a `StripeWorld`, and what it answers."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes import stripe_changes as changes
from tests.fakes.stripe_forms import Form, truth
from tests.fakes.stripe_prices import Thing
from tests.fakes.stripe_world import StripeWorld

Handler = Callable[..., Thing]


class StripeRefusal(Exception):
    """An error as Stripe tells it."""

    def __init__(self, status: int, type: str, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": type, "message": message, "code": code}


def found(things: dict[str, Thing], id: str) -> Thing:
    """One thing, or what Stripe says where there is none."""
    if id not in things:
        message = f"No such object: '{id}'"
        raise StripeRefusal(404, "invalid_request_error", message, "resource_missing")
    return things[id]


def living(world: StripeWorld, customer: str) -> Thing:
    """A customer who was not deleted."""
    if found(world.customers, customer).get("deleted"):
        raise StripeRefusal(404, "invalid_request_error", "No such customer", "resource_missing")
    return world.customers[customer]


def page(things: list[Thing], form: Form) -> Thing:
    """A page of a list that is in order."""
    after, most = form.get("starting_after"), int(form.get("limit", 10))
    ids = [each["id"] for each in things]
    start = ids.index(after) + 1 if after else 0
    data = things[start : start + most]
    return {"object": "list", "url": "/", "data": data, "has_more": len(things) > start + most}


def in_full(world: StripeWorld, subscription: Thing, form: Form) -> Thing:
    """A subscription, its latest invoice and its schedule written out if that was asked for."""
    wanted, whole = form.get("expand", []), dict(subscription)
    if "data.latest_invoice" in wanted:
        whole["latest_invoice"] = world.invoices.get(subscription["latest_invoice"] or "")
    if "data.schedule" in wanted:
        whole["schedule"] = world.schedules.get(subscription["schedule"] or "")
    return whole


def list_prices(world: StripeWorld, form: Form) -> Thing:
    """GET /v1/prices."""
    return page([p for p in world.prices.values() if p["lookup_key"] in form["lookup_keys"]], form)


def create_customer(world: StripeWorld, form: Form) -> Thing:
    """POST /v1/customers."""
    return world.new_customer(form["name"], form["email"], form["metadata"])


def get_customer(world: StripeWorld, form: Form, id: str) -> Thing:
    """GET /v1/customers/ID."""
    return found(world.customers, id)


def get_dispute(world: StripeWorld, form: Form, id: str) -> Thing:
    """GET /v1/disputes/ID."""
    return found(world.disputes, id)


def get_charge(world: StripeWorld, form: Form, id: str) -> Thing:
    """GET /v1/charges/ID."""
    return found(world.charges, id)


def delete_customer(world: StripeWorld, form: Form, id: str) -> Thing:
    """DELETE /v1/customers/ID."""
    living(world, id)
    return world.remove_customer(id)


def list_subscriptions(world: StripeWorld, form: Form) -> Thing:
    """GET /v1/subscriptions: those of a customer, or all; ended ones where that was asked for."""
    if "customer" in form:
        found(world.customers, form["customer"])
    every = list(reversed(world.subscriptions.values()))
    customer, ended = form.get("customer"), form.get("status") == "all"
    wanted = [
        in_full(world, each, form)
        for each in every
        if customer in (None, each["customer"]) and (ended or each["status"] != "canceled")
    ]
    return page(wanted, form)


def update_subscription(world: StripeWorld, form: Form, id: str) -> Thing:
    """POST /v1/subscriptions/ID."""
    subscription = found(world.subscriptions, id)
    if subscription["schedule"] is not None and "cancel_at_period_end" in form:
        message = "The subscription is managed by a schedule: its cancelation can't be updated."
        raise StripeRefusal(400, "invalid_request_error", message)
    try:
        changes.update(world, subscription, form)
    except changes.CardDeclined:
        message = "Your card was declined."
        raise StripeRefusal(402, "card_error", message, "card_declined") from None
    return subscription


def cancel_subscription(world: StripeWorld, form: Form, id: str) -> Thing:
    """DELETE /v1/subscriptions/ID."""
    world.cancel(found(world.subscriptions, id))
    return world.subscriptions[id]


def resume_subscription(world: StripeWorld, form: Form, id: str) -> Thing:
    """POST /v1/subscriptions/ID/resume."""
    world.change(found(world.subscriptions, id), status="active")
    return world.subscriptions[id]


def create_session(world: StripeWorld, form: Form) -> Thing:
    """POST /v1/checkout/sessions."""
    living(world, form["customer"])
    id = world.id("cs")
    world.sessions[id] = {
        "id": id,
        "object": "checkout.session",
        "url": f"https://checkout.stripe.test/{id}",
        "status": "open",
        "customer": form["customer"],
        "price": form["line_items"][0]["price"],
        "trial_days": int(form["subscription_data"].get("trial_period_days", 0)),
        "metered": next((line["price"] for line in form["line_items"][1:]), None),
        "promotion": form.get("discounts", [{}])[0].get("promotion_code"),
        "automatic_tax": truth(form.get("automatic_tax", {}).get("enabled")),
    }
    return world.sessions[id]


def create_portal(world: StripeWorld, form: Form) -> Thing:
    """POST /v1/billing_portal/sessions."""
    living(world, form["customer"])
    url = f"https://billing.stripe.test/{form['customer']}"
    return {"id": world.id("bps"), "object": "billing_portal.session", "url": url}


def create_preview(world: StripeWorld, form: Form) -> Thing:
    """POST /v1/invoices/create_preview."""
    details = form["subscription_details"]
    subscription = found(world.subscriptions, form["subscription"])
    price = found(world.prices, details["items"][0]["price"])
    at = details.get("proration_date")
    return changes.preview(world, subscription, price, None if at is None else int(at))


def get_price(world: StripeWorld, form: Form, id: str) -> Thing:
    """GET /v1/prices/ID."""
    return found(world.prices, id)


def create_schedule(world: StripeWorld, form: Form) -> Thing:
    """POST /v1/subscription_schedules."""
    subscription = found(world.subscriptions, form["from_subscription"])
    if subscription["schedule"] is not None:
        message = "The subscription is attached to a schedule already."
        raise StripeRefusal(400, "invalid_request_error", message)
    return changes.schedule(world, subscription)


def update_schedule(world: StripeWorld, form: Form, id: str) -> Thing:
    """POST /v1/subscription_schedules/ID."""
    schedule = found(world.schedules, id)
    changes.set_phases(world, schedule, form["phases"])
    return schedule


def release_schedule(world: StripeWorld, form: Form, id: str) -> Thing:
    """POST /v1/subscription_schedules/ID/release."""
    schedule = found(world.schedules, id)
    if schedule["status"] != "active":
        message = f"The schedule is {schedule['status']} and can't be released."
        raise StripeRefusal(400, "invalid_request_error", message)
    changes.release(world, schedule)
    return schedule


def list_invoices(world: StripeWorld, form: Form) -> Thing:
    """GET /v1/invoices."""
    return page(world.of(world.invoices, form["customer"]), form)


def list_methods(world: StripeWorld, form: Form, id: str) -> Thing:
    """GET /v1/customers/ID/payment_methods."""
    card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030}
    return page([{"id": "pm_1", "object": "payment_method", "type": "card", "card": card}], form)


def list_promotions(world: StripeWorld, form: Form) -> Thing:
    """GET /v1/promotion_codes."""
    return page([p for p in world.promotions.values() if p["code"] == form["code"]], form)


def create_meter_event(world: StripeWorld, form: Form) -> Thing:
    """POST /v1/billing/meter_events: an identifier counts once."""
    if form["identifier"] in world.metered:
        message = f"An event already exists with identifier {form['identifier']}."
        raise StripeRefusal(400, "invalid_request_error", message)
    world.metered[form["identifier"]] = form
    return {"object": "billing.meter_event", **form}


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "prices", list_prices),
    ("GET", "prices/ID", get_price),
    ("POST", "customers", create_customer),
    ("GET", "customers/ID", get_customer),
    ("DELETE", "customers/ID", delete_customer),
    ("GET", "customers/ID/payment_methods", list_methods),
    ("GET", "subscriptions", list_subscriptions),
    ("POST", "subscriptions/ID", update_subscription),
    ("DELETE", "subscriptions/ID", cancel_subscription),
    ("POST", "subscriptions/ID/resume", resume_subscription),
    ("POST", "subscription_schedules", create_schedule),
    ("POST", "subscription_schedules/ID", update_schedule),
    ("POST", "subscription_schedules/ID/release", release_schedule),
    ("POST", "checkout/sessions", create_session),
    ("POST", "billing_portal/sessions", create_portal),
    ("GET", "invoices", list_invoices),
    ("POST", "invoices/create_preview", create_preview),
    ("GET", "promotion_codes", list_promotions),
    ("GET", "disputes/ID", get_dispute),
    ("GET", "charges/ID", get_charge),
    ("POST", "billing/meter_events", create_meter_event),
]
