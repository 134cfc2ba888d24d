"""Brands: what a workspace speaks for. The default one is meant where none is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasources.brands import Assessments, Brand, Brands, StrategyVersions
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.entitlements import Entitlements
from services.excess import Excess
from services.failures import BadInput, Conflict, Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.plans import Limit
from services.read_only import ReadOnly
from services.validation import optional_text, text
from services.viewer import Viewer

LISTED = Order()
NAME, DESCRIPTION = 120, 1_000
UNNAMED = "My brand"


class BrandService:
    """Whoever has BRAND_READ sees brands; whoever has BRAND_WRITE makes and changes them."""

    def __init__(
        self,
        mongo: Mongo,
        brands: Brands,
        versions: StrategyVersions,
        assessments: Assessments,
        access: Access,
        entitlements: Entitlements,
        excess: Excess,
        audit: Audit,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._brands = brands
        self._versions = versions
        self._assessments = assessments
        self._access = access
        self._entitlements = entitlements
        self._excess = excess
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    async def get(
        self, viewer: Viewer, id: str, permission: Permission = Permission.BRAND_READ
    ) -> Brand:
        """The brand, if the viewer has that permission where it is."""
        viewer.id()
        brand = await self._brands.get(id)
        if brand is None:
            raise NotFound("brand", id)
        await self._access.check(viewer, permission, brand.workspace_id, of=("brand", id))
        return brand

    async def changeable(self, viewer: Viewer, id: str) -> Brand:
        """The brand, if the viewer may change it. ReadOnly where the plan has no place for it."""
        return in_use(await self.get(viewer, id, Permission.BRAND_WRITE))

    async def require_open(self, id: str) -> None:
        """Within a change of what hangs on a brand: ReadOnly where that is read-only."""
        brand = await self._brands.get(id)
        if brand is not None:
            in_use(brand)

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[Brand | None]:
        """One entry an id; None for what is not there or not the viewer's to see."""
        found = await self._brands.get_many(ids)
        seen = {
            home: await self._access.allows(viewer, Permission.BRAND_READ, home)
            for home in {brand.workspace_id for brand in found if brand}
        }
        return [each if each and seen[each.workspace_id] else None for each in found]

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[Brand]:
        """A slice of a workspace's brands, latest first."""
        await self._access.check(viewer, Permission.BRAND_READ, workspace_id)
        return await page(self._brands, {"workspace_id": workspace_id}, LISTED, window)

    async def default(self, workspace_id: str) -> Brand | None:
        """The default brand of a workspace that the viewer was shown."""
        return await self._brands.find_one({"workspace_id": workspace_id, "is_default": True})

    async def defaults(self, viewer: Viewer, workspace_ids: Sequence[str]) -> list[Brand | None]:
        """One entry a workspace; None where there is none, or none that the viewer may see."""
        seen = [
            id
            for id in workspace_ids
            if await self._access.allows(viewer, Permission.BRAND_READ, id)
        ]
        found = await self._brands.find({"workspace_id": {"$in": seen}, "is_default": True})
        by_home = {brand.workspace_id: brand for brand in found}
        return [by_home.get(id) for id in workspace_ids]

    async def meant(
        self, viewer: Viewer, home: str, id: str | None, workspace_id: str | None = None
    ) -> Brand:
        """The brand of that id, which is in `workspace_id` where one is named with it.

        Where no id is given, the default one of `home`, made where there is none.
        """
        if id is None or workspace_id is not None:
            await self._access.check(viewer, Permission.BRAND_WRITE, home)
        if id is None:
            found = await self.default(home)
            return in_use(found) if found else await self.create(viewer, home, UNNAMED, None)
        brand = await self.changeable(viewer, id)
        if workspace_id is not None and brand.workspace_id != workspace_id:
            raise NotFound("brand", id)
        return brand

    async def create(
        self, viewer: Viewer, workspace_id: str, name: str, description: str | None
    ) -> Brand:
        """A new brand; a workspace's first is its default. PlanLimit where the plan has no more."""
        await self._access.check(viewer, Permission.BRAND_WRITE, workspace_id)
        now = self._clock()
        fields = named(name, description)

        async def change() -> Brand:
            await self._entitlements.allow(workspace_id, Limit.BRANDS)
            brand = Brand(
                id=self._new_id("brd"),
                workspace_id=workspace_id,
                name=str(fields["name"]),
                description=fields["description"],
                is_default=await self.default(workspace_id) is None,
                created_by=viewer.id(),
                created_at=now,
                updated_at=now,
            )
            await self._brands.insert(brand)
            await self._audit.record(viewer, workspace_id, "brand.created", brand.id)
            return brand

        return await self._mongo.transact(change)

    async def update(
        self, viewer: Viewer, id: str, expected_version: int, changed: Mapping[str, str | None]
    ) -> Brand:
        """Change the name or the description of a brand that is still at `expected_version`."""
        brand = await self.changeable(viewer, id)
        if not changed:
            raise BadInput("input", "changes nothing.", "name or description")
        fields = named(
            str(changed.get("name", brand.name)), changed.get("description", brand.description)
        )
        return await self.write(viewer, brand, expected_version, fields, "brand.updated")

    async def write(
        self,
        viewer: Viewer,
        brand: Brand,
        expected: int,
        fields: Mapping[str, object],
        action: str,
    ) -> Brand:
        """Set fields of a brand that is still at the version that was expected."""

        async def change() -> Brand:
            found = await self._brands.update(
                {"_id": brand.id, "version": expected, "read_only": {"$ne": True}},
                {"$set": {**fields, "updated_at": self._clock()}, "$inc": {"version": 1}},
            )
            if found is None:
                raise await self._lost(brand.id)
            await self._audit.record(viewer, brand.workspace_id, action, brand.id)
            return found

        return await self._mongo.transact(change)

    async def delete(self, viewer: Viewer, id: str) -> None:
        """Remove a brand with all that was known of it; the oldest left is the default then."""
        brand = await self.get(viewer, id, Permission.BRAND_WRITE)

        async def change() -> None:
            if not await self._brands.delete(id):
                raise NotFound("brand", id)
            await self._versions.delete_many({"brand_id": id})
            await self._assessments.delete_many({"brand_id": id})
            if brand.is_default:
                await self._brands.update(
                    {"workspace_id": brand.workspace_id},
                    {"$set": {"is_default": True}},
                    sort=[("_id", 1)],
                )
            await self._audit.record(viewer, brand.workspace_id, "brand.deleted", id)
            await self._excess.review(await self._entitlements.account_of(brand.workspace_id))

        await self._mongo.transact(change)

    async def _lost(self, id: str) -> Failure:
        """Why a brand was not at the version that was expected, and open."""
        now = await self._brands.get(id)
        if now is None:
            return NotFound("brand", id)
        return ReadOnly() if now.read_only else Conflict("brand", now.version)


def in_use(brand: Brand) -> Brand:
    """The brand; ReadOnly where its plan has no place for it."""
    if brand.read_only:
        raise ReadOnly
    return brand


def named(name: str, description: str | None) -> dict[str, str | None]:
    """Both, checked."""
    return {
        "name": text("name", name, least=1, most=NAME),
        "description": optional_text("description", description, most=DESCRIPTION, lines=True),
    }
