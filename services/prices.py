"""What models cost, as data: millionths of a US dollar for a million tokens.

From https://openai.com/api/pricing. What is not here, or costs otherwise, is set by MODEL_PRICES.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from datasources.models import ModelId, Provider
from datasources.prices import Price

FREE = Price()

PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "gpt-4.1": Price(2_000_000, 500_000, 8_000_000),
        "gpt-4.1-mini": Price(400_000, 100_000, 1_600_000),
        "gpt-4.1-nano": Price(100_000, 25_000, 400_000),
        "gpt-4o": Price(2_500_000, 1_250_000, 10_000_000),
        "gpt-4o-mini": Price(150_000, 75_000, 600_000),
        "text-embedding-3-small": Price(20_000, 20_000),
        "text-embedding-3-large": Price(130_000, 130_000),
        "text-embedding-ada-002": Price(100_000, 100_000),
    }
)


class Prices:
    """The prices of this deployment: ours, and those that its settings name."""

    def __init__(self, named: Mapping[str, Price]) -> None:
        self._named = {**PRICES, **named}

    def of(self, model: ModelId) -> Price:
        """A model's price. LookupError where nobody has told it."""
        return FREE if model.provider is Provider.OFFLINE else self._named[model.name]

    def knows(self, name: str) -> bool:
        """Whether a provider's model has a price."""
        return name in self._named
