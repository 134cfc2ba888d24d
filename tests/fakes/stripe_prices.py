"""What is for sale at the Stripe of the tests."""

from __future__ import annotations

from typing import Any

Thing = dict[str, Any]

PRICES = {"creator": 1_900, "pro": 4_900, "agency": 19_900}


def catalogue() -> list[Thing]:
    """A price for each plan and interval, a year at ten months' price; in euro as well."""
    return [
        {
            "id": f"price_{plan}_{word}",
            "object": "price",
            "active": True,
            "currency": "usd",
            "unit_amount": amount * (10 if word == "yearly" else 1),
            "currency_options": {"eur": {"unit_amount": amount * (10 if word == "yearly" else 1)}},
            "lookup_key": f"brandgraph_{plan}_{word}",
            "metadata": {},
            "recurring": {"interval": "year" if word == "yearly" else "month"},
        }
        for plan, amount in PRICES.items()
        for word in ("monthly", "yearly")
    ]


def by_use() -> list[Thing]:
    """What AI credits cost, a price for each interval."""
    return [
        {
            "id": f"price_credits_{word}",
            "object": "price",
            "active": True,
            "currency": "usd",
            "lookup_key": f"brandgraph_credits_{word}",
            "metadata": {},
            "recurring": {
                "interval": "year" if word == "yearly" else "month",
                "usage_type": "metered",
            },
        }
        for word in ("monthly", "yearly")
    ]
