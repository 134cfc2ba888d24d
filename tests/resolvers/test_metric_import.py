"""Exports of platforms through the API: matched, kept once, and told row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from datasources.content import Platform
from datasources.targets import PublishState, Target
from services.metric_exports import export_rows, number
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.team import workspace
from tests.resolvers.test_analytics import overview
from tests.resolvers.test_content import write

IMPORT = """
mutation Import($input: ImportMetricsInput!) {
  importMetrics(input: $input) { taken recorded unchanged left { line post code message } }
}
"""
COUNTS = """
query Counts($id: ID!) { contentAnalytics(id: $id) { counts { platform metric value } } }
"""
AT = (datetime.now(UTC) - timedelta(hours=2)).replace(microsecond=0).isoformat()
X_FILE = """\ufeffPost id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,\
New follows,Replies,Reposts,Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks
2074000000000000001,"Tue, Jul 14, 2026","Two lines,
one post",https://x.com/ada/status/2074000000000000001,"1,229",12,300,4,0,0,3,2,129,200,66,0,0
2074000000000000002,"Wed, Jul 15, 2026",Not ours,https://x.com/ada/status/2,5,1,1,0,0,0,0,0,0,0,0,0,0
2074000000000000003,"Wed, Jul 15, 2026",Odd,https://x.com/ada/status/2074000000000000003,many,1,1,0,0,\
0,0,0,0,0,0,0,0
2074000000000000001,"Tue, Jul 14, 2026",Again,https://x.com/ada/status/2074000000000000001,9,9,9,9,9,\
9,9,9,9,9,9,9,9
"""
LINKEDIN_FILE = (
    "Aggregated engagement metrics for your posts;;;;;;\r\n"
    "Post title;Post link;Created date;Impressions;Clicks;Likes;Reposts\r\n"
    "Hi;https://www.linkedin.com/feed/update/urn:li:share:71/?utm=1;07/14/2026;1.204;31;17;-\r\n"
)


async def published(server: Running, client: Client, platform: Platform, external: str) -> str:
    """The id of a piece that went out there under that id."""
    id = (await write(client))["id"]
    now, content = datetime.now(UTC), await server.backend.stores.contents.get(id)
    assert content is not None
    await server.backend.stores.targets.insert(
        Target(
            id=f"tgt_{ULID()}",
            content_id=id,
            workspace_id=content.workspace_id,
            platform=platform,
            content_version=1,
            state=PublishState.PUBLISHED,
            external_id=external,
            created_at=now,
            updated_at=now,
        )
    )
    return str(id)


async def take(client: Client, platform: str, csv: str, **more: Any) -> Any:
    """What became of a file."""
    asked = {"platform": platform, "csv": csv, "capturedAt": AT, **more}
    return (await client.data(IMPORT, input=asked))["importMetrics"]


async def counts(client: Client, id: str) -> dict[str, int]:
    """Where the counters of a piece stand."""
    found = (await client.data(COUNTS, id=id))["contentAnalytics"]["counts"]
    return {each["metric"]: each["value"] for each in found}


async def test_an_export_of_x_is_matched_by_post_and_each_other_row_is_told(
    server: Running, ada: Client
) -> None:
    id = await published(server, ada, Platform.X, "2074000000000000001")
    await published(server, ada, Platform.X, "2074000000000000003")
    told = await take(ada, "X", X_FILE)
    assert (told["taken"], told["recorded"], told["unchanged"]) == (1, 6, 0)
    assert [(each["line"], each["code"]) for each in told["left"]] == [
        (4, "POST_UNKNOWN"),
        (5, "ROW_UNREADABLE"),
        (6, "POST_TWICE"),
    ]
    assert "IMPRESSIONS is 'many'" in told["left"][1]["message"]
    assert await counts(ada, id) == {
        "IMPRESSIONS": 1229,
        "REACTIONS": 12,
        "COMMENTS": 3,
        "SHARES": 2,
        "SAVES": 4,
        "CLICKS": 66,
    }
    assert (await overview(ada))["totals"]["impressions"] == 1229


async def test_the_same_file_twice_changes_nothing(server: Running, ada: Client) -> None:
    await published(server, ada, Platform.X, "2074000000000000001")
    await take(ada, "X", X_FILE)
    stores = server.backend.stores
    before = [await each.find({}) for each in (stores.analytics_snapshots, stores.analytics_hours)]
    again = await take(ada, "X", X_FILE)
    assert (again["taken"], again["recorded"], again["unchanged"]) == (1, 0, 6)
    after = [await each.find({}) for each in (stores.analytics_snapshots, stores.analytics_hours)]
    assert after == before


async def test_an_export_of_linkedin_is_read_as_it_comes(server: Running, ada: Client) -> None:
    """A line ahead of the names, semicolons, thousands with a point, an address with a query."""
    id = await published(server, ada, Platform.LINKEDIN, "urn:li:share:71")
    told = await take(ada, "LINKEDIN", LINKEDIN_FILE)
    assert (told["taken"], told["left"]) == (1, [])
    assert await counts(ada, id) == {"IMPRESSIONS": 1204, "CLICKS": 31, "REACTIONS": 17}


async def test_what_was_published_elsewhere_is_matched_by_a_link(ada: Client) -> None:
    id = (await write(ada))["id"]
    top = "Post URL\tPost publish date\tImpressions\nhttps://www.linkedin.com/posts/a-b/\t7/1/2026\t77"
    links = [{"post": "https://linkedin.com/posts/a-b", "contentId": id}]
    assert (await take(ada, "LINKEDIN", top))["left"][0]["code"] == "POST_UNKNOWN"
    assert (await take(ada, "LINKEDIN", top, links=links))["taken"] == 1
    assert await counts(ada, id) == {"IMPRESSIONS": 77}


async def test_a_piece_of_another_workspace_is_never_meant(
    server: Running, ada: Client, bob: Client
) -> None:
    theirs = await published(server, bob, Platform.X, "2074000000000000001")
    told = await take(ada, "X", X_FILE)
    assert (told["taken"], told["recorded"]) == (0, 0)
    team = (await workspace(ada))["id"]
    mine = (await write(ada))["id"]
    for id in (theirs, mine):
        links = [{"post": "2074000000000000002", "contentId": id}]
        asked = {"platform": "X", "csv": X_FILE, "capturedAt": AT, "links": links}
        assert await ada.code(IMPORT, input={**asked, "workspaceId": team}) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("csv", "code"),
    [
        ("", "EXPORT_UNREADABLE"),
        ("Impressions,Likes\n1,2", "EXPORT_UNREADABLE"),
        ("Post id,Post text\n1,Hello", "EXPORT_UNREADABLE"),
        ('Post id,Impressions\n1,"2', "EXPORT_UNREADABLE"),
        ('Post id,Impressions\n"1"x,2', "EXPORT_UNREADABLE"),
        ("PK\x03\x04 an Excel file", "EXPORT_UNREADABLE"),
        ("Post id,Impressions\n" + "7,1\n" * 2001, "BAD_USER_INPUT"),
        ("x" * 800_001, "BAD_USER_INPUT"),
    ],
    ids=str,
)
async def test_a_file_that_cannot_be_read_is_refused_whole(
    ada: Client, csv: str, code: str
) -> None:
    asked = {"platform": "X", "csv": csv, "capturedAt": AT}
    assert await ada.code(IMPORT, input=asked) == code
    late = {**asked, "csv": X_FILE, "capturedAt": "2100-01-01T00:00:00Z"}
    assert await ada.code(IMPORT, input=late) == "BAD_USER_INPUT"
    feed = {**asked, "csv": X_FILE, "platform": "FEED"}
    assert await ada.code(IMPORT, input=feed) == "BAD_USER_INPUT"


@given(value=st.integers(0, 10**9), mark=st.sampled_from([",", ".", "'", "’", " ", "\xa0", ""]))
def test_a_number_is_read_however_its_thousands_are_parted(value: int, mark: str) -> None:
    assert number(f"{value:,}".replace(",", mark)) == value


@pytest.mark.parametrize("cell", ["1.5", "1,23", "12K", "-3", "3e4", "1,234.5", "²", "1.234,567"])
def test_what_is_no_whole_number_is_not_guessed(cell: str) -> None:
    assert number(cell) is None


@given(text=st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    head = "Post id,Impressions\n"
    for platform in (Platform.X, Platform.LINKEDIN):
        try:
            export_rows(platform, head + text)
        except Exception as failure:
            assert getattr(failure, "code", None) == "EXPORT_UNREADABLE"
