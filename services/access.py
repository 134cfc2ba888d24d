"""Who may do what, asked by every service before it shows or changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from datasources.memberships import Membership, Memberships, Role, membership_id
from datasources.mongo import current_session
from datasources.workspaces import Workspace, Workspaces
from services.failures import Forbidden, NotFound
from services.permissions import ALLOWED, RANK, Permission, least_role
from services.read_only import ReadOnly, is_open
from services.viewer import Viewer

Subject = tuple[str, str]
R = TypeVar("R")
Read = Callable[[], Coroutine[Any, Any, R]]


class Access:
    """Answers from memberships. A role holds in its workspace and in all workspaces below it."""

    def __init__(self, workspaces: Workspaces, memberships: Memberships) -> None:
        self._workspaces = workspaces
        self._memberships = memberships

    async def check(
        self,
        viewer: Viewer,
        permission: Permission,
        workspace_id: str,
        *,
        of: Subject | None = None,
    ) -> None:
        """Pass, or raise.

        `of` is the kind and id that the caller named, for the message: NotFound where the viewer
        has no business in the workspace at all, Forbidden where the role or scope is too low,
        Unauthenticated where nobody is signed in, ReadOnly where a plan has no place for it.
        """
        user_id = viewer.id()
        kind, id = of or ("workspace", workspace_id)
        direct = await self._memberships.get(membership_id(workspace_id, user_id))
        enough = direct is not None and permission in ALLOWED[direct.role]
        if enough and direct and viewer.key is None and not direct.read_only:
            return
        workspace = await self._workspaces.get(workspace_id)
        if workspace is None or not within_key(viewer, workspace):
            raise NotFound(kind, id)
        held = [direct] if enough and direct else await self._held(user_id, workspace)
        role = highest(held)
        if role is None:
            raise NotFound(kind, id)
        require(permission, viewer, role)
        shut = workspace.read_only or all(each.read_only for each in held)
        if shut and not is_open(permission):
            raise ReadOnly

    async def guard(
        self, viewer: Viewer, permission: Permission, workspace_id: str, read: Read[R]
    ) -> R:
        """What is read, if `check` passes; what `check` raises comes first.

        Both are asked at once, so the caller waits for one. What was read for somebody who may not
        have it goes nowhere.
        """
        checking = self.check(viewer, permission, workspace_id)
        if current_session.get() is not None:  # a transaction takes one question at a time
            await checking
            return await read()
        reading = asyncio.create_task(read())
        try:
            await checking
        except BaseException:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            raise
        return await reading

    async def role(self, user_id: str, workspace: Workspace) -> Role | None:
        """The highest role this person has there, directly or from above; None: no business."""
        return highest(await self._held(user_id, workspace))

    async def _held(self, user_id: str, workspace: Workspace) -> list[Membership]:
        return await self._memberships.on_path(user_id, workspace.path)

    async def allows(self, viewer: Viewer, permission: Permission, workspace_id: str) -> bool:
        """Whether `check` would pass."""
        if not viewer.signed_in:
            return False
        try:
            await self.check(viewer, permission, workspace_id)
        except (NotFound, Forbidden, ReadOnly):
            return False
        return True

    async def allowed(
        self, viewers: Sequence[Viewer], permission: Permission, workspace_id: str
    ) -> list[bool]:
        """For each viewer whether `check` would pass; three reads at most, for any number."""
        people = list(dict.fromkeys(each.user_id for each in viewers if each.user_id))
        found = await self._memberships.get_many([membership_id(workspace_id, p) for p in people])
        direct = {each.user_id: each.role for each in found if each}
        passed = [
            each.key is None and may(permission, each, direct.get(each.user_id or ""))
            for each in viewers
        ]
        if all(passed):
            return passed
        workspace = await self._workspaces.get(workspace_id)
        if workspace is None:
            return passed
        others = [
            v.user_id for v, done in zip(viewers, passed, strict=True) if v.user_id and not done
        ]
        roles = await self._roles(list(dict.fromkeys(others)), workspace)
        return [
            done
            or (
                within_key(each, workspace) and may(permission, each, roles.get(each.user_id or ""))
            )
            for each, done in zip(viewers, passed, strict=True)
        ]

    async def _roles(self, people: Sequence[str], workspace: Workspace) -> dict[str, Role | None]:
        """The highest role of each person there, from one read."""
        found = await self._memberships.of_people_on_path(people, workspace.path)
        held: dict[str, list[Membership]] = {}
        for membership in found:
            held.setdefault(membership.user_id, []).append(membership)
        return {person: highest(roles) for person, roles in held.items()}


def within_key(viewer: Viewer, workspace: Workspace) -> bool:
    """Whether an API key reaches this workspace; a person's session is not bound to one."""
    return viewer.key is None or viewer.key.workspace_id in workspace.path


def highest(memberships: Iterable[Membership]) -> Role | None:
    """The highest of the roles."""
    return max((found.role for found in memberships), key=RANK.__getitem__, default=None)


def may(permission: Permission, viewer: Viewer, role: Role | None) -> bool:
    """Whether the role, and the key's scopes where it is a key, allow it."""
    scoped = viewer.key is None or permission in viewer.key.scopes
    return scoped and role is not None and permission in ALLOWED[role]


def require(permission: Permission, viewer: Viewer, role: Role) -> None:
    """Forbidden unless the role, and the key's scopes where it is a key, allow it."""
    action = f"do this ({permission.value})"
    if viewer.key is not None and permission not in viewer.key.scopes:
        raise Forbidden(action, f"an API key with the scope {permission.value}")
    if permission not in ALLOWED[role]:
        raise Forbidden(action, f"the role {least_role(permission).value} in this workspace")
