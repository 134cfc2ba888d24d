"""Assessments: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.brand import AssessmentAnswerInput
from schema.permissions import needs
from schema.types.assessment import Assessment


@strawberry.type
class AssessmentQueries:
    """Reading."""

    @field("One assessment.", needs(Permission.BRAND_READ))
    async def assessment(self, info: Info, id: strawberry.ID) -> Assessment | None:
        """By its id."""
        context = info.context
        return Assessment.of(await context.services.assessments.get(context.viewer, id))


@strawberry.type
class AssessmentMutations:
    """Writing."""

    @field(
        "Begin the questionnaire about a brand, or go on where it was left. The default brand "
        "of the workspace where none is named; it is made where there is none.",
        needs(Permission.BRAND_WRITE),
    )
    async def start_assessment(
        self,
        info: Info,
        brand_id: strawberry.ID | None = None,
        workspace_id: strawberry.ID | None = None,
    ) -> Assessment:
        """The open assessment."""
        context = info.context
        services = context.services
        workspace = await home(context, workspace_id)
        brand = await services.brands.meant(context.viewer, workspace, brand_id, workspace_id)
        return Assessment.of(await services.assessments.start(context.viewer, brand))

    @field("Answer questions, in any order, as often as you like.", needs(Permission.BRAND_WRITE))
    async def answer_assessment(
        self, info: Info, id: strawberry.ID, answers: list[AssessmentAnswerInput]
    ) -> Assessment:
        """What is asked then."""
        context = info.context
        given = {str(each.question): each.values for each in answers}
        return Assessment.of(await context.services.assessments.answer(context.viewer, id, given))

    @field(
        "Have the answers analysed: strengths, gaps and an archetype, each with its evidence. "
        "ASSESSMENT_INCOMPLETE names what is left to answer.",
        needs(Permission.BRAND_WRITE),
    )
    async def complete_assessment(self, info: Info, id: strawberry.ID) -> Assessment:
        """With the findings."""
        context = info.context
        return Assessment.of(await context.services.assessments.complete(context.viewer, id))
