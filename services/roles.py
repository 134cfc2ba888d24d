"""Who may give and take which role, and what cannot be done to roles at all."""

from __future__ import annotations

from datasources.memberships import Role
from services.failures import Failure, Forbidden
from services.permissions import RANK
from services.viewer import Viewer


class LastOwner(Failure):
    """A workspace cannot be left without an owner."""

    code = "LAST_OWNER"

    def __init__(self) -> None:
        super().__init__(
            "This is the last owner of the workspace. Make another member an OWNER first, or "
            "delete the workspace."
        )


class InheritedRole(Failure):
    """The role comes from a workspace above, and can only be changed there."""

    code = "INHERITED_ROLE"

    def __init__(self, workspace_id: str) -> None:
        super().__init__(
            f"The role comes from the workspace {workspace_id!r} above this one. Change it there.",
            workspaceId=workspace_id,
        )


class PersonalWorkspace(Failure):
    """A personal workspace is of one person, and goes with their account."""

    code = "PERSONAL_WORKSPACE"

    def __init__(self, action: str) -> None:
        super().__init__(f"A personal workspace cannot be {action}.")


def reaches(viewer: Viewer, own: Role, role: Role) -> bool:
    """Whether the viewer may give, or take, a role: none above their own.

    Owners are made and unmade by people: an API key reaches no further than ADMIN.
    """
    return RANK[role] <= RANK[own] and (viewer.key is None or role is not Role.OWNER)


def require_reach(viewer: Viewer, own: Role, role: Role) -> None:
    """Forbidden where the role is beyond the viewer's reach."""
    if not reaches(viewer, own, role):
        needs = f"the role {role.value} yourself"
        if viewer.key is not None:
            needs += ", in a person's session"
        raise Forbidden(f"give or take the role {role.value}", needs)
