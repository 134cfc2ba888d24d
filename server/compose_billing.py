"""The part of the composition that is about plans, what they allow, and paying for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.stores import Stores
from datasources.stripe_billing import StripeBilling
from datasources.stripe_client import StripeConnection
from server.settings import Settings
from services.access import Access
from services.audit import Audit
from services.billing import BillingService
from services.billing_news import BillingNews
from services.buying import Buying
from services.clock import Clock
from services.counts import counts
from services.credits import Credits
from services.entitlements import Entitlements
from services.events import Events
from services.excess import Excess
from services.notifications import NotificationService
from services.plan_changes import PlanChanges
from services.purchases import Purchases, Sale
from services.standing import Terms
from services.stripe_accounts import StripeAccounts
from services.stripe_goodbyes import StripeGoodbyes
from services.stripe_inbox import StripeInbox
from services.stripe_reconciliation import Reconciliation
from services.stripe_webhook import StripeWebhook
from services.viewer_plans import ViewerPlans

CHANGED = "plans"
"""The broadcast that tells every process of an account whose plan may have changed."""


@dataclass(frozen=True, slots=True)
class Billing:
    """The services of plans and payments."""

    entitlements: Entitlements
    excess: Excess
    shown: BillingService
    purchases: Purchases
    plan_changes: PlanChanges
    webhook: StripeWebhook
    inbox: StripeInbox
    reconciliation: Reconciliation
    credits: Credits
    goodbyes: StripeGoodbyes
    viewer_plans: ViewerPlans


def billing_of(
    settings: Settings,
    mongo: Mongo,
    stores: Stores,
    events: Events,
    access: Access,
    audit: Audit,
    notifications: NotificationService,
    clock: Clock,
) -> Billing:
    """Wire them together. Nothing is asked of Stripe, and its library is not loaded, until used."""
    sells = bool(settings.stripe_api_key)
    terms = Terms(settings.default_plan, timedelta(days=settings.billing_grace_days))
    counted = counts(stores.workspaces, stores.memberships, stores.brands)
    accounts, stored = stores.billing_accounts, stores.stripe_events
    stripe = StripeBilling(StripeConnection(settings.stripe_api_key, settings.stripe_api_url))
    entitlements = Entitlements(accounts, stores.workspaces, counted, terms, clock)
    excess = Excess(accounts, stores.workspaces, counted, terms, clock)
    news = BillingNews(stores.memberships, events, notifications)

    async def announce(account_id: str) -> None:
        try:
            await events.broadcast(CHANGED, account_id)
        except Unavailable:
            return  # what processes remember of plans is a minute old at most

    follower = StripeAccounts(mongo, accounts, stripe, excess, news, announce)
    shown = BillingService(accounts, stores.users, stripe, entitlements, access, sells=sells)
    meter = settings.stripe_credits_meter if sells else ""
    buying = Buying(shown, follower, audit, credits_sold=bool(meter))
    return Billing(
        entitlements=entitlements,
        excess=excess,
        shown=shown,
        plan_changes=PlanChanges(buying, clock),
        purchases=Purchases(
            stores.users,
            buying,
            Sale(
                settings.stripe_trial_days,
                settings.stripe_tax,
                settings.billing_return_url or settings.url,
            ),
            clock,
        ),
        webhook=StripeWebhook(mongo, stored, events, settings.stripe_webhook_secrets, clock),
        inbox=StripeInbox(mongo, stored, accounts, stripe, follower, news, events, clock),
        reconciliation=Reconciliation(
            accounts, stored, stripe, follower, terms, clock, sells=sells
        ),
        credits=Credits(
            stores.credit_uses,
            accounts,
            stripe,
            meter,
            clock,
        ),
        goodbyes=StripeGoodbyes(accounts, stripe, events, sells=sells),
        viewer_plans=ViewerPlans(
            accounts, stores.users, stores.workspaces, entitlements, sells=sells
        ),
    )


def watch_plans(events: Events, plans: ViewerPlans) -> Callable[[], None]:
    """Have a process forget the plan of each account that changes; what is returned ends it."""
    return events.on_broadcast(CHANGED, plans.forget, plans.forget_all).close
