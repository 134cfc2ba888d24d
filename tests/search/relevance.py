"""How well the search ranks: nDCG@10 of words, of meaning and of both, on the labelled set.

`python -m tests.search.relevance` prints the table of docs/search.md.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy

from datasources.minilm import DIMENSION, MiniLM
from datasources.vector_files import VectorFiles
from datasources.vector_weaviate import WeaviateVectors
from datasources.vectors import Entry, Hit, Narrowed, Passage, VectorStore
from services.passages import passages
from tests.search.judged import Judged, Kind, distractors, judged
from tests.weaviate import running, server

DEPTH = 10
RESAMPLED = 10_000
GENERATION, TENANT = "relevance", "wsp_judged"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = {"words": "words", "meaning": "meaning", "both": "hybrid"}
RANKINGS = tuple(NAMES)


def ndcg(found: Sequence[str], relevant: Sequence[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain of the first finds, 0 to 1, with a gain of 0 or 1.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4),
    2002; with the discount log2(rank + 1) in use since Burges et al., ICML 2005.
    """
    gained = sum(discount(rank) for rank, id in enumerate(found[:depth]) if id in relevant)
    return gained / sum(discount(rank) for rank in range(min(depth, len(relevant))))


def discount(rank: int) -> float:
    """What a find counts for, by its rank from 0."""
    return 1 / math.log2(rank + 2)


def interval(differences: Sequence[float], seed: int = 7) -> tuple[float, float]:
    """The middle 95% of the mean when queries are drawn again: a paired bootstrap.

    Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006.
    """
    drawn = numpy.random.default_rng(seed).choice(differences, (RESAMPLED, len(differences)))
    low, high = numpy.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Measured:
    """The nDCG@10 of each query, in the order of `queries`, for each ranking."""

    queries: Sequence[Judged]
    scores: Mapping[str, Sequence[float]]

    def mean(self, ranking: str, kind: Kind | None = None) -> float:
        """Over all queries, or over those of a kind."""
        pairs = zip(self.queries, self.scores[ranking], strict=True)
        chosen = [score for query, score in pairs if kind in (None, query.kind)]
        return sum(chosen) / len(chosen)

    def lead(self, ranking: str) -> tuple[float, float, float]:
        """By how much both together are better than this ranking: the mean and its interval."""
        pairs = zip(self.scores["both"], self.scores[ranking], strict=True)
        differences = [both - alone for both, alone in pairs]
        return (sum(differences) / len(differences), *interval(differences))


Vectors = Mapping[str, Sequence[float]]


async def embedded(queries: Sequence[Judged], others: Sequence[str]) -> Vectors:
    """The vector of every query and text, by the offline model."""
    texts = [*others]
    for each in queries:
        texts += [each.query, *each.answers]
    found = await MiniLM().embed(texts)
    return dict(zip(texts, found.vectors, strict=True))


async def measured(
    store: VectorStore, queries: Sequence[Judged], others: Sequence[str], vectors: Vectors
) -> Measured:
    """Fill the store as indexing does for posts, and ask it everything in three ways."""
    texts = [*others, *(text for each in queries for text in each.answers)]
    ids = {text: f"cnt_{number}" for number, text in enumerate(texts)}
    await store.put(GENERATION, DIMENSION, [entry(ids[text], text, vectors) for text in texts])
    scores: dict[str, list[float]] = {ranking: [] for ranking in RANKINGS}
    for each in queries:
        found = await rankings(store, each.query, vectors[each.query])
        for ranking, hits in zip(RANKINGS, found, strict=True):
            answers = [ids[text] for text in each.answers]
            scores[ranking].append(ndcg([hit.id for hit in hits], answers))
    return Measured(queries, scores)


async def rankings(
    store: VectorStore, query: str, vector: Sequence[float]
) -> tuple[Sequence[Hit], Sequence[Hit], Sequence[Hit]]:
    """By words, by meaning, and by both."""
    whole = Narrowed()
    return (
        await store.words(GENERATION, TENANT, query, whole, DEPTH),
        await store.near(GENERATION, TENANT, vector, whole, DEPTH),
        await store.both(GENERATION, TENANT, query, vector, whole, DEPTH),
    )


def entry(id: str, text: str, vectors: Vectors) -> Entry:
    """A post without a title, which is one passage."""
    (passage,) = passages(text)
    return Entry(
        id=id,
        tenant=TENANT,
        title="",
        passages=[Passage(text=passage, vector=vectors[passage])],
        type="POST",
        status="PUBLISHED",
        platforms=["FEED"],
        tags=[],
        created_at=NOON,
    )


def table(store: str, figures: Measured) -> str:
    """The figures of a store, as rows of the table in docs/search.md."""
    rows = []
    for ranking in RANKINGS:
        kinds = " | ".join(f"{figures.mean(ranking, kind):.3f}" for kind in Kind)
        lead = (
            ""
            if ranking == "both"
            else "{:+.3f} ({:+.3f} to {:+.3f})".format(*figures.lead(ranking))
        )
        rows.append(
            f"| {store} | {NAMES[ranking]} | {kinds} | {figures.mean(ranking):.3f} | {lead} |"
        )
    return "\n".join(rows)


HEAD = """\
| store | ranking | meaning | exact | both | all queries | hybrid is better by (95%) |
| --- | --- | --- | --- | --- | --- | --- |"""


async def tell() -> None:
    """Measure both stores, Weaviate where its server is, and print the table."""
    queries, others = judged(), distractors()
    vectors = await embedded(queries, others)
    print(HEAD)
    with ExitStack() as open:
        folder = open.enter_context(tempfile.TemporaryDirectory())
        stores: dict[str, VectorStore] = {"files": VectorFiles(Path(folder))}
        if program := server():
            stores["Weaviate"] = WeaviateVectors(open.enter_context(running(program)))
        for name, store in stores.items():
            print(table(name, await measured(store, queries, others, vectors)))
            await store.close()


if __name__ == "__main__":
    asyncio.run(tell())
