"""People as others see them, and what they tell about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from datasources.memberships import Memberships
from datasources.users import User, Users
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

    def __init__(self, users: Users, memberships: Memberships, clock: Clock) -> None:
        self._users = users
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

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[User | None]:
        """One entry an id, for people named by something that the viewer may see."""
        viewer.id()
        return await self._users.get_many(ids)

    async def visible(self, viewer: Viewer, ids: Sequence[str]) -> list[User | None]:
        """One entry an id: the viewer, and those who share a workspace with them; None else."""
        known = await self._known(viewer)
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

    async def _known(self, viewer: Viewer) -> set[str]:
        """Ids of all who belong to a workspace that the viewer belongs to."""
        if not viewer.signed_in:
            return set()
        id = viewer.id()
        if viewer.key is not None:
            workspaces = [viewer.key.workspace_id]
        else:
            workspaces = [found.workspace_id for found in await self._memberships.of_user(id)]
        members = await self._memberships.find({"workspace_id": {"$in": workspaces}})
        return {id, *(member.user_id for member in members)}
