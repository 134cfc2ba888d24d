"""Invitations through the API: sent, listed, accepted once, declined, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.client import Client
from tests.resolvers.team import ACCEPT, INVITE, api_key, invite, join, workspace
from tests.resolvers.test_workspace import ME, nodes

DECLINE = "mutation Decline($token: String!) { declineInvitation(token: $token) }"
REVOKE = "mutation Revoke($id: ID!) { revokeInvitation(id: $id) }"
LIST = """
query List($id: ID!, $first: Int, $after: String) {
  invitations(workspaceId: $id, first: $first, after: $after) {
    edges { node { id email role workspace { name } invitedBy { id } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


async def test_an_invitation_is_good_for_a_week_for_one_address_once(
    ada: Client, bob: Client, anonymous: Client
) -> None:
    agency = await workspace(ada)
    made = await invite(ada, agency["id"], "Bob@Example.com", "EDITOR")
    shown = made["invitation"]
    assert (shown["email"], shown["role"]) == ("Bob@Example.com", "EDITOR")
    assert shown["workspace"] == {"id": agency["id"]}
    assert shown["invitedBy"] == {"id": ada.user_id}
    lasts = datetime.fromisoformat(shown["expiresAt"]) - datetime.fromisoformat(shown["createdAt"])
    assert lasts == timedelta(days=7)
    eve = await anonymous.register("eve@example.com", "Eve")
    assert await anonymous.code(ACCEPT, token=made["token"]) == "UNAUTHENTICATED"
    stranger = await eve.run(ACCEPT, token=made["token"])
    nonsense = await eve.run(ACCEPT, token="bgi_nonsense")
    assert stranger.code == nonsense.code == "NOT_FOUND"
    assert stranger.error["message"] == nonsense.error["message"]
    accepted = (await bob.data(ACCEPT, token=made["token"]))["acceptInvitation"]
    assert accepted == {"id": agency["id"], "viewerRole": "EDITOR"}
    assert await bob.code(ACCEPT, token=made["token"]) == "NOT_FOUND"


async def test_open_invitations_are_listed_latest_first_without_their_tokens(ada: Client) -> None:
    agency = await workspace(ada)
    for name in ("one", "two", "three"):
        await invite(ada, agency["id"], f"{name}@example.com", "VIEWER")
    page = (await ada.data(LIST, id=agency["id"], first=2))["invitations"]
    assert [each["email"] for each in nodes(page)] == ["three@example.com", "two@example.com"]
    assert nodes(page)[0]["workspace"] == {"name": "Agency"}
    after = page["pageInfo"]["endCursor"]
    rest = (await ada.data(LIST, id=agency["id"], first=2, after=after))["invitations"]
    assert [each["email"] for each in nodes(rest)] == ["one@example.com"]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_declined_and_revoked_invitations_are_gone(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    declined = await invite(ada, agency["id"], bob.email)
    assert (await bob.data(DECLINE, token=declined["token"]))["declineInvitation"] is True
    assert await bob.code(ACCEPT, token=declined["token"]) == "NOT_FOUND"
    revoked = await invite(ada, agency["id"], bob.email)
    assert await bob.code(REVOKE, id=revoked["invitation"]["id"]) == "NOT_FOUND"
    assert (await ada.data(REVOKE, id=revoked["invitation"]["id"]))["revokeInvitation"] is True
    assert await bob.code(ACCEPT, token=revoked["token"]) == "NOT_FOUND"
    assert nodes((await ada.data(LIST, id=agency["id"]))["invitations"]) == []


async def test_who_may_not_invite_is_told_so_and_strangers_nothing(
    ada: Client, bob: Client
) -> None:
    agency = await workspace(ada)
    given = {"workspaceId": agency["id"], "email": "carol@example.com", "role": "VIEWER"}
    assert await bob.code(INVITE, input=given) == "NOT_FOUND"
    assert await bob.code(LIST, id=agency["id"]) == "NOT_FOUND"
    await join(ada, agency["id"], bob, "EDITOR")
    assert await bob.code(INVITE, input=given) == "FORBIDDEN"
    assert await bob.code(LIST, id=agency["id"]) == "FORBIDDEN"
    program = await api_key(ada, agency["id"], "MEMBERS_WRITE")
    assert await program.code(INVITE, input={**given, "role": "OWNER"}) == "FORBIDDEN"
    assert await program.code(INVITE, input=given) is None
    assert await program.code(ACCEPT, token="bgi_x") == "FORBIDDEN"


async def test_what_cannot_be_is_refused_with_its_code(ada: Client, bob: Client) -> None:
    agency = await workspace(ada)
    home = nodes((await ada.data(ME))["workspaces"])[0]["id"]
    given = {"workspaceId": home, "email": bob.email, "role": "VIEWER"}
    assert await ada.code(INVITE, input=given) == "PERSONAL_WORKSPACE"
    bad = await ada.run(INVITE, input={**given, "workspaceId": agency["id"], "email": "bob"})
    assert bad.code == "BAD_USER_INPUT"
    assert bad.error["extensions"]["field"] == "email"
    await join(ada, agency["id"], bob)
    again = {**given, "workspaceId": agency["id"]}
    assert await ada.code(INVITE, input=again) == "ALREADY_MEMBER"
