"""Brands and their strategies: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission, StrategyPart
from schema.fields import field
from schema.inputs.brand import CreateBrandInput, UpdateBrandInput, UpdateStrategyInput
from schema.permissions import needs
from schema.types.brand import Brand, BrandConnection, StrategyVersionConnection
from services import strategies
from services.brands import LISTED
from services.cursors import window


@strawberry.type
class BrandQueries:
    """Reading."""

    @field("One brand.", needs(Permission.BRAND_READ))
    async def brand(self, info: Info, id: strawberry.ID) -> Brand | None:
        """By its id."""
        context = info.context
        return Brand.of(await context.services.brands.get(context.viewer, id))

    @field(
        "A workspace's brands, latest first; the personal one's where none is named.",
        needs(Permission.BRAND_READ),
    )
    async def brands(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> BrandConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        found = await context.services.brands.page(context.viewer, workspace, slice)
        return BrandConnection.of(found)

    @field(
        "What a brand's strategy, or one part of it, was; latest first.",
        needs(Permission.BRAND_READ),
    )
    async def strategy_history(
        self,
        info: Info,
        brand_id: strawberry.ID,
        part: StrategyPart | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> StrategyVersionConnection:
        """A page."""
        context = info.context
        slice = window(strategies.LISTED, first=first, after=after, last=last, before=before)
        found = await context.services.strategies.history(context.viewer, brand_id, part, slice)
        return StrategyVersionConnection.of(found)


@strawberry.type
class BrandMutations:
    """Writing."""

    @field(
        "Make a brand; a workspace's first is its default. PLAN_LIMIT where the plan has no more.",
        needs(Permission.BRAND_WRITE),
    )
    async def create_brand(self, info: Info, input: CreateBrandInput) -> Brand:
        """A new brand."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return Brand.of(
            await context.services.brands.create(
                context.viewer, workspace, input.name, input.description
            )
        )

    @field("Change a brand.", needs(Permission.BRAND_WRITE))
    async def update_brand(
        self, info: Info, id: strawberry.ID, expected_version: int, input: UpdateBrandInput
    ) -> Brand:
        """As it is now."""
        context = info.context
        return Brand.of(
            await context.services.brands.update(
                context.viewer, id, expected_version, input.change()
            )
        )

    @field("Delete a brand, its strategy and its assessments.", needs(Permission.BRAND_WRITE))
    async def delete_brand(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        await context.services.brands.delete(context.viewer, id)
        return True

    @field(
        "Write a brand's strategy from its last complete assessment; locked parts stay. "
        "The default brand of the workspace where none is named. ASSESSMENT_INCOMPLETE where "
        "there is none yet.",
        needs(Permission.BRAND_WRITE),
        cost=50,
    )
    async def generate_strategy(
        self,
        info: Info,
        brand_id: strawberry.ID | None = None,
        workspace_id: strawberry.ID | None = None,
    ) -> Brand:
        """The brand with its strategy."""
        context = info.context
        services = context.services
        workspace = await home(context, workspace_id)
        brand = await services.brands.meant(context.viewer, workspace, brand_id, workspace_id)
        return Brand.of(await services.strategies.generate(context.viewer, brand))

    @field(
        "Edit parts of a strategy by hand, and say which generating leaves alone.",
        needs(Permission.BRAND_WRITE),
    )
    async def update_strategy(
        self, info: Info, brand_id: strawberry.ID, expected_version: int, input: UpdateStrategyInput
    ) -> Brand:
        """The brand as it is now."""
        context = info.context
        return Brand.of(
            await context.services.strategies.edit(
                context.viewer, brand_id, expected_version, input.change(), input.locked
            )
        )
