"""The topics of the search index in Weaviate: a collection a generation, which all share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from datasources.failures import Unavailable
from datasources.topic_vectors import PUBLIC, TopicVector
from datasources.vectors import LEAST_COSINE, Hit, plain
from datasources.weaviate_client import WeaviateConnection, made, nothing_there
from datasources.weaviate_shape import exact, identity, named

if TYPE_CHECKING:
    from weaviate.collections import CollectionAsync


class WeaviateTopics:
    """`TopicVectors` on the connection of the whole index."""

    def __init__(self, connection: WeaviateConnection) -> None:
        self._connection = connection

    async def drop(self, generation: str) -> None:
        """Remove the collection."""
        async with self._connection.open() as client:
            await client.collections.delete(shared(generation))

    async def put(
        self, generation: str, dimension: int, reader: str, topics: Sequence[TopicVector]
    ) -> None:
        """The new ones come before the old ones go: nobody meets a reader without topics."""
        from weaviate.classes.data import DataObject
        from weaviate.classes.query import Filter

        whose = name_of(reader)
        objects = [
            DataObject(
                properties={"topic": topic.id, "reader": whose},
                uuid=identity(f"{whose}/{topic.id}", 0),
                vector=list(topic.vector),
            )
            for topic in topics
        ]
        async with self._connection.open() as client:
            found = await made(client, shared(generation), schema())
            if objects and (await found.data.insert_many(objects)).has_errors:
                raise Unavailable("search index")
            others = [Filter.by_property("topic").not_equal(topic.id) for topic in topics]
            mine = Filter.by_property("reader").equal(whose)
            # all in one: filters within filters are refused where they are a hundred deep
            await found.data.delete_many(where=Filter.all_of([mine, *others]))

    async def forget(self, generation: str, reader: str) -> None:
        """By whose they are."""
        from weaviate.classes.query import Filter

        async with self._inside(generation) as found:
            await found.data.delete_many(where=Filter.by_property("reader").equal(name_of(reader)))

    async def near(
        self, generation: str, reader: str, vector: Sequence[float], limit: int
    ) -> Sequence[Hit]:
        """By its vector index, among those of two readers."""
        from weaviate.classes.query import Filter

        hits: list[Hit] = []
        async with self._inside(generation) as found:
            told = await found.query.near_vector(
                near_vector=list(vector),
                distance=1 - LEAST_COSINE,
                limit=limit,
                filters=Filter.by_property("reader").contains_any([PUBLIC, name_of(reader)]),
                return_metadata=["distance"],
                return_properties=["topic"],
            )
            hits = [
                Hit(str(o.properties["topic"]), 1 - (o.metadata.distance or 0.0))
                for o in told.objects
            ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    @asynccontextmanager
    async def _inside(self, generation: str) -> AsyncIterator[CollectionAsync]:
        """The collection; what is asked of one that was never written to is not answered."""
        from weaviate.exceptions import WeaviateBaseError

        async with self._connection.open() as client:
            try:
                yield client.collections.get(shared(generation))
            except WeaviateBaseError as error:
                if not nothing_there(error):
                    raise


def shared(generation: str) -> str:
    """The name of a generation's collection of topics."""
    return named("TopicEmbedding", generation)


def name_of(reader: str) -> str:
    """A reader as it is stored."""
    return reader if reader == PUBLIC else plain(reader)


def schema() -> dict[str, Any]:
    """Vectors are ours."""
    from weaviate.classes.config import Configure

    return {
        "properties": [exact("topic"), exact("reader")],
        "vector_config": Configure.Vectors.self_provided(),
    }
