"""From a questionnaire to a strategy, through the API, offline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from server.settings import Settings
from tests.client import PASSWORD, Client
from tests.conftest import Running, serving
from tests.services.answers import ANSWERS, BEGINNER, LAWYERS

START = """mutation($brand: ID, $at: ID) { startAssessment(brandId: $brand, workspaceId: $at) {
  id brandId complete missing questions { id kind options required answer } } }"""
ANSWER = """mutation($id: ID!, $answers: [AssessmentAnswerInput!]!) {
  answerAssessment(id: $id, answers: $answers) { missing questions { id answer } } }"""
COMPLETE = """mutation($id: ID!) { completeAssessment(id: $id) { complete
  archetype { name detail evidence } strengths { title detail evidence }
  gaps { title detail evidence } } }"""
STRATEGY = """valueProposition contentPillars tone modelUsed
  targetAudience { description roles industries needs } goals { id title measure target dueAt }"""
GENERATE = f"""mutation($brand: ID) {{ generateStrategy(brandId: $brand) {{
  id version locked strategy {{ {STRATEGY} }} }} }}"""
EDIT = f"""mutation($id: ID!, $version: Int!, $input: UpdateStrategyInput!) {{
  updateStrategy(brandId: $id, expectedVersion: $version, input: $input) {{
    version locked strategy {{ {STRATEGY} }} }} }}"""
HISTORY = """query($id: ID!, $part: StrategyPart) {
  strategyHistory(brandId: $id, part: $part, first: 20) {
    edges { node { changed strategy { valueProposition } } } } }"""
CREATE = """mutation($input: CreateBrandInput!) { createBrand(input: $input) {
  id name isDefault version } }"""
UPDATE = """mutation($id: ID!, $version: Int!, $input: UpdateBrandInput!) {
  updateBrand(id: $id, expectedVersion: $version, input: $input) { name description version } }"""
DELETE = "mutation($id: ID!) { deleteBrand(id: $id) }"
MINE = "{ me { profile { brandStrategy { valueProposition contentPillars } } } }"


def sent(answers: dict[str, list[str]]) -> list[dict[str, Any]]:
    """As a client sends them."""
    return [{"question": id, "values": values} for id, values in answers.items()]


async def assess(client: Client, answers: dict[str, list[str]] = ANSWERS) -> Any:
    """A complete assessment of the default brand."""
    id = (await client.data(START))["startAssessment"]["id"]
    await client.data(ANSWER, id=id, answers=sent(answers))
    return (await client.data(COMPLETE, id=id))["completeAssessment"]


async def test_the_questionnaire_branches_validates_and_is_resumed(ada: Client) -> None:
    begun = (await ada.data(START))["startAssessment"]
    ids = [each["id"] for each in begun["questions"]]
    assert "stage" not in ids
    assert begun["missing"][0] == "speaker"
    told = await ada.data(ANSWER, id=begun["id"], answers=sent({"speaker": ["A person"]}))
    shown = [each["id"] for each in told["answerAssessment"]["questions"]]
    assert shown[:2] == ["speaker", "stage"]
    for id, value in (("speaker", "A dog"), ("hours", "many"), ("nothing", "x"), ("belief", "")):
        code = await ada.code(ANSWER, id=begun["id"], answers=sent({id: [value]}))
        assert code == "BAD_USER_INPUT", id
    assert await ada.code(COMPLETE, id=begun["id"]) == "ASSESSMENT_INCOMPLETE"
    again = (await ada.data(START))["startAssessment"]
    assert again["id"] == begun["id"]
    assert again["questions"][0]["answer"] == ["A person"]
    done = await assess(ada)
    assert done["complete"] is True
    assert await ada.code(ANSWER, id=begun["id"], answers=[]) == "ASSESSMENT_COMPLETED"
    anew = (await ada.data(START))["startAssessment"]
    assert anew["id"] != begun["id"]
    assert anew["missing"] == []


@pytest.mark.parametrize(
    ("answers", "archetype", "strengths", "gaps"),
    [
        (ANSWERS, "The Everyman", 6, 0),
        (BEGINNER, "The Explorer", 1, 7),
        (LAWYERS, "The Sage", 5, 0),
    ],
)
async def test_findings_have_the_answers_that_show_them(
    ada: Client, answers: dict[str, list[str]], archetype: str, strengths: int, gaps: int
) -> None:
    found = await assess(ada, answers)
    assert found["archetype"]["name"] == archetype
    assert found["archetype"]["evidence"]
    assert (len(found["strengths"]), len(found["gaps"])) == (strengths, gaps)
    for each in [*found["strengths"], *found["gaps"]]:
        assert each["evidence"]
        assert all(line.partition(":")[0] in {*ANSWERS, *BEGINNER} for line in each["evidence"])


async def test_a_strategy_is_made_of_what_was_said_and_says_that_no_model_wrote_it(
    ada: Client,
) -> None:
    assert await ada.code(GENERATE) == "ASSESSMENT_INCOMPLETE"
    assert (await ada.data(MINE))["me"]["profile"]["brandStrategy"] is None
    await assess(ada)
    made = (await ada.data(GENERATE))["generateStrategy"]["strategy"]
    assert made["modelUsed"] == "template"
    assert made["valueProposition"] == (
        "At My brand, we help people who make coffee at home to brew a cup they look forward to, "
        "by roasting to order and teaching what matters. Unlike others, we show what we pay each "
        "farmer. We have bought from the same cooperative for seven years."
    )
    assert made["contentPillars"][-1] == (
        "Against the grain: what most people get wrong about dark roasts"
    )
    assert 3 <= len(made["contentPillars"]) <= 5
    assert made["targetAudience"]["needs"] == ANSWERS["needs"]
    assert made["goals"][0]["title"] == "Win 40 new customers"
    assert all(each["measure"] and each["target"] and each["dueAt"] for each in made["goals"])
    mine = (await ada.data(MINE))["me"]["profile"]["brandStrategy"]
    assert mine["contentPillars"] == made["contentPillars"]


async def test_parts_are_edited_locked_and_kept_as_they_were(ada: Client) -> None:
    await assess(ada)
    brand = (await ada.data(GENERATE))["generateStrategy"]
    id, own = brand["id"], "Coffee that says what it cost."
    change = {"valueProposition": own, "locked": ["VALUE_PROPOSITION"]}
    edited = await ada.data(EDIT, id=id, version=brand["version"], input=change)
    assert edited["updateStrategy"]["strategy"]["valueProposition"] == own
    assert await ada.code(EDIT, id=id, version=brand["version"], input=change) == "CONFLICT"
    goals = [{"id": brand["strategy"]["goals"][0]["id"], "title": "Win 50", "target": 50.0}]
    version = edited["updateStrategy"]["version"]
    await ada.data(EDIT, id=id, version=version, input={"goals": goals})
    again = (await ada.data(GENERATE, brand=id))["generateStrategy"]["strategy"]
    assert again["valueProposition"] == own
    assert again["goals"][0]["title"] == "Win 40 new customers"
    history = (await ada.data(HISTORY, id=id))["strategyHistory"]["edges"]
    assert [each["node"]["changed"] for each in history] == [
        ["GOALS"],
        ["GOALS"],
        ["VALUE_PROPOSITION"],
        ["VALUE_PROPOSITION", "TARGET_AUDIENCE", "CONTENT_PILLARS", "GOALS", "TONE"],
    ]
    parts = (await ada.data(HISTORY, id=id, part="VALUE_PROPOSITION"))["strategyHistory"]["edges"]
    assert [each["node"]["strategy"]["valueProposition"] for each in parts] == [
        own,
        brand["strategy"]["valueProposition"],
    ]
    many = {"contentPillars": ["one"] * 11}
    assert await ada.code(EDIT, id=id, version=1, input=many) == "BAD_USER_INPUT"


async def test_brands_are_made_within_the_plan(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    free = replace(settings, default_plan=PlanName.FREE)
    async with serving(free) as running, httpx.AsyncClient(timeout=20) as http:
        ada = await Client(running.url, http).register("ada@example.com", "Ada")
        await ada.data(CREATE, input={"name": "Kettle"})
        assert await ada.code(CREATE, input={"name": "Finch"}) == "PLAN_LIMIT"


async def test_brands_are_changed_and_deleted_and_one_is_the_default(ada: Client) -> None:
    first = (await ada.data(CREATE, input={"name": "Kettle"}))["createBrand"]
    assert first["isDefault"] is True
    second = (await ada.data(CREATE, input={"name": "Finch"}))["createBrand"]
    assert second["isDefault"] is False
    change = {"description": "Coffee."}
    done = await ada.data(UPDATE, id=first["id"], version=1, input=change)
    assert done["updateBrand"] == {"name": "Kettle", "description": "Coffee.", "version": 2}
    assert await ada.code(UPDATE, id=first["id"], version=1, input=change) == "CONFLICT"
    assert (await ada.data(DELETE, id=first["id"]))["deleteBrand"] is True
    left = (await ada.data("{ brands { edges { node { name isDefault } } } }"))["brands"]["edges"]
    assert [each["node"] for each in left] == [{"name": "Finch", "isDefault": True}]


async def test_nobody_else_sees_a_strategy_and_it_goes_with_the_account(
    server: Running, ada: Client, bob: Client
) -> None:
    await assess(ada)
    brand = (await ada.data(GENERATE))["generateStrategy"]["id"]
    assert await bob.code(HISTORY, id=brand) == "NOT_FOUND"
    exported = (await ada.data("{ exportMyData }"))["exportMyData"]
    assert exported["brands"][0]["strategy"]["pillars"]
    assert exported["assessments"][0]["answers"]["topics"] == ANSWERS["topics"]
    await ada.data("mutation D($p: String!) { deleteMe(password: $p) }", p=PASSWORD)
    stores = server.backend.stores
    for held in (stores.brands, stores.assessments, stores.strategy_versions):
        assert await held.count({}) == 0
