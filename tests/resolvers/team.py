"""What tests of shared workspaces begin with: a workspace, and people with roles in it."""

from __future__ import annotations

from typing import Any

from tests.client import Client

CREATE = """
mutation Create($input: CreateWorkspaceInput!) {
  createWorkspace(input: $input) {
    id name personal version viewerRole parent { id }
    settings { timeZone language feedTitle feedDescription }
    ownSettings { timeZone language feedTitle feedDescription }
  }
}
"""
INVITE = """
mutation Invite($input: InviteMemberInput!) {
  inviteMember(input: $input) { token invitation { id email role expiresAt createdAt
    workspace { id } invitedBy { id } } }
}
"""
ACCEPT = "mutation Accept($token: String!) { acceptInvitation(token: $token) { id viewerRole } }"
API_KEY = """
mutation Key($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }
"""


async def workspace(client: Client, name: str = "Agency", **more: Any) -> Any:
    """A new workspace of this client's."""
    return (await client.data(CREATE, input={"name": name, **more}))["createWorkspace"]


async def invite(client: Client, workspace_id: str, email: str, role: str = "EDITOR") -> Any:
    """An invitation and its token."""
    given = {"workspaceId": workspace_id, "email": email, "role": role}
    return (await client.data(INVITE, input=given))["inviteMember"]


async def join(inviter: Client, workspace_id: str, guest: Client, role: str = "EDITOR") -> None:
    """The guest is invited, and comes."""
    token = (await invite(inviter, workspace_id, guest.email, role))["token"]
    assert (await guest.data(ACCEPT, token=token))["acceptInvitation"]["viewerRole"] == role


async def api_key(client: Client, workspace_id: str, *scopes: str) -> Client:
    """A program with these scopes."""
    given = {"name": "Program", "scopes": scopes, "workspaceId": workspace_id}
    made = (await client.data(API_KEY, input=given))["createApiKey"]
    return client.with_token(made["secret"])
