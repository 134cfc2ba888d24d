"""Recommendations through the API: sensible topics with their reasons, and answers that count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from datasources.brands import Audience, Brand, Strategy
from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.snapshots import Metric
from server.backend import Backend
from services.clock import utc_now
from services.metrics import Figure
from services.text import metadata
from services.viewer import Viewer
from tests.client import Client
from tests.conftest import Running

TOPICS = """query R($id: ID, $n: Int) { recommendations(workspaceId: $id) { topics(first: $n) {
  id topic type relevance engagementPotential reasons evidence { title url publishedAt }
  writeThis { topic platform type pillar workspaceId } } } }"""
ANSWER = """mutation A($id: ID!, $verdict: RecommendationVerdict!, $home: ID) {
  answerRecommendation(id: $id, verdict: $verdict, workspaceId: $home) { id topic verdict } }"""
SAID = """query S($first: Int, $after: String) {
  recommendationFeedback(first: $first, after: $after) {
    edges { node { id topic type verdict } } pageInfo { hasNextPage endCursor } } }"""
WITHDRAW = "mutation W($id: ID!) { withdrawRecommendationFeedback(id: $id) }"
PILLARS = ["Weaving on old looms", "Bread from our own oven", "Travels by night train"]
COOKING = (
    "The sourdough starter wants rye flour and a warm night before we bake",
    "A loaf of bread needs more salt and more patience than you think",
    "Bake the bread hot at first, then let the oven cool with the loaf in it",
    "Old bread makes the best soup, with garlic and an egg",
    "Flour from the mill next door, and what it does to the crust of bread",
)
LOOMS = (
    "How we warp a loom without a tangle, thread by thread",
    "Weaving linen in winter: the loom likes it damp",
    "Our oldest loom has a new beam, and it weaves like never before",
)


async def live(
    backend: Backend, client: Client, pieces: list[tuple[str, int, float]], home: str | None = None
) -> str:
    """Published pieces: what they say, how many days ago, and how well they did (1: as usual)."""
    user = await backend.stores.users.get(client.user_id)
    assert user is not None
    home, now, figures = home or user.personal_workspace_id, utc_now(), list[Figure]()
    for number, (body, days, factor) in enumerate(pieces):
        at = now - timedelta(days=days, hours=number % 7)
        piece = Content(
            id=f"cnt_{home[-6:]}_{days}_{number}",
            workspace_id=home,
            author_id=client.user_id,
            type=ContentType.POST,
            title=None,
            body=body,
            platforms=[Platform.X],
            tags=[],
            metadata=metadata(body),
            status=ContentStatus.PUBLISHED,
            created_at=at,
            updated_at=at,
            published_at=at,
        )
        await backend.stores.contents.insert(piece)
        counts = ((Metric.IMPRESSIONS, 2000), (Metric.REACTIONS, round(40 * factor)))
        figures += [Figure(piece.id, Platform.X, name, value, now) for name, value in counts]
    await backend.services.metrics.record(Viewer(user_id=client.user_id), figures)
    return home


async def stand_for(backend: Backend, home: str, pillars: list[str]) -> None:
    """A strategy with these pillars."""
    now = utc_now()
    strategy = Strategy(
        value_proposition="", audience=Audience(description=""), pillars=pillars, goals=[], tone=[]
    )
    await backend.stores.brands.insert(
        Brand(
            id=f"brd_{home[-6:]}",
            workspace_id=home,
            name="Brand",
            is_default=True,
            strategy=strategy,
            created_by=None,
            created_at=now,
            updated_at=now,
        )
    )


async def topics(client: Client, **variables: Any) -> list[Any]:
    """What is recommended."""
    found: list[Any] = (await client.data(TOPICS, **variables))["recommendations"]["topics"]
    return found


def named(found: list[Any], word: str) -> Any:
    """The one recommendation whose topic has that word."""
    (one,) = [each for each in found if word in each["topic"]]
    return one


def story() -> list[tuple[str, int, float]]:
    """Bread lately and ordinarily; looms long ago, and better."""
    bread = [(f"{text}.", 3 + 4 * number, 1.0) for number, text in enumerate(COOKING * 2)]
    return [*bread, *((f"{text}.", 70 + 9 * number, 3.0) for number, text in enumerate(LOOMS))]


async def test_a_new_workspace_is_recommended_nothing_and_told_no_error(ada: Client) -> None:
    assert await topics(ada) == []


async def test_a_pillar_that_had_little_is_a_gap_and_one_that_had_its_share_is_none(
    server: Running, ada: Client
) -> None:
    home = await live(server.backend, ada, story())
    await stand_for(server.backend, home, PILLARS)
    found = [each for each in await topics(ada) if each["type"] == "PILLAR_GAP"]
    assert {each["writeThis"]["pillar"] for each in found} == {PILLARS[0], PILLARS[2]}
    trains = named(found, "Travels by night train")
    assert "None of your 10 pieces of the last 60 days" in trains["reasons"][0]
    assert "an even share would be 3.3" in trains["reasons"][0]
    assert trains["reasons"][1] == "Nothing that you published in the last year fits it."
    looms = named(found, "Weaving on old looms")
    assert "70 days ago" in looms["reasons"][1]
    assert trains["writeThis"] == {
        "topic": trains["topic"],
        "platform": "X",
        "type": "POST",
        "pillar": PILLARS[2],
        "workspaceId": home,
    }


async def test_a_piece_counts_to_the_pillar_that_its_author_gave_it_whatever_its_words_say(
    server: Running, ada: Client
) -> None:
    """Four on bread are said to be on travels: no gap is there any more."""
    home = await live(server.backend, ada, story())
    await stand_for(server.backend, home, PILLARS)
    contents = server.backend.stores.contents
    for piece in await contents.find({"workspace_id": home}, sort=[("_id", 1)], limit=4):
        await contents.update({"_id": piece.id}, {"$set": {"pillar": PILLARS[2]}})
    found = [each for each in await topics(ada) if each["type"] == "PILLAR_GAP"]
    assert {each["writeThis"]["pillar"] for each in found} == {PILLARS[0]}


async def test_what_worked_and_was_not_repeated_is_recommended_with_its_figures(
    server: Running, ada: Client
) -> None:
    await live(server.backend, ada, story())
    found = [each for each in await topics(ada) if each["type"] == "PROVEN"]
    assert found
    assert {each["topic"] for each in found} <= set(LOOMS)
    for each in found:
        assert "times as much engagement for each impression" in each["reasons"][0]
        assert "2,000 impressions on X" in each["reasons"][0]
        assert 0 <= each["relevance"] <= 1
    again = [f"{text}, once more." for text in LOOMS]
    await live(server.backend, ada, [(text, 2, 1.0) for text in again])
    assert not [each for each in await topics(ada) if each["type"] == "PROVEN"]


async def test_an_answer_changes_what_is_recommended_next(server: Running, ada: Client) -> None:
    home = await live(server.backend, ada, story())
    await stand_for(server.backend, home, PILLARS)
    before = await topics(ada)
    first, last = before[0], before[-1]
    said = await ada.data(ANSWER, id=first["id"], verdict="DISMISS")
    assert said["answerRecommendation"] == {
        "id": first["id"],
        "topic": first["topic"],
        "verdict": "DISMISS",
    }
    after = await topics(ada)
    assert first["id"] not in {each["id"] for each in after}
    await ada.data(ANSWER, id=last["id"], verdict="LATER")
    assert last["id"] not in {each["id"] for each in await topics(ada)}
    page = (await ada.data(SAID, first=1))["recommendationFeedback"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [last["id"]]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await ada.data(SAID, after=page["pageInfo"]["endCursor"]))["recommendationFeedback"]
    assert [edge["node"]["verdict"] for edge in rest["edges"]] == ["DISMISS"]
    await ada.data(ANSWER, id=first["id"], verdict="ACCEPT")
    for each in (first, last):
        await ada.data(WITHDRAW, id=each["id"])
    assert await topics(ada) == before
    assert await ada.code(WITHDRAW, id=first["id"]) == "NOT_FOUND"


async def test_another_tenant_is_told_nothing_and_cannot_answer(
    server: Running, ada: Client, bob: Client
) -> None:
    home = await live(server.backend, ada, story())
    await stand_for(server.backend, home, PILLARS)
    (first, *_) = await topics(ada)
    assert await topics(bob) == []
    assert await bob.code(TOPICS, id=home) == "NOT_FOUND"
    assert await bob.code(ANSWER, id=first["id"], verdict="ACCEPT") == "NOT_FOUND"
    assert await bob.code(ANSWER, id=first["id"], verdict="ACCEPT", home=home) == "NOT_FOUND"
    await ada.data(ANSWER, id=first["id"], verdict="LATER")
    assert await bob.code(ANSWER, id=first["id"], verdict="ACCEPT") == "NOT_FOUND"
    assert await bob.code(WITHDRAW, id=first["id"]) == "NOT_FOUND"


@pytest.mark.parametrize("first", [0, 101])
async def test_no_more_than_a_page_is_asked_for(ada: Client, first: int) -> None:
    assert await ada.code(TOPICS, n=first) == "BAD_USER_INPUT"


KEY = """mutation K($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }"""


async def test_a_key_without_the_scopes_learns_nothing_of_figures_and_pillars(
    server: Running, ada: Client
) -> None:
    home = await live(server.backend, ada, story())
    await stand_for(server.backend, home, PILLARS)
    given = {"name": "reader", "scopes": ["CONTENT_READ"], "workspaceId": home}
    made = await ada.data(KEY, input=given)
    found = await topics(ada.with_token(made["createApiKey"]["secret"]), id=home)
    assert {each["type"] for each in found} <= {"RELATED"}
    assert all(each["engagementPotential"] is None for each in found)
    assert all(each["writeThis"]["pillar"] is None for each in found)
