"""What every store of the search index has to keep to, whichever engine is behind it."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.vectors import Entry, Hit, Narrowed, Passage, VectorStore, fused

DIMENSION = 8
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALL = Narrowed()
ONE, TWO = "wsp_one", "wsp_two"


def pointing(*numbers: float) -> list[float]:
    """A vector of length 1 in that direction."""
    padded = [*numbers, *[0.0] * (DIMENSION - len(numbers))]
    length = math.hypot(*padded)
    return [number / length for number in padded]


NORTH, EAST = pointing(1), pointing(0, 1)
NORTH_EAST = pointing(1, 1)


def entry(id: str, text: str, vector: Sequence[float] = NORTH, **more: object) -> Entry:
    """A piece with one passage."""
    made = Entry(
        id=id,
        tenant=ONE,
        title="",
        passages=[Passage(text=text, vector=vector)],
        type="POST",
        status="DRAFT",
        platforms=["FEED"],
        tags=["loom"],
        created_at=NOON,
    )
    return replace(made, **more)  # type: ignore[arg-type]


async def near(store: VectorStore, vector: Sequence[float] = NORTH, **more: object) -> list[str]:
    """The ids near that vector, in the first tenant unless another is named."""
    asked = {"generation": "g1", "tenant": ONE, "narrowed": ALL, "limit": 10, **more}
    found = await store.near(vector=vector, **asked)  # type: ignore[arg-type]
    return [hit.id for hit in found]


async def words(store: VectorStore, text: str, **more: object) -> list[str]:
    """The ids with those words."""
    asked = {"generation": "g1", "tenant": ONE, "narrowed": ALL, "limit": 10, **more}
    found = await store.words(text=text, **asked)  # type: ignore[arg-type]
    return [hit.id for hit in found]


async def test_the_nearest_meaning_comes_first(store: VectorStore) -> None:
    await store.put(
        "g1", DIMENSION, [entry("a", "x", EAST), entry("b", "y", NORTH_EAST), entry("c", "z")]
    )
    assert await near(store) == ["c", "b"]
    (first, second) = await store.near("g1", ONE, NORTH, ALL, 2)
    assert first.score == pytest.approx(1, abs=1e-3)
    assert second.score == pytest.approx(math.sqrt(0.5), abs=1e-3)


async def test_what_has_nothing_in_common_is_no_find(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("a", "x", EAST)])
    assert await near(store, NORTH) == []


async def test_words_are_found_in_any_case_and_form(store: VectorStore) -> None:
    await store.put(
        "g1", DIMENSION, [entry("a", "Weaving LOOMS by hand"), entry("b", "Nothing of that kind")]
    )
    assert await words(store, "loom") == ["a"]
    assert await words(store, "weaves looms") == ["a"]
    assert await words(store, "bicycle") == []


async def test_more_of_the_words_and_rarer_ones_count_for_more(store: VectorStore) -> None:
    pieces = [entry(f"x{n}", "the loom and the thread") for n in range(5)]
    rare = entry("rare", "the loom and the selvedge")
    await store.put("g1", DIMENSION, [*pieces, rare])
    assert (await words(store, "loom selvedge"))[0] == "rare"


async def test_a_word_of_the_title_is_found(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("a", "text", title="Selvedge")])
    assert await words(store, "selvedge") == ["a"]


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "AND OR NOT", "a* NEAR(b)", "';--", "🧵", "title:x"]
)
async def test_no_query_is_an_operator_or_an_error(store: VectorStore, text: str) -> None:
    await store.put("g1", DIMENSION, [entry("a", "plain words")])
    assert await words(store, text) == []


async def test_a_piece_of_many_passages_is_found_once_by_its_best(store: VectorStore) -> None:
    many = [Passage(text="loom", vector=EAST), Passage(text="loom thread", vector=NORTH)]
    await store.put(
        "g1", DIMENSION, [entry("long", "", passages=many), entry("short", "", NORTH_EAST)]
    )
    assert await near(store, NORTH) == ["long", "short"]
    assert await words(store, "loom") == ["long"]


async def test_a_piece_of_many_passages_leaves_room_for_others(store: VectorStore) -> None:
    many = [Passage(text="loom loom", vector=NORTH)] * 6
    others = [entry(id, "a loom and much else", NORTH_EAST) for id in "bc"]
    await store.put("g1", DIMENSION, [entry("a", "", passages=many), *others])
    for found in (await near(store, NORTH, limit=3), await words(store, "loom", limit=3)):
        assert (found[0], sorted(found)) == ("a", ["a", "b", "c"])


async def test_what_is_put_again_takes_the_place_of_what_was_there(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("a", "loom", EAST)])
    await store.put("g1", DIMENSION, [entry("a", "thread", NORTH)])
    await store.put("g1", DIMENSION, [entry("a", "thread", NORTH)])
    assert (await words(store, "loom"), await words(store, "thread")) == ([], ["a"])
    assert (await near(store, EAST), await near(store, NORTH)) == ([], ["a"])


async def test_a_passage_without_a_vector_is_found_by_its_words(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("a", "", passages=[Passage(text="loom", vector=None)])])
    assert (await words(store, "loom"), await near(store)) == (["a"], [])
    assert await store.vector("g1", ONE, "a") is None


async def test_what_is_removed_is_gone_and_the_rest_stays(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("a", "loom"), entry("b", "loom")])
    await store.remove("g1", ONE, ["a", "never-there"])
    assert await words(store, "loom") == ["b"]
    assert await near(store) == ["b"]


async def test_a_tenant_never_sees_another(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("mine", "loom"), entry("theirs", "loom", tenant=TWO)])
    assert await words(store, "loom") == ["mine"]
    assert await near(store, tenant=TWO) == ["theirs"]
    assert await store.vector("g1", ONE, "theirs") is None
    await store.remove("g1", ONE, ["theirs"])
    assert await words(store, "loom", tenant=TWO) == ["theirs"]


@pytest.mark.parametrize(
    "tenant", ["", "..", "../g1/wsp_two", "wsp_two/../wsp_two", "wsp_two.db", "*", "wsp_\0two"]
)
async def test_no_name_of_a_tenant_reaches_another(store: VectorStore, tenant: str) -> None:
    await store.put("g1", DIMENSION, [entry("theirs", "loom", tenant=TWO)])
    assert await words(store, "loom", tenant=tenant) == []
    assert await near(store, tenant=tenant) == []
    await store.forget("g1", tenant)
    assert await words(store, "loom", tenant=TWO) == ["theirs"]


async def test_forgetting_a_tenant_leaves_nothing_and_touches_no_other(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("mine", "loom"), entry("theirs", "loom", tenant=TWO)])
    await store.forget("g1", ONE)
    await store.forget("g1", ONE)
    assert (await words(store, "loom"), await near(store)) == ([], [])
    assert await words(store, "loom", tenant=TWO) == ["theirs"]
    await store.put("g1", DIMENSION, [entry("again", "loom")])
    assert await words(store, "loom") == ["again"]


async def test_generations_are_apart(store: VectorStore) -> None:
    await store.put("g1", DIMENSION, [entry("a", "loom")])
    other = [Passage(text="loom", vector=[0.0, 1.0, 0.0, 0.0])]
    await store.put("g2", 4, [entry("b", "", passages=other)])
    assert (await words(store, "loom"), await words(store, "loom", generation="g2")) == (
        ["a"],
        ["b"],
    )
    await store.drop("g1")
    assert (await words(store, "loom"), await words(store, "loom", generation="g2")) == ([], ["b"])


LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("narrowed", "fits"),
    [
        (Narrowed(types=["POST"]), True),
        (Narrowed(types=["ARTICLE"]), False),
        (Narrowed(types=["ARTICLE", "POST"]), True),
        (Narrowed(statuses=["DRAFT"]), True),
        (Narrowed(statuses=["PUBLISHED"]), False),
        (Narrowed(platforms=["X", "FEED"]), True),
        (Narrowed(platforms=["X"]), False),
        (Narrowed(tags=["loom"]), True),
        (Narrowed(tags=["loom", "hand"]), True),
        (Narrowed(tags=["loom", "foot"]), False),
        (Narrowed(created_from=NOON), True),
        (Narrowed(created_from=LATER), False),
        (Narrowed(created_to=LATER), True),
        (Narrowed(created_to=NOON), False),
        (Narrowed(besides="other"), True),
        (Narrowed(besides="a"), False),
        (Narrowed(types=["POST"], tags=["loom"], platforms=["X"]), False),
        (Narrowed(types=["POST"], tags=["loom"], platforms=["FEED"], statuses=["DRAFT"]), True),
    ],
)
async def test_filters_hold_for_words_and_for_meaning(
    store: VectorStore, narrowed: Narrowed, fits: bool
) -> None:
    await store.put("g1", DIMENSION, [entry("a", "word", tags=["loom", "hand"])])
    expected = ["a"] if fits else []
    assert await words(store, "word", narrowed=narrowed) == expected
    assert await near(store, narrowed=narrowed) == expected


async def test_a_filter_finds_what_is_far_down_the_ranking(store: VectorStore) -> None:
    crowd = [entry(f"c{n}", "loom", pointing(1, n / 1000)) for n in range(300)]
    await store.put("g1", DIMENSION, [*crowd, entry("far", "loom", NORTH_EAST, type="ARTICLE")])
    assert await near(store, narrowed=Narrowed(types=["ARTICLE"])) == ["far"]


async def test_a_limit_bounds_a_ranking(store: VectorStore) -> None:
    await store.put(
        "g1", DIMENSION, [entry(f"c{n}", "loom", pointing(1, n / 100)) for n in range(30)]
    )
    assert await near(store, limit=3) == ["c0", "c1", "c2"]
    assert len(await words(store, "loom", limit=3)) == 3


async def test_both_rankings_are_one_where_asked(store: VectorStore) -> None:
    pieces = [entry("both", "loom", NORTH), entry("word", "loom", EAST), entry("mean", "x", NORTH)]
    await store.put("g1", DIMENSION, pieces)
    found = await store.both("g1", ONE, "loom", NORTH, ALL, 10)
    assert found[0].id == "both"
    assert {hit.id for hit in found} == {"both", "word", "mean"}


async def test_what_has_one_word_of_several_stands_behind_unless_it_is_a_name(
    store: VectorStore,
) -> None:
    pieces = [
        entry("chance", "the loom of fate", pointing(1, 3)),
        entry("meant", "how to make cloth", NORTH_EAST),
        entry("every", "a loom for wool", EAST),
        entry("name", "Vossberg was here", EAST),
    ]
    await store.put("g1", DIMENSION, pieces)
    found = await store.both("g1", ONE, "how the wool loom", NORTH, ALL, 10)
    assert [hit.id for hit in found] == ["every", "meant", "chance"]
    found = await store.both("g1", ONE, "looms by Vossberg", NORTH, ALL, 10)
    assert [hit.id for hit in found][:2] == ["meant", "name"]
    assert {hit.id for hit in found[2:]} == {"chance", "every"}
    assert [hit.score for hit in found] == sorted([hit.score for hit in found], reverse=True)


async def test_the_vector_of_a_piece_is_the_mean_of_its_passages(store: VectorStore) -> None:
    many = [Passage(text="a", vector=NORTH), Passage(text="b", vector=EAST)]
    await store.put("g1", DIMENSION, [entry("a", "", passages=many)])
    found = await store.vector("g1", ONE, "a")
    assert found == pytest.approx(NORTH_EAST, abs=1e-3)
    assert await store.vector("g1", ONE, "b") is None


async def test_two_processes_share_what_they_wrote(
    store: VectorStore, opened: Callable[[], VectorStore]
) -> None:
    """Another instance on the same engine, as the worker is to the API."""
    other = opened()
    await store.put("g1", DIMENSION, [entry("a", "loom")])
    assert await words(other, "loom") == ["a"]
    await other.put("g1", DIMENSION, [entry("b", "loom")])
    assert sorted(await words(store, "loom")) == ["a", "b"]
    await other.forget("g1", ONE)
    assert await words(store, "loom") == []


async def test_writers_wait_for_each_other(store: VectorStore) -> None:
    """Many at once, into one tenant: each is kept."""
    ids = [f"c{n}" for n in range(30)]
    await asyncio.gather(
        *(store.put("g1", DIMENSION, [entry(id, "loom", tags=[id])]) for id in ids)
    )
    await asyncio.gather(*(store.put("g1", DIMENSION, [entry(id, "loom")]) for id in ids))
    assert sorted(await words(store, "loom", limit=50)) == sorted(ids)


RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8), max_size=4)


@given(RANKINGS, st.integers(1, 10))
def test_a_fused_ranking_is_the_sum_of_reciprocal_ranks(
    rankings: list[list[str]], limit: int
) -> None:
    made = fused([[Hit(id, random.random()) for id in ranking] for ranking in rankings], limit)
    expected = {
        id: sum(1 / (61 + ranking.index(id)) for ranking in rankings if id in ranking)
        for ranking in rankings
        for id in ranking
    }
    assert len(made) == min(limit, len(expected))
    assert all(hit.score == pytest.approx(expected[hit.id]) for hit in made)
    scores = [hit.score for hit in made]
    assert scores == sorted(scores, reverse=True)
    left = set(expected) - {hit.id for hit in made}
    assert all(expected[id] <= scores[-1] + 1e-12 for id in left)
