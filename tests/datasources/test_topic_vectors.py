"""What every store has to keep to for topics: shared, and yet nobody reads another's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.topic_vectors import PUBLIC, TopicVector
from datasources.vector_files import VectorFiles
from datasources.vectors import VectorStore
from tests.conftest import fast_folder
from tests.datasources.test_vector_stores import (
    DIMENSION,
    EAST,
    NORTH,
    NORTH_EAST,
    ONE,
    TWO,
    entry,
    near,
    pointing,
)


async def put(
    store: VectorStore, reader: str, *ids: str, vector: Sequence[float] = NORTH, at: str = "g1"
) -> None:
    """Topics of a reader, all in one direction."""
    await store.topics.put(at, DIMENSION, reader, [TopicVector(id, vector) for id in ids])


async def topics(
    store: VectorStore, reader: str, at: str = "g1", vector: Sequence[float] = NORTH
) -> list[str]:
    """What that reader finds."""
    return [hit.id for hit in await store.topics.near(at, reader, vector, 10)]


async def test_the_nearest_of_ones_own_and_of_the_public_topics_come_first(
    store: VectorStore,
) -> None:
    await put(store, PUBLIC, "top_far", vector=NORTH_EAST)
    await put(store, ONE, "top_near")
    await put(store, TWO, "top_others")
    assert await topics(store, ONE) == ["top_near", "top_far"]
    (first, _) = await store.topics.near("g1", ONE, NORTH, 10)
    assert first.score == pytest.approx(1, abs=1e-3)
    assert [hit.id for hit in await store.topics.near("g1", ONE, NORTH, 1)] == ["top_near"]
    assert await topics(store, ONE, vector=pointing(0, 0, 1)) == []


async def test_nobody_finds_the_topics_of_another_however_near_they_are(
    store: VectorStore,
) -> None:
    await put(store, PUBLIC, *(f"top_{n}" for n in range(3)), vector=NORTH_EAST)
    await put(store, TWO, *(f"top_two_{n}" for n in range(30)))
    for reader in (ONE, "wsp_never", PUBLIC):
        assert await topics(store, reader) == ["top_0", "top_1", "top_2"]


@pytest.mark.parametrize(
    "reader", ["", "*", "%", "wsp_", "wsp_tw", "wsp_two ", "WSP_TWO", "../wsp_two", "' or 1=1 --"]
)
async def test_no_name_of_a_reader_reaches_another(store: VectorStore, reader: str) -> None:
    await put(store, TWO, "top_others")
    assert await topics(store, reader) == []
    await store.topics.forget("g1", reader)
    assert await topics(store, TWO) == ["top_others"]


async def test_what_is_put_takes_the_place_of_all_that_the_reader_had(store: VectorStore) -> None:
    await put(store, ONE, "top_a", "top_b")
    await put(store, PUBLIC, "top_p", vector=NORTH_EAST)
    await put(store, ONE, "top_b", "top_c", vector=EAST)
    assert await topics(store, ONE, vector=EAST) == ["top_b", "top_c", "top_p"]
    await put(store, ONE)
    assert await topics(store, ONE) == ["top_p"]


async def test_a_reader_may_have_many_topics(store: VectorStore) -> None:
    await put(store, ONE, "top_before")
    many = [f"top_{n:03}" for n in range(150)]
    await put(store, ONE, *many)
    assert [hit.id for hit in await store.topics.near("g1", ONE, NORTH, 200)] == many


async def test_a_reader_is_forgotten_and_no_other(store: VectorStore) -> None:
    await store.topics.forget("g1", ONE)
    for reader in (ONE, TWO, PUBLIC):
        await put(store, reader, f"top_{reader}")
    await store.topics.forget("g1", ONE)
    assert await topics(store, ONE) == [f"top_{PUBLIC}"]
    assert sorted(await topics(store, TWO)) == [f"top_{PUBLIC}", f"top_{TWO}"]


async def test_topics_go_with_their_generation_and_are_not_met_among_pieces(
    store: VectorStore,
) -> None:
    await put(store, ONE, "top_one")
    await put(store, ONE, "top_two", at="g2")
    await store.put("g1", DIMENSION, [entry("a", "x")])
    assert (await near(store), await topics(store, ONE)) == (["a"], ["top_one"])
    await store.drop("g1")
    assert (await topics(store, ONE), await topics(store, ONE, at="g2")) == ([], ["top_two"])


async def test_two_processes_share_topics(opened: Callable[[], VectorStore]) -> None:
    one, other = opened(), opened()
    await put(one, ONE, "top_a")
    assert await topics(other, ONE) == ["top_a"]
    await put(other, ONE, "top_b")
    assert await topics(one, ONE) == ["top_b"]


@given(st.dictionaries(st.sampled_from([PUBLIC, ONE, TWO]), st.integers(0, 6)))
def test_whatever_was_put_each_reads_the_public_ones_and_their_own(counts: dict[str, int]) -> None:
    """On files, where that is quick."""
    import asyncio
    import tempfile
    from pathlib import Path

    async def check(folder: Path) -> None:
        store = VectorFiles(folder)
        for reader, count in counts.items():
            await put(store, reader, *(f"{reader}{n}" for n in range(count)))
        for reader in (ONE, TWO):
            wanted = {f"{each}{n}" for each in (PUBLIC, reader) for n in range(counts.get(each, 0))}
            assert {h.id for h in await store.topics.near("g1", reader, NORTH, 20)} == wanted
        await store.close()

    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        asyncio.run(check(Path(folder)))
