"""Assessments: the questionnaire as somebody fills it in, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datasources.brands import Assessment, Assessments, Brand
from datasources.collection import document
from datasources.mongo import Mongo
from services.access import Access
from services.audit import Audit
from services.brand_analysis import analysis
from services.brands import BrandService
from services.clock import Clock
from services.failures import Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.questionnaire import CURRENT, missing, taken
from services.viewer import Viewer


class AssessmentIncomplete(Failure):
    """Questions are left that have to be answered."""

    code = "ASSESSMENT_INCOMPLETE"

    def __init__(self, left: Sequence[str]) -> None:
        super().__init__(f"Answer these questions first: {', '.join(left)}.", missing=list(left))


class AssessmentCompleted(Failure):
    """What was analysed is kept as it is."""

    code = "ASSESSMENT_COMPLETED"

    def __init__(self, id: str) -> None:
        super().__init__(f"The assessment {id!r} is complete. Start another to answer anew.")


class AssessmentService:
    """Whoever has BRAND_WRITE answers; whoever has BRAND_READ sees answers and findings."""

    def __init__(
        self,
        mongo: Mongo,
        assessments: Assessments,
        brands: BrandService,
        access: Access,
        audit: Audit,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._assessments = assessments
        self._brands = brands
        self._access = access
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    async def get(
        self, viewer: Viewer, id: str, permission: Permission = Permission.BRAND_READ
    ) -> Assessment:
        """The assessment, if the viewer has that permission where it is."""
        viewer.id()
        found = await self._assessments.get(id)
        if found is None:
            raise NotFound("assessment", id)
        await self._access.check(viewer, permission, found.workspace_id, of=("assessment", id))
        return found

    async def latest(self, brand_id: str) -> Assessment | None:
        """The last one that was completed, of a brand that the viewer was shown."""
        return await self._assessments.find_one(
            {"brand_id": brand_id, "open": False}, sort=[("_id", -1)]
        )

    async def start(self, viewer: Viewer, brand: Brand) -> Assessment:
        """The brand's open assessment, where one left off; else a new one.

        A new one has the answers of the last, so that only what changed is answered again.
        """
        found = await self._assessments.find_one({"brand_id": brand.id, "open": True})
        if found is not None:
            return found
        last = await self.latest(brand.id)
        now = self._clock()
        made = Assessment(
            id=self._new_id("asm"),
            workspace_id=brand.workspace_id,
            brand_id=brand.id,
            questions=CURRENT,
            answers=last.answers if last and last.questions == CURRENT else {},
            created_by=viewer.id(),
            created_at=now,
            updated_at=now,
        )

        async def change() -> Assessment:
            await self._assessments.insert(made)
            await self._audit.record(viewer, brand.workspace_id, "assessment.started", made.id)
            return made

        return await self._mongo.transact(change)

    async def answer(
        self, viewer: Viewer, id: str, answers: Mapping[str, Sequence[str]]
    ) -> Assessment:
        """Keep answers; an empty one takes an answer back."""
        await self.get(viewer, id, Permission.BRAND_WRITE)

        async def change() -> Assessment:
            found = await self._open(id)
            kept = taken(found.questions, found.answers, answers)
            return await self._set(id, {"answers": kept})

        return await self._mongo.transact(change)

    async def complete(self, viewer: Viewer, id: str) -> Assessment:
        """Analyse the answers. AssessmentIncomplete names what is left to answer."""
        await self.get(viewer, id, Permission.BRAND_WRITE)

        async def change() -> Assessment:
            found = await self._open(id)
            left = missing(found.questions, found.answers)
            if left:
                raise AssessmentIncomplete([each.id for each in left])
            shown = document(analysis(found.answers))
            done = await self._set(id, {"analysis": shown, "open": False})
            await self._audit.record(viewer, done.workspace_id, "assessment.completed", id)
            return done

        return await self._mongo.transact(change)

    async def _open(self, id: str) -> Assessment:
        found = await self._assessments.get(id)
        if found is None:
            raise NotFound("assessment", id)
        if not found.open:
            raise AssessmentCompleted(id)
        await self._brands.require_open(found.brand_id)
        return found

    async def _set(self, id: str, fields: Mapping[str, object]) -> Assessment:
        changed = await self._assessments.update(
            {"_id": id}, {"$set": {**fields, "updated_at": self._clock()}}
        )
        if changed is None:
            raise NotFound("assessment", id)
        return changed
