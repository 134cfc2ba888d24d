"""Reports through the API: written by a job, exact to the graph, handed out by a link that ends."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from services.clock import utc_now
from services.report_html import STYLE_HASH
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.team import join, workspace
from tests.resolvers.test_analytics import two_pieces
from tests.resolvers.test_content import write
from tests.resolvers.test_metric import figure, record
from tests.resolvers.test_search import until

EXPORT = """
mutation Export($period: AnalyticsPeriod!, $format: ReportFormat, $zone: String, $at: ID) {
  exportReport(period: $period, format: $format, timeZone: $zone, workspaceId: $at) {
    id kind state report { id } }
}
"""
JOB = """
query Job($id: ID!) { job(id: $id) { state progress code cause
  report { id format period fileName size startsAt endsAt requestedBy { id }
    link { url expiresAt } } } }
"""
REPORT = "query Report($id: ID!) { report(id: $id) { id fileName link { url } } }"
REPORTS = "query Reports($at: ID) { reports(workspaceId: $at, first: 5) { edges { node { id } } } }"
FIGURES = """
query Figures($period: AnalyticsPeriod, $zone: String) {
  analyticsOverview(period: $period, timeZone: $zone) {
    startsAt endsAt
    totals { ...T } previous { ...T } growth { impressions engagement engagementRate }
    platforms { platform totals { ...T } previous { ...T } metrics { metric gained } }
    series { date startsAt totals { ...T } }
    FORMAT: breakdown(by: FORMAT) { key pieces totals { ...T } }
    PLATFORM: breakdown(by: PLATFORM) { key pieces totals { ...T } }
    TAG: breakdown(by: TAG) { key pieces totals { ...T } }
    PILLAR: breakdown(by: PILLAR) { key pieces totals { ...T } }
    WEEKDAY: breakdown(by: WEEKDAY) { key pieces totals { ...T } }
    HOUR: breakdown(by: HOUR) { key pieces totals { ...T } }
    top(first: 10) { content { id title } totals { ...T } } } }
fragment T on AnalyticsTotals { impressions engagement engagementRate }
"""
NAMES = {
    "impressions": "impressions",
    "engagement": "engagement",
    "engagementRate": "engagement_rate",
}
RUNS = r"<script|<b>tag|javascript:|\son\w+=|\sstyle=|src=|href=|@import|url\("
EVIL = "<script>alert('x')</script> & =1+1"


async def exported(client: Client, **variables: Any) -> Any:
    """A job that has ended, with its report."""
    made = (await client.data(EXPORT, **{"period": "MONTH", **variables}))["exportReport"]

    async def state() -> str:
        found = (await client.data(JOB, id=made["id"]))["job"]
        return str(found["state"])

    await until(state, "SUCCEEDED")
    return (await client.data(JOB, id=made["id"]))["job"]


async def fetched(server: Running, url: str) -> httpx.Response:
    """The file behind a link, asked for without a token."""
    path = url.removeprefix("https://brandgraph.test")
    assert path != url
    async with httpx.AsyncClient() as http:
        return await http.get(server.url + path)


async def table(server: Running, client: Client, **variables: Any) -> list[dict[str, str]]:
    """The rows of a CSV report."""
    job = await exported(client, format="CSV", **variables)
    answer = await fetched(server, job["report"]["link"]["url"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def check(row: dict[str, str], totals: Any, before: str = "") -> None:
    """The figures of a row are these."""
    for name, column in NAMES.items():
        assert float(row[before + column]) == totals[name]


@pytest.mark.parametrize("period", ["WEEK", "MONTH", "YEAR"])
async def test_every_number_of_a_report_is_that_of_the_overview(
    server: Running, ada: Client, period: str
) -> None:
    good, _ = await two_pieces(ada)
    third = (await write(ada, "Third", tags=["looms", "steam"], pillar="Craft"))["id"]
    await record(
        ada,
        figure(third, 77, 30, platform="X"),
        figure(third, 9, 30, platform="X", metric="SAVES"),
        figure(good, 290, 0.5),
    )
    asked = {"period": period, "zone": "Asia/Kolkata"}
    rows = await table(server, ada, **asked)
    shown = (await ada.data(FIGURES, **asked))["analyticsOverview"]

    def of(part: str) -> list[dict[str, str]]:
        return [row for row in rows if row["part"] == part]

    (whole,) = of("TOTAL")
    check(whole, shown["totals"])
    check(whole, shown["previous"], "previous_")
    for name, column in NAMES.items():
        told = whole[f"{column}_growth"]
        assert (float(told) if told else None) == shown["growth"][name]
    for row, platform in zip(of("PLATFORM"), shown["platforms"], strict=True):
        assert row["key"] == platform["platform"]
        check(row, platform["totals"])
        check(row, platform["previous"], "previous_")
        for each in platform["metrics"]:
            assert int(row[each["metric"].lower()]) == each["gained"]
    step = {"WEEK": "DAY", "MONTH": "DAY", "YEAR": "MONTH"}[period]
    for row, point in zip(of(step), shown["series"], strict=True):
        assert row["key"] == point["date"]
        check(row, point["totals"])
    for by in ("FORMAT", "PLATFORM", "TAG", "PILLAR", "WEEKDAY", "HOUR"):
        for row, slice in zip(of(f"BY_{by}"), shown[by], strict=True):
            assert (row["key"], int(row["pieces"])) == (slice["key"], slice["pieces"])
            check(row, slice["totals"])
    for row, ranked in zip(of("BEST"), shown["top"], strict=True):
        assert row["key"] == ranked["content"]["id"]
        check(row, ranked["totals"])


async def test_the_page_shows_the_same_numbers_and_runs_nothing(
    server: Running, ada: Client
) -> None:
    """Self-contained: no script, nothing from outside, and what people wrote is only text."""
    id = (await write(ada, EVIL, tags=["<b>tag</b>"], pillar='"Craft" <i>'))["id"]
    published = {"$set": {"published_at": utc_now()}}
    await server.backend.stores.contents.raw.update_one({"_id": id}, published)
    await record(ada, figure(id, 12_345), figure(id, 678, metric="REACTIONS"))
    job = await exported(ada, format="HTML")
    report = job["report"]
    assert (report["format"], report["period"]) == ("HTML", "MONTH")
    answer = await fetched(server, report["link"]["url"])
    assert len(answer.content) == report["size"]
    page = answer.text
    for told in ("12,345", "678", "5.5%", "Ada Lovelace", "LinkedIn", "By pillar"):
        assert told in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; =1+1" in page
    assert "&quot;Craft&quot; &lt;i&gt;" in page
    assert not re.search(RUNS, page)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert f"'sha256-{STYLE_HASH}'" in policy
    assert f"'sha256-{STYLE_HASH}'" in page
    assert answer.headers["cache-control"] == "private, no-store"
    assert page.count("<svg") == 4


async def test_text_that_a_spreadsheet_would_run_is_only_text(server: Running, ada: Client) -> None:
    id = (await write(ada, '=HYPERLINK("http://x")', pillar="@SUM(A1)"))["id"]
    await record(ada, figure(id, 10))
    rows = await table(server, ada)
    assert '\'=HYPERLINK("http://x")' in [row["name"] for row in rows]
    assert "'@SUM(A1)" in [row["key"] for row in rows]


async def test_a_workspace_without_figures_has_a_report_that_says_so(
    server: Running, ada: Client
) -> None:
    job = await exported(ada, period="DAY")
    answer = await fetched(server, job["report"]["link"]["url"])
    assert "There are no figures for this period." in answer.text
    assert "nothing to compare with" in answer.text


async def test_a_link_is_good_for_a_while_and_for_who_may_read_the_figures(
    server: Running, ada: Client, bob: Client
) -> None:
    """One that was changed, or outlived its time, or whose holder has left, gives nothing."""
    team = await workspace(ada)
    await join(ada, team["id"], bob, "VIEWER")
    report = (await exported(bob, at=team["id"]))["report"]
    url = report["link"]["url"]
    assert (await fetched(server, url)).status_code == 200
    assert report["requestedBy"]["id"] == bob.user_id
    head, _, token = url.rpartition("/")
    user, seconds, mark = token.split(".")
    other = (await exported(ada))["report"]["id"]
    for wrong in (
        f"{head}/{user}.{int(seconds) + 60}.{mark}",
        f"{head}/{ada.user_id}.{seconds}.{mark}",
        f"{head}/{user}.{seconds}.{mark[:-1]}",
        f"{head}/{user}.{seconds}.",
        f"{head}/nonsense",
        f"{head}/{user}.²3.{mark}",
        url.replace(report["id"], other),
    ):
        answer = await fetched(server, wrong)
        assert (answer.status_code, "no longer, good" in answer.text) == (404, True), wrong
    await ada.data(
        "mutation R($w: ID!, $u: ID!) { removeMember(workspaceId: $w, userId: $u) }",
        w=team["id"],
        u=bob.user_id,
    )
    assert (await fetched(server, url)).status_code == 404
    service = server.backend.services.reports
    now = server.backend.services.reports._clock()
    service._clock = lambda: now + timedelta(minutes=16)
    mine = (await ada.data(REPORT, id=other))["report"]["link"]["url"]
    assert (await fetched(server, mine)).status_code == 200
    service._clock = lambda: now + timedelta(minutes=33)
    assert (await fetched(server, mine)).status_code == 404


async def test_a_report_is_its_workspaces_and_nobody_elses(
    server: Running, ada: Client, bob: Client
) -> None:
    job = await exported(ada)
    id = job["report"]["id"]
    assert await bob.code(REPORT, id=id) == "NOT_FOUND"
    listed = (await ada.data(REPORTS))["reports"]["edges"]
    assert [each["node"]["id"] for each in listed] == [id]
    assert (await bob.data(REPORTS))["reports"]["edges"] == []
    reports = server.backend.stores.reports
    kept = await reports.get(id)
    assert kept is not None
    old = replace(kept, expires_at=kept.created_at)
    await reports.raw.update_one({"_id": id}, {"$set": {"expires_at": old.expires_at}})
    assert await ada.code(REPORT, id=id) == "NOT_FOUND"
    assert (await ada.data(REPORTS))["reports"]["edges"] == []
