"""Notifications through the API: listed, counted, read."""

from __future__ import annotations

from typing import Any

from tests.client import Client
from tests.resolvers.team import api_key, invite, join, workspace
from tests.resolvers.test_member import SET_ROLE
from tests.resolvers.test_workspace import NODE, nodes

LIST = """
query List($first: Int, $after: String, $unreadOnly: Boolean! = false) {
  notifications(first: $first, after: $after, unreadOnly: $unreadOnly) {
    unreadCount
    edges { node { id kind message subjectId readAt workspace { name } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
READ = """
mutation Read($ids: [ID!]!) { markNotificationsRead(ids: $ids) { id readAt } }
"""


async def told(client: Client, **variables: Any) -> Any:
    """A page of notifications."""
    return (await client.data(LIST, **variables))["notifications"]


async def test_what_happened_is_told_latest_first_and_counted_until_it_is_read(
    ada: Client, bob: Client
) -> None:
    agency = await workspace(ada)
    await join(ada, agency["id"], bob, "VIEWER")
    named = {"workspaceId": agency["id"], "userId": bob.user_id}
    await ada.data(SET_ROLE, **named, role="EDITOR")
    page = await told(bob)
    assert page["unreadCount"] == 2
    changed, invited = nodes(page)
    assert (changed["kind"], invited["kind"]) == ("ROLE_CHANGED", "INVITED")
    assert changed["message"] == "Your role in Agency is EDITOR now."
    assert changed["subjectId"] == agency["id"]
    assert changed["workspace"] == {"name": "Agency"}
    assert changed["readAt"] is None
    (read,) = (await bob.data(READ, ids=[changed["id"]]))["markNotificationsRead"]
    assert read["readAt"]
    unread = await told(bob, unreadOnly=True)
    assert unread["unreadCount"] == 1
    assert [each["id"] for each in nodes(unread)] == [invited["id"]]
    assert [each["kind"] for each in nodes(await told(ada))] == ["INVITATION_ACCEPTED"]


async def test_an_invitation_does_not_show_the_workspace_to_who_is_not_in_it(
    ada: Client, bob: Client
) -> None:
    agency = await workspace(ada)
    made = await invite(ada, agency["id"], bob.email)
    (invited,) = nodes(await told(bob))
    assert invited["message"].startswith("You are invited to join Agency as EDITOR.")
    assert made["token"] not in invited["message"]
    assert invited["workspace"] is None


async def test_pages_go_on_where_the_last_one_ended(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    for _ in range(3):
        await invite(ada, agency["id"], bob.email)
    first = await told(bob, first=2)
    rest = await told(bob, first=2, after=first["pageInfo"]["endCursor"])
    ids = [each["id"] for each in nodes(first) + nodes(rest)]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 3
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_they_are_ones_own(ada: Client, bob: Client, anonymous: Client) -> None:
    agency = await workspace(ada)
    await invite(ada, agency["id"], bob.email)
    (invited,) = nodes(await told(bob))
    assert await ada.code(READ, ids=[invited["id"]]) == "NOT_FOUND"
    assert (await ada.data(NODE, id=invited["id"]))["node"] is None
    assert nodes(await told(bob))[0]["readAt"] is None
    assert await anonymous.code(LIST) == "UNAUTHENTICATED"
    program = await api_key(ada, agency["id"], "WORKSPACE_READ")
    assert await program.code(LIST) == "FORBIDDEN"
    empty = await bob.run(READ, ids=[])
    assert empty.code == "BAD_USER_INPUT"
    assert empty.error["extensions"]["field"] == "ids"
