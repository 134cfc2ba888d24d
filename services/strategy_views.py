"""A workspace's strategy as those need it who write: the default brand's, in its own words."""

from __future__ import annotations

from datasources.brands import Brands
from services.writing_context import StrategyView


class StrategyViews:
    """For services that have asked already whether the viewer may."""

    def __init__(self, brands: Brands) -> None:
        self._brands = brands

    async def view(self, workspace_id: str) -> StrategyView | None:
        """The strategy of the default brand; None before it has one."""
        brand = await self._brands.find_one({"workspace_id": workspace_id, "is_default": True})
        if brand is None or brand.strategy is None:
            return None
        found = brand.strategy
        return StrategyView(
            value_proposition=found.value_proposition,
            audience=found.audience.description,
            pillars=found.pillars,
            tone=found.tone,
        )
