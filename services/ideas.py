"""Ideas: what to write about next, and how to go about a series."""

from __future__ import annotations

from collections.abc import Sequence

from datasources.models import Material, ModelAnswerUnusable, Provider, TextRequest
from services.access import Access
from services.generation_request import TOPIC
from services.models import Models, Purpose
from services.permissions import Permission
from services.post_brief import Idea, Ideas, IdeasBrief
from services.topic_field import field_of
from services.validation import text, whole
from services.viewer import Viewer

MOST = 18
TOKENS_AN_IDEA = 120
IDEAS = (
    "Propose {count} topics to write about within the material named subject. Each is one line "
    "that could stand above a text, and comes with an angle: one sentence on how to go about it. "
    "No two alike, nothing invented."
)
SERIES = (
    "Plan a series of {count} texts on the material named subject, in the order in which they "
    "should appear, each building on the one before. Each is one line that could stand above a "
    "text, and comes with an angle: one sentence on how to go about it. Nothing invented."
)


class IdeaService:
    """Asks a model at once: the same question is answered from memory for a day."""

    def __init__(self, models: Models, access: Access) -> None:
        self._models = models
        self._access = access

    async def ideas(
        self, viewer: Viewer, workspace_id: str, subject: str, count: int, *, series: bool = False
    ) -> tuple[Sequence[Idea], str]:
        """Ideas on a subject, and the name of the model that had them."""
        await self._access.check(viewer, Permission.CONTENT_WRITE, workspace_id)
        subject = text("subject", subject, least=1, most=TOPIC)
        count = whole("count", count, least=1, most=MOST)
        purpose = Purpose(workspace_id, "ideas", viewer.id())
        model = await self._models.text(workspace_id)
        offline = model.id.provider is Provider.OFFLINE
        field = await field_of(self._models, purpose, subject) if offline else "general"
        request = TextRequest(
            instructions=(SERIES if series else IDEAS).format(count=count),
            material=[Material("subject", subject)],
            brief=IdeasBrief(subject=subject, count=count, field=field, series=series),
            answer=Ideas,
            most=200 + count * TOKENS_AN_IDEA,
        )
        written = await self._models.write(purpose, request)
        if not written.answer.ideas:
            raise ModelAnswerUnusable
        return written.answer.ideas[:count], str(written.model)
