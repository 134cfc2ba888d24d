"""Insights through the API: what was planted is told with its evidence, and nothing else."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.snapshots import Metric
from services.clock import utc_now
from services.metrics import Figure
from services.text import metadata
from services.viewer import Viewer
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.test_content import write

REPORT = """
query Report($id: ID, $zone: String) { insightReport(workspaceId: $id, timeZone: $zone) {
  posts summary actionItems
  insights { id type category message recommendation
    evidence { statistic sampleSize intervalLow intervalHigh pValue } }
  bestTimes { platform weekday hours factor intervalLow sampleSize } } }
"""
INSIGHTS = "query I($id: ID) { insights(workspaceId: $id) { id type message } }"
JOIN = "mutation J($id: ID!) { joinBenchmark(workspaceId: $id) }"
LEAVE = "mutation J($id: ID!) { leaveBenchmark(workspaceId: $id) }"


async def lived(server: Running, client: Client, posts: int, seed: int = 1) -> str:
    """A workspace with posts of half a year: about looms doubles, at nine in Stockholm as well."""
    backend = server.backend
    user = await backend.stores.users.get(client.user_id)
    assert user is not None
    home, chance, now = user.personal_workspace_id, random.Random(seed), utc_now()
    figures: list[Figure] = []
    today = now.replace(hour=8, minute=0, second=0, microsecond=0)
    for number in range(posts):
        looms, nine = chance.random() < 0.4, chance.random() < 0.4
        at = today - timedelta(days=3 + number, hours=0 if nine else chance.choice([-5, -9]))
        piece = Content(
            id=f"cnt_{seed}_{number}",
            workspace_id=home,
            author_id=client.user_id,
            type=ContentType.POST,
            title=f"Piece {number}",
            body="Some words.",
            platforms=[Platform.X],
            tags=["looms"] if looms else [chance.choice(["engines", "letters"])],
            metadata=metadata("Some words."),
            status=ContentStatus.PUBLISHED,
            created_at=at,
            updated_at=at,
            published_at=at,
        )
        await backend.stores.contents.insert(piece)
        factor = (2.4 if looms else 1) * (2.4 if nine else 1) * chance.lognormvariate(0, 0.3)
        counts = ((Metric.IMPRESSIONS, 2000), (Metric.REACTIONS, round(40 * factor)))
        figures += [Figure(piece.id, Platform.X, name, value, now) for name, value in counts]
    await backend.services.metrics.record(Viewer(user_id=client.user_id), figures)
    return home


def about(report: Any, word: str) -> list[Any]:
    """The insights that name it."""
    return [each for each in report["insights"] if word in each["message"]]


async def test_what_was_planted_is_told_with_its_evidence(server: Running, ada: Client) -> None:
    await lived(server, ada, 90)
    report = (await ada.data(REPORT, zone="UTC"))["insightReport"]
    (looms,) = about(report, "about looms")
    assert (looms["type"], looms["category"]) == ("INSIGHT", "CONTENT")
    evidence = looms["evidence"]
    assert evidence["intervalLow"] <= 2.4 <= evidence["intervalHigh"]
    assert evidence["pValue"] < 0.001
    assert "Write more about looms." in report["actionItems"]
    (nine,) = about(report, "between 06:00 and 09:00 on X")
    assert (nine["type"], nine["category"]) == ("OPTIMIZATION", "TIMING")
    (best,) = [each for each in report["bestTimes"] if each["hours"]]
    assert (best["platform"], best["hours"]) == ("X", "06-09")
    assert report["posts"] == 90
    assert looms["message"] in report["summary"] or nine["message"] in report["summary"]
    again = (await ada.data(INSIGHTS))["insights"]
    assert looms["id"] in {each["id"] for each in again}


async def test_where_it_was_nine_is_told_by_the_clock_of_the_zone(
    server: Running, ada: Client
) -> None:
    await lived(server, ada, 90)
    report = (await ada.data(REPORT, zone="Asia/Kolkata"))["insightReport"]
    (best,) = [each for each in report["bestTimes"] if each["hours"]]
    assert best["hours"] == "12-15"


async def test_little_carries_no_claim(server: Running, ada: Client) -> None:
    await lived(server, ada, 10)
    report = (await ada.data(REPORT))["insightReport"]
    assert (report["insights"], report["bestTimes"], report["posts"]) == ([], [], 10)
    assert "too few to claim anything: it takes 24" in report["summary"]


async def test_peers_are_compared_from_twenty_on_and_only_those_who_agreed(
    server: Running, ada: Client
) -> None:
    home = await lived(server, ada, 3)
    services, stores = server.backend.services, server.backend.stores
    await ada.data(JOIN, id=home)
    await ada.data(JOIN, id=home)
    assert await services.benchmarking.comparison(home) is None
    (own,) = await stores.benchmarks.find({})
    assert own.size == 1
    for number in range(20):
        peer = {"_id": f"wsp_{number}", "size": 1, "rate": number / 1000}
        stamps = {"computed_at": utc_now(), "joined_at": utc_now()}
        await stores.benchmarks.raw.insert_one({**peer, **stamps})
        found = await services.benchmarking.comparison(home)
        assert (found is None) == (number < 19)
    assert found is not None
    assert (found.ahead_of, found.peers) == (1.0, 20)
    assert found.low > 0.8
    report = (await ada.data(REPORT))["insightReport"]
    assert [each["type"] for each in report["insights"]] == ["BENCHMARK"]
    await ada.data(LEAVE, id=home)
    assert await services.benchmarking.comparison(home) is None
    assert await stores.benchmarks.count({"_id": home}) == 0


PREDICT = """query P($id: ID!) { predictEngagement(contentId: $id, platform: X) {
  known basis rate low high factor posts skill } }"""


async def test_a_piece_about_what_does_well_is_expected_to_do_well(
    server: Running, ada: Client
) -> None:
    await lived(server, ada, 90)
    good = (await write(ada, body="Some words.", tags=["looms"]))["id"]
    poor = (await write(ada, body="Some words.", tags=["letters"]))["id"]
    first = (await ada.data(PREDICT, id=good))["predictEngagement"]
    other = (await ada.data(PREDICT, id=poor))["predictEngagement"]
    assert (first["known"], first["basis"], first["posts"]) == (True, "OWN_POSTS", 90)
    assert first["low"] < first["rate"] < first["high"]
    assert first["rate"] > 1.5 * other["rate"]
    assert first["skill"] > 0.2


async def test_nobody_can_tell_what_a_first_piece_comes_to(ada: Client) -> None:
    id = (await write(ada))["id"]
    told = (await ada.data(PREDICT, id=id))["predictEngagement"]
    assert (told["known"], told["basis"], told["rate"]) == (False, "NOTHING", None)
