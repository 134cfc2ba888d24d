"""Text intelligence: Query fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.permissions import needs
from schema.types.text_analysis import TextAnalysis


@strawberry.type
class TextAnalysisQueries:
    """Reading."""

    @field(
        "Everything that can be told of a text before it goes out, beside what the workspace "
        "published last. With a title it is judged as an article. TEXT_TOO_LARGE.",
        needs(Permission.CONTENT_READ),
        cost=20,
    )
    async def analyse_text(
        self,
        info: Info,
        text: str,
        title: str | None = None,
        workspace_id: strawberry.ID | None = None,
    ) -> TextAnalysis:
        """The analysis."""
        context = info.context
        workspace = await home(context, workspace_id)
        return TextAnalysis.of(
            await context.services.text_analyses.of_text(context.viewer, workspace, text, title)
        )
