"""What is told of a text through the API, with no network."""

from __future__ import annotations

import asyncio

from datasources.mongo import Mongo
from datasources.redis import Redis
from tests.client import Client
from tests.resolvers.jobs_at_rest import rested
from tests.resolvers.test_erasure import CREATE, PUBLISH, READ, write

ASK = """query($text: String!, $title: String) { analyseText(text: $text, title: $title) {
  language words sentimentLabel readingEase readabilityLabel keywords tone
  seo { name passed advice } risks { kind found } nearDuplicates { contentId likeness } } }"""


async def test_a_text_is_read_checked_and_held_against_past_ones(ada: Client) -> None:
    piece = await write(ada, "Notes")
    text = "I hate this loom. It is awful, you idiots. Write to ada@example.com about the loom."
    found = (await ada.data(ASK, text=text))["analyseText"]
    assert (found["language"], found["sentimentLabel"]) == ("en", "NEGATIVE")
    assert found["readabilityLabel"] in {"easy", "plain"}
    assert any("loom" in each.casefold() for each in found["keywords"])
    assert {each["kind"] for each in found["risks"]} == {"personal data", "insult"}
    assert "ada@example.com" not in str(found["risks"])
    assert all((each["advice"] is None) == each["passed"] for each in found["seo"])
    same = (await ada.data(ASK, text="On looms and engines."))["analyseText"]
    assert same["nearDuplicates"] == [{"contentId": piece, "likeness": 1.0}]
    german = await ada.data(ASK, text="Der Kaffee ist heute leider viel zu bitter geworden.")
    assert german["analyseText"]["language"] == "de"
    assert german["analyseText"]["sentimentLabel"] is None
    assert await ada.code(ASK, text="word " * 11_000) == "TEXT_TOO_LARGE"


OF = """query($id: ID!) { content(id: $id) { textAnalysis {
  words sentimentLabel seo { name } nearDuplicates { contentId likeness meaning } } } }"""


async def test_a_stored_piece_is_told_which_published_one_says_the_same_in_other_words(
    ada: Client, mongo: Mongo, redis: Redis
) -> None:
    past = await drafted(ada, "Our coffee shop opens at eight in the morning on Saturdays.")
    other = await drafted(ada, "The loom needs a new heddle before the winter.")
    again = await drafted(ada, "On Saturday mornings, our coffee shop opens at eight o'clock.")
    await published(ada, past, other)
    await rested(mongo, redis)
    found = (await ada.data(OF, id=again))["content"]["textAnalysis"]
    (echo,) = found["nearDuplicates"]
    assert echo["contentId"] == past
    assert echo["meaning"] > 0.85 > 0.5 > echo["likeness"]
    assert "title length" not in {each["name"] for each in found["seo"]}
    assert (await ada.data(OF, id=other))["content"]["textAnalysis"]["nearDuplicates"] == []


async def drafted(client: Client, body: str) -> str:
    """The id of a draft."""
    made = await client.data(CREATE, input={"type": "POST", "body": body})
    return str(made["createContent"]["id"])


async def published(client: Client, *ids: str) -> None:
    """On the feed."""
    for id in ids:
        await client.data(PUBLISH, id=id)
    async with asyncio.timeout(20):
        for id in ids:
            while (await client.data(READ, id=id))["content"]["status"] != "PUBLISHED":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
