"""`brandgraph demo`: an account with half a year behind it, made by the real services."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from pymongo import MongoClient

from datasources.content import Content, ContentStatus
from datasources.feed import Entry
from datasources.targets import PublishState, Target
from server.compose import backend
from server.demo import fill, story
from server.demo_past import Cast
from server.demo_story import Piece, pieces
from server.engines import EngineUrls
from server.settings import Settings, read
from services.accounts import SignedIn
from services.insights import InsightReport
from services.recommendation_choice import Recommendation
from services.sessions import Client
from services.viewer import Viewer
from tests.browser.chromium import Chromium
from tests.conftest import serving
from tests.server.demo_in_graphiql import read as read_in_graphiql

pytestmark = pytest.mark.timeout(300)

STORIES = (
    "personal",
    "agency",
    "harbour",
    "kettle",
    "coffeepost",
    "grounds",
    "thirdshelf",
    "goodbones",
)
EPILOGUE = 12


def epilogue(cast: Cast, today: datetime) -> list[tuple[str, Piece, float]]:
    """The end of the story: who runs the demo again is told enough by that."""
    return story(cast, today)[-EPILOGUE:]


@dataclass
class Shown:
    """What two runs of the demo printed, and what the first of them left in the database."""

    first: str
    second: str
    told: list[str]
    contents: list[Content]
    entries: list[Entry]
    targets: list[Target]
    afterwards: list[Content]
    signed_in: SignedIn
    insights: InsightReport
    recommended: dict[str, list[Recommendation]]


@pytest.fixture(scope="module")
def settings(engines: EngineUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A server of this module's own, whose passwords cost little."""
    name = f"demo{os.getpid()}"
    yield read(
        {
            "MONGODB_URL": engines.mongodb,
            "REDIS_URL": engines.redis,
            "MONGODB_DATABASE": name,
            "REDIS_NAMESPACE": name,
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "PASSWORD_MEMORY_KIB": "8",
            "PASSWORD_ROUNDS": "1",
        }
    )
    with MongoClient[dict[str, object]](engines.mongodb) as client:
        client.drop_database(name)


@pytest.fixture(scope="module")
def shown(settings: Settings) -> Shown:
    """The demo, run twice, the second time with little to tell."""

    async def run() -> Shown:
        told: list[str] = []
        async with backend(settings) as made:
            stores = made.stores
            await made.migrations().run()
            first = await fill(made, told.append)
            left = await stores.contents.find({}), await stores.entries.find({})
            targets = await stores.targets.find({})
            (mara, password), _ = credentials(first)
            signed_in = await made.services.accounts.login(mara, password, Client())
            kettle, harbour, *_ = re.findall(r'workspaceId: "(\w+)"', first)
            viewer = Viewer(user_id=signed_in.user.id)
            topics = made.services.recommendations.topics
            bar, shop = await topics(viewer, kettle), await topics(viewer, harbour)
            agency = re.findall(r"Northlight Studio .*/feeds/(\w+)/", first)[0]
            studio = await topics(viewer, agency)
            second = await fill(made, told.append, epilogue)
            insights = await made.services.insights.report(viewer, kettle, None)
            afterwards = await stores.contents.find({})
            return Shown(
                first,
                second,
                told,
                *left,
                targets,
                afterwards,
                signed_in,
                insights,
                {"kettle": bar, "harbour": shop, "agency": studio},
            )

    return asyncio.run(run())


def credentials(text: str) -> list[tuple[str, str]]:
    """The addresses and passwords that were printed."""
    return re.findall(r"^  (\S+@example\.com) +(\S+) +\(", text, re.MULTILINE)


def test_the_printed_credentials_open_an_account_with_content_of_its_own(shown: Shown) -> None:
    personal = shown.signed_in.user.personal_workspace_id
    assert sum(each.workspace_id == personal for each in shown.contents) >= 15
    assert len(credentials(shown.first)) == 2
    assert len(shown.told) > 3


def test_content_is_spread_over_half_a_year_and_over_what_can_become_of_it(shown: Shown) -> None:
    written = [each.created_at for each in shown.contents]
    assert datetime.now(UTC) - min(written) > timedelta(days=150)
    assert max(written) < datetime.now(UTC)
    assert len({each.strftime("%Y-%m") for each in written}) >= 6
    statuses = Counter(each.status for each in shown.contents)
    assert statuses[ContentStatus.PUBLISHED] >= 35
    assert set(statuses) == {
        ContentStatus.DRAFT,
        ContentStatus.PUBLISHED,
        ContentStatus.FAILED,
        ContentStatus.ARCHIVED,
    }
    assert any(each.version > 1 for each in shown.contents)
    assert len({each.workspace_id for each in shown.contents}) == len(STORIES)
    assert len({each.author_id for each in shown.contents}) == 6


def test_what_was_published_is_in_the_feed_of_its_day(shown: Shown) -> None:
    out = [each for each in shown.contents if each.status is ContentStatus.PUBLISHED]
    entries = {each.content_id: each for each in shown.entries}
    assert set(entries) == {each.id for each in out}
    for each in out:
        assert each.published_at == entries[each.id].published_at
        assert each.created_at < entries[each.id].published_at
    states = {each.state for each in shown.targets}
    assert states == {PublishState.PUBLISHED, PublishState.FAILED}


def test_each_run_makes_other_accounts_and_leaves_the_rest_alone(shown: Shown) -> None:
    assert not set(credentials(shown.first)) & set(credentials(shown.second))
    after = {each.id: each for each in shown.afterwards}
    assert [after[each.id] for each in shown.contents] == shown.contents
    assert len(after) == len(shown.contents) + EPILOGUE + 1  # and what the template made


def test_the_texts_are_many_and_no_two_are_the_same() -> None:
    everything = [each for name in STORIES for each in pieces(name)]
    assert len(everything) >= 50
    assert len({each.bodies[-1] for each in everything}) == len(everything)
    assert all(each.bodies and each.tags for each in everything)


def test_what_was_put_into_the_figures_is_found_in_them_again(shown: Shown) -> None:
    """Brewing, questions, and mornings on LinkedIn; the clock is that of the story's people."""
    claims = [each.message for each in shown.insights.insights]
    for words in ("about brewing", "begin with a question", "between 06:00 and 09:00 on LinkedIn"):
        assert any(words in each for each in claims), claims
    (best,) = [each for each in shown.insights.best_times if each.hours]
    assert (best.platform, best.hours) == ("LINKEDIN", "06-09")
    assert len(claims) <= 5


def test_what_is_recommended_makes_sense_to_its_readers(shown: Shown) -> None:
    """A bar: a pillar that had little, and water, of which others write. Furniture: repairing.

    A studio: a question that did well, and was not asked again.
    """
    bar = shown.recommended["kettle"]
    (gap,) = [each for each in bar if each.type == "PILLAR_GAP"]
    assert gap.topic.startswith("Paying growers fairly: ")
    assert [each for each in bar if each.type == "PROVEN" and each.engagement_potential]
    (water,) = [each for each in bar if each.topic == "Water for coffee"]
    assert (water.type, water.writing.pillar) == ("RELATED", "Brewing coffee at home")
    (repair,) = [each for each in shown.recommended["harbour"] if each.type == "TRENDING"]
    assert repair.topic == "Repair café"
    assert len(repair.evidence) == 3
    asked = [each for each in shown.recommended["agency"] if each.type == "PROVEN"]
    assert "Who would miss you if you closed on Friday?" in {each.topic for each in asked}
    for each in [each for found in shown.recommended.values() for each in found]:
        assert len(each.topic.split()) > 1
        assert len(each.reasons) > 1


@pytest.mark.usefixtures("bundle")
async def test_a_brand_manager_reads_the_figures_of_the_demo_and_what_they_teach(
    browser: Chromium, settings: Settings, shown: Shown
) -> None:
    """In GraphiQL, where what the demo prints to try is pasted."""
    async with serving(replace(settings, port=0, worker=False)) as server:
        await read_in_graphiql(browser, f"{server.url}/graphql", shown.first)
