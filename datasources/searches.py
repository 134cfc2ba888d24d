"""Searches that people keep, and those that they made lately: each person's own."""

from __future__ import annotations

from datetime import datetime

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.content import ContentStatus, ContentType, Platform


class KeptFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a search was narrowed by."""

    types: list[ContentType] = []
    statuses: list[ContentStatus] = []
    platforms: list[Platform] = []
    tags: list[str] = []
    created_from: datetime | None = None
    created_to: datetime | None = None


class SavedSearch(Record, frozen=True, kw_only=True):
    """A search with a name, of one person in one workspace."""

    workspace_id: str
    user_id: str
    name: str
    query: str
    filter: KeptFilter
    created_at: datetime


class SavedSearches(Collection[SavedSearch]):
    """All that are kept."""

    name = "saved_searches"
    record = SavedSearch
    indexes = (
        IndexModel(
            [("user_id", ASCENDING), ("workspace_id", ASCENDING), ("name", ASCENDING)],
            name="named",
            unique=True,
        ),
        IndexModel(
            [("user_id", ASCENDING), ("workspace_id", ASCENDING), ("_id", DESCENDING)],
            name="listed",
        ),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
    )


class PastSearch(Record, frozen=True, kw_only=True):
    """A search that a person made in a workspace, the last time at `at`. Its id names all three."""

    workspace_id: str
    user_id: str
    query: str
    filter: KeptFilter
    at: datetime


class PastSearches(Collection[PastSearch]):
    """The latest of each person in each workspace."""

    name = "past_searches"
    record = PastSearch
    indexes = (
        IndexModel(
            [
                ("user_id", ASCENDING),
                ("workspace_id", ASCENDING),
                ("at", DESCENDING),
                ("_id", DESCENDING),
            ],
            name="listed",
        ),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
    )


class SearchHabit(Record, frozen=True, kw_only=True):
    """A person who wants no history in a workspace: there is a record only of those."""

    workspace_id: str
    user_id: str


class SearchHabits(Collection[SearchHabit]):
    """Those who want none."""

    name = "search_habits"
    record = SearchHabit
    indexes = (
        IndexModel([("user_id", ASCENDING)], name="of_user"),
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
    )
