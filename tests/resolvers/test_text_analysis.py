"""What is told of a text through the API, with no network."""

from __future__ import annotations

from tests.client import Client
from tests.resolvers.test_erasure import write

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
