"""Deleting a workspace with everything in it."""

from __future__ import annotations

from datasources.erasures import Erasure as Record
from datasources.mongo import Mongo
from datasources.targets import PublishState, Targets
from datasources.users import Users
from datasources.workspaces import Workspace, Workspaces
from services.access import Access
from services.audit import Audit
from services.erasure import Erasure
from services.excess import Excess
from services.failures import Failure, NotFound
from services.permissions import Permission
from services.roles import PersonalWorkspace
from services.viewer import Viewer


class WorkspaceHasChildren(Failure):
    """Others lie below it."""

    code = "WORKSPACE_HAS_CHILDREN"

    def __init__(self) -> None:
        super().__init__("There are workspaces below this one. Delete those first.")


class WorkspaceBusy(Failure):
    """Something is going out this moment."""

    code = "WORKSPACE_BUSY"

    def __init__(self) -> None:
        super().__init__(
            "A piece of this workspace is being published. Wait until it is out, then try again."
        )


class WorkspaceDeletion:
    """The workspace ends in one transaction; what was in it is swept out right after."""

    def __init__(
        self,
        mongo: Mongo,
        workspaces: Workspaces,
        targets: Targets,
        users: Users,
        access: Access,
        audit: Audit,
        excess: Excess,
        erasure: Erasure,
    ) -> None:
        self._mongo = mongo
        self._workspaces = workspaces
        self._targets = targets
        self._users = users
        self._access = access
        self._audit = audit
        self._excess = excess
        self._erasure = erasure

    async def delete(self, viewer: Viewer, id: str) -> None:
        """Delete a workspace that the viewer owns: not a personal one, and none above others."""
        user_id = viewer.person("delete a workspace")
        await self._access.check(viewer, Permission.WORKSPACE_DELETE, id)

        async def change() -> Record:
            workspace = await self._deletable(viewer, id)
            await self._log(viewer, user_id, workspace)
            erasure = await self._erasure.end_workspaces([id])
            await self._excess.review(workspace.path[0])
            return erasure

        await self._erasure.sweep(await self._mongo.transact(change))

    async def _deletable(self, viewer: Viewer, id: str) -> Workspace:
        workspace = await self._workspaces.take_turn(id)
        if workspace is None:
            raise NotFound("workspace", id)
        await self._access.check(viewer, Permission.WORKSPACE_DELETE, id)
        if workspace.personal:
            raise PersonalWorkspace("deleted: it goes with its account")
        if await self._workspaces.count({"parent_id": id}, limit=1):
            raise WorkspaceHasChildren
        going = {"workspace_id": id, "state": PublishState.PUBLISHING.value}
        if await self._targets.count(going, limit=1):
            raise WorkspaceBusy
        return workspace

    async def _log(self, viewer: Viewer, user_id: str, workspace: Workspace) -> None:
        """Where it can be read afterwards: above, or else in the personal workspace."""
        where = workspace.parent_id
        if where is None:
            user = await self._users.get(user_id)
            where = user.personal_workspace_id if user else workspace.id
        name = workspace.name
        await self._audit.record(viewer, where, "workspace.deleted", workspace.id, name=name)
