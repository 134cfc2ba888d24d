"""Who belongs to which workspace, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.failures import mongo_failures
from datasources.mongo import current_session


class Role(StrEnum):
    """What a member may do, rising from VIEWER to OWNER."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    EDITOR = "EDITOR"
    VIEWER = "VIEWER"


def membership_id(workspace_id: str, user_id: str) -> str:
    """One membership a pair: its id is made of both, so that roles are read by id."""
    return f"{workspace_id}:{user_id}"


class Membership(Record, frozen=True, kw_only=True):
    """One person's role in one workspace; it holds in the workspaces below it too.

    `read_only`: it does not let them write, since a plan has no place for them, or for that.
    """

    workspace_id: str
    user_id: str
    role: Role
    created_at: datetime
    read_only: bool = False

    def owns(self, workspace_id: str) -> bool:
        """Whether it makes that person an owner of that very workspace."""
        return self.role is Role.OWNER and self.workspace_id == workspace_id


class Memberships(Collection[Membership]):
    """All memberships."""

    name = "memberships"
    record = Membership
    indexes = (
        IndexModel([("user_id", ASCENDING), ("workspace_id", ASCENDING)], name="of_user"),
        IndexModel([("workspace_id", ASCENDING), ("user_id", ASCENDING)], name="of_workspace"),
    )

    async def of_user(self, user_id: str) -> list[Membership]:
        """Everything that person belongs to directly."""
        return await self.find({"user_id": user_id})

    async def on_path(self, user_id: str, path: Sequence[str]) -> list[Membership]:
        """That person's memberships in these workspaces."""
        return await self.of_people_on_path([user_id], path)

    async def of_people_on_path(
        self, user_ids: Sequence[str], path: Sequence[str]
    ) -> list[Membership]:
        """These people's memberships in these workspaces."""
        ids = [membership_id(id, user_id) for user_id in user_ids for id in path]
        return [membership for membership in await self.get_many(ids) if membership is not None]

    async def owners(self, workspace_id: str, *, limit: int) -> int:
        """How many own that workspace directly, counted up to `limit`."""
        owners = {"workspace_id": workspace_id, "role": Role.OWNER.value}
        return await self.count(owners, limit=limit)

    async def close(self, ids: Sequence[str], closed: Sequence[str], people: Sequence[str]) -> None:
        """Among memberships in these workspaces: no writing in the closed ones, nor by the people.

        All others are open.
        """
        among = {"workspace_id": {"$in": list(ids)}}
        shut = [{"workspace_id": {"$in": list(closed)}}, {"user_id": {"$in": list(people)}}]
        to_close, to_open = {"$or": shut, "read_only": {"$ne": True}}, {"$nor": shut}
        await self.update_many({**among, **to_close}, {"$set": {"read_only": True}})
        await self.update_many(
            {**among, **to_open, "read_only": True}, {"$set": {"read_only": False}}
        )

    async def people_in(self, workspace_ids: Sequence[str]) -> list[str]:
        """Everyone who belongs directly to one of these, each once."""
        with mongo_failures():
            found: list[str] = await self.raw.distinct(
                "user_id",
                {"workspace_id": {"$in": list(workspace_ids)}},
                session=current_session.get(),
            )
        return found

    async def people(
        self,
        path: Sequence[str],
        *,
        after: str | None,
        before: str | None,
        from_end: bool,
        limit: int,
    ) -> list[list[Membership]]:
        """All that each person holds in these workspaces: at most `limit` people, by their ids.

        Between two ids, neither included; `from_end` begins with the highest.
        """
        bounds = {"$gt": after, "$lt": before}
        wanted: dict[str, Any] = {"workspace_id": {"$in": list(path)}}
        if after or before:
            wanted["user_id"] = {sign: id for sign, id in bounds.items() if id}
        found = await self.find(
            wanted,
            sort=[("user_id", DESCENDING if from_end else ASCENDING)],
            limit=limit * len(path),
        )
        held: dict[str, list[Membership]] = {}
        for membership in found:
            held.setdefault(membership.user_id, []).append(membership)
        return list(held.values())[:limit]
