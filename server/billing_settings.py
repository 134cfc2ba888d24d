"""The settings of plans and of what is paid for."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.plan_names import PlanName
from server.setting_field import setting
from server.setting_types import boolean, choice, http_url, names, number, word


@dataclass(frozen=True, kw_only=True)
class BillingSettings:
    """The part of Settings that is about plans."""

    default_plan: PlanName = setting(
        choice(PlanName),
        "free",
        "The plan of everyone who has bought none: free, creator, pro or agency. Whoever hosts "
        "for themselves takes `agency`.",
    )
    stripe_api_key: str = setting(
        word, "", "Stripe's secret key, to sell plans. Empty: nothing is sold.", secret=True
    )
    stripe_webhook_secrets: tuple[str, ...] = setting(
        names,
        "",
        "What Stripe signs webhooks with (whsec_…); two, comma-separated, while one is changed. "
        "Empty: /webhooks/stripe is closed.",
        secret=True,
    )
    stripe_api_url: str = setting(
        http_url, "https://api.stripe.com", "Where Stripe's API is: another address for a test."
    )
    stripe_trial_days: int = setting(
        number(0, 730), "14", "Days that a first subscription is free for; 0 for none."
    )
    stripe_tax: bool = setting(
        boolean, "false", "Whether Stripe Tax works taxes out and asks for tax ids."
    )
    stripe_credits_meter: str = setting(
        word,
        "",
        "The event name of the meter that AI credits are sold by. Empty: none are sold.",
    )
    billing_return_url: str = setting(
        http_url, "", "The page that buyers return to. Empty: PUBLIC_URL."
    )
    billing_grace_days: int = setting(
        number(0, 90), "7", "Days after a failed payment before everything is read-only."
    )
