"""The search index follows what is written, through deaths and changes of its model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from datasources.content import ContentType
from datasources.generations import Generation, GenerationState
from datasources.models import ModelUnavailable
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.topic_vectors import TopicVectors
from datasources.trends import TrendTopic
from datasources.vectors import Narrowed, VectorStore, packed
from server.compose import Backend, backend
from server.settings import Settings
from services.accounts import SignedIn
from services.drafts import Change, Draft
from services.search import Finds, SearchMode
from services.sessions import Client
from services.viewer import Viewer
from tests.conftest import serving
from tests.fakes.openai_site import DIMENSION, KEY, Fault, OpenAISite, openai_site

ONE_WAY = [1.0] + [0.0] * 383
"""A vector of the offline model's dimension."""


@pytest.fixture
async def made(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[Backend]:
    """A backend without a worker: nothing is indexed unless a test says so."""
    async with backend(settings) as found:
        yield found


@pytest.fixture
async def site() -> AsyncIterator[OpenAISite]:
    """A provider of models."""
    async with openai_site() as found:
        yield found


def paid(settings: Settings, site: OpenAISite) -> Settings:
    """The same server, with that provider's models."""
    return replace(
        settings,
        openai_api_key=KEY,
        openai_base_url=site.url,
        openai_embedding_dimension=DIMENSION,
    )


async def ada(made: Backend) -> SignedIn:
    """Somebody with an account."""
    return await made.services.accounts.register(
        "ada@example.com", "correct horse battery staple", "Ada", Client()
    )


async def write(made: Backend, person: SignedIn, body: str) -> str:
    """The id of a new piece."""
    viewer, home = Viewer(user_id=person.user.id), person.user.personal_workspace_id
    draft = Draft.checked(ContentType.POST, None, body, [], [])
    return (await made.services.content.create(viewer, home, draft)).id


async def search(made: Backend, person: SignedIn, query: str) -> Finds:
    """What that person finds."""
    viewer, home = Viewer(user_id=person.user.id), person.user.personal_workspace_id
    return await made.services.search.search(viewer, home, query)


async def found(made: Backend, person: SignedIn, query: str) -> list[str]:
    """The text of it."""
    return [each.content.body for each in (await search(made, person, query)).found]


async def states(made: Backend) -> list[tuple[GenerationState, str]]:
    """Every generation and its model, the one that answers first."""
    return [(each.state, each.model) for each in await made.stores.generations.all()]


async def test_what_a_process_wrote_before_it_was_gone_is_indexed_by_another(
    settings: Settings, made: Backend
) -> None:
    """The wish to index is kept with the change: nothing of it was in the memory of the first."""
    person = await ada(made)
    await write(made, person, "A loom of one's own")
    assert await found(made, person, "loom") == []
    async with serving(replace(settings, worker=True)) as running:
        async with asyncio.timeout(20):
            while not await found(running.backend, person, "loom"):  # noqa: ASYNC110
                await asyncio.sleep(0)


async def test_a_job_that_comes_late_twice_and_after_the_end_brings_the_piece_as_it_is(
    made: Backend,
) -> None:
    person = await ada(made)
    id = await write(made, person, "A loom")
    home, viewer = person.user.personal_workspace_id, Viewer(user_id=person.user.id)
    await made.services.indexing.index(id, home)
    await made.services.indexing.index(id, home)
    assert await found(made, person, "loom") == ["A loom"]
    await made.services.lifecycle.delete(viewer, id)
    await made.services.indexing.index(id, home)
    store, (generation,) = made.services.indexing.store, await made.stores.generations.all()
    assert not await store.words(generation.id, home, "loom", Narrowed(), 5)
    await made.services.indexing.index(id, home)


async def test_content_from_before_there_was_an_index_is_indexed_by_the_worker(
    settings: Settings, made: Backend
) -> None:
    person = await ada(made)
    for number in range(60):
        await write(made, person, f"Piece {number}")
    await made.stores.jobs.delete_many({})
    await made.services.indexing.catch_up()
    assert [state for state, _ in await states(made)] == [GenerationState.CURRENT]
    assert len(await found(made, person, "piece")) == 20
    finds = await made.services.search.search(
        Viewer(user_id=person.user.id), person.user.personal_workspace_id, "piece", first=100
    )
    assert len(finds.found) == 60


async def test_another_model_takes_over_without_a_moment_in_which_nothing_is_found(
    settings: Settings, made: Backend, site: OpenAISite
) -> None:
    person = await ada(made)
    for body in ("A loom", "A thread"):
        await made.services.indexing.index(
            await write(made, person, body), person.user.personal_workspace_id
        )
    await made.services.indexing.catch_up()
    (before,) = await states(made)
    async with backend(paid(settings, site)) as other:
        finds = await search(other, person, "loom")
        assert (finds.mode, finds.found[0].content.body) == (SearchMode.HYBRID, "A loom")
        await other.services.indexing.begin()
        seen: list[list[str]] = []
        progress: list[int] = []

        while not progress:
            await other.services.indexing.build(progress.append)
            seen.append(await found(other, person, "loom"))
        assert progress == [2]
        assert all(bodies[0] == "A loom" for bodies in seen)
        ((state, model),) = await states(other)
        assert (state, model) == (GenerationState.CURRENT, "text-embedding-3-small")
        assert model != before[1]
        assert (await search(other, person, "loom")).mode is SearchMode.HYBRID
    assert (await search(made, person, "loom")).mode is SearchMode.WORDS


async def test_an_interrupted_rebuild_goes_on_where_it_stopped(
    made: Backend,
) -> None:
    person = await ada(made)
    for number in range(5):
        await write(made, person, f"Piece {number}")
    indexing = made.services.indexing
    await indexing.begin()

    def die(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await indexing.build(die, 2)
    assert [state for state, _ in await states(made)] == [GenerationState.BUILDING]
    progress: list[int] = []
    assert await indexing.build(progress.append, 2)
    assert progress == [4, 5]
    assert len(await found(made, person, "piece")) == 5
    assert not await indexing.build()


async def test_what_is_written_while_an_index_is_built_is_in_it(
    made: Backend,
) -> None:
    person = await ada(made)
    home, viewer = person.user.personal_workspace_id, Viewer(user_id=person.user.id)
    indexing = made.services.indexing
    ids = [await write(made, person, f"Loom {number}") for number in range(9)]
    await indexing.begin()

    async def change(id: str, number: int) -> None:
        await made.services.content.update(viewer, id, 1, Change(body=f"Thread {number}"))
        await indexing.index(id, home)

    changes = [change(id, number) for number, id in enumerate(ids) if number % 3 == 0]
    await asyncio.gather(indexing.build(batch_size=2), *changes)
    assert sorted((await found(made, person, "thread"))[:3]) == ["Thread 0", "Thread 3", "Thread 6"]
    (generation,) = await made.stores.generations.all()
    hits = await indexing.store.words(generation.id, home, "loom", Narrowed(), 20)
    assert {hit.id for hit in hits} == {id for number, id in enumerate(ids) if number % 3}


class LatePut:
    """Holds back what is put into an index until it may `go_on`; `begun` when something is."""

    def __init__(self, store: VectorStore | TopicVectors) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self._put: Callable[..., Awaitable[None]] = store.put

    async def __call__(self, *what: object) -> None:
        self.begun.set()
        await self.go_on.wait()
        await self._put(*what)


async def test_nothing_is_left_in_an_index_that_was_given_up_while_it_was_written_to(
    made: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would ever look for it again, not even to erase it."""
    person = await ada(made)
    home, indexing = person.user.personal_workspace_id, made.services.indexing
    id, (old,) = await write(made, person, "A loom"), await indexing.generations()
    topic = TrendTopic(
        id="top_1",
        public=False,
        workspace_ids=[home],
        phrase="looms",
        vector=packed(ONE_WAY),
        model=old.model,
        shares={},
        entries=[],
        computed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    await made.stores.trend_topics.insert(topic)
    pieces, topics = LatePut(indexing.store), LatePut(indexing.store.topics)
    with monkeypatch.context() as patched:
        patched.setattr(indexing.store, "put", pieces)
        patched.setattr(indexing.store.topics, "put", topics)
        of_piece = asyncio.create_task(indexing.index(id, home))
        of_topics = asyncio.create_task(indexing.topics.index(home))
        await asyncio.gather(pieces.begun.wait(), topics.begun.wait())
    await indexing.build()
    await indexing.rebuild()
    assert [each.id for each in await made.stores.generations.all()] != [old.id]
    topics.go_on.set()
    await of_topics
    pieces.go_on.set()
    await of_piece
    assert await indexing.store.topics.near(old.id, home, ONE_WAY, 10) == []
    assert await indexing.store.words(old.id, home, "loom", Narrowed(), 20) == []
    assert await found(made, person, "loom") == ["A loom"]


async def test_an_index_that_was_given_up_while_it_was_built_takes_no_others_place(
    settings: Settings, made: Backend, site: OpenAISite, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await ada(made)
    home, indexing = person.user.personal_workspace_id, made.services.indexing
    await write(made, person, "A loom")
    (old,) = await indexing.generations()
    await indexing.build()
    await indexing.begin()
    _, given_up = await made.stores.generations.all()
    late = LatePut(indexing.store)
    with monkeypatch.context() as patched:
        patched.setattr(indexing.store, "put", late)
        building = asyncio.create_task(indexing.build())
        await late.begun.wait()
    async with backend(paid(settings, site)) as other:
        await other.services.indexing.begin()
    late.go_on.set()
    assert not await building
    (answering, _) = await made.stores.generations.all()
    assert answering.id == old.id
    assert await found(made, person, "loom") == ["A loom"]
    assert await indexing.store.words(given_up.id, home, "loom", Narrowed(), 20) == []


async def test_there_is_one_generation_of_each_state_however_many_begin(made: Backend) -> None:
    await made.services.indexing.generations()
    for _ in range(3):
        await made.services.indexing.begin()
    assert [state for state, _ in await states(made)] == [
        GenerationState.CURRENT,
        GenerationState.BUILDING,
    ]


async def test_a_half_built_index_of_a_model_that_was_given_up_is_begun_anew(
    settings: Settings, made: Backend, site: OpenAISite
) -> None:
    await made.services.indexing.generations()
    await made.services.indexing.begin()
    async with backend(paid(settings, site)) as other:
        await other.services.indexing.begin()
        assert [model for _, model in await states(other)][1] == "text-embedding-3-small"


async def test_rebuilding_ends_with_the_model_that_is_configured(
    settings: Settings, made: Backend, site: OpenAISite
) -> None:
    """Even where the very first index was not whole yet."""
    person = await ada(made)
    await write(made, person, "A loom")
    await made.services.indexing.generations()
    async with backend(paid(settings, site)) as other:
        await other.services.indexing.rebuild()
        assert await states(other) == [(GenerationState.CURRENT, "text-embedding-3-small")]
        assert await found(other, person, "loom") == ["A loom"]


async def test_a_generation_never_goes_backwards(made: Backend) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    generation = Generation(
        id="idx_1", model="m", dimension=8, state=GenerationState.BUILDING, began_at=at
    )
    generations = made.stores.generations
    await generations.insert(generation)
    await generations.advance(generation, "cnt_5", 5)
    await generations.advance(generation, "cnt_3", 3)
    kept = await generations.get("idx_1")
    assert kept is not None
    assert (kept.reached, kept.done) == ("cnt_5", 5)


async def test_where_the_month_is_paid_out_words_are_still_found(
    settings: Settings, mongo: Mongo, redis: Redis, site: OpenAISite
) -> None:
    async with backend(paid(settings, site)) as made:
        person = await ada(made)
        viewer, home = Viewer(user_id=person.user.id), person.user.personal_workspace_id
        await made.services.usage.set_budget(viewer, home, 0)
        await made.services.indexing.index(await write(made, person, "A loom"), home)
        assert not site.embedded
        finds = await search(made, person, "loom")
        assert finds.mode is SearchMode.WORDS
        assert [each.content.body for each in finds.found] == ["A loom"]


async def test_a_provider_that_refuses_this_server_leaves_the_words(
    settings: Settings, mongo: Mongo, redis: Redis, site: OpenAISite
) -> None:
    async with backend(paid(settings, site)) as made:
        person = await ada(made)
        home = person.user.personal_workspace_id
        id = await write(made, person, "A loom")
        site.faults.extend([Fault(status=401, error="invalid_api_key")] * 2)
        await made.services.indexing.index(id, home)
        finds = await search(made, person, "loom")
        assert [each.content.body for each in finds.found] == ["A loom"]


async def test_a_provider_that_is_away_for_a_while_is_asked_again_by_the_job(
    settings: Settings, mongo: Mongo, redis: Redis, site: OpenAISite
) -> None:
    hurried = replace(paid(settings, site), openai_deadline_seconds=0.2, openai_timeout_seconds=0.1)
    async with backend(hurried) as made:
        person = await ada(made)
        home = person.user.personal_workspace_id
        id = await write(made, person, "A loom")
        site.faults.extend([Fault(status=500)] * 20)
        with pytest.raises(ModelUnavailable):
            await made.services.indexing.index(id, home)
