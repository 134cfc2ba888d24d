"""What the index is given of a piece: its passages, each with its words and what it means."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from datasources.content import Content
from datasources.models import ModelFailure
from datasources.vectors import Entry, Passage
from services.model_ledger import BudgetExceeded
from services.models import EmbeddingModel, Models, Purpose
from services.passages import passages, titled

log: structlog.stdlib.BoundLogger = structlog.get_logger()

FEATURE = "search"


class IndexEntries:
    """Makes them, by the model of a generation."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def of(self, model: EmbeddingModel, content: Content) -> Entry:
        """A piece as it is now. Raises `ModelFailure` where that passes."""
        title = content.title or ""
        texts = passages(content.body)
        whole = [titled(title, text) for text in texts]
        vectors = await self._vectors(model, content, whole)
        return Entry(
            id=content.id,
            tenant=content.workspace_id,
            title=" ".join([title, *content.tags]).strip(),
            passages=[
                Passage(text=text, vector=vector)
                for text, vector in zip(texts, vectors, strict=True)
            ],
            type=content.type.value,
            status=content.status.value,
            platforms=[platform.value for platform in content.platforms],
            tags=content.tags,
            created_at=content.created_at,
        )

    async def _vectors(
        self, model: EmbeddingModel, content: Content, texts: Sequence[str]
    ) -> Sequence[Sequence[float] | None]:
        """A vector a text; none where the model is not to be had: words cost nothing.

        What passes (a provider that is busy or away) is raised, so that the job is tried again.
        """
        purpose = Purpose(content.workspace_id, FEATURE, content.author_id)
        try:
            return (await self._models.embed(purpose, texts, model)).vectors
        except BudgetExceeded:
            return [None] * len(texts)
        except ModelFailure as failure:
            if failure.transient:
                raise
            log.warning("a piece is indexed by its words alone", code=failure.code)
            return [None] * len(texts)
