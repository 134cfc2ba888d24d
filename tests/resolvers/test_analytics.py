"""Analytics through the API: what is shown, to whom, and in whose time."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from datasources.mongo import Mongo
from datasources.plan_names import PlanName
from datasources.redis import Redis
from server.settings import Settings
from tests.client import Client, http_client
from tests.conftest import serving
from tests.resolvers.test_content import UPDATE, write
from tests.resolvers.test_metric import figure, record
from tests.schema.test_query_counts import counted

OVERVIEW = """
query Overview($by: AnalyticsDimension!, $zone: String, $period: AnalyticsPeriod) {
  analyticsOverview(period: $period, timeZone: $zone) {
    timeZone interval startsAt endsAt
    totals { impressions engagement engagementRate } previous { impressions }
    growth { impressions engagementRate }
    platforms { platform totals { impressions } metrics { metric gained } }
    series { date startsAt totals { impressions engagement } }
    breakdown(by: $by) { key pieces totals { impressions engagement } }
    top(first: 1) { content { title } totals { engagement } }
    bottom(first: 1) { content { title } }
  }
}
"""
CONTENT = """
query One($id: ID!) { contentAnalytics(id: $id) {
  content { title } totals { impressions engagement engagementRate }
  counts { platform metric value availability capturedAt }
  series { date totals { impressions } } } }
"""
PERFORMANCE = """
query List { contents(limit: 20) { title performance { impressions engagement engagementRate } } }
"""
UPDATED = """
subscription Watch($id: ID!, $period: AnalyticsPeriod) {
  analyticsUpdated(userId: $id, period: $period) { impressions engagement engagementRate } }
"""


async def two_pieces(client: Client) -> tuple[str, str]:
    """Two pieces with figures of today and of forty days ago."""
    good = (await write(client, "Good", tags=["looms"]))["id"]
    poor = (await write(client, "Poor", type="ARTICLE"))["id"]
    await record(
        client,
        figure(good, 100, 24 * 40),
        figure(good, 300),
        figure(good, 60, metric="REACTIONS"),
        figure(poor, 100),
        figure(poor, 2, metric="CLICKS"),
        figure(poor, None, metric="REACH", availability="NO_SCOPE"),
    )
    return good, poor


async def overview(client: Client, by: str = "TAG", **more: Any) -> Any:
    """The personal workspace's."""
    return (await client.data(OVERVIEW, by=by, period="MONTH", **more))["analyticsOverview"]


async def test_a_period_shows_what_was_gained_in_it_beside_the_one_before(ada: Client) -> None:
    await two_pieces(ada)
    shown = await overview(ada, zone="Asia/Kolkata")
    assert shown["timeZone"] == "Asia/Kolkata"
    assert shown["totals"] == {"impressions": 300, "engagement": 62, "engagementRate": 62 / 300}
    assert shown["previous"] == {"impressions": 100}
    assert shown["growth"] == {"impressions": 2.0, "engagementRate": None}
    assert len(shown["series"]) == 30
    assert sum(each["totals"]["impressions"] for each in shown["series"]) == 300
    (linkedin,) = shown["platforms"]
    assert linkedin["platform"] == "LINKEDIN"
    assert {each["metric"]: each["gained"] for each in linkedin["metrics"]} == {
        "IMPRESSIONS": 300,
        "REACTIONS": 60,
        "CLICKS": 2,
    }


async def test_figures_are_parted_by_what_pieces_have_in_common(ada: Client) -> None:
    await two_pieces(ada)
    shown = await overview(ada)
    assert [(each["key"], each["totals"]["engagement"]) for each in shown["breakdown"]] == [
        ("looms", 60),
        ("UNKNOWN", 2),
    ]
    assert shown["top"] == [{"content": {"title": "Good"}, "totals": {"engagement": 60}}]
    assert shown["bottom"] == [{"content": {"title": "Poor"}}]
    for by in ("FORMAT", "PLATFORM", "WEEKDAY", "HOUR"):
        parts = (await overview(ada, by))["breakdown"]
        assert sum(each["totals"]["impressions"] for each in parts) == 300


async def test_a_piece_counts_to_its_pillar_also_when_that_is_changed(ada: Client) -> None:
    """The breakdown shows pieces as they are now, however lately they were changed."""
    good, _ = await two_pieces(ada)
    assert [each["key"] for each in (await overview(ada, "PILLAR"))["breakdown"]] == ["UNKNOWN"]
    for version, pillar in ((1, "Craft"), (2, "Tools")):
        await ada.data(UPDATE, id=good, version=version, input={"pillar": pillar})
        parts = (await overview(ada, "PILLAR"))["breakdown"]
        shown = [(each["key"], each["pieces"], each["totals"]["engagement"]) for each in parts]
        assert shown == [(pillar, 1, 60), ("UNKNOWN", 1, 2)]


async def test_one_piece_tells_each_counter_and_whether_there_is_a_figure(ada: Client) -> None:
    good, poor = await two_pieces(ada)
    shown = (await ada.data(CONTENT, id=good))["contentAnalytics"]
    assert shown["totals"] == {"impressions": 300, "engagement": 60, "engagementRate": 0.2}
    assert shown["series"][0]["totals"] == {"impressions": 100}
    assert len(shown["series"]) in (40, 41, 42)
    shown = (await ada.data(CONTENT, id=poor))["contentAnalytics"]
    told = {each["metric"]: (each["value"], each["availability"]) for each in shown["counts"]}
    assert told["REACH"] == (None, "NO_SCOPE")
    assert told["CLICKS"] == (2, "OK")


async def test_each_piece_in_a_list_shows_how_it_does_for_one_read(ada: Client) -> None:
    await two_pieces(ada)
    await write(ada, "New")
    data, seen = await counted(ada, PERFORMANCE)
    shown = {each["title"]: each["performance"] for each in data["contents"]}
    assert shown["Good"] == {"impressions": 300, "engagement": 60, "engagementRate": 0.2}
    assert shown["New"] is None
    assert seen["analytics_standings"] == 1


async def test_a_key_without_the_scope_sees_no_figures(ada: Client) -> None:
    await two_pieces(ada)
    made = await ada.data(
        "mutation K($i: CreateApiKeyInput!) { createApiKey(input: $i) { secret } }",
        i={"name": "Reader", "scopes": ["CONTENT_READ"], "workspaceId": await home(ada)},
    )
    key = ada.with_token(made["createApiKey"]["secret"])
    shown = (await key.data(PERFORMANCE))["contents"]
    assert [each["performance"] for each in shown] == [None, None]
    assert await key.code(OVERVIEW, by="TAG") == "FORBIDDEN"


async def home(client: Client) -> str:
    """The id of their personal workspace."""
    found = await client.data("{ contents(limit: 1) { workspace { id } } }")
    return str(found["contents"][0]["workspace"]["id"])


async def test_figures_that_change_are_pushed_and_many_at_once_are_one(ada: Client) -> None:
    id = (await write(ada))["id"]
    async with ada.socket() as socket:
        stream = await socket.subscribe(UPDATED, id=ada.user_id)
        await record(ada, figure(id, 10))
        assert (await stream.next()).data["analyticsUpdated"]["impressions"] == 10
        began = time.monotonic()
        for value in range(11, 31):
            await record(ada, figure(id, value, (31 - value) / 60))
        last = 0
        messages = 0
        while last != 30:
            last = (await stream.next()).data["analyticsUpdated"]["impressions"]
            messages += 1
        assert messages <= time.monotonic() - began + 2


async def test_figures_outside_the_period_are_not_pushed(ada: Client) -> None:
    id = (await write(ada))["id"]
    async with ada.socket() as socket:
        stream = await socket.subscribe(UPDATED, id=ada.user_id, period="WEEK")
        await record(ada, figure(id, 5, 24 * 300))
        await record(ada, figure(id, 9, 1))
        assert (await stream.next()).data["analyticsUpdated"]["impressions"] == 4


async def test_figures_go_back_as_far_as_the_plan_does(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    """A FREE plan goes back for a quarter, whichever field is asked."""
    free = replace(settings, default_plan=PlanName.FREE)
    async with serving(free) as running, http_client() as http:
        ada = await Client(running.url, http).register("ada@example.com", "Ada")
        await ada.data(OVERVIEW, by="TAG", period="QUARTER")
        refused = await ada.run(OVERVIEW, by="TAG", period="YEAR")
        assert refused.code == "PLAN_LIMIT"
        assert refused.error["extensions"]["upgradeTo"] == "CREATOR"
        for asked in ("analytics(period: YEAR)", "exportReport(period: YEAR, format: CSV)"):
            kind = "mutation" if asked.startswith("export") else "query"
            assert await ada.code(f"{kind} {{ {asked} {{ __typename }} }}") == "PLAN_LIMIT"
