"""Saved searches and the history of searches: for the person alone, whatever their role."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import msgspec

from datasources.collection import document
from datasources.failures import Duplicate, Unavailable
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.searches import (
    KeptFilter,
    PastSearch,
    PastSearches,
    SavedSearch,
    SavedSearches,
    SearchHabit,
    SearchHabits,
)
from datasources.workspaces import Workspaces
from services.access import Access
from services.clock import Clock
from services.failures import BadInput, Failure, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.search import LONGEST, Finds, SearchService
from services.search_query import SearchQuery
from services.validation import text
from services.viewer import Viewer

LISTED, LATEST = Order(), Order("at")
NAME, SAVED, PAST = 120, 50, 100


class TooManySavedSearches(Failure):
    """A person may keep so many in a workspace."""

    code = "TOO_MANY_SAVED_SEARCHES"

    def __init__(self) -> None:
        super().__init__(f"You have {SAVED} saved searches here. Delete one first.", allowed=SAVED)


class SavedSearchService:
    """Whoever may read a workspace's content keeps searches there; nobody else sees them."""

    def __init__(
        self,
        mongo: Mongo,
        workspaces: Workspaces,
        saved: SavedSearches,
        past: PastSearches,
        habits: SearchHabits,
        search: SearchService,
        access: Access,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._workspaces = workspaces
        self._saved = saved
        self._past = past
        self._habits = habits
        self._search = search
        self._access = access
        self._clock = clock
        self._new_id = new_id

    async def save(
        self, viewer: Viewer, workspace_id: str, name: str, query: str, narrowed: SearchQuery
    ) -> SavedSearch:
        """Keep a search under a name that this person has not used in this workspace."""
        user_id = await self._person(viewer, workspace_id)
        narrowed.narrowed()
        saved = SavedSearch(
            id=self._new_id("srs"),
            workspace_id=workspace_id,
            user_id=user_id,
            name=text("name", name, least=1, most=NAME),
            query=text("query", query, least=1, most=LONGEST),
            filter=kept(narrowed),
            created_at=self._clock(),
        )

        async def change() -> SavedSearch:
            await self._workspaces.take_turn(workspace_id)
            if await self._saved.count(mine(user_id, workspace_id), limit=SAVED) >= SAVED:
                raise TooManySavedSearches
            return await self._saved.insert(saved)

        try:
            return await self._mongo.transact(change)
        except Duplicate:
            raise BadInput("name", "is that of another saved search.", "a new name") from None

    async def delete(self, viewer: Viewer, id: str) -> None:
        """Forget a saved search."""
        await self._saved.delete((await self._mine(viewer, id)).id)

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[SavedSearch]:
        """A slice of one's saved searches, latest first."""
        user_id = await self._person(viewer, workspace_id)
        return await page(self._saved, mine(user_id, workspace_id), LISTED, window)

    async def run(self, viewer: Viewer, id: str, first: int | None, after: str | None) -> Finds:
        """What a saved search finds now."""
        saved = await self._mine(viewer, id)
        narrowed = SearchQuery(**msgspec.structs.asdict(saved.filter))
        return await self._search.search(
            viewer, saved.workspace_id, saved.query, narrowed, first, after
        )

    async def note(
        self, viewer: Viewer, workspace_id: str, query: str, narrowed: SearchQuery
    ) -> None:
        """Remember a search that was made, unless by a key or by one who wants no history.

        The latest hundred stay. A convenience: where the database is away nothing is remembered.
        """
        if viewer.key is not None or viewer.user_id is None:
            return
        with suppress(Unavailable):
            if await self._habits.get(habit_id(viewer.user_id, workspace_id)) is None:
                await self._note(viewer.user_id, workspace_id, query.strip(), kept(narrowed))

    async def _note(self, user_id: str, workspace_id: str, query: str, filter: KeptFilter) -> None:
        told = f"{user_id}:{workspace_id}:{query}:{msgspec.json.encode(filter).decode()}"
        past = PastSearch(
            id=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32],
            workspace_id=workspace_id,
            user_id=user_id,
            query=query,
            filter=filter,
            at=self._clock(),
        )
        values = document(past)
        await self._past.update({"_id": values.pop("_id")}, {"$set": values}, upsert=True)
        beyond = await self._past.find(
            mine(user_id, workspace_id), sort=LATEST.sort(), skip=PAST, limit=PAST
        )
        if beyond:
            await self._past.delete_many({"_id": {"$in": [each.id for each in beyond]}})

    async def history(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[PastSearch]:
        """A slice of the searches that one made, the latest first."""
        user_id = await self._person(viewer, workspace_id)
        return await page(self._past, mine(user_id, workspace_id), LATEST, window)

    async def clear(self, viewer: Viewer, workspace_id: str) -> int:
        """Forget the searches that one made; how many."""
        user_id = await self._person(viewer, workspace_id)
        return await self._past.delete_many(mine(user_id, workspace_id))

    async def keep_history(self, viewer: Viewer, workspace_id: str, enabled: bool) -> bool:
        """Whether one's searches are remembered from now on. What was is forgotten with `False`."""
        user_id = await self._person(viewer, workspace_id)
        id = habit_id(user_id, workspace_id)
        if enabled:
            await self._habits.delete(id)
            return True
        with suppress(Duplicate):
            await self._habits.insert(
                SearchHabit(id=id, workspace_id=workspace_id, user_id=user_id)
            )
        await self._past.delete_many(mine(user_id, workspace_id))
        return False

    async def _person(self, viewer: Viewer, workspace_id: str) -> str:
        user_id = viewer.person("keep searches")
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)
        return user_id

    async def _mine(self, viewer: Viewer, id: str) -> SavedSearch:
        user_id = viewer.person("keep searches")
        saved = await self._saved.get(id)
        if saved is None or saved.user_id != user_id:
            raise NotFound("saved search", id)
        home = saved.workspace_id
        await self._access.check(viewer, Permission.CONTENT_READ, home, of=("saved search", id))
        return saved


def mine(user_id: str, workspace_id: str) -> dict[str, str]:
    """What is of one person in one workspace."""
    return {"user_id": user_id, "workspace_id": workspace_id}


def habit_id(user_id: str, workspace_id: str) -> str:
    """The one record of a person in a workspace."""
    return f"{workspace_id}:{user_id}"


def kept(narrowed: SearchQuery) -> KeptFilter:
    """As it is stored."""
    return msgspec.convert(narrowed, KeptFilter, from_attributes=True)
