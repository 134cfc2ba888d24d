"""Strategies: generated from an assessment, edited part by part, locked, and kept as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from datasources.brands import (
    Audience,
    Brand,
    Goal,
    Strategy,
    StrategyPart,
    StrategyVersion,
    StrategyVersions,
)
from datasources.collection import document
from datasources.models import Material, TextRequest
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from services.assessments import AssessmentIncomplete, AssessmentService
from services.brands import BrandService
from services.clock import Clock
from services.failures import BadInput
from services.ids import NewId
from services.models import Models, Purpose
from services.strategy_composer import INSTRUCTIONS, StrategyBrief, StrategyDraft
from services.viewer import Viewer

LISTED = Order()
FEATURE = "strategy"
QUARTER = timedelta(days=91)
FIELDS: Mapping[StrategyPart, str] = {
    StrategyPart.VALUE_PROPOSITION: "value_proposition",
    StrategyPart.TARGET_AUDIENCE: "audience",
    StrategyPart.CONTENT_PILLARS: "pillars",
    StrategyPart.GOALS: "goals",
    StrategyPart.TONE: "tone",
}


class StrategyService:
    """Whoever has BRAND_WRITE makes and edits strategies."""

    def __init__(
        self,
        mongo: Mongo,
        versions: StrategyVersions,
        service: BrandService,
        assessments: AssessmentService,
        models: Models,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._versions = versions
        self._service = service
        self._assessments = assessments
        self._models = models
        self._clock = clock
        self._new_id = new_id

    async def history(self, viewer: Viewer, brand_id: str, part: StrategyPart | None,
                      window: Window) -> Page[StrategyVersion]:  # fmt: skip
        """What a brand's strategy, or one part of it, was; latest first."""
        await self._service.get(viewer, brand_id)
        wanted = {"brand_id": brand_id, **({"changed": part} if part else {})}
        return await page(self._versions, wanted, LISTED, window)

    async def generate(self, viewer: Viewer, brand: Brand) -> Brand:
        """Write the strategy from the brand's last complete assessment; locked parts stay.

        AssessmentIncomplete where there is none; a `ModelFailure` leaves all as it was.
        """
        assessed = await self._assessments.latest(brand.id)
        if assessed is None or assessed.analysis is None:
            raise AssessmentIncomplete(["completeAssessment"])
        answers = assessed.answers
        told = "\n".join(f"{id}: {'; '.join(values)}" for id, values in answers.items())
        brief = StrategyBrief(
            name=brand.name, answers=answers, archetype=assessed.analysis.archetype
        )
        written = await self._models.write(
            Purpose(brand.workspace_id, FEATURE, viewer.user_id),
            TextRequest(INSTRUCTIONS, brief, StrategyDraft, [Material("answers", told)]),
        )
        made = self._strategy(written.answer, answers, str(written.model))
        if brand.strategy is not None:
            locked = {FIELDS[part]: getattr(brand.strategy, FIELDS[part]) for part in brand.locked}
            made = replace(made, **locked)
        return await self._keep(viewer, brand, brand.version, made, "strategy.generated")

    async def edit(
        self,
        viewer: Viewer,
        id: str,
        expected_version: int,
        changed: Mapping[StrategyPart, object],
        locked: Sequence[StrategyPart] | None,
    ) -> Brand:
        """Change parts by hand, and say which are locked; a first edit begins the strategy."""
        brand = await self._service.changeable(viewer, id)
        if not changed and locked is None:
            raise BadInput("input", "changes nothing.", "a part, or locked")
        before = brand.strategy or Strategy(
            value_proposition="", audience=Audience(description=""), pillars=[], goals=[], tone=[]
        )
        fields = {FIELDS[part]: value for part, value in changed.items()}
        edited = replace(before, **fields, model=before.model)
        return await self._keep(viewer, brand, expected_version, edited, "strategy.edited", locked)

    def _strategy(
        self, draft: StrategyDraft, answers: Mapping[str, Sequence[str]], model: str
    ) -> Strategy:
        due = self._clock() + QUARTER
        return Strategy(
            value_proposition=draft.value_proposition,
            audience=Audience(
                description=draft.audience,
                roles=list(answers.get("roles", ())),
                industries=list(answers.get("industries", ())),
                needs=list(answers.get("needs", ())),
            ),
            pillars=draft.pillars,
            goals=[
                Goal(
                    id=self._new_id("gol"),
                    title=each.title,
                    measure=each.measure,
                    target=each.target,
                    due_at=due,
                )
                for each in draft.goals
            ],
            tone=draft.tone,
            model=model,
        )

    async def _keep(
        self,
        viewer: Viewer,
        brand: Brand,
        expected: int,
        strategy: Strategy,
        action: str,
        locked: Sequence[StrategyPart] | None = None,
    ) -> Brand:
        changed = [part for part in StrategyPart if differs(part, brand.strategy, strategy)]
        fields: dict[str, object] = {"strategy": document(strategy)}
        if locked is not None:
            fields["locked"] = [part for part in StrategyPart if part in locked]

        async def change() -> Brand:
            kept = await self._service.write(viewer, brand, expected, fields, action)
            if changed:
                await self._versions.insert(
                    StrategyVersion(
                        id=self._new_id("stv"),
                        workspace_id=brand.workspace_id,
                        brand_id=brand.id,
                        strategy=strategy,
                        changed=changed,
                        created_by=viewer.id(),
                        created_at=self._clock(),
                    )
                )
            return kept

        return await self._mongo.transact(change)


def differs(part: StrategyPart, before: Strategy | None, now: Strategy) -> bool:
    """Whether a part has changed."""
    return before is None or getattr(before, FIELDS[part]) != getattr(now, FIELDS[part])
