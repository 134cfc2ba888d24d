"""Search: by words and by meaning, within one workspace, for those who may read there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum

from datasources.content import Content, Contents
from datasources.generations import Generation
from datasources.models import ModelFailure
from datasources.vectors import MOST, Hit, VectorStore
from services.access import Access
from services.content import ContentService
from services.cursors import size_of
from services.highlights import highlights
from services.index_entries import FEATURE
from services.indexing import Indexing
from services.model_ledger import BudgetExceeded
from services.models import Models, Purpose
from services.passages import titled
from services.permissions import Permission
from services.search_query import Place, SearchQuery, place_of
from services.validation import text
from services.viewer import Viewer

LONGEST = 400
PAGE = 20
SIMILAR = 10
EVERYTHING = SearchQuery()


class SearchMode(StrEnum):
    """How a ranking came about. WORDS alone: the model that knows meanings did not answer."""

    HYBRID = "HYBRID"
    WORDS = "WORDS"


@dataclass(frozen=True, slots=True)
class Found:
    """A piece that was found: how well it fits, where its words are, and its place."""

    content: Content
    score: float
    highlights: Sequence[str]
    place: Place


@dataclass(frozen=True, slots=True)
class Finds:
    """A page of them, best first, and whether there are more."""

    found: Sequence[Found]
    mode: SearchMode
    more: bool


class SearchService:
    """Finds content. Every piece is read before it is shown: the index only ranks."""

    def __init__(
        self,
        contents: Contents,
        content: ContentService,
        indexing: Indexing,
        store: VectorStore,
        models: Models,
        access: Access,
    ) -> None:
        self._contents = contents
        self._content = content
        self._indexing = indexing
        self._store = store
        self._models = models
        self._access = access

    async def search(
        self,
        viewer: Viewer,
        workspace_id: str,
        query: str,
        narrowed: SearchQuery = EVERYTHING,
        first: int | None = None,
        after: str | None = None,
    ) -> Finds:
        """A page of the 200 pieces of a workspace that fit best: 1 to 100, else 20.

        BadInput for a query that is empty or longer than 400 characters, and for a cursor that
        no search gave.
        """
        generation = await self._access.guard(
            viewer, Permission.CONTENT_READ, workspace_id, self._indexing.current
        )
        wanted = text("query", query, least=1, most=LONGEST)
        size = size_of("first", first) or PAGE
        place = None if after is None else place_of("after", after)
        async with AsyncExitStack() as settled:  # what the model took, while all else goes on
            hits, mode = await self._rank(
                settled, viewer, generation, workspace_id, wanted, narrowed
            )
            start = 0 if place is None else place.behind(hits)
            found = await self._fitting(
                workspace_id, hits[start:], start, wanted, narrowed, size + 1
            )
        return Finds(found[:size], mode, len(found) > size)

    async def _fitting(
        self,
        workspace_id: str,
        hits: Sequence[Hit],
        start: int,
        query: str,
        narrowed: SearchQuery,
        most: int,
    ) -> list[Found]:
        """The first of the hits that fit as they are now, from that place in the ranking on."""
        found: list[Found] = []
        at = 0
        while at < len(hits) and len(found) < most:
            stop = at + most - len(found)
            for rank, hit, content in await self._read(workspace_id, hits, at, stop):
                if narrowed.fits(content):
                    marks = highlights(query, told(content))
                    found.append(Found(content, hit.score, marks, Place(start + rank, hit.id)))
            at = stop
        return found

    async def similar(
        self, viewer: Viewer, id: str, first: int | None = None
    ) -> Sequence[tuple[Content, float]]:
        """Other pieces of its workspace that mean what this one means, with their cosine: 0 to 1.

        1 to 100, else 10. None for a piece that is not indexed yet.
        """
        size = size_of("first", first) or SIMILAR
        content = await self._content.get(viewer, id)
        generation, home = await self._indexing.current(), content.workspace_id
        vector = await self._store.vector(generation.id, home, id)
        if vector is None:
            return []
        narrowed = EVERYTHING.narrowed(besides=id)
        hits = await self._store.near(generation.id, home, vector, narrowed, size)
        read = await self._read(home, hits, 0, len(hits))
        return [(piece, min(hit.score, 1.0)) for _, hit, piece in read if EVERYTHING.fits(piece)]

    async def _rank(
        self,
        settled: AsyncExitStack,
        viewer: Viewer,
        generation: Generation,
        workspace_id: str,
        query: str,
        wanted: SearchQuery,
    ) -> tuple[Sequence[Hit], SearchMode]:
        """By words alone where the model of the index is gone, or does not answer."""
        narrowed = wanted.narrowed()
        of, model = (generation.id, workspace_id), self._models.known(generation.model)
        if model is not None:
            purpose = Purpose(workspace_id, FEATURE, viewer.user_id)
            with suppress(ModelFailure, BudgetExceeded):
                meaning = self._models.meaning(purpose, query, model)
                vector = await settled.enter_async_context(meaning)
                hits = await self._store.both(*of, query, vector, narrowed, MOST)
                return hits, SearchMode.HYBRID
        hits = await self._store.words(*of, query, narrowed, MOST)
        return hits, SearchMode.WORDS

    async def _read(
        self, workspace_id: str, ranking: Sequence[Hit], start: int, stop: int
    ) -> list[tuple[int, Hit, Content]]:
        """A stretch of the ranking, with the pieces as they are now; what has gone is left out."""
        hits = ranking[start:stop]
        read = await self._contents.get_many([hit.id for hit in hits])
        return [
            (rank, hit, content)
            for rank, (hit, content) in enumerate(zip(hits, read, strict=True), start=start)
            if content is not None and content.workspace_id == workspace_id
        ]


def told(content: Content) -> str:
    """What a highlight is taken from."""
    return titled(content.title, content.body)
