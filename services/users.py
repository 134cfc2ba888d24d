"""People as others see them, and what they tell about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from datasources.memberships import Memberships
from datasources.users import User, Users
from datasources.workspaces import Workspaces
from services.clock import Clock
from services.failures import BadInput, NotFound, Unauthenticated
from services.validation import optional_text, text, time_zone
from services.viewer import Viewer

FULL_NAME = 120
HEADLINE = 220
INDUSTRY = 120
BIO = 5_000


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What is to change: UNSET stays as it is, None is emptied."""

    full_name: str | UnsetType | None = UNSET
    headline: str | UnsetType | None = UNSET
    bio: str | UnsetType | None = UNSET
    industry: str | UnsetType | None = UNSET
    time_zone: str | UnsetType | None = UNSET

    def checked(self) -> dict[str, Any]:
        """The fields of the record, each with the value that it gets."""
        changed: dict[str, Any] = {}
        if self.full_name is not UNSET:
            name = text("fullName", self.full_name or "", least=1, most=FULL_NAME)
            changed["profile.full_name"] = name
        if self.headline is not UNSET:
            changed["profile.headline"] = optional_text("headline", self.headline, most=HEADLINE)
        if self.bio is not UNSET:
            changed["profile.bio"] = optional_text("bio", self.bio, most=BIO, lines=True)
        if self.industry is not UNSET:
            changed["profile.industry"] = optional_text("industry", self.industry, most=INDUSTRY)
        if self.time_zone is not UNSET:
            changed["time_zone"] = time_zone("timeZone", self.time_zone or "")
        return changed


class UserService:
    """Reads people, and changes the viewer's own profile."""

    def __init__(
        self, users: Users, workspaces: Workspaces, memberships: Memberships, clock: Clock
    ) -> None:
        self._users = users
        self._workspaces = workspaces
        self._memberships = memberships
        self._clock = clock

    async def me(self, viewer: Viewer) -> User:
        """The viewer's own record; for an API key, that of the person who made it."""
        user = await self._users.get(viewer.id())
        if user is None:
            raise Unauthenticated
        return user

    def oneself(self, viewer: Viewer, id: str) -> None:
        """Pass where that is the viewer in person; NotFound else."""
        if viewer.person("see this of a person") != id:
            raise NotFound("user", id)

    async def get_many(self, ids: Sequence[str]) -> list[User | None]:
        """One entry an id, for people named by something that the viewer was shown."""
        return await self._users.get_many(ids)

    async def visible(self, viewer: Viewer, ids: Sequence[str]) -> list[User | None]:
        """One entry an id: the viewer, and those who share a workspace with them; None else."""
        if not viewer.signed_in:
            return [None for _ in ids]
        known = await self._known(viewer, set(ids))
        found = await self._users.get_many([id for id in ids if id in known])
        by_id = {user.id: user for user in found if user is not None}
        return [by_id.get(id) for id in ids]

    async def seen(self, viewer: Viewer, id: str) -> User:
        """That person, if the viewer shares a workspace with them; NotFound else."""
        viewer.id()
        found = (await self.visible(viewer, [id]))[0]
        if found is None:
            raise NotFound("user", id)
        return found

    async def update_me(self, viewer: Viewer, change: ProfileChange) -> User:
        """The viewer's record as it has become."""
        id = viewer.person("change the profile")
        changed = change.checked()
        if not changed:
            raise BadInput("input", "is empty.", "At least one field.")
        changed["updated_at"] = self._clock()
        user = await self._users.update({"_id": id}, {"$set": changed})
        if user is None:
            raise Unauthenticated
        return user

    async def _known(self, viewer: Viewer, ids: set[str]) -> set[str]:
        """Those of these people who have a role in a workspace where the viewer has one too."""
        known = ids & {viewer.id()}
        if known == ids:
            return known
        theirs = await self._memberships.find({"user_id": {"$in": sorted(ids)}})
        places = await self._paths([each.workspace_id for each in theirs])
        own = await self._paths(await self._places(viewer))
        shared = {
            id for id, path in places.items() if any(meet(path, each) for each in own.values())
        }
        return known | {each.user_id for each in theirs if each.workspace_id in shared}

    async def _places(self, viewer: Viewer) -> list[str]:
        """Where the viewer was given a role; for an API key its workspace, if that holds there."""
        if viewer.key is None:
            held = await self._memberships.of_user(viewer.id())
            return [each.workspace_id for each in held]
        workspace = await self._workspaces.get(viewer.key.workspace_id)
        if workspace is None:
            return []
        role = await self._memberships.on_path(viewer.id(), workspace.path)
        return [workspace.id] if role else []

    async def _paths(self, ids: Sequence[str]) -> dict[str, Sequence[str]]:
        found = await self._workspaces.get_many(ids)
        return {each.id: each.path for each in found if each is not None}


def meet(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether roles at two places hold together somewhere: one lies on the way to the other."""
    return one[-1] in other or other[-1] in one
