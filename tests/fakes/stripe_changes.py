"""What customers and their servers do to a subscription: order it, change it, look after it."""

from __future__ import annotations

from typing import Any

from tests.fakes.stripe_prices import Thing
from tests.fakes.stripe_world import SPANS, StripeWorld


class CardDeclined(Exception):
    """The bank does not pay."""


def finish_checkout(world: StripeWorld, session_id: str) -> Thing:
    """The customer fills the page in; the subscription."""
    session = world.sessions[session_id]
    assert session["status"] == "open"
    off = world.promotions.get(session.get("promotion") or "", {}).get("off", 0)
    made = world.subscribe(
        session["customer"], session["price"], session["trial_days"], off, session.get("metered")
    )
    session.update(status="complete", subscription=made["id"])
    world.emit("checkout.session.completed", session)
    return made


def proration(world: StripeWorld, subscription: Thing, price: Thing, at: int) -> list[Thing]:
    """What is given back for the rest of the period, and what the new price asks for."""
    item = subscription["items"]["data"][0]
    if subscription["status"] == "trialing":
        return []
    old = item["price"]
    start, end = item["current_period_start"], item["current_period_end"]
    rest = (end - at) / (end - start)
    same = old["recurring"] == price["recurring"]
    return [
        {"description": "Unused time", "amount": -round(old["unit_amount"] * rest)},
        {
            "description": "Remaining time" if same else "New period",
            "amount": round(price["unit_amount"] * rest) if same else price["unit_amount"],
        },
    ]


def preview(world: StripeWorld, subscription: Thing, price: Thing, at: int | None) -> Thing:
    """The invoice that a change would make; the next one, at that price, where `at` is None."""
    lines = [{"description": "New period", "amount": price["unit_amount"]}]
    if at is not None:
        lines = proration(world, subscription, price, at)
    total = sum(line["amount"] for line in lines)
    return {
        "id": f"upcoming_{subscription['id']}",
        "object": "invoice",
        "created": world.now,
        "currency": "usd",
        "total": total,
        "amount_due": max(0, total),
        "lines": {"object": "list", "data": lines},
    }


def change_price(world: StripeWorld, subscription: Thing, price: Thing, at: int) -> None:
    """Change, and settle the difference at once; CardDeclined, and nothing done, else."""
    due = preview(world, subscription, price, at)["total"]
    if due > 0 and world.cards[subscription["customer"]] != "good":
        raise CardDeclined
    item = subscription["items"]["data"][0]
    renewed = item["price"]["recurring"] != price["recurring"]
    item["price"] = price
    if renewed and subscription["status"] != "trialing":
        item["current_period_start"] = world.now
        item["current_period_end"] = world.now + SPANS[price["recurring"]["interval"]]
        world._await_end(subscription)
    world.change(subscription)
    if subscription["status"] != "trialing":
        world.bill(subscription, due)


def update(world: StripeWorld, subscription: Thing, form: dict[str, Any]) -> None:
    """What a server asks for with POST /v1/subscriptions/ID."""
    if "items" in form:
        at = int(form.get("proration_date", world.now))
        change_price(world, subscription, world.prices[form["items"][0]["price"]], at)
        wanted = {each["id"]: each["price"] for each in form["items"]}
        for item in subscription["items"]["data"]:
            item["price"] = world.prices[wanted.get(item["id"], item["price"]["id"])]
        spans = {each["price"]["recurring"]["interval"] for each in subscription["items"]["data"]}
        assert len(spans) == 1, "Stripe refuses lines that are billed at other times"
    if "cancel_at_period_end" in form:
        world.change(subscription, cancel_at_period_end=form["cancel_at_period_end"] == "true")


def schedule(world: StripeWorld, subscription: Thing) -> Thing:
    """POST /v1/subscription_schedules, from a subscription that has none: as it is, for now."""
    item = subscription["items"]["data"][0]
    made: Thing = {
        "id": world.id("sub_sched"),
        "object": "subscription_schedule",
        "customer": subscription["customer"],
        "subscription": subscription["id"],
        "status": "active",
        "phases": [
            {
                "start_date": item["current_period_start"],
                "end_date": item["current_period_end"],
                "items": [{"price": each["price"]["id"]} for each in subscription["items"]["data"]],
                "discounts": [],
                "trial_end": subscription["trial_end"],
            }
        ],
    }
    world.schedules[made["id"]] = made
    world.emit("subscription_schedule.created", made)
    world.change(subscription, schedule=made["id"])
    return made


def set_phases(world: StripeWorld, schedule: Thing, given: list[dict[str, Any]]) -> None:
    """POST /v1/subscription_schedules/ID: each phase begins where the one before it ends."""
    phases: list[Thing] = []
    for each in given:
        start = int(each["start_date"]) if "start_date" in each else phases[-1]["end_date"]
        price = world.prices[each["items"][0]["price"]]
        end = int(each.get("end_date", start + SPANS[price["recurring"]["interval"]]))
        items = [{"price": item["price"]} for item in each["items"]]
        phases.append({"start_date": start, "end_date": end, "items": items})
    schedule["phases"] = phases
    world.emit("subscription_schedule.updated", schedule)


def release(world: StripeWorld, schedule: Thing) -> None:
    """POST /v1/subscription_schedules/ID/release."""
    schedule["status"] = "released"
    world.emit("subscription_schedule.released", schedule)
    world.change(world.subscriptions[schedule["subscription"]], schedule=None)


def pay_what_is_open(world: StripeWorld, customer: str) -> None:
    """The customer gives a good card, with which what is open is paid."""
    world.cards[customer] = "good"
    world.emit("payment_method.attached", {"id": world.id("pm"), "customer": customer})
    for invoice in world.of(world.invoices, customer):
        if invoice["status"] == "open":
            world.collect(invoice)
