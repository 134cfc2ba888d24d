"""How the fields below the roots that declare a right are reached."""

from __future__ import annotations

from dataclasses import dataclass

from services.permissions import Permission
from tests.authorisation.cases import Build, Variables
from tests.authorisation.tenant import Tenant
from tests.client import Client


@dataclass(frozen=True)
class Nested:
    """A query through something that the caller may see, and its variables.

    `own`: the thing is the owner of the tenant, and the field is for that person alone. `through`
    is what the root above needs, where that is another right: a key with one of both is refused.
    """

    query: str
    build: Build
    own: bool = False
    through: Permission | None = None


async def piece(tenant: Tenant, _: Client) -> Variables:
    """A piece of content."""
    return {"id": await tenant.content()}


async def team(tenant: Tenant, _: Client) -> Variables:
    """The team."""
    return {"id": tenant.team}


async def owner(tenant: Tenant, _: Client) -> Variables:
    """Its owner."""
    return {"id": tenant.owner.user_id}


async def voice(tenant: Tenant, _: Client) -> Variables:
    """The team, whose voice is known."""
    await tenant.sample()
    return {"at": tenant.team}


async def nothing(_: Tenant, __: Client) -> Variables:
    """The caller's own."""
    return {}


def node(kind: str, selection: str) -> str:
    """A query by id."""
    return f"query N($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"


NESTED: dict[str, Nested] = {
    "Content.versions": Nested(node("Content", "versions { edges { node { title } } }"), piece),
    "Content.textAnalysis": Nested(node("Content", "textAnalysis { words }"), piece),
    "Content.diff": Nested(node("Content", "diff(before: 1, after: 1) { lines { text } }"), piece),
    "Workspace.children": Nested(node("Workspace", "children { edges { node { name } } }"), team),
    "Workspace.members": Nested(
        node("Workspace", "members { edges { node { user { email } } } }"), team
    ),
    "Usage.budget": Nested(
        """query U($id: ID!) {
        usage(period: DAY, workspaceId: $id) { budget { spent { amount } } } }""",
        team,
    ),
    "Recommendations.bestTimes": Nested(
        """query R($id: ID!) {
        recommendations(workspaceId: $id) { bestTimes { factor } } }""",
        team,
        through=Permission.CONTENT_READ,
    ),
    "VoiceProfile.samples": Nested(
        """query N($at: ID!) { voiceProfile(workspaceId: $at) {
        samples { edges { node { text } } } } }""",
        voice,
    ),
    "User.subscription": Nested(node("User", "subscription { plan { name } }"), owner, own=True),
    "User.platforms": Nested(node("User", "platforms { id }"), owner, own=True),
    "NotificationConnection.unreadCount": Nested("{ notifications { unreadCount } }", nothing),
}
