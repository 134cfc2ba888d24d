"""Topics of trends are found by what they mean, by those who may read them and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from datasources.feed import Entry
from datasources.topic_vectors import PUBLIC, TopicVector
from datasources.trends import TrendTopic
from datasources.vectors import unpacked
from server.compose import Backend, backend
from server.settings import Settings
from services.clock import utc_now
from services.topic_indexing import INDEX_TOPICS, RENEW_TOPICS
from tests.client import Client
from tests.conftest import Running, serving
from tests.fakes.feed_sites import rss, served
from tests.fakes.openai_site import DIMENSION, KEY, openai_site
from tests.fakes.stranger import Stranger, stranger
from tests.resolvers.test_recommendation import live
from tests.resolvers.test_trend_source import REMOVE, add, read, week

FIND = """query F($query: String!, $home: ID, $n: Int) {
  searchTopics(query: $query, workspaceId: $home, first: $n) {
    score topic { id phrase public recent before evidence { title url } } } }"""
BREAD = "baking a loaf without wheat"
TRAINS = (
    "The night train from Paris to Berlin is back",
    "A night train is slower and kinder than a plane",
    "What to pack for a night train",
    "Breakfast on the night train",
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A server that may reach one address of the loopback, and has no worker."""
    return replace(settings, outbound_networks=("127.0.0.1",), outbound_ports=(), worker=False)


@pytest.fixture
async def site() -> AsyncIterator[Stranger]:
    """Somebody's feed."""
    async with stranger() as found:
        found.paths["/feed"] = served(rss("Crumbs", week()))
        yield found


async def find(client: Client, query: str, **more: Any) -> list[Any]:
    """The topics found."""
    return [
        each["topic"] for each in (await client.data(FIND, query=query, **more))["searchTopics"]
    ]


async def asked(backend: Backend, task: str) -> int:
    """How many jobs of that name were asked for."""
    return await backend.services.events.jobs.count({"task": task})


async def home_of(backend: Backend, client: Client) -> str:
    """The id of a person's own workspace."""
    user = await backend.stores.users.get(client.user_id)
    assert user is not None
    return user.personal_workspace_id


async def held(backend: Backend, reader: str, topics: Sequence[TrendTopic]) -> list[str]:
    """The ids that the index has for a reader near these topics, whatever MongoDB says."""
    (generation,) = await backend.stores.generations.all()
    found: dict[str, None] = {}
    for topic in topics:
        hits = await backend.services.indexing.store.topics.near(
            generation.id, reader, unpacked(topic.vector), 50
        )
        found |= dict.fromkeys(hit.id for hit in hits)
    return sorted(found)


async def publish(backend: Backend, client: Client, bodies: list[str]) -> str:
    """Pieces on the public feed of a person's workspace, indexed."""
    home = await live(backend, client, [(body, 2 + n, 1.0) for n, body in enumerate(bodies)])
    for piece in await backend.stores.contents.find({"workspace_id": home}):
        await backend.services.indexing.index(piece.id, home)
        await backend.stores.entries.insert(
            Entry(
                id=f"ent_{piece.id}",
                workspace_id=home,
                content_id=piece.id,
                content_version=1,
                title=None,
                body=piece.body,
                summary=piece.body,
                tags=[],
                author_id=None,
                author_name=None,
                published_at=utc_now() - timedelta(days=2),
                updated_at=utc_now(),
            )
        )
    return home


async def test_a_topic_of_a_feed_is_found_by_its_meaning_with_something_to_read(
    server: Running, ada: Client, bob: Client, site: Stranger
) -> None:
    source = await add(ada, site.url("/feed"))
    await read(server)
    assert await find(ada, BREAD) == []
    assert await asked(server.backend, INDEX_TOPICS) == 1
    home, index = await home_of(server.backend, ada), server.backend.services.indexing.topics.index
    await index(home)
    (bread, *_) = await find(ada, BREAD)
    assert "gluten free" in bread["phrase"].lower()
    assert (bread["public"], bread["recent"], bread["before"]) == (False, 4, 0)
    assert all(each["url"].startswith("https://blog.example/") for each in bread["evidence"])
    assert await find(bob, BREAD) == []
    assert await ada.code(FIND, query="") == "BAD_USER_INPUT"
    before = await server.backend.stores.trend_topics.find({})
    assert sorted(await held(server.backend, home, before)) == sorted(each.id for each in before)
    await ada.data(REMOVE, id=source)
    assert await find(ada, BREAD) == []
    assert await asked(server.backend, INDEX_TOPICS) == 2
    await index(home)
    assert await held(server.backend, home, before) == []


async def test_what_the_index_says_of_another_s_topics_is_not_shown(
    server: Running, ada: Client, bob: Client, site: Stranger
) -> None:
    """Even if it were wrong: the topic itself says who may read it."""
    await add(ada, site.url("/feed"))
    await read(server)
    await server.backend.services.indexing.topics.index(await home_of(server.backend, ada))
    (generation,) = await server.backend.stores.generations.all()
    stray = [
        TopicVector(topic.id, unpacked(topic.vector))
        for topic in await server.backend.stores.trend_topics.find({})
    ]
    for reader in (await home_of(server.backend, bob), PUBLIC):
        await server.backend.services.indexing.store.topics.put(
            generation.id, generation.dimension, reader, stray
        )
    assert await find(bob, BREAD) == []
    assert await find(ada, BREAD)


async def test_topics_that_a_process_made_before_it_was_gone_are_indexed_by_another(
    settings: Settings, server: Running, ada: Client, site: Stranger
) -> None:
    """The wish to index them is kept with them: nothing of it was in the memory of the first."""
    await add(ada, site.url("/feed"))
    await read(server)
    async with serving(replace(settings, worker=True)) as other:
        async with asyncio.timeout(20):
            while not await find(Client(other.url, ada.http, ada.token), BREAD):  # noqa: ASYNC110
                await asyncio.sleep(0)


async def test_public_topics_are_everybody_s_and_go_with_those_who_made_them(
    server: Running, anonymous: Client, ada: Client, bob: Client
) -> None:
    made, eve = server.backend, await anonymous.register("eve@example.com", "Eve")
    await publish(made, bob, list(TRAINS[:2]))
    gone = await publish(made, eve, list(TRAINS[2:]))
    await made.services.trends.refresh_public()
    assert await asked(made, INDEX_TOPICS) == 1
    await made.services.indexing.topics.index(PUBLIC)
    (train, *_) = await find(ada, "sleeping in a railway carriage")
    assert (train["public"], train["recent"], len(train["evidence"])) == (True, 4, 3)
    (mine, *_) = await find(bob, "sleeping in a railway carriage")
    assert (mine["recent"], len(mine["evidence"])) == (2, 2)
    home, topics = await home_of(made, ada), await made.stores.trend_topics.find({})
    assert await held(made, home, topics) == sorted(each.id for each in topics)
    await made.services.indexing.forget([gone])
    assert await held(made, home, topics) == []


async def test_a_new_index_has_all_topics_and_one_of_another_model_has_them_made_anew(
    settings: Settings, server: Running, ada: Client, site: Stranger
) -> None:
    made, home = server.backend, await home_of(server.backend, ada)
    await add(ada, site.url("/feed"))
    await read(server)
    topics = await made.stores.trend_topics.find({})
    await made.services.indexing.rebuild()
    assert await held(made, home, topics) == sorted(each.id for each in topics) != []
    assert await asked(made, RENEW_TOPICS) == 0
    async with openai_site() as provider:
        paid = replace(
            settings,
            openai_api_key=KEY,
            openai_base_url=provider.url,
            openai_embedding_dimension=DIMENSION,
        )
        async with backend(paid) as other:
            await other.services.indexing.rebuild()
            assert await asked(other, RENEW_TOPICS) == 1
            await other.services.trends.renew(home)
            await other.services.indexing.topics.index(home)
            topics = await other.stores.trend_topics.find({})
            assert {topic.model for topic in topics} == {"text-embedding-3-small"}
            assert await held(other, home, topics) == sorted(each.id for each in topics) != []
