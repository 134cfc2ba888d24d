"""A small world with a team in it: everything that workspaces are made of, on real engines."""

from __future__ import annotations

from datasources.memberships import Role, membership_id
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.plan_names import PlanName
from datasources.redis import Redis
from datasources.stores import Stores
from datasources.users import Profile, User
from datasources.workspaces import Workspace
from services.access import Access
from services.accounts import owner, personal
from services.audit import Audit, AuditTrail
from services.brands import BrandService
from services.content import ContentService
from services.counts import counts
from services.entitlements import Entitlements
from services.events import Events
from services.excess import Excess
from services.ids import Ids
from services.invitation_answers import InvitationAnswers
from services.invitations import InvitationService
from services.members import MemberService
from services.notifications import NotificationService
from services.permissions import Permission
from services.standing import Terms
from services.templates import TemplateService
from services.viewer import KeyGrant, Viewer
from services.workspaces import WorkspaceService
from tests.services.people import Hands


class Team:
    """The services of workspaces, wired as a server does. Nothing is told to anybody."""

    def __init__(self, mongo: Mongo, redis: Redis, plan: PlanName = PlanName.AGENCY) -> None:
        self.clock = Hands()
        self.new_id = Ids(self.clock)
        self.mongo, self.redis, self.stores = mongo, redis, Stores.on(mongo)
        stores, clock, new_id = self.stores, self.clock, self.new_id
        events = Events(mongo, redis, new_id, clock=clock)
        self.access = Access(stores.workspaces, stores.memberships)
        audit = Audit(stores.audit, clock, new_id)
        terms = Terms(plan)
        counted = counts(stores.workspaces, stores.memberships, stores.brands)
        self.entitlements = Entitlements(
            stores.billing_accounts,
            stores.workspaces,
            counted,
            terms,
            clock,
        )
        self.excess = Excess(stores.billing_accounts, stores.workspaces, counted, terms, clock)
        self.audit_trail = AuditTrail(stores.audit, self.access)
        self.notifications = NotificationService(stores.notifications, events, clock, new_id)
        self.workspaces = WorkspaceService(
            mongo,
            stores.workspaces,
            stores.memberships,
            stores.users,
            self.access,
            audit,
            self.entitlements,
            clock,
            new_id,
        )
        self.members = MemberService(
            mongo,
            stores.workspaces,
            stores.memberships,
            self.access,
            audit,
            self.excess,
            self.notifications,
        )
        self.invitations = InvitationService(
            mongo,
            stores.invitations,
            stores.memberships,
            stores.users,
            self.access,
            audit,
            self.members,
            self.entitlements,
            self.notifications,
            clock,
            new_id,
        )
        self.answers = InvitationAnswers(
            mongo,
            stores.invitations,
            stores.workspaces,
            stores.memberships,
            stores.users,
            self.access,
            audit,
            self.entitlements,
            self.notifications,
            clock,
        )
        self.brands = BrandService(
            mongo,
            stores.brands,
            stores.strategy_versions,
            stores.assessments,
            self.access,
            self.entitlements,
            self.excess,
            audit,
            clock,
            new_id,
        )
        self.content = ContentService(
            mongo, stores.contents, stores.versions, self.access, audit, events, clock, new_id
        )
        self.templates = TemplateService(
            mongo, stores.templates, self.content, self.access, audit, clock, new_id
        )

    async def person(self, name: str) -> Viewer:
        """Someone with an account and a personal workspace; `ada` has ada@example.com."""
        now = self.clock()
        user = User(
            id=self.new_id("usr"),
            email=f"{name.title()}@example.com",
            email_key=f"{name}@example.com",
            password_hash="",
            profile=Profile(full_name=name.title()),
            personal_workspace_id=self.new_id("wsp"),
            created_at=now,
            updated_at=now,
        )
        workspace = personal(user)
        await self.stores.users.insert(user)
        await self.stores.workspaces.insert(workspace)
        await self.stores.memberships.insert(owner(user, workspace))
        return Viewer(user_id=user.id)

    def person_of(self, workspace: Workspace) -> Viewer:
        """Whoever made that workspace."""
        return Viewer(user_id=workspace.created_by)

    async def workspace(
        self, viewer: Viewer, name: str = "Agency", *, below: Workspace | None = None
    ) -> Workspace:
        """A new workspace of this person's."""
        parent = below.id if below else None
        return await self.workspaces.create(viewer, name, parent, None)

    async def join(
        self, inviter: Viewer, workspace: Workspace, name: str, role: Role = Role.EDITOR
    ) -> Viewer:
        """Someone new with that role: invited, and come."""
        someone = await self.person(name)
        invited = await self.invitations.invite(inviter, workspace.id, f"{name}@example.com", role)
        await self.answers.accept(someone, invited.token)
        return someone

    async def role(self, viewer: Viewer, workspace: Workspace) -> Role | None:
        """The role that is stored for this person in this very workspace."""
        held = await self.stores.memberships.get(membership_id(workspace.id, viewer.id()))
        return held.role if held else None

    async def audited(self, workspace: Workspace) -> list[str]:
        """The actions in a workspace's audit log, in order."""
        found = await self.stores.audit.find({"workspace_id": workspace.id}, sort=[("_id", 1)])
        return [entry.action for entry in found]

    async def told(self, viewer: Viewer) -> list[NotificationKind]:
        """What this person was notified of, in order."""
        wanted = {"user_id": viewer.id()}
        found = await self.stores.notifications.find(wanted, sort=[("_id", 1)])
        return [notification.kind for notification in found]


def key(viewer: Viewer, workspace: Workspace, *scopes: Permission) -> Viewer:
    """An API key that this person made there."""
    grant = KeyGrant(id="key_1", workspace_id=workspace.id, scopes=frozenset(scopes))
    return Viewer(user_id=viewer.id(), key=grant)
