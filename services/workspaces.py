"""Workspaces: made, nested, shown to those who belong to them."""

from __future__ import annotations

from collections.abc import Sequence

from datasources.memberships import Membership, Memberships, Role, membership_id
from datasources.mongo import Mongo
from datasources.users import Users
from datasources.workspaces import Workspace, Workspaces
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.failures import BadInput, NotFound, Unauthenticated
from services.ids import NewId
from services.permissions import Permission
from services.validation import text
from services.viewer import Viewer

NAME = 120
DEEPEST = 5


class WorkspaceService:
    """Reads and makes workspaces."""

    def __init__(  # noqa: PLR0913
        self,
        mongo: Mongo,
        workspaces: Workspaces,
        memberships: Memberships,
        users: Users,
        access: Access,
        audit: Audit,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._workspaces = workspaces
        self._memberships = memberships
        self._users = users
        self._access = access
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    async def default(self, viewer: Viewer) -> str:
        """The workspace that is meant where none is named: a key's own, a person's personal one."""
        if viewer.key is not None:
            return viewer.key.workspace_id
        user = await self._users.get(viewer.id())
        if user is None:
            raise Unauthenticated
        return user.personal_workspace_id

    async def get(
        self, viewer: Viewer, id: str, permission: Permission = Permission.WORKSPACE_READ
    ) -> Workspace:
        """The workspace, if the viewer has that permission in it."""
        await self._access.check(viewer, permission, id)
        workspace = await self._workspaces.get(id)
        if workspace is None:
            raise NotFound("workspace", id)
        return workspace

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[Workspace | None]:
        """One entry an id; None for what is not there or not the viewer's to see."""
        found = await self._workspaces.get_many(ids)
        return [
            workspace
            if workspace
            and await self._access.allows(viewer, Permission.WORKSPACE_READ, workspace.id)
            else None
            for workspace in found
        ]

    async def create(
        self, viewer: Viewer, name: str, parent_id: str | None, time_zone: str | None
    ) -> Workspace:
        """A new workspace that the viewer owns, on its own or below another that they run."""
        owner = viewer.person("make a workspace")
        name = text("name", name, least=1, most=NAME)
        above = await self._above(viewer, parent_id)
        now = self._clock()
        id = self._new_id("wsp")
        workspace = Workspace(
            id=id,
            name=name,
            parent_id=parent_id,
            path=[*above, id],
            created_by=owner,
            created_at=now,
            updated_at=now,
        )
        membership = Membership(
            id=membership_id(id, owner),
            workspace_id=id,
            user_id=owner,
            role=Role.OWNER,
            created_at=now,
        )

        async def change() -> Workspace:
            await self._workspaces.insert(workspace)
            await self._memberships.insert(membership)
            await self._audit.record(viewer, id, "workspace.created", id, name=name)
            return workspace

        return await self._mongo.transact(change)

    async def _above(self, viewer: Viewer, parent_id: str | None) -> list[str]:
        if parent_id is None:
            return []
        parent = await self.get(viewer, parent_id, Permission.WORKSPACE_WRITE)
        if parent.personal:
            raise BadInput("parentId", "is a personal workspace.", "a workspace made for a team")
        if len(parent.path) >= DEEPEST:
            raise BadInput("parentId", f"is {DEEPEST} levels deep.", f"at most {DEEPEST} levels")
        return parent.path
