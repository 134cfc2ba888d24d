"""The topics of the search index: one collection that all workspaces share, each entry with whose
it is to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from datasources.vectors import Hit

PUBLIC = "*"
"""The reader of topics that everybody may read. No name of a workspace can be this one."""


@dataclass(frozen=True, slots=True)
class TopicVector:
    """A topic, and what it means: a vector of length 1."""

    id: str
    vector: Sequence[float]


class TopicVectors(Protocol):
    """Holds the topics of generations. What belongs to a reader is replaced as a whole.

    A `reader` is a workspace, which reads its own topics and the public ones, or `PUBLIC`. One
    that was never written to has none. Everything is idempotent. Each method raises `Unavailable`
    where the engine is away.
    """

    async def put(
        self, generation: str, dimension: int, reader: str, topics: Sequence[TopicVector]
    ) -> None:
        """These are a reader's topics from now on, in place of those that were."""
        ...

    async def forget(self, generation: str, reader: str) -> None:
        """Forget all of a reader's topics."""
        ...

    async def near(
        self, generation: str, reader: str, vector: Sequence[float], limit: int
    ) -> Sequence[Hit]:
        """The topics that a reader may read, by their cosine with the vector; equals by id."""
        ...
