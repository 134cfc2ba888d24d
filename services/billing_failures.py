"""What buying can fail with."""

from __future__ import annotations

from services.failures import Failure


class BillingNotConfigured(Failure):
    """This server sells nothing."""

    code = "BILLING_NOT_CONFIGURED"

    def __init__(self) -> None:
        super().__init__(
            "Billing is not configured on this server: everyone has the plan that its settings "
            "name. Whoever runs it sets STRIPE_API_KEY to sell plans."
        )


class AlreadySubscribed(Failure):
    """There is a plan already."""

    code = "ALREADY_SUBSCRIBED"

    def __init__(self) -> None:
        super().__init__("There is a subscription already: change it with `changePlan`.")


class NotSubscribed(Failure):
    """There is nothing to change."""

    code = "NOT_SUBSCRIBED"

    def __init__(self) -> None:
        super().__init__(
            "There is no subscription that could be changed: begin one with "
            "`createCheckoutSession`."
        )


class PaymentFailed(Failure):
    """The bank does not pay."""

    code = "PAYMENT_FAILED"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why} Nothing was changed: give another card in the billing portal "
            "(`createBillingPortalSession`), then try again."
        )


class PaymentIsDisputed(Failure):
    """A payment is disputed."""

    code = "PAYMENT_DISPUTED"

    def __init__(self) -> None:
        super().__init__("A payment is disputed. The plan can be changed once that is settled.")


class PriceMissing(Failure):
    """The plan has no price at Stripe."""

    code = "PRICE_MISSING"

    def __init__(self, lookup_key: str) -> None:
        super().__init__(
            f"This plan is not for sale: there is no active price with the lookup key {lookup_key}."
        )
