"""Members through the API: listed, promoted, removed, gone."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.client import Client
from tests.resolvers.team import api_key, join, workspace
from tests.resolvers.test_workspace import READ, nodes

MEMBERS = """
query Members($id: ID!, $first: Int, $after: String) {
  workspace(id: $id) { members(first: $first, after: $after) {
    edges { cursor node { role since inherited inheritedFrom { name }
      user { id profile { fullName } } } }
    pageInfo { hasNextPage endCursor } } }
}
"""
SET_ROLE = """
mutation Role($workspaceId: ID!, $userId: ID!, $role: Role!) {
  setMemberRole(workspaceId: $workspaceId, userId: $userId, role: $role) {
    role inherited user { id } }
}
"""
REMOVE = """
mutation Remove($workspaceId: ID!, $userId: ID!) {
  removeMember(workspaceId: $workspaceId, userId: $userId)
}
"""
LEAVE = "mutation Leave($id: ID!) { leaveWorkspace(id: $id) }"
CHANGED = "subscription Changed($id: ID!) { contentChanged(workspaceId: $id) { contentId } }"
WRITE = """
mutation Write($id: ID!) {
  createContent(input: {type: POST, body: "Text", workspaceId: $id}) { id }
}
"""


async def members(client: Client, id: str, **page: Any) -> Any:
    """A page of members."""
    return (await client.data(MEMBERS, id=id, **page))["workspace"]["members"]


async def test_members_are_shown_with_their_role_and_where_it_comes_from(
    ada: Client, bob: Client
) -> None:
    agency = await workspace(ada, "Agency")
    client = await workspace(ada, "Client", parentId=agency["id"])
    await join(ada, client["id"], bob, "ADMIN")
    found = {each["user"]["id"]: each for each in nodes(await members(ada, client["id"]))}
    assert found[ada.user_id]["role"] == "OWNER"
    assert found[ada.user_id]["inherited"] is True
    assert found[ada.user_id]["inheritedFrom"] == {"name": "Agency"}
    assert found[ada.user_id]["user"]["profile"]["fullName"] == "Ada Lovelace"
    assert found[bob.user_id]["role"] == "ADMIN"
    assert found[bob.user_id]["inherited"] is False
    seen = {each["user"]["id"]: each for each in nodes(await members(bob, client["id"]))}
    assert seen[ada.user_id]["inherited"] is True
    assert seen[ada.user_id]["inheritedFrom"] is None
    first = await members(ada, client["id"], first=1)
    assert first["pageInfo"]["hasNextPage"] is True
    rest = await members(ada, client["id"], after=first["pageInfo"]["endCursor"])
    assert [each["user"]["id"] for each in nodes(first) + nodes(rest)] == sorted(found)


async def test_roles_are_given_within_ones_own_and_the_last_owner_stays(
    ada: Client, bob: Client
) -> None:
    agency = await workspace(ada)
    id = agency["id"]
    await join(ada, id, bob, "ADMIN")
    mine, his = (
        {"workspaceId": id, "userId": ada.user_id},
        {"workspaceId": id, "userId": bob.user_id},
    )
    assert await bob.code(SET_ROLE, **his, role="OWNER") == "FORBIDDEN"
    assert await bob.code(SET_ROLE, **mine, role="VIEWER") == "FORBIDDEN"
    assert await bob.code(REMOVE, **mine) == "FORBIDDEN"
    assert await ada.code(SET_ROLE, **mine, role="ADMIN") == "LAST_OWNER"
    assert await ada.code(REMOVE, **mine) == "LAST_OWNER"
    assert await ada.code(LEAVE, id=id) == "LAST_OWNER"
    changed = (await ada.data(SET_ROLE, **his, role="OWNER"))["setMemberRole"]
    assert changed == {"role": "OWNER", "inherited": False, "user": {"id": bob.user_id}}
    assert (await ada.data(LEAVE, id=id))["leaveWorkspace"] is True
    assert await ada.code(READ, id=id) == "NOT_FOUND"
    assert await bob.code(LEAVE, id=id) == "LAST_OWNER"


async def test_a_role_from_above_is_changed_above(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    client = await workspace(ada, "Client", parentId=agency["id"])
    await join(ada, agency["id"], bob, "EDITOR")
    named = {"workspaceId": client["id"], "userId": bob.user_id}
    answer = await ada.run(REMOVE, **named)
    assert answer.code == "INHERITED_ROLE"
    assert answer.error["extensions"]["workspaceId"] == agency["id"]
    assert await bob.code(LEAVE, id=client["id"]) == "INHERITED_ROLE"


async def test_strangers_viewers_and_programs_change_nobody(
    ada: Client, bob: Client, anonymous: Client
) -> None:
    agency = await workspace(ada)
    id = agency["id"]
    named = {"workspaceId": id, "userId": ada.user_id}
    assert await bob.code(REMOVE, **named) == "NOT_FOUND"
    assert await bob.code(SET_ROLE, **named, role="VIEWER") == "NOT_FOUND"
    assert await bob.code(LEAVE, id=id) == "NOT_FOUND"
    assert await anonymous.code(REMOVE, **named) == "UNAUTHENTICATED"
    await join(ada, id, bob, "VIEWER")
    assert await bob.code(REMOVE, **named) == "FORBIDDEN"
    other = {"workspaceId": id, "userId": "usr_01JDZZZZZZZZZZZZZZZZZZZZZZ"}
    assert await ada.code(REMOVE, **other) == "NOT_FOUND"
    reader = await api_key(ada, id, "WORKSPACE_READ")
    assert await reader.code(REMOVE, workspaceId=id, userId=bob.user_id) == "FORBIDDEN"
    program = await api_key(ada, id, "MEMBERS_WRITE")
    assert await program.code(LEAVE, id=id) == "FORBIDDEN"
    removed = await program.data(REMOVE, workspaceId=id, userId=bob.user_id)
    assert removed["removeMember"] is True


async def test_a_removed_member_is_told_of_nothing_more_on_an_open_socket(
    ada: Client, bob: Client
) -> None:
    agency = await workspace(ada)
    id = agency["id"]
    await join(ada, id, bob, "VIEWER")
    async with ada.socket() as owners, bob.socket() as members:
        heard = await owners.subscribe(CHANGED, id=id)
        overheard = await members.subscribe(CHANGED, id=id)
        first = (await ada.data(WRITE, id=id))["createContent"]["id"]
        assert (await overheard.next()).data["contentChanged"]["contentId"] == first
        await ada.data(REMOVE, workspaceId=id, userId=bob.user_id)
        second = (await ada.data(WRITE, id=id))["createContent"]["id"]
        assert (await heard.next()).data["contentChanged"]["contentId"] == first
        assert (await heard.next()).data["contentChanged"]["contentId"] == second
        back = await ada_again(ada, id, bob)
        assert (await overheard.next()).data["contentChanged"]["contentId"] == back


async def ada_again(ada: Client, id: str, bob: Client) -> str:
    """Bob comes back, and something happens that he may know of."""
    await join(ada, id, bob, "VIEWER")
    made: str = (await ada.data(WRITE, id=id))["createContent"]["id"]
    return made


async def test_of_two_owners_who_leave_at_once_one_stays(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    await join(ada, agency["id"], bob, "OWNER")
    codes = await asyncio.gather(*(each.code(LEAVE, id=agency["id"]) for each in (ada, bob)))
    assert sorted(codes, key=str) == ["LAST_OWNER", None]
