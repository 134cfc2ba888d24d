"""The search index in Weaviate: a collection a generation, a tenant of it a workspace; topics
beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from datasources.failures import Unavailable
from datasources.query_words import asked
from datasources.stems import WORD, stem
from datasources.topic_weaviate import WeaviateTopics
from datasources.vectors import (
    LEAST_COSINE,
    MOST,
    PER_PIECE,
    Entry,
    Hit,
    Narrowed,
    best,
    by_tenant,
    mean,
    plain,
    together,
)
from datasources.weaviate_client import WeaviateAccess, WeaviateConnection, made, nothing_there
from datasources.weaviate_shape import (
    FOUND_IN,
    collection_of,
    conditions,
    identity,
    properties,
    schema,
)

if TYPE_CHECKING:
    from weaviate import WeaviateAsyncClient
    from weaviate.collections import CollectionAsync

MOST_PASSAGES = 10_000


class WeaviateVectors:
    """A `VectorStore` on a Weaviate server, connected at its first use."""

    def __init__(self, access: WeaviateAccess) -> None:
        self._connection = WeaviateConnection(access)
        self._known: set[str] = set()
        self.topics = WeaviateTopics(self._connection)

    async def drop(self, generation: str) -> None:
        """Remove the collections."""
        self._known.discard(generation)
        await self.topics.drop(generation)
        async with self._connection.open() as client:
            await client.collections.delete(collection_of(generation))

    async def put(self, generation: str, dimension: int, entries: Sequence[Entry]) -> None:
        """One batch a tenant. A passage is written over; those that are too many then go."""
        from weaviate.classes.data import DataObject
        from weaviate.classes.query import Filter

        async with self._connection.open() as client:
            await self._make(client, generation)
            for tenant, own in by_tenant(entries).items():
                inside = client.collections.get(collection_of(generation)).with_tenant(tenant)
                objects = [
                    DataObject(
                        properties=properties(entry, number, passage.text),
                        uuid=identity(entry.id, number),
                        vector=None if passage.vector is None else list(passage.vector),
                    )
                    for entry in own
                    for number, passage in enumerate(entry.passages)
                ]
                told = await inside.data.insert_many(objects)
                if told.has_errors:
                    raise Unavailable("search index")
                for entry in own:
                    behind = Filter.by_property("number").greater_or_equal(len(entry.passages))
                    of_piece = Filter.by_property("piece").equal(entry.id)
                    await inside.data.delete_many(where=of_piece & behind)

    async def remove(self, generation: str, tenant: str, ids: Sequence[str]) -> None:
        """By the piece that passages are of."""
        from weaviate.classes.query import Filter

        async with self._tenant(generation, tenant) as inside:
            of_pieces = Filter.by_property("piece").contains_any(list(ids))
            await inside.data.delete_many(where=of_pieces)

    async def forget(self, generation: str, tenant: str) -> None:
        """Remove the tenant."""
        async with self._connection.open() as client:
            if await client.collections.exists(collection_of(generation)):
                found = client.collections.get(collection_of(generation))
                await found.tenants.remove([plain(tenant)])

    async def words(
        self, generation: str, tenant: str, text: str, narrowed: Narrowed, limit: int
    ) -> Sequence[Hit]:
        """By its BM25, over stems."""
        return await self._matching(
            generation, tenant, asked(WORD.findall(text)).words, narrowed, limit
        )

    async def _matching(
        self,
        generation: str,
        tenant: str,
        words: Sequence[str],
        narrowed: Narrowed,
        limit: int,
        every: bool = False,
    ) -> Sequence[Hit]:
        """What has any of the words, or every one."""
        from weaviate.classes.query import BM25Operator

        found: list[tuple[str, float]] = []
        if not words:
            return []
        async with self._tenant(generation, tenant) as inside:
            told = await inside.query.bm25(
                query=" ".join(dict.fromkeys(map(stem, words))),
                query_properties=FOUND_IN,
                limit=MOST * PER_PIECE,  # with few it leaves out some of the best
                operator=BM25Operator.and_() if every else None,
                filters=conditions(narrowed),
                return_metadata=["score"],
                return_properties=["piece"],
            )
            found = [(str(o.properties["piece"]), o.metadata.score or 0.0) for o in told.objects]
        return best(found, limit)

    async def near(
        self,
        generation: str,
        tenant: str,
        vector: Sequence[float],
        narrowed: Narrowed,
        limit: int,
    ) -> Sequence[Hit]:
        """By its vector index."""
        found: list[tuple[str, float]] = []
        async with self._tenant(generation, tenant) as inside:
            told = await inside.query.near_vector(
                near_vector=list(vector),
                distance=1 - LEAST_COSINE,
                limit=limit * PER_PIECE,
                filters=conditions(narrowed),
                return_metadata=["distance"],
                return_properties=["piece"],
            )
            found = [
                (str(o.properties["piece"]), 1 - (o.metadata.distance or 0.0)) for o in told.objects
            ]
        return best(found, limit)

    async def both(
        self,
        generation: str,
        tenant: str,
        text: str,
        vector: Sequence[float],
        narrowed: Narrowed,
        limit: int,
    ) -> Sequence[Hit]:
        """Both at once, fused here: its own hybrid search cuts off by distance what words find."""
        wanted = asked(WORD.findall(text))
        loose, every, named, alike = await asyncio.gather(
            self._matching(generation, tenant, wanted.words, narrowed, MOST),
            self._matching(generation, tenant, wanted.words, narrowed, MOST, every=True),
            self._matching(generation, tenant, wanted.names, narrowed, MOST),
            self.near(generation, tenant, vector, narrowed, MOST),
        )
        answering = {hit.id for hit in [*every, *named]}
        return together([hit for hit in loose if hit.id in answering], alike, loose, limit)

    async def vector(self, generation: str, tenant: str, id: str) -> Sequence[float] | None:
        """The mean of its passages."""
        from weaviate.classes.query import Filter

        vectors: list[Sequence[float]] = []
        async with self._tenant(generation, tenant) as inside:
            told = await inside.query.fetch_objects(
                filters=Filter.by_property("piece").equal(id),
                limit=MOST_PASSAGES,
                include_vector=True,
                return_properties=["piece"],
            )
            kept: list[Any] = [o.vector.get("default") for o in told.objects]
            vectors = [each for each in kept if each]
        return mean(vectors)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    @asynccontextmanager
    async def _tenant(self, generation: str, tenant: str) -> AsyncIterator[CollectionAsync]:
        """A tenant to ask; what is asked of one that was never written to is not answered."""
        from weaviate.exceptions import WeaviateBaseError

        async with self._connection.open() as client:
            found = client.collections.get(collection_of(generation))
            try:
                yield found.with_tenant(plain(tenant))
            except WeaviateBaseError as error:
                if not nothing_there(error):
                    raise

    async def _make(self, client: WeaviateAsyncClient, generation: str) -> None:
        """Make the collection, unless it is known to be there."""
        if generation not in self._known:
            await made(client, collection_of(generation), schema())
            self._known.add(generation)
