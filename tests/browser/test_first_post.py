"""From a questionnaire to a scored post, in GraphiQL in a real browser, with no key and offline."""

from typing import Any

import pytest

from tests.browser.chromium import Chromium
from tests.browser.graphiql import GraphiQL
from tests.conftest import Running
from tests.pace import Pace, paced
from tests.resolvers.test_brand import ANSWER, COMPLETE, START, STRATEGY, sent
from tests.services.answers import ANSWERS

PATIENCE = 10.0
"""Seconds that a person waits at most, all answers together, where the machine has time for it."""

PLAN = f"mutation {{ generateStrategy {{ strategy {{ {STRATEGY} }} }} }}"
WRITE = """mutation($input: GenerateContentInput!) { generateContent(input: $input) {
  body aiMetadata { modelUsed scores { voiceMatch brandAlignment engagementPrediction
  reasons { score text } } } } }"""

pytestmark = pytest.mark.timeout(180)


class Played:
    """Documents that are pasted and played; `waited` is how long their answers took in all."""

    def __init__(self, page: GraphiQL, pace: Pace) -> None:
        self._page = page
        self._pace = pace
        self.waited = 0.0

    async def data(self, document: str, until: str, **variables: object) -> Any:
        """The data of the answer that has the field `until`."""
        await self._page.paste(document, variables)
        began = self._pace.seconds
        await self._page.play()
        answer = await self._page.answer(f'"{until}"')
        self.waited += self._pace.seconds - began
        assert "errors" not in answer
        return answer["data"]


@pytest.mark.usefixtures("bundle")
async def test_a_newcomer_comes_from_a_questionnaire_to_a_scored_post_in_ten_seconds(
    browser: Chromium, server: Running
) -> None:
    page = await GraphiQL.open(browser, f"{server.url}/graphql")
    await page.play()
    await page.answer("accessToken")
    async with paced() as pace:
        played = Played(page, pace)
        id = (await played.data(START, "brandId"))["startAssessment"]["id"]
        told = await played.data(ANSWER, "answerAssessment", id=id, answers=sent(ANSWERS))
        assert told["answerAssessment"]["missing"] == []
        found = (await played.data(COMPLETE, "completeAssessment", id=id))["completeAssessment"]
        assert found["archetype"]["evidence"]
        plan = (await played.data(PLAN, "generateStrategy"))["generateStrategy"]["strategy"]
        assert plan["modelUsed"] == "template"
        given = {"topic": "Why we roast to order", "platform": "LINKEDIN"}
        post = (await played.data(WRITE, "generateContent", input=given))["generateContent"]
        assert "roast" in post["body"].casefold()
        assert post["aiMetadata"]["modelUsed"] == "template"
        assert post["aiMetadata"]["scores"]["brandAlignment"] > 0.5
        assert {each["score"] for each in post["aiMetadata"]["scores"]["reasons"]} == {
            "voiceMatch",
            "brandAlignment",
            "engagementPrediction",
        }
    assert played.waited < PATIENCE
    assert page.page.complaints == []
