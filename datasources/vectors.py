"""The search index: what is kept of a piece, what is asked of it, and who can answer."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datasources.topic_vectors import TopicVectors

MOST = 200
"""How deep a ranking goes: nobody reads on, and a deeper one costs every search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a piece's text, short enough for one vector, and the vector.

    One without a vector is found by its words alone.
    """

    text: str
    vector: Sequence[float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A piece as the index holds it. `tenant` is its workspace: a search never leaves one.

    `title` stands with each passage. The rest is what a search can be narrowed by.
    """

    id: str
    tenant: str
    title: str
    passages: Sequence[Passage]
    type: str
    status: str
    platforms: Sequence[str]
    tags: Sequence[str]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Filters that all have to fit. Within one list any will do, but for `tags`: all of them.

    `created_from` is inclusive, `created_to` is not. `besides` is left out.
    """

    types: Sequence[str] = ()
    statuses: Sequence[str] = ()
    platforms: Sequence[str] = ()
    tags: Sequence[str] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None
    besides: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece and how well it fits: higher is better; only within one ranking."""

    id: str
    score: float


def packed(vector: Sequence[float]) -> bytes:
    """As vectors are stored: 32-bit floats, in the order of this machine's bytes."""
    return array("f", vector).tobytes()


def unpacked(stored: bytes) -> array[float]:
    """What was packed. numpy reads it where it lies."""
    return array("f", stored)


FLATTENED = 60
"""The constant of reciprocal rank fusion, as its authors have it (Cormack, Clarke and Buettcher,
SIGIR 2009): how little the very first places count for more than those that follow."""

LEAST_COSINE = 0.1
"""What is less alike is not a find: something is always nearest."""


def fused(rankings: Sequence[Sequence[Hit]], limit: int) -> Sequence[Hit]:
    """One ranking of several: the sum of 1 / (60 + rank); equal sums by id."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, start=1):
            scores[hit.id] = scores.get(hit.id, 0.0) + 1 / (FLATTENED + rank)
    ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    return [Hit(id, score) for id, score in ranked[:limit]]


def together(
    sure: Sequence[Hit], alike: Sequence[Hit], loose: Sequence[Hit], limit: int
) -> Sequence[Hit]:
    """What answers in words and what is alike as one ranking; behind it what shares some words.

    The loose finds have no say in the order: a text that happens to have one word of several
    would stand before all that only mean what was asked.
    """
    first = fused([sure, alike], limit)
    known = {hit.id for hit in first}
    rest = [hit.id for hit in loose if hit.id not in known][: limit - len(first)]
    behind = FLATTENED + MOST
    return [*first, *(Hit(id, 1 / (behind + rank)) for rank, id in enumerate(rest, start=1))]


PER_PIECE = 4
"""How many passages are asked for a piece that is wanted: several may be of one piece."""


def best(found: Iterable[tuple[str, float]], limit: int) -> Sequence[Hit]:
    """Each piece once, with the first, its best, of its passages."""
    scores: dict[str, float] = {}
    for id, score in found:
        scores.setdefault(id, score)
    return [Hit(id, score) for id, score in list(scores.items())[:limit]]


def mean(vectors: Sequence[Sequence[float]]) -> Sequence[float] | None:
    """The direction of all of them together, of length 1; None where there are none."""
    if not vectors:
        return None
    sums = [sum(numbers) for numbers in zip(*vectors, strict=True)]
    length = math.hypot(*sums) or 1.0
    return [number / length for number in sums]


NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


def plain(name: str) -> str:
    """A name that is safe in a path or a schema. Ids of ours are; what is not names nothing."""
    return name if NAME.fullmatch(name) else "-"


def by_tenant(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The entries of each tenant."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(plain(entry.tenant), []).append(entry)
    return found


class VectorStore(Protocol):
    """Holds generations of an index: each of one embedding model, apart from the others.

    A tenant that was never written to is empty. Everything is idempotent. Each method raises
    `Unavailable` where the engine is away. `topics` are of the same generations.
    """

    @property
    def topics(self) -> TopicVectors:
        """The topics, which tenants share."""
        ...

    async def drop(self, generation: str) -> None:
        """Remove a generation with all that it holds."""
        ...

    async def put(self, generation: str, dimension: int, entries: Sequence[Entry]) -> None:
        """Keep these pieces, each in place of what was kept of it before.

        All vectors of a generation have `dimension` numbers.
        """
        ...

    async def remove(self, generation: str, tenant: str, ids: Sequence[str]) -> None:
        """Forget these pieces of a tenant."""
        ...

    async def forget(self, generation: str, tenant: str) -> None:
        """Forget all of a tenant, for good."""
        ...

    async def words(
        self, generation: str, tenant: str, text: str, narrowed: Narrowed, limit: int
    ) -> Sequence[Hit]:
        """The pieces that share words with the text, common ones aside, ranked by BM25."""
        ...

    async def near(
        self,
        generation: str,
        tenant: str,
        vector: Sequence[float],
        narrowed: Narrowed,
        limit: int,
    ) -> Sequence[Hit]:
        """The pieces that mean what the vector means, by the cosine of the nearest passage."""
        ...

    async def both(
        self,
        generation: str,
        tenant: str,
        text: str,
        vector: Sequence[float],
        narrowed: Narrowed,
        limit: int,
    ) -> Sequence[Hit]:
        """What answers in words (`query_words.Asked`) and what is alike, by reciprocal rank.

        Behind it comes what shares only some of the words.
        """
        ...

    async def vector(self, generation: str, tenant: str, id: str) -> Sequence[float] | None:
        """The mean of a piece's vectors, of length 1; None where the piece is not indexed."""
        ...

    async def close(self) -> None:
        """Give back what its connections hold."""
        ...
