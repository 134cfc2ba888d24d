"""What texts mean, in the space of the search index: so that both can be compared."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from datetime import datetime

from datasources.models import ModelMisconfigured
from datasources.vectors import Narrowed, VectorStore
from services.indexing import Indexing
from services.models import EmbeddingModel, Models, Purpose

Vector = Sequence[float]
"""Of length 1; mostly an `array`, which numpy reads where it lies."""

FEATURE = "recommendations"
AT_ONCE = 20


class Meanings:
    """Vectors of length 1 of the model that made the index that answers now."""

    def __init__(self, models: Models, indexing: Indexing, store: VectorStore) -> None:
        self._models = models
        self._indexing = indexing
        self._store = store

    async def model(self) -> str:
        """The name of the model. Vectors of another one say nothing of its own."""
        return (await self._indexing.current()).model

    async def of(
        self, workspace_id: str, user_id: str | None, texts: Sequence[str]
    ) -> list[Vector]:
        """A vector a text, in their order. Raises `ModelFailure` and `BudgetExceeded`."""
        if not texts:
            return []
        purpose = Purpose(workspace_id, FEATURE, user_id)
        found = await self._models.embed(purpose, texts, await self._known())
        return [array("d", vector) for vector in found.vectors]

    async def indexed(self, places: Sequence[tuple[str, str]]) -> list[Vector | None]:
        """What pieces mean, each named by its workspace and id; None for what is not indexed."""
        generation, found = await self._indexing.current(), list[Vector | None]()
        for start in range(0, len(places), AT_ONCE):
            batch = places[start : start + AT_ONCE]
            asked = (self._store.vector(generation.id, home, id) for home, id in batch)
            read = await asyncio.gather(*asked)
            found += [None if vector is None else array("d", vector) for vector in read]
        return found

    async def said(
        self, workspace_id: str, vectors: Sequence[Vector], since: datetime
    ) -> list[float]:
        """For each vector the cosine of what was written closest to it since then; 0: nothing."""
        if not vectors:
            return []
        generation = await self._indexing.current()
        narrowed = Narrowed(created_from=since)
        found = await asyncio.gather(
            *(
                self._store.near(generation.id, workspace_id, list(vector), narrowed, 1)
                for vector in vectors
            )
        )
        return [hits[0].score if hits else 0.0 for hits in found]

    async def _known(self) -> EmbeddingModel:
        model = self._models.known(await self.model())
        if model is None:
            raise ModelMisconfigured("the search index was made with another; run reindex")
        return model


def cosine(one: Vector, other: Vector) -> float:
    """How close two vectors of length 1 are."""
    import numpy as np

    return float(np.dot(one, other))


def centre(vectors: Sequence[Vector]) -> Vector:
    """The direction of all of them together, of length 1."""
    import numpy as np

    total = np.sum(np.array(vectors, dtype=np.float64), axis=0)
    return array("d", total / (float(np.linalg.norm(total)) or 1.0))
