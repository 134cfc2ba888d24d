"""Workspaces: made, nested, changed, shown to those who belong to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from datasources.memberships import Membership, Memberships, Role, membership_id
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.users import Users
from datasources.workspaces import Workspace, Workspaces, WorkspaceSettings
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.entitlements import Entitlements
from services.failures import BadInput, Conflict, NotFound, Unauthenticated
from services.ids import NewId
from services.permissions import Permission
from services.plans import Limit
from services.settings_inheritance import EffectiveSettings, SettingsChange, effective, path_of
from services.validation import text, time_zone
from services.viewer import Viewer

NAME = 120
DEEPEST = 5
LISTED = Order(descending=False)


@dataclass(frozen=True, slots=True)
class WorkspaceChange:
    """A change to a workspace: a name that is UNSET stays as it is."""

    name: str | UnsetType = UNSET
    settings: SettingsChange = SettingsChange()

    def fields(self) -> dict[str, object]:
        """What changes, checked, by the record's field names."""
        changed: dict[str, object] = {}
        if self.name is not UNSET:
            changed["name"] = text("name", self.name, least=1, most=NAME)
        for name, value in self.settings.fields().items():
            changed[f"settings.{name}"] = value
        if not changed:
            raise BadInput("input", "changes nothing.", "name or a setting")
        return changed


class WorkspaceService:
    """Reads, makes and changes workspaces."""

    def __init__(
        self,
        mongo: Mongo,
        workspaces: Workspaces,
        memberships: Memberships,
        users: Users,
        access: Access,
        audit: Audit,
        entitlements: Entitlements,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._workspaces = workspaces
        self._memberships = memberships
        self._users = users
        self._access = access
        self._audit = audit
        self._entitlements = entitlements
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
        seen = await asyncio.gather(
            *(
                self._access.allows(viewer, Permission.WORKSPACE_READ, workspace.id)
                for workspace in found
                if workspace
            )
        )
        visible = iter(seen)
        return [workspace if workspace and next(visible) else None for workspace in found]

    async def page(self, viewer: Viewer, window: Window) -> Page[Workspace]:
        """A slice of all that the viewer belongs to, also by a role above, the oldest first."""
        user_id = viewer.id()
        if viewer.key is not None:
            await self._access.check(viewer, Permission.WORKSPACE_READ, viewer.key.workspace_id)
            return await page(self._workspaces, {"path": viewer.key.workspace_id}, LISTED, window)
        homes = [found.workspace_id for found in await self._memberships.of_user(user_id)]
        return await page(self._workspaces, {"path": {"$in": homes}}, LISTED, window)

    async def children(self, viewer: Viewer, id: str, window: Window) -> Page[Workspace]:
        """A slice of the workspaces right below; a role holds in them too, so all can be seen."""
        await self._access.check(viewer, Permission.WORKSPACE_READ, id)
        return await page(self._workspaces, {"parent_id": id}, LISTED, window)

    async def roles(self, viewer: Viewer, ids: Sequence[str]) -> list[Role | None]:
        """The viewer's role in each of these workspaces, their own or from above."""
        user_id = viewer.id()
        found = await self._workspaces.get_many(ids)
        known = [workspace for workspace in found if workspace is not None]
        roles = await asyncio.gather(*(self._access.role(user_id, each) for each in known))
        by_id = dict(zip((workspace.id for workspace in known), roles, strict=True))
        return [by_id.get(id) for id in ids]

    async def settings(self, ids: Sequence[str]) -> list[EffectiveSettings | None]:
        """What holds in each of these workspaces, for those that the viewer was shown."""
        found = await self._workspaces.get_many(ids)
        above = {id: None for workspace in found if workspace for id in workspace.path[:-1]}
        known = {each.id: each for each in await self._workspaces.get_many(list(above)) if each}
        return [effective(path_of(each, known)) if each else None for each in found]

    async def create(
        self, viewer: Viewer, name: str, parent_id: str | None, time_zone: str | None
    ) -> Workspace:
        """A new workspace: on its own, with the viewer as its owner, or below another one.

        Below another, whoever has a role there has the same role here; the viewer too.
        PlanLimit where the plan allows no more: of the topmost one, or of the personal one.
        """
        owner = viewer.person("make a workspace")
        workspace = self._new(owner, name, time_zone)
        home = parent_id or await self.default(viewer)
        if parent_id is not None:
            await self.get(viewer, parent_id, Permission.WORKSPACE_WRITE)

        async def change() -> Workspace:
            above = [] if parent_id is None else await self._above(viewer, parent_id)
            await self._entitlements.allow(home, Limit.WORKSPACES)
            made = placed(workspace, above)
            await self._workspaces.insert(made)
            if not above:
                await self._memberships.insert(owned(made, owner))
            await self._audit.record(viewer, made.id, "workspace.created", made.id, name=made.name)
            return made

        return await self._mongo.transact(change)

    async def update(
        self, viewer: Viewer, id: str, expected_version: int, change: WorkspaceChange
    ) -> Workspace:
        """Change a workspace that is still at `expected_version`."""
        await self._access.check(viewer, Permission.WORKSPACE_WRITE, id)
        fields = change.fields()

        async def write() -> Workspace:
            changed = await self._workspaces.update(
                {"_id": id, "version": expected_version},
                {"$set": {**fields, "updated_at": self._clock()}, "$inc": {"version": 1}},
            )
            if changed is None:
                current = await self._workspaces.get(id)
                raise (
                    Conflict("workspace", current.version) if current else NotFound("workspace", id)
                )
            await self._audit.record(viewer, id, "workspace.updated", id, changed=sorted(fields))
            return changed

        return await self._mongo.transact(write)

    def _new(self, owner: str, name: str, zone: str | None) -> Workspace:
        now = self._clock()
        id = self._new_id("wsp")
        return Workspace(
            id=id,
            name=text("name", name, least=1, most=NAME),
            path=[id],
            settings=WorkspaceSettings(
                time_zone=None if zone is None else time_zone("timeZone", zone)
            ),
            created_by=owner,
            created_at=now,
            updated_at=now,
        )

    async def _above(self, viewer: Viewer, parent_id: str) -> list[str]:
        """The path of the parent, which cannot be deleted before this transaction ends."""
        parent = await self._workspaces.take_turn(parent_id)
        if parent is None:
            raise NotFound("workspace", parent_id)
        await self._access.check(viewer, Permission.WORKSPACE_WRITE, parent_id)
        if parent.personal:
            raise BadInput("parentId", "is a personal workspace.", "a workspace made for a team")
        if len(parent.path) >= DEEPEST:
            raise BadInput("parentId", f"is {DEEPEST} levels deep.", f"at most {DEEPEST} levels")
        return parent.path


def placed(workspace: Workspace, above: Sequence[str]) -> Workspace:
    """The workspace below the last of these, the topmost first; on its own where there is none."""
    if not above:
        return workspace
    return replace(workspace, parent_id=above[-1], path=[*above, workspace.id])


def owned(workspace: Workspace, owner: str) -> Membership:
    """The membership of whoever made it."""
    return Membership(
        id=membership_id(workspace.id, owner),
        workspace_id=workspace.id,
        user_id=owner,
        role=Role.OWNER,
        created_at=workspace.created_at,
    )
