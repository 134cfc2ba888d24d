"""The labelled set is what it says, and a sample of it ranks best by words and meaning together.

The whole of it is measured by `make soak` (tests/soak/test_search_relevance.py).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from datasources.stems import stems
from datasources.vector_files import VectorFiles
from tests.search.judged import DISTRACTORS, Kind, distractors, judged, read
from tests.search.relevance import embedded, measured, ndcg

EVERY, DISTRACTING = 7, 140


def shared(query: str, text: str) -> set[str]:
    """The stems that both have."""
    return set(stems(query)) & set(stems(text))


def test_the_set_has_a_hundred_queries_of_three_kinds_over_three_hundred_texts() -> None:
    queries, others = judged(), distractors()
    texts = [text for each in queries for text in each.answers]
    assert len(queries) >= 100
    assert len(set(texts)) == 3 * len(queries)
    assert len(set(others)) == DISTRACTORS
    assert all(20 <= len(text.split()) <= 90 for text in texts)
    assert all(14 <= len(text.split()) <= 90 for text in others)
    kinds = Counter(each.kind for each in queries)
    assert all(3 * count >= len(queries) - 2 for count in kinds.values())


def test_a_third_of_the_queries_share_no_word_with_their_answers_and_the_others_do() -> None:
    for each in judged():
        met = [shared(each.query, text) for text in each.answers]
        if each.kind is Kind.MEANING:
            assert not any(met), each.query
        elif each.kind is Kind.EXACT:
            assert all(met), each.query
        else:
            assert any(met), each.query


def test_gain_counts_less_the_further_down_it_is() -> None:
    assert ndcg(["a", "b", "c"], ["a", "b", "c"]) == 1
    assert ndcg([*"vwxyzvwxyz", "a"], ["a"]) == 0
    assert ndcg(["x", "a"], ["a"]) == pytest.approx(0.6309, abs=1e-4)


async def test_a_sample_ranks_no_worse_by_both_than_by_words_or_meaning_alone(
    tmp_path: Path,
) -> None:
    sample = [each for kind in Kind for each in read(kind)[::EVERY]]
    others = distractors()[:DISTRACTING]
    store = VectorFiles(tmp_path)
    found = await measured(store, sample, others, await embedded(sample, others))
    await store.close()
    assert found.mean("both") >= found.mean("words")
    assert found.mean("both") >= found.mean("meaning")
    assert found.mean("both") > 0.6
