"""Content through the API: written, found, changed, kept, put away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.client import Client
from tests.conftest import Running

CREATE = """
mutation Create($input: CreateContentInput!) {
  createContent(input: $input) { id version status title body platforms tags
    author { id profile { fullName } } workspace { id personal } publishedAt scheduledFor
    metadata { wordCount readingTime hashtags mentions lengths { platform length limit fits } } }
}
"""
UPDATE = """
mutation Update($id: ID!, $version: Int!, $input: UpdateContentInput!) {
  updateContent(id: $id, expectedVersion: $version, input: $input) {
    id version title body type platforms tags updatedAt metadata { wordCount } }
}
"""
PILLARS = """
query Pillars($id: ID!) { content(id: $id) { version pillar
  versions { edges { node { number pillar } } } diff(before: 1, after: 2) { pillarChanged } } }
"""
RESTORE = """
mutation Restore($id: ID!, $version: Int!, $expected: Int!) {
  restoreVersion(id: $id, version: $version, expectedVersion: $expected) { version pillar } }
"""
READ = "query Read($id: ID!) { content(id: $id) { id title body version status tags } }"
LIST = """
query List($filter: ContentFilter, $limit: Int, $offset: Int) {
  contents(filter: $filter, limit: $limit, offset: $offset) { id title status }
}
"""
PAGE = """
query Page($first: Int, $after: String, $last: Int, $before: String,
           $filter: ContentFilter, $orderBy: ContentOrder) {
  contentConnection(first: $first, after: $after, last: $last, before: $before,
                    filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def write(client: Client, title: str | None = "A title", **more: Any) -> Any:
    """A new draft."""
    given = {"type": "POST", "title": title, "body": "Some text.", **more}
    return (await client.data(CREATE, input=given))["createContent"]


async def titles(client: Client, **variables: Any) -> list[str]:
    """The titles of a list."""
    return [found["title"] for found in (await client.data(LIST, **variables))["contents"]]


async def test_a_draft_is_kept_with_all_that_was_said_of_it(ada: Client) -> None:
    """What is created can be read back, in the personal workspace, by its author."""
    made = await write(
        ada,
        "On looms",
        body="Weaving #algebra with @babbage. See https://example.com/a?b=c",
        platforms=["FEED", "X", "FEED"],
        tags=["#Engines", "engines", " notes "],
    )
    assert made["version"] == 1
    assert made["status"] == "DRAFT"
    assert made["platforms"] == ["FEED", "X"]
    assert made["tags"] == ["engines", "notes"]
    assert made["author"]["profile"]["fullName"] == "Ada Lovelace"
    assert made["workspace"]["personal"] is True
    assert made["metadata"]["hashtags"] == ["algebra"]
    assert made["metadata"]["mentions"] == ["babbage"]
    assert made["metadata"]["wordCount"] == 5
    lengths = {each["platform"]: each for each in made["metadata"]["lengths"]}
    assert lengths["X"] == {"platform": "X", "length": 59, "limit": 280, "fits": True}
    assert lengths["FEED"]["limit"] is None
    read = (await ada.data(READ, id=made["id"]))["content"]
    assert read["body"].startswith("Weaving")


async def test_what_is_not_there_and_what_is_not_yours_sound_the_same(
    ada: Client, bob: Client
) -> None:
    """Nothing tells a stranger whether an id exists."""
    made = await write(ada)
    foreign = await bob.run(READ, id=made["id"])
    unknown = await bob.run(READ, id="cnt_01HZZZZZZZZZZZZZZZZZZZZZZZ")
    nonsense = await bob.run(READ, id="'; drop table")
    assert foreign.code == unknown.code == nonsense.code == "NOT_FOUND"
    said = foreign.error["message"].replace(made["id"], "cnt_01HZZZZZZZZZZZZZZZZZZZZZZZ")
    assert said == unknown.error["message"]


async def test_nobody_reads_or_writes_without_a_token(anonymous: Client) -> None:
    """Every field of content asks for one."""
    assert await anonymous.code(LIST) == "UNAUTHENTICATED"
    assert await anonymous.code(READ, id="cnt_1") == "UNAUTHENTICATED"
    given = {"type": "POST", "body": "x"}
    assert await anonymous.code(CREATE, input=given) == "UNAUTHENTICATED"


async def test_a_change_makes_a_new_version_and_computes_its_metadata_anew(ada: Client) -> None:
    """What is left out of a change stays; a null title is taken away."""
    made = await write(ada, tags=["kept"])
    changed = (
        await ada.data(UPDATE, id=made["id"], version=1, input={"body": "Three more words."})
    )["updateContent"]
    assert changed["version"] == 2
    assert changed["title"] == "A title"
    assert changed["tags"] == ["kept"]
    assert changed["metadata"]["wordCount"] == 3
    cleared = await ada.data(UPDATE, id=made["id"], version=2, input={"title": None})
    assert cleared["updateContent"]["title"] is None


async def test_a_change_to_an_older_version_is_refused_with_the_current_one(ada: Client) -> None:
    """The conflict says what to send instead; nothing was changed."""
    made = await write(ada)
    await ada.data(UPDATE, id=made["id"], version=1, input={"body": "First."})
    late = await ada.run(UPDATE, id=made["id"], version=1, input={"body": "Second."})
    assert late.code == "CONFLICT"
    assert late.error["extensions"]["currentVersion"] == 2
    assert (await ada.data(READ, id=made["id"]))["content"]["body"] == "First."


async def test_of_many_changes_at_once_exactly_one_is_kept(ada: Client) -> None:
    """Twenty writers hold the same version: one wins, nineteen are told."""
    made = await write(ada)
    answers = await asyncio.gather(
        *(
            ada.run(UPDATE, id=made["id"], version=1, input={"body": f"Writer {number}"})
            for number in range(20)
        )
    )
    assert sorted(answer.code or "ok" for answer in answers) == ["CONFLICT"] * 19 + ["ok"]
    assert (await ada.data(READ, id=made["id"]))["content"]["version"] == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "   "}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"body": "x", "title": "t" * 301}, "title"),
        ({"body": "x", "title": "two\nlines"}, "title"),
        ({"body": "x", "tags": [""]}, "tags"),
        ({"body": "x", "tags": ["t" * 51]}, "tags"),
        ({"body": "x", "tags": [f"t{number}" for number in range(31)]}, "tags"),
    ],
)
async def test_text_that_cannot_be_kept_is_refused_by_the_name_of_its_field(
    ada: Client, given: dict[str, Any], field: str
) -> None:
    """BAD_USER_INPUT names the field and says what is allowed; nothing is stored."""
    refused = await ada.run(CREATE, input={"type": "POST", **given})
    assert refused.code == "BAD_USER_INPUT"
    assert refused.error["extensions"]["field"] == field
    assert refused.error["extensions"]["allowed"]
    assert await titles(ada) == []


async def test_a_list_is_newest_first_and_stays_within_its_workspace(
    ada: Client, bob: Client
) -> None:
    """Limit and offset cut it; another's content is never in it."""
    for number in range(5):
        await write(ada, f"Piece {number}")
    await write(bob, "Not Ada's")
    assert await titles(ada) == [f"Piece {number}" for number in (4, 3, 2, 1, 0)]
    assert await titles(ada, limit=2, offset=1) == ["Piece 3", "Piece 2"]


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": 2_000_000_000}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10_001}, "offset"),
        ({"filter": {"text": ""}}, "filter.text"),
        ({"filter": {"text": '"'}}, "filter.text"),
        (
            {
                "filter": {
                    "createdFrom": "2026-02-01T00:00:00Z",
                    "createdTo": "2026-01-01T00:00:00Z",
                }
            },
            "filter.createdTo",
        ),
    ],
)
async def test_a_list_that_makes_no_sense_is_refused(
    ada: Client, variables: dict[str, Any], field: str
) -> None:
    """Bounds are said in the error."""
    refused = await ada.run(LIST, **variables)
    assert refused.code == "BAD_USER_INPUT"
    assert refused.error["extensions"]["field"] == field


async def test_filters_find_what_fits_all_of_them(ada: Client) -> None:
    """Type, platform, tags, words and dates narrow a list; the archive is left out."""
    await write(ada, "An article", type="ARTICLE", tags=["one", "two"], body="Slow looms.")
    await write(ada, "A post", platforms=["X"], tags=["one"], body="Fast looms.")
    put_away = await write(ada, "Old", body="Slow and old.")
    await ada.data("mutation A($id: ID!) { archiveContent(id: $id) { id } }", id=put_away["id"])
    assert await titles(ada, filter={"type": ["ARTICLE"]}) == ["An article"]
    assert await titles(ada, filter={"platform": "X"}) == ["A post"]
    assert await titles(ada, filter={"tag": ["one"]}) == ["A post", "An article"]
    assert await titles(ada, filter={"tag": ["one", "two"]}) == ["An article"]
    assert await titles(ada, filter={"text": "looms"}) == ["A post", "An article"]
    assert await titles(ada, filter={"text": "looms slow"}) == ["An article"]
    assert await titles(ada, filter={"text": "-looms $where"}) == []
    assert await titles(ada, filter={"status": "ARCHIVED"}) == ["Old"]
    assert await titles(ada, filter={"createdTo": "2020-01-01T00:00:00Z"}) == []
    assert len(await titles(ada, filter={"createdFrom": "2020-01-01T00:00:00Z"})) == 2


async def test_pages_cover_a_list_once_in_either_direction(ada: Client) -> None:
    """Forwards and backwards, each piece comes once, in order."""
    expected = [f"Piece {number}" for number in range(7)]
    for title in expected:
        await write(ada, title)
    expected.reverse()
    forwards: list[str] = []
    after = None
    while True:
        page = (await ada.data(PAGE, first=3, after=after))["contentConnection"]
        forwards += [edge["node"]["title"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert forwards == expected
    backwards: list[str] = []
    before = None
    while True:
        page = (await ada.data(PAGE, last=3, before=before))["contentConnection"]
        backwards = [edge["node"]["title"] for edge in page["edges"]] + backwards
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert backwards == expected


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"first": 0}, "first"),
        ({"first": 101}, "first"),
        ({"last": -5}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": "not a cursor"}, "after"),
        ({"before": "WyJ4Il0"}, "before"),
    ],
)
async def test_a_page_that_cannot_be_is_refused(
    ada: Client, variables: dict[str, Any], field: str
) -> None:
    """Sizes out of bounds and cursors that are none."""
    refused = await ada.run(PAGE, **variables)
    assert refused.code == "BAD_USER_INPUT"
    assert refused.error["extensions"]["field"] == field


async def test_a_cursor_of_another_order_is_refused(ada: Client) -> None:
    """It would point nowhere."""
    await write(ada)
    await write(ada)
    page = (await ada.data(PAGE, first=1))["contentConnection"]
    other = {"field": "UPDATED_AT", "direction": "ASC"}
    refused = await ada.run(PAGE, first=1, after=page["pageInfo"]["endCursor"], orderBy=other)
    assert refused.code == "BAD_USER_INPUT"


async def test_every_version_is_kept_can_be_compared_and_brought_back(ada: Client) -> None:
    """Restoring makes a new version with the old text."""
    made = await write(ada, "Draft", body="one\ntwo\nthree", tags=["a"])
    await ada.data(UPDATE, id=made["id"], version=1, input={"body": "one\n2\nthree", "tags": ["b"]})
    query = """query V($id: ID!) { content(id: $id) {
      versions(first: 5) { edges { node { number body author { id } } } }
      diff(before: 1, after: 2) { titleChanged tagsAdded tagsRemoved lines { kind text } } } }"""
    found = (await ada.data(query, id=made["id"]))["content"]
    assert [edge["node"]["number"] for edge in found["versions"]["edges"]] == [2, 1]
    assert found["versions"]["edges"][1]["node"]["body"] == "one\ntwo\nthree"
    assert found["versions"]["edges"][0]["node"]["author"]["id"] == ada.user_id
    assert found["diff"]["tagsAdded"] == ["b"]
    assert found["diff"]["tagsRemoved"] == ["a"]
    assert [(line["kind"], line["text"]) for line in found["diff"]["lines"]] == [
        ("SAME", "one"),
        ("REMOVED", "two"),
        ("ADDED", "2"),
        ("SAME", "three"),
    ]
    restore = """mutation R($id: ID!) {
      restoreVersion(id: $id, version: 1, expectedVersion: 2) { version body tags } }"""
    assert (await ada.data(restore, id=made["id"]))["restoreVersion"] == {
        "version": 3,
        "body": "one\ntwo\nthree",
        "tags": ["a"],
    }
    assert await ada.code(restore, id=made["id"]) == "CONFLICT"


async def test_an_archived_piece_is_kept_as_it_is_until_it_is_restored(ada: Client) -> None:
    """It cannot be changed, and comes back with its status."""
    made = await write(ada)
    archive = "mutation A($id: ID!) { archiveContent(id: $id) { status } }"
    restore = "mutation A($id: ID!) { restoreContent(id: $id) { status } }"
    assert (await ada.data(archive, id=made["id"]))["archiveContent"]["status"] == "ARCHIVED"
    assert (await ada.data(archive, id=made["id"]))["archiveContent"]["status"] == "ARCHIVED"
    assert await ada.code(UPDATE, id=made["id"], version=1, input={"body": "x"}) == (
        "CONTENT_ARCHIVED"
    )
    assert (await ada.data(restore, id=made["id"]))["restoreContent"]["status"] == "DRAFT"
    assert await ada.code(UPDATE, id=made["id"], version=1, input={"body": "x"}) is None


async def test_a_duplicate_is_a_draft_of_its_own(ada: Client) -> None:
    """Changing it leaves the original alone."""
    made = await write(ada, "Original")
    query = "mutation D($id: ID!) { duplicateContent(id: $id) { id status version title } }"
    copy = (await ada.data(query, id=made["id"]))["duplicateContent"]
    assert copy["id"] != made["id"]
    assert copy["version"] == 1
    await ada.data(UPDATE, id=copy["id"], version=1, input={"title": "Copy"})
    assert (await ada.data(READ, id=made["id"]))["content"]["title"] == "Original"


async def test_a_deleted_piece_is_gone_with_its_versions(ada: Client) -> None:
    """It is found nowhere any more, and a second deletion says so."""
    made = await write(ada)
    query = "mutation D($id: ID!) { deleteContent(id: $id) }"
    assert (await ada.data(query, id=made["id"]))["deleteContent"] is True
    assert await ada.code(READ, id=made["id"]) == "NOT_FOUND"
    assert await ada.code(query, id=made["id"]) == "NOT_FOUND"
    assert await titles(ada) == []


async def test_node_fetches_what_has_an_id_and_nothing_foreign(ada: Client, bob: Client) -> None:
    """By the prefix of the id: content, workspaces, people."""
    made = await write(ada)
    query = """query N($id: ID!) { node(id: $id) { __typename id
      ... on Content { title } ... on Workspace { name } ... on User { email } } }"""
    for id, kind in (
        (made["id"], "Content"),
        (made["workspace"]["id"], "Workspace"),
        (ada.user_id, "User"),
    ):
        assert (await ada.data(query, id=id))["node"]["__typename"] == kind
        assert (await bob.data(query, id=id))["node"] is None
    assert (await ada.data(query, id="xyz_1"))["node"] is None


async def test_the_pillar_of_a_piece_is_kept_changed_and_brought_back(ada: Client) -> None:
    id = (await write(ada, pillar=" How we weave "))["id"]
    for version, pillar in enumerate(["Our looms", None], start=1):
        await ada.data(UPDATE, id=id, version=version, input={"pillar": pillar})
    await ada.data(UPDATE, id=id, version=3, input={"body": "Other text."})
    found = (await ada.data(PILLARS, id=id))["content"]
    assert found["pillar"] is None
    shown = {each["node"]["number"]: each["node"]["pillar"] for each in found["versions"]["edges"]}
    assert shown == {1: "How we weave", 2: "Our looms", 3: None, 4: None}
    assert found["diff"] == {"pillarChanged": True}
    back = (await ada.data(RESTORE, id=id, version=1, expected=4))["restoreVersion"]
    assert back == {"version": 5, "pillar": "How we weave"}
    assert await ada.code(CREATE, input={"type": "POST", "body": "x", "pillar": "x" * 121}) == (
        "BAD_USER_INPUT"
    )


async def test_what_was_stored_before_there_were_pillars_has_none(
    ada: Client, server: Running
) -> None:
    id = (await write(ada))["id"]
    stores = server.backend.stores
    for collection in (stores.contents, stores.versions):
        await collection.raw.update_many({}, {"$unset": {"pillar": 1}})
    await ada.data(UPDATE, id=id, version=1, input={"body": "Other text."})
    found = (await ada.data(PILLARS, id=id))["content"]
    assert (found["version"], found["pillar"]) == (2, None)
    assert found["diff"] == {"pillarChanged": False}
