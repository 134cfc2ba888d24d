"""What there is of each thing that a plan limits, in a topmost workspace and all below it.

A noun that a plan comes to limit has a line in `counts`; its service calls `Entitlements.allow`
before it adds one, refuses with `ReadOnly` to change one that is marked, and has `Excess.review`
look again where one is removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from datasources.brands import Brands
from datasources.collection import Collection
from datasources.memberships import Memberships
from datasources.workspaces import Workspace, Workspaces
from services.plans import Limit


class Count(Protocol):
    """Counts one kind of thing in an account.

    It is given the account's topmost workspace, and the ids of that and all below it.
    """

    async def count(self, top: Workspace, ids: Sequence[str]) -> int:
        """How many there are."""

    async def beyond(self, top: Workspace, ids: Sequence[str], most: int) -> list[str]:
        """The ids of the latest of them, those beyond the first `most`."""

    async def close(self, ids: Sequence[str], closed: Sequence[str], places: Sequence[str]) -> None:
        """Let the closed ones be read-only and no others; `places` are the closed workspaces."""


@dataclass(frozen=True, slots=True)
class InWorkspaces:
    """Counts the records of a collection that name one of the workspaces in `workspace_id`.

    Those that a plan has no place for are marked in `read_only`.
    """

    collection: Collection[Any]

    async def count(self, top: Workspace, ids: Sequence[str]) -> int:
        """How many there are."""
        return await self.collection.count(self._of(ids))

    async def beyond(self, top: Workspace, ids: Sequence[str], most: int) -> list[str]:
        """Those made last."""
        found = await self.collection.find(self._of(ids), sort=[("_id", 1)], skip=most)
        return [each.id for each in found]

    async def close(self, ids: Sequence[str], closed: Sequence[str], places: Sequence[str]) -> None:
        """Mark them; those in closed workspaces can't be written to anyway."""
        shut = {"_id": {"$in": list(closed)}, "read_only": {"$ne": True}}
        opened = {**self._of(ids), "_id": {"$nin": list(closed)}, "read_only": True}
        await self.collection.update_many(shut, {"$set": {"read_only": True}})
        await self.collection.update_many(opened, {"$set": {"read_only": False}})

    def _of(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return {"workspace_id": {"$in": list(ids)}}


@dataclass(frozen=True, slots=True)
class OfWorkspaces:
    """Counts an account's workspaces: itself, those below, and for a person those they began.

    What someone began as a topmost workspace has a plan of its own, but counts with the personal
    one as well: else everything would be free to whoever begins often enough.
    """

    workspaces: Workspaces

    async def count(self, top: Workspace, ids: Sequence[str]) -> int:
        """How many there are."""
        if not top.personal:
            return len(ids)
        begun = {"parent_id": None, "personal": False, "created_by": top.created_by}
        return len(ids) + await self.workspaces.count(begun)

    async def beyond(self, top: Workspace, ids: Sequence[str], most: int) -> list[str]:
        """Those made last: what lies below one of them is among them, since it is younger."""
        return sorted(ids)[most:]

    async def close(self, ids: Sequence[str], closed: Sequence[str], places: Sequence[str]) -> None:
        """Mark them: more than these are closed where nothing was paid for."""
        await self.workspaces.close(ids, places)


@dataclass(frozen=True, slots=True)
class OfMembers:
    """Counts the people in an account, each once."""

    memberships: Memberships

    async def count(self, top: Workspace, ids: Sequence[str]) -> int:
        """How many there are."""
        return len(await self.memberships.people_in(ids))

    async def beyond(self, top: Workspace, ids: Sequence[str], most: int) -> list[str]:
        """Those who came last; whoever owns the topmost workspace came before all others."""
        found = await self.memberships.find({"workspace_id": {"$in": list(ids)}})
        owners = {each.user_id for each in found if each.owns(top.id)}
        since = {each.user_id: each.created_at for each in found}
        for each in found:
            since[each.user_id] = min(since[each.user_id], each.created_at)
        order = sorted(since, key=lambda user: (user not in owners, since[user], user))
        return order[most:]

    async def close(self, ids: Sequence[str], closed: Sequence[str], places: Sequence[str]) -> None:
        """Mark what they hold, and what anyone holds in a closed workspace."""
        await self.memberships.close(ids, places, closed)


def counts(
    workspaces: Workspaces, memberships: Memberships, brands: Brands
) -> Mapping[Limit, Count]:
    """How each limit is counted; one that is missing has nothing to count yet."""
    return {
        Limit.WORKSPACES: OfWorkspaces(workspaces),
        Limit.MEMBERS: OfMembers(memberships),
        Limit.BRANDS: InWorkspaces(brands),
    }
