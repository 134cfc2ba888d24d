"""What belongs to a person alone, and what others would be left with if they went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from datasources.memberships import Membership, Memberships, Role
from datasources.workspaces import Workspace, Workspaces


@dataclass(frozen=True, slots=True)
class Holdings:
    """`own` are the workspaces that go with the person; `orphaned` those that they can't leave.

    `touched` are all that this was told from.
    """

    own: Sequence[Workspace]
    orphaned: Sequence[Workspace]
    touched: Sequence[Workspace]


async def holdings(workspaces: Workspaces, memberships: Memberships, user_id: str) -> Holdings:
    """What the person holds at this moment.

    A personal workspace goes with its person. So does any other where nobody else has a role:
    in it, above it or below it. Where others have one, somebody else has to be an OWNER, there
    or above.
    """
    held = await memberships.of_user(user_id)
    below = await workspaces.find({"path": {"$in": [each.workspace_id for each in held]}})
    paths = {id for workspace in below for id in workspace.path}
    found = await memberships.find({"workspace_id": {"$in": sorted(paths)}})
    others = [each for each in found if each.user_id != user_id]
    own = [each for each in below if is_own(each, below, others, user_id)]
    owned = {each.workspace_id for each in held if each.role is Role.OWNER}
    kept = [each for each in below if each.id in owned and each not in own]
    orphaned = [each for each in kept if not has_owner(each, others)]
    return Holdings(own, orphaned, below)


def is_own(
    workspace: Workspace,
    below: Collection[Workspace],
    others: Collection[Membership],
    user_id: str,
) -> bool:
    """Whether nobody but that person has to do with the workspace."""
    if workspace.personal:
        return workspace.created_by == user_id
    concerned = set(workspace.path)
    concerned.update(each.id for each in below if workspace.id in each.path)
    return not any(each.workspace_id in concerned for each in others)


def has_owner(workspace: Workspace, others: Collection[Membership]) -> bool:
    """Whether one of these people owns the workspace, directly or from above."""
    return any(each.role is Role.OWNER and each.workspace_id in workspace.path for each in others)
