"""Money."""

from __future__ import annotations

from decimal import Decimal

import strawberry

MICROS = 1_000_000


@strawberry.type(description="An amount of money, exact to a millionth.")
class Money:
    """The amount, in units of the currency (ISO 4217)."""

    amount: Decimal
    currency: str = "USD"

    @classmethod
    def of(cls, micros: int) -> Money:
        """From millionths of a US dollar."""
        return cls(amount=Decimal(micros) / MICROS)

    @classmethod
    def maybe(cls, micros: int | None) -> Money | None:
        """The same, None where there is no amount."""
        return None if micros is None else cls.of(micros)
