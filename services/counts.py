"""What there is of each thing that a plan limits, in a topmost workspace and all below it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from datasources.collection import Collection
from datasources.memberships import Memberships
from datasources.workspaces import Workspace, Workspaces
from services.plans import Limit

Count = Callable[[Workspace, Sequence[str]], Awaitable[int]]
"""Counts in an account: given its topmost workspace, and the ids of that and all below it."""


def in_workspaces(collection: Collection[Any], **filter: Any) -> Count:
    """Counts the records of a collection that name one of the workspaces in `workspace_id`."""

    async def count(_: Workspace, ids: Sequence[str]) -> int:
        return await collection.count({"workspace_id": {"$in": list(ids)}, **filter})

    return count


def of_workspaces(workspaces: Workspaces) -> Count:
    """Counts an account's workspaces: itself, those below, and for a person those they began.

    What someone began as a topmost workspace has a plan of its own, but counts with the personal
    one as well: else everything would be free to whoever begins often enough.
    """

    async def count(top: Workspace, ids: Sequence[str]) -> int:
        if not top.personal:
            return len(ids)
        begun = {"parent_id": None, "personal": False, "created_by": top.created_by}
        return len(ids) + await workspaces.count(begun)

    return count


def of_members(memberships: Memberships) -> Count:
    """Counts the people in an account, each once."""

    async def count(_: Workspace, ids: Sequence[str]) -> int:
        return len(await memberships.people_in(ids))

    return count


def counts(workspaces: Workspaces, memberships: Memberships) -> Mapping[Limit, Count]:
    """How each limit is counted; one that is missing has nothing to count yet."""
    return {
        Limit.WORKSPACES: of_workspaces(workspaces),
        Limit.MEMBERS: of_members(memberships),
    }
