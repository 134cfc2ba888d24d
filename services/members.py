"""Members: who belongs to a workspace, as what, and who may change that.

Whoever changes members takes the turn of the workspace, so that rules which look at several
memberships hold although many change them at once.
"""

from __future__ import annotations

from datetime import datetime

from datasources.collection import Record
from datasources.memberships import Membership, Memberships, Role, membership_id
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.pages import Order, Page, Window
from datasources.workspaces import Workspace, Workspaces
from services.access import Access, highest
from services.audit import Audit
from services.excess import Excess
from services.failures import NotFound
from services.notifications import NotificationService
from services.permissions import Permission
from services.roles import InheritedRole, LastOwner, require_reach
from services.viewer import Viewer

LISTED = Order(descending=False)


class Member(Record, frozen=True, kw_only=True):
    """A person in a workspace, with the highest role that they have there; `id` is the person's.

    `workspace_id` is where that role was given: this workspace, or one above it.
    """

    workspace_id: str
    role: Role
    since: datetime
    inherited: bool


class MemberService:
    """Lists members, changes their roles, and lets them go."""

    def __init__(
        self,
        mongo: Mongo,
        workspaces: Workspaces,
        memberships: Memberships,
        access: Access,
        audit: Audit,
        excess: Excess,
        notifications: NotificationService,
    ) -> None:
        self._mongo = mongo
        self._workspaces = workspaces
        self._memberships = memberships
        self._access = access
        self._audit = audit
        self._excess = excess
        self._notifications = notifications

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[Member]:
        """A slice of all who have a role there, their own or from above, by their ids."""
        await self._access.check(viewer, Permission.WORKSPACE_READ, workspace_id)
        workspace = await self._workspaces.get(workspace_id)
        if workspace is None:
            raise NotFound("workspace", workspace_id)
        found = await self._memberships.people(
            workspace.path,
            after=window.after.id if window.after else None,
            before=window.before.id if window.before else None,
            from_end=window.from_end,
            limit=window.size + 1,
        )
        more, people = len(found) > window.size, found[: window.size]
        members = [member_of(workspace, held) for held in people]
        if window.from_end:
            members.reverse()
            return Page(members, LISTED, window.before is not None, more)
        return Page(members, LISTED, more, window.after is not None)

    async def set_role(self, viewer: Viewer, workspace_id: str, user_id: str, role: Role) -> Member:
        """Give a member another role: none above one's own, and not to those above oneself."""
        await self._access.check(viewer, Permission.MEMBERS_WRITE, workspace_id)

        async def change() -> Member:
            workspace, own = await self.turn(viewer, workspace_id)
            require_reach(viewer, own, role)
            held = await self._held(viewer, own, workspace, user_id)
            if held.role is not role:
                await self._replace(viewer, workspace, held, role)
            return member_of(workspace, await self._memberships.on_path(user_id, workspace.path))

        return await self._mongo.transact(change)

    async def remove(self, viewer: Viewer, workspace_id: str, user_id: str) -> None:
        """End a membership of someone who is not above the viewer. It is felt at once."""
        await self._access.check(viewer, Permission.MEMBERS_WRITE, workspace_id)

        async def change() -> None:
            workspace, own = await self.turn(viewer, workspace_id)
            held = await self._held(viewer, own, workspace, user_id)
            await self._end(viewer, workspace, held, "member.removed")
            await self._notifications.notify(
                user_id,
                NotificationKind.MEMBER_REMOVED,
                f"You are no longer a member of {workspace.name}.",
                subject=workspace_id,
                workspace_id=workspace_id,
            )

        await self._mongo.transact(change)

    async def leave(self, viewer: Viewer, workspace_id: str) -> None:
        """End the viewer's own membership, unless they are the last owner."""
        user_id = viewer.person("leave a workspace")
        await self._access.check(viewer, Permission.WORKSPACE_READ, workspace_id)

        async def change() -> None:
            workspace = await self._workspaces.take_turn(workspace_id)
            if workspace is None:
                raise NotFound("workspace", workspace_id)
            held = await self._direct(workspace, user_id)
            await self._end(viewer, workspace, held, "member.left")

        await self._mongo.transact(change)

    async def turn(self, viewer: Viewer, workspace_id: str) -> tuple[Workspace, Role]:
        """Within a transaction: the workspace, and the role of a viewer who may change members.

        Until the transaction ends no other changes who belongs to it.
        """
        workspace = await self._workspaces.take_turn(workspace_id)
        if workspace is None:
            raise NotFound("workspace", workspace_id)
        await self._access.check(viewer, Permission.MEMBERS_WRITE, workspace_id)
        own = await self._access.role(viewer.id(), workspace)
        if own is None:
            raise NotFound("workspace", workspace_id)
        return workspace, own

    async def _held(
        self, viewer: Viewer, own: Role, workspace: Workspace, user_id: str
    ) -> Membership:
        held = await self._direct(workspace, user_id)
        require_reach(viewer, own, held.role)
        return held

    async def _direct(self, workspace: Workspace, user_id: str) -> Membership:
        held = await self._memberships.get(membership_id(workspace.id, user_id))
        if held is not None:
            return held
        above = await self._memberships.on_path(user_id, workspace.path)
        if not above:
            raise NotFound("member", user_id)
        raise InheritedRole(above[-1].workspace_id)

    async def _replace(
        self, viewer: Viewer, workspace: Workspace, held: Membership, role: Role
    ) -> None:
        await self._spare_last_owner(workspace, held)
        await self._memberships.update({"_id": held.id}, {"$set": {"role": role.value}})
        await self._audit.record(
            viewer,
            workspace.id,
            "member.role_changed",
            held.user_id,
            before=held.role.value,
            after=role.value,
        )
        await self._notifications.notify(
            held.user_id,
            NotificationKind.ROLE_CHANGED,
            f"Your role in {workspace.name} is {role.value} now.",
            subject=workspace.id,
            workspace_id=workspace.id,
        )

    async def _end(
        self, viewer: Viewer, workspace: Workspace, held: Membership, action: str
    ) -> None:
        await self._spare_last_owner(workspace, held)
        await self._memberships.delete(held.id)
        await self._excess.review(workspace.path[0])
        await self._audit.record(viewer, workspace.id, action, held.user_id, role=held.role.value)

    async def _spare_last_owner(self, workspace: Workspace, held: Membership) -> None:
        """A topmost workspace has an owner of its own; those below have that one as well."""
        if workspace.parent_id is not None or held.role is not Role.OWNER:
            return
        if await self._memberships.owners(workspace.id, limit=2) < 2:
            raise LastOwner


def member_of(workspace: Workspace, held: list[Membership]) -> Member:
    """A person's highest role among those that they hold on the workspace's path.

    Of equal ones it is the one that is nearest.
    """
    role = highest(held)
    nearest = max(
        (each for each in held if each.role is role),
        key=lambda each: workspace.path.index(each.workspace_id),
    )
    return Member(
        id=nearest.user_id,
        workspace_id=nearest.workspace_id,
        role=nearest.role,
        since=nearest.created_at,
        inherited=nearest.workspace_id != workspace.id,
    )
