"""Invitations: someone is asked into a workspace, by their address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from datasources.invitations import Invitation, Invitations
from datasources.memberships import Memberships, Role, membership_id
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.pages import Order, Page, Window, page
from datasources.users import User, Users
from datasources.workspaces import Workspace
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.emails import Email, email
from services.entitlements import Entitlements
from services.failures import Failure, NotFound
from services.ids import NewId
from services.members import MemberService
from services.notifications import NotificationService
from services.permissions import Permission
from services.plans import Limit
from services.roles import PersonalWorkspace, require_reach
from services.tokens import digest
from services.viewer import Viewer

LISTED = Order()
GOOD_FOR = timedelta(days=7)
MOST = 200


class AlreadyMember(Failure):
    """There is nothing to invite to: they belong to the workspace."""

    code = "ALREADY_MEMBER"

    def __init__(self) -> None:
        super().__init__("This person is a member of the workspace. Change their role instead.")


class TooManyInvitations(Failure):
    """So many are open that something has gone wrong."""

    code = "TOO_MANY_INVITATIONS"

    def __init__(self) -> None:
        super().__init__(
            f"A workspace has at most {MOST} open invitations. Revoke some first.", limit=MOST
        )


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation that was just made. `token` is what accepts it, shown this once."""

    invitation: Invitation
    token: str = field(repr=False)


class InvitationService:
    """Invites, lists and revokes. What those who were invited answer is in `InvitationAnswers`."""

    def __init__(
        self,
        mongo: Mongo,
        invitations: Invitations,
        memberships: Memberships,
        users: Users,
        access: Access,
        audit: Audit,
        members: MemberService,
        entitlements: Entitlements,
        notifications: NotificationService,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._invitations = invitations
        self._memberships = memberships
        self._users = users
        self._access = access
        self._audit = audit
        self._members = members
        self._entitlements = entitlements
        self._notifications = notifications
        self._clock = clock
        self._new_id = new_id

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[Invitation]:
        """A slice of the open invitations, latest first."""
        await self._access.check(viewer, Permission.MEMBERS_WRITE, workspace_id)
        living = {"workspace_id": workspace_id, "expires_at": {"$gt": self._clock()}}
        return await page(self._invitations, living, LISTED, window)

    async def invite(
        self, viewer: Viewer, workspace_id: str, address: str, role: Role
    ) -> NewInvitation:
        """Invite whoever has that address; an earlier invitation of theirs is replaced.

        The role is at most the viewer's own. Someone who has an account is notified; whether
        they have one is not told.
        """
        await self._access.check(viewer, Permission.MEMBERS_WRITE, workspace_id)
        invited = email("email", address)
        token = f"bgi_{secrets.token_urlsafe(32)}"

        async def change() -> Invitation:
            workspace, own = await self._members.turn(viewer, workspace_id)
            require_reach(viewer, own, role)
            user = await self._make_room(viewer, own, workspace, invited)
            await self._within_plan(workspace)
            invitation = self._new(viewer, workspace, invited, role, token)
            await self._invitations.insert(invitation)
            await self._log(viewer, invitation, "invitation.created")
            if user is not None:
                await self._tell(user, workspace, invitation)
            return invitation

        return NewInvitation(await self._mongo.transact(change), token)

    async def revoke(self, viewer: Viewer, id: str) -> None:
        """Take an invitation back that is not for a role above the viewer's."""
        viewer.id()
        invitation = await self._invitations.get(id)
        if invitation is None:
            raise NotFound("invitation", id)
        of = ("invitation", id)
        permission, workspace_id = Permission.MEMBERS_WRITE, invitation.workspace_id
        await self._access.check(viewer, permission, workspace_id, of=of)

        async def change() -> None:
            _, own = await self._members.turn(viewer, workspace_id)
            require_reach(viewer, own, invitation.role)
            if not await self._invitations.delete(id):
                raise NotFound(*of)
            await self._log(viewer, invitation, "invitation.revoked")

        await self._mongo.transact(change)

    def _new(
        self, viewer: Viewer, workspace: Workspace, invited: Email, role: Role, token: str
    ) -> Invitation:
        now = self._clock()
        return Invitation(
            id=self._new_id("inv"),
            workspace_id=workspace.id,
            email=invited.as_written,
            email_key=invited.key,
            role=role,
            token_hash=digest(token),
            invited_by=viewer.id(),
            created_at=now,
            expires_at=now + GOOD_FOR,
        )

    async def _make_room(
        self, viewer: Viewer, own: Role, workspace: Workspace, invited: Email
    ) -> User | None:
        """Refuse what makes no sense, and drop an earlier invitation; the person, if known."""
        if workspace.personal:
            raise PersonalWorkspace("shared: make a workspace for that")
        user = await self._users.by_email(invited.key)
        if user and await self._memberships.get(membership_id(workspace.id, user.id)):
            raise AlreadyMember
        earlier = await self._invitations.for_address(workspace.id, invited.key)
        if earlier is not None:
            require_reach(viewer, own, earlier.role)
            await self._invitations.delete(earlier.id)
        elif await self._invitations.count({"workspace_id": workspace.id}, limit=MOST) >= MOST:
            raise TooManyInvitations
        return user

    async def _within_plan(self, workspace: Workspace) -> None:
        """Refuse one more than the plan has places for, if all who were invited come."""
        places = await self._entitlements.places(workspace.id)
        living = {"workspace_id": {"$in": places}, "expires_at": {"$gt": self._clock()}}
        invited = await self._invitations.count(living)
        await self._entitlements.allow(workspace.id, Limit.MEMBERS, by=1 + invited)

    async def _tell(self, user: User, workspace: Workspace, invitation: Invitation) -> None:
        await self._notifications.notify(
            user.id,
            NotificationKind.INVITED,
            f"You are invited to join {workspace.name} as {invitation.role.value}. "
            "Accept with the token that you were sent.",
            subject=invitation.id,
            workspace_id=workspace.id,
        )

    async def _log(self, viewer: Viewer, invitation: Invitation, action: str) -> None:
        await self._audit.record(
            viewer, invitation.workspace_id, action, invitation.id, role=invitation.role.value
        )
