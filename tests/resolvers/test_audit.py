"""The audit log through the API."""

from __future__ import annotations

from tests.client import Client
from tests.resolvers.team import api_key, join, workspace
from tests.resolvers.test_member import SET_ROLE
from tests.resolvers.test_workspace import nodes

LOG = """
query Log($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  auditLog(workspaceId: $id, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { action subjectId apiKeyId details at actor { id } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def test_it_tells_who_changed_what(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    await join(ada, agency["id"], bob, "VIEWER")
    program = await api_key(ada, agency["id"], "MEMBERS_WRITE")
    named = {"workspaceId": agency["id"], "userId": bob.user_id}
    await program.data(SET_ROLE, **named, role="ADMIN")
    found = nodes((await ada.data(LOG, id=agency["id"]))["auditLog"])
    assert [each["action"] for each in found] == [
        "member.role_changed",
        "api_key.created",
        "invitation.accepted",
        "invitation.created",
        "workspace.created",
    ]
    change = found[0]
    assert change["subjectId"] == bob.user_id
    assert change["actor"] == {"id": ada.user_id}
    assert change["apiKeyId"].startswith("key_")
    assert change["details"] == {"before": "VIEWER", "after": "ADMIN"}
    assert found[2]["actor"] == {"id": bob.user_id}
    assert found[2]["apiKeyId"] is None


async def test_it_is_paged_from_both_ends(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    await join(ada, agency["id"], bob, "VIEWER")
    first = (await ada.data(LOG, id=agency["id"], first=2))["auditLog"]
    last = (await ada.data(LOG, id=agency["id"], last=1))["auditLog"]
    assert first["pageInfo"]["hasNextPage"] is True
    assert nodes(last)[0]["action"] == "workspace.created"
    after = first["pageInfo"]["endCursor"]
    rest = (await ada.data(LOG, id=agency["id"], first=2, after=after))["auditLog"]
    assert nodes(rest) == nodes(last)
    before = last["pageInfo"]["startCursor"]
    back = (await ada.data(LOG, id=agency["id"], last=2, before=before))["auditLog"]
    assert nodes(back) == nodes(first)
    both = await ada.run(LOG, id=agency["id"], first=1, last=1)
    assert both.code == "BAD_USER_INPUT"


async def test_it_is_for_those_who_run_the_workspace(
    ada: Client, bob: Client, anonymous: Client
) -> None:
    agency = await workspace(ada)
    assert await bob.code(LOG, id=agency["id"]) == "NOT_FOUND"
    assert await anonymous.code(LOG, id=agency["id"]) == "UNAUTHENTICATED"
    await join(ada, agency["id"], bob, "EDITOR")
    assert await bob.code(LOG, id=agency["id"]) == "FORBIDDEN"
    program = await api_key(ada, agency["id"], "WORKSPACE_READ")
    assert await program.code(LOG, id=agency["id"]) == "FORBIDDEN"
