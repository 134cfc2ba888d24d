"""What someone who was invited answers: yes or no, once, with the token that they were sent."""

from __future__ import annotations

from datasources.invitations import Invitation, Invitations
from datasources.memberships import Membership, Memberships, membership_id
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.users import User, Users
from datasources.workspaces import Workspace, Workspaces
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.entitlements import Entitlements
from services.failures import NotFound, Unauthenticated
from services.notifications import NotificationService
from services.permissions import ALLOWED, RANK, Permission
from services.plans import Limit
from services.tokens import digest
from services.viewer import Viewer


class InvitationAnswers:
    """A token is good once, for one address, for seven days, and while its sender may invite.

    Where it is not, the answer is the same NotFound.
    """

    def __init__(
        self,
        mongo: Mongo,
        invitations: Invitations,
        workspaces: Workspaces,
        memberships: Memberships,
        users: Users,
        access: Access,
        audit: Audit,
        entitlements: Entitlements,
        notifications: NotificationService,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._invitations = invitations
        self._workspaces = workspaces
        self._memberships = memberships
        self._users = users
        self._access = access
        self._audit = audit
        self._entitlements = entitlements
        self._notifications = notifications
        self._clock = clock

    async def accept(self, viewer: Viewer, token: str) -> Workspace:
        """Join; the workspace. PlanLimit, and the invitation stays, where its plan is full."""
        user_id = viewer.person("accept an invitation")

        async def change() -> Workspace:
            user, invitation, workspace = await self._open(user_id, token)
            if not await self._stands(invitation, workspace):
                raise unknown()
            await self._join(user_id, invitation, workspace)
            await self._close(viewer, invitation, "invitation.accepted")
            message = f"Your invitation to join {workspace.name} was accepted."
            await self._tell(invitation, user, NotificationKind.INVITATION_ACCEPTED, message)
            return workspace

        return await self._mongo.transact(change)

    async def decline(self, viewer: Viewer, token: str) -> None:
        """Say no. The invitation is gone."""
        user_id = viewer.person("decline an invitation")

        async def change() -> None:
            user, invitation, workspace = await self._open(user_id, token)
            await self._close(viewer, invitation, "invitation.declined")
            message = f"Your invitation to join {workspace.name} was declined."
            await self._tell(invitation, user, NotificationKind.INVITATION_DECLINED, message)

        await self._mongo.transact(change)

    async def _open(self, user_id: str, token: str) -> tuple[User, Invitation, Workspace]:
        """The invitation of that token, if it is this person's, and the workspace's turn."""
        user = await self._users.get(user_id)
        if user is None:
            raise Unauthenticated
        invitation = await self._invitations.by_token(digest(token))
        if (
            invitation is None
            or invitation.email_key != user.email_key
            or invitation.expires_at <= self._clock()
        ):
            raise unknown()
        workspace = await self._workspaces.take_turn(invitation.workspace_id)
        if workspace is None:
            raise unknown()
        return user, invitation, workspace

    async def _stands(self, invitation: Invitation, workspace: Workspace) -> bool:
        """Whether the sender could give that role now as well."""
        if invitation.invited_by is None:
            return False
        role = await self._access.role(invitation.invited_by, workspace)
        may_invite = role is not None and Permission.MEMBERS_WRITE in ALLOWED[role]
        return role is not None and may_invite and RANK[invitation.role] <= RANK[role]

    async def _join(self, user_id: str, invitation: Invitation, workspace: Workspace) -> None:
        id = membership_id(invitation.workspace_id, user_id)
        if await self._memberships.get(id) is not None:
            return
        places = await self._entitlements.places(invitation.workspace_id)
        if user_id not in await self._memberships.people_in(places):
            await self._entitlements.allow(invitation.workspace_id, Limit.MEMBERS)
        await self._memberships.insert(
            Membership(
                id=id,
                workspace_id=invitation.workspace_id,
                user_id=user_id,
                role=invitation.role,
                created_at=self._clock(),
                read_only=workspace.read_only,
            )
        )

    async def _close(self, viewer: Viewer, invitation: Invitation, action: str) -> None:
        await self._invitations.delete(invitation.id)
        await self._audit.record(
            viewer, invitation.workspace_id, action, invitation.id, role=invitation.role.value
        )

    async def _tell(
        self, invitation: Invitation, user: User, kind: NotificationKind, message: str
    ) -> None:
        if invitation.invited_by is not None:
            await self._notifications.notify(
                invitation.invited_by,
                kind,
                message,
                subject=user.id,
                workspace_id=invitation.workspace_id,
            )


def unknown() -> NotFound:
    """What a token that is not good is told, whatever the reason; the token is not repeated."""
    return NotFound("invitation", "with this token")
