"""Workspaces through the API: made, nested, changed, listed, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import Client
from tests.conftest import Running
from tests.resolvers.jobs_at_rest import rested
from tests.resolvers.team import CREATE, api_key, invite, join, workspace

UPDATE = """
mutation Update($id: ID!, $version: Int!, $input: UpdateWorkspaceInput!) {
  updateWorkspace(id: $id, expectedVersion: $version, input: $input) {
    name version settings { timeZone language feedTitle feedDescription }
    ownSettings { timeZone language feedTitle feedDescription }
  }
}
"""
DELETE = "mutation Delete($id: ID!) { deleteWorkspace(id: $id) }"
READ = "query Read($id: ID!) { workspace(id: $id) { id name viewerRole parent { id } } }"
LIST = """
query List($first: Int, $after: String) {
  workspaces(first: $first, after: $after) {
    edges { cursor node { id name viewerRole settings { timeZone } parent { id } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
CHILDREN = """
query Children($id: ID!, $first: Int) {
  workspace(id: $id) { children(first: $first) {
    edges { node { name parent { id } settings { timeZone } } } pageInfo { hasNextPage } } }
}
"""
NODE = "query Node($id: ID!) { node(id: $id) { __typename id ... on Workspace { name } } }"
WRITE = """
mutation Write($input: CreateContentInput!) { createContent(input: $input) { id } }
"""
PUBLISH = """
mutation Publish($id: ID!, $platforms: [Platform!]!) {
  publishContent(id: $id, platforms: $platforms) { targets { state } }
}
"""
ME = "query Me { me { id } workspaces(first: 1) { edges { node { id personal } } } }"


def nodes(connection: Any) -> list[Any]:
    """What is in a page."""
    return [edge["node"] for edge in connection["edges"]]


async def test_a_new_workspace_is_its_makers(ada: Client) -> None:
    made = await workspace(ada, "Agency", timeZone="Europe/Berlin")
    assert (made["name"], made["personal"], made["version"]) == ("Agency", False, 1)
    assert made["viewerRole"] == "OWNER"
    assert made["settings"] == {
        "timeZone": "Europe/Berlin",
        "language": "en",
        "feedTitle": "Agency",
        "feedDescription": None,
    }
    assert made["ownSettings"] == {
        "timeZone": "Europe/Berlin",
        "language": None,
        "feedTitle": None,
        "feedDescription": None,
    }
    node = (await ada.data(NODE, id=made["id"]))["node"]
    assert node == {"__typename": "Workspace", "id": made["id"], "name": "Agency"}


async def test_settings_are_inherited_until_overridden_and_again_once_cleared(ada: Client) -> None:
    agency = await workspace(ada, "Agency", timeZone="Europe/Berlin")
    client = await workspace(ada, "Client", parentId=agency["id"])
    assert client["parent"] == {"id": agency["id"]}
    assert client["settings"]["timeZone"] == "Europe/Berlin"
    given = {"timeZone": "America/Lima", "feedTitle": "News", "name": "Renamed"}
    changed = (await ada.data(UPDATE, id=client["id"], version=1, input=given))["updateWorkspace"]
    assert (changed["name"], changed["version"]) == ("Renamed", 2)
    assert changed["settings"]["timeZone"] == "America/Lima"
    assert changed["ownSettings"]["feedTitle"] == "News"
    clearing = {"timeZone": None, "language": "de"}
    cleared = (await ada.data(UPDATE, id=client["id"], version=2, input=clearing))[
        "updateWorkspace"
    ]
    assert cleared["settings"]["timeZone"] == "Europe/Berlin"
    assert cleared["ownSettings"] == {
        "timeZone": None,
        "language": "de",
        "feedTitle": "News",
        "feedDescription": None,
    }


async def test_a_change_to_an_old_version_is_told_the_current_one(ada: Client) -> None:
    made = await workspace(ada)
    await ada.data(UPDATE, id=made["id"], version=1, input={"name": "One"})
    answer = await ada.run(UPDATE, id=made["id"], version=1, input={"name": "Two"})
    assert answer.code == "CONFLICT"
    assert answer.error["extensions"]["currentVersion"] == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"name": "Agency", "timeZone": "Mars/Olympus"}, "timeZone"),
    ],
)
async def test_bad_input_names_its_field(ada: Client, given: dict[str, str], field: str) -> None:
    answer = await ada.run(CREATE, input=given)
    assert answer.code == "BAD_USER_INPUT"
    assert answer.error["extensions"]["field"] == field


async def test_the_list_holds_what_one_belongs_to_page_by_page(ada: Client, bob: Client) -> None:
    agency = await workspace(ada, "Agency", timeZone="Europe/Berlin")
    for name in ("First", "Second"):
        await workspace(ada, name, parentId=agency["id"])
    await workspace(ada, "Other")
    await join(ada, agency["id"], bob, "VIEWER")
    found: list[Any] = []
    after = None
    while True:
        page = (await bob.data(LIST, first=2, after=after))["workspaces"]
        found += nodes(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    roles = {each["name"]: (each["viewerRole"], each["settings"]["timeZone"]) for each in found}
    assert roles == {
        "Bob Noyce": ("OWNER", "UTC"),
        "Agency": ("VIEWER", "Europe/Berlin"),
        "First": ("VIEWER", "Europe/Berlin"),
        "Second": ("VIEWER", "Europe/Berlin"),
    }
    assert len(found) == 4


async def test_the_feed_is_where_the_workspace_says(ada: Client) -> None:
    query = "query F($id: ID!) { workspace(id: $id) { feedUrls { page rss atom json } } }"
    made = await workspace(ada)
    urls = (await ada.data(query, id=made["id"]))["workspace"]["feedUrls"]
    draft = {"type": "POST", "body": "Out now", "workspaceId": made["id"]}
    piece = (await ada.data(WRITE, input=draft))["createContent"]["id"]
    progress = "subscription P($id: ID!) { publishProgress(contentId: $id) { targets { state } } }"
    async with ada.socket() as socket:
        stream = await socket.subscribe(progress, id=piece)
        await ada.data(PUBLISH, id=piece, platforms=["FEED"])
        while True:
            targets = (await stream.next()).data["publishProgress"]["targets"]
            if targets[0]["state"] == "PUBLISHED":
                break
    for url in urls.values():
        assert url.startswith("https://brandgraph.test/")
        answer = await ada.http.get(url.replace("https://brandgraph.test", ada.url))
        assert answer.status_code == 200
        assert "Out now" in answer.text


async def test_children_are_paged(ada: Client) -> None:
    agency = await workspace(ada, "Agency")
    for name in ("First", "Second"):
        await workspace(ada, name, parentId=agency["id"])
    page = (await ada.data(CHILDREN, id=agency["id"], first=1))["workspace"]["children"]
    assert [each["name"] for each in nodes(page)] == ["First"]
    assert page["pageInfo"]["hasNextPage"] is True


async def test_a_guest_of_a_child_does_not_see_what_is_above(ada: Client, bob: Client) -> None:
    agency = await workspace(ada, "Agency", timeZone="Europe/Berlin")
    client = await workspace(ada, "Client", parentId=agency["id"])
    await join(ada, client["id"], bob, "VIEWER")
    read = (await bob.data(READ, id=client["id"]))["workspace"]
    assert read["parent"] is None
    assert await bob.code(READ, id=agency["id"]) == "NOT_FOUND"
    settings = "query S($id: ID!) { workspace(id: $id) { settings { timeZone } } }"
    found = (await bob.data(settings, id=client["id"]))["workspace"]
    assert found["settings"]["timeZone"] == "Europe/Berlin"


async def test_what_is_not_yours_and_what_is_not_there_sound_the_same(
    ada: Client, bob: Client, anonymous: Client
) -> None:
    made = await workspace(ada)
    for id in (made["id"], "wsp_01JDZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"):
        assert await bob.code(READ, id=id) == "NOT_FOUND"
        assert await bob.code(UPDATE, id=id, version=1, input={"name": "Mine"}) == "NOT_FOUND"
        assert await bob.code(DELETE, id=id) == "NOT_FOUND"
        assert await bob.code(CREATE, input={"name": "Mine", "parentId": id}) == "NOT_FOUND"
        assert await anonymous.code(READ, id=id) == "UNAUTHENTICATED"
    assert (await bob.data(NODE, id=made["id"]))["node"] is None


async def test_a_deleted_workspace_is_gone_with_everything_in_it(
    ada: Client, bob: Client, server: Running
) -> None:
    agency = await workspace(ada, "Agency")
    id = agency["id"]
    await join(ada, id, bob, "EDITOR")
    await invite(ada, id, "carol@example.com")
    await bob.data(WRITE, input={"type": "POST", "body": "Text", "workspaceId": id})
    template = "mutation T($input: CreateTemplateInput!) { createTemplate(input: $input) { id } }"
    given = {"name": "T", "type": "POST", "body": "{{x}}", "workspaceId": id}
    await ada.data(template, input=given)
    program = await api_key(ada, id, "WORKSPACE_READ")
    await rested(server.backend.mongo, server.backend.redis)
    assert (await ada.data(DELETE, id=id))["deleteWorkspace"] is True
    for client in (ada, bob):
        assert await client.code(READ, id=id) == "NOT_FOUND"
    assert await program.code(READ, id=id) == "UNAUTHENTICATED"
    for collection in server.backend.stores.all():
        if collection.name not in ("erasures", "audit"):
            assert id not in str(await collection.raw.find({}).to_list()), collection.name
    log = """query Log($id: ID!) { auditLog(workspaceId: $id, first: 1) {
      edges { node { action subjectId details } } } }"""
    home = nodes((await ada.data(ME))["workspaces"])[0]["id"]
    (entry,) = nodes((await ada.data(log, id=home))["auditLog"])
    assert entry == {
        "action": "workspace.deleted",
        "subjectId": id,
        "details": {"name": "Agency"},
    }


async def test_some_workspaces_cannot_be_deleted(ada: Client, bob: Client) -> None:
    agency = await workspace(ada, "Agency")
    client = await workspace(ada, "Client", parentId=agency["id"])
    home = nodes((await ada.data(ME))["workspaces"])[0]["id"]
    assert await ada.code(DELETE, id=agency["id"]) == "WORKSPACE_HAS_CHILDREN"
    assert await ada.code(DELETE, id=home) == "PERSONAL_WORKSPACE"
    await join(ada, agency["id"], bob, "ADMIN")
    assert await bob.code(DELETE, id=client["id"]) == "FORBIDDEN"
    program = await api_key(ada, client["id"], "WORKSPACE_DELETE")
    assert await program.code(DELETE, id=client["id"]) == "FORBIDDEN"
    await ada.data(DELETE, id=client["id"])
    await ada.data(DELETE, id=agency["id"])
