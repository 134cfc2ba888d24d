"""What was published and means nearly the same: the search index's nearest neighbours of a text."""

from __future__ import annotations

from collections.abc import Sequence

from datasources.content import Content, Contents, ContentStatus
from datasources.generations import Generation
from datasources.models import ModelFailure
from datasources.vectors import Hit, Narrowed, VectorStore
from services.indexing import Indexing
from services.model_ledger import BudgetExceeded
from services.models import Models, Purpose
from services.search_query import SearchQuery

PUBLISHED = SearchQuery(statuses=[ContentStatus.PUBLISHED])
LONGEST = 2_000
"""Characters of a text that are compared: models read no more of it."""


class Nearby:
    """For services that have asked already whether the viewer may read in the workspace."""

    def __init__(
        self, contents: Contents, indexing: Indexing, store: VectorStore, models: Models
    ) -> None:
        self._contents = contents
        self._indexing = indexing
        self._store = store
        self._models = models

    async def of_text(
        self, purpose: Purpose, text: str, limit: int
    ) -> Sequence[tuple[Content, float]]:
        """The published pieces of the purpose's workspace that are closest, with their cosine.

        Where no model tells what the text means, those that share words with it, at 0. Where
        nothing is published no model is asked.
        """
        published = {"workspace_id": purpose.workspace_id, "status": ContentStatus.PUBLISHED}
        if not await self._contents.count(published, limit=1):
            return []
        generation = await self._indexing.current()
        vector = await self._meaning(purpose, generation, text[:LONGEST])
        if vector is not None:
            return await self._near(generation, purpose.workspace_id, vector, limit)
        home, narrowed = purpose.workspace_id, PUBLISHED.narrowed()
        hits = await self._store.words(generation.id, home, text[:LONGEST], narrowed, limit)
        return [(piece, 0.0) for piece, _ in await self._read(home, hits)]

    async def of_piece(self, piece: Content, limit: int) -> Sequence[tuple[Content, float]]:
        """The other published pieces closest to a stored one; none before it is indexed."""
        generation, home = await self._indexing.current(), piece.workspace_id
        vector = await self._store.vector(generation.id, home, piece.id)
        if vector is None:
            return []
        return await self._near(generation, home, vector, limit, besides=piece.id)

    async def _meaning(
        self, purpose: Purpose, generation: Generation, text: str
    ) -> Sequence[float] | None:
        model = self._models.known(generation.model)
        if model is None:
            return None
        try:
            return (await self._models.embed(purpose, [text], model)).vectors[0]
        except (ModelFailure, BudgetExceeded):
            return None

    async def _near(
        self,
        generation: Generation,
        home: str,
        vector: Sequence[float],
        limit: int,
        besides: str | None = None,
    ) -> Sequence[tuple[Content, float]]:
        narrowed: Narrowed = PUBLISHED.narrowed(besides)
        hits = await self._store.near(generation.id, home, vector, narrowed, limit)
        return await self._read(home, hits)

    async def _read(self, home: str, hits: Sequence[Hit]) -> list[tuple[Content, float]]:
        """The pieces as they are now: the index only says where to look."""
        read = await self._contents.get_many([hit.id for hit in hits])
        return [
            (piece, min(hit.score, 1.0))
            for hit, piece in zip(hits, read, strict=True)
            if piece is not None and piece.workspace_id == home and PUBLISHED.fits(piece)
        ]
