"""Invoices and cards, as Stripe has them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import stripe_shapes
from datasources.stripe_shapes import moment


@strawberry.type(description="An invoice. Amounts are in the currency's smallest unit.")
class Invoice:
    """The invoice."""

    id: strawberry.ID
    number: str | None
    status: str = strawberry.field(description="draft, open, paid, uncollectible or void.")
    created_at: datetime
    currency: str
    total: int
    amount_due: int
    url: str | None = strawberry.field(description="Where it can be looked at and paid.")
    pdf: str | None

    @classmethod
    def of(cls, invoice: stripe_shapes.Invoice) -> Invoice:
        """From Stripe's."""
        return cls(
            id=strawberry.ID(invoice.id),
            number=invoice.number,
            status=invoice.status or "draft",
            created_at=moment(invoice.created),
            currency=invoice.currency,
            total=invoice.total,
            amount_due=invoice.amount_due,
            url=invoice.hosted_invoice_url,
            pdf=invoice.invoice_pdf,
        )


@strawberry.type(description="A way to pay: shown, never stored here.")
class PaymentMethod:
    """A card, mostly."""

    id: strawberry.ID
    type: str
    brand: str | None = None
    last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None

    @classmethod
    def of(cls, method: stripe_shapes.PaymentMethod) -> PaymentMethod:
        """From Stripe's."""
        id, card = strawberry.ID(method.id), method.card
        if card is None:
            return cls(id=id, type=method.type)
        return cls(
            id=id,
            type=method.type,
            brand=card.brand,
            last4=card.last4,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
        )
