"""Generations of the search index: which one answers, and how far the next one is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record


class GenerationState(StrEnum):
    """BUILDING fills up beside the one that answers; CURRENT answers."""

    BUILDING = "BUILDING"
    CURRENT = "CURRENT"


class Generation(Record, frozen=True, kw_only=True):
    """An index made with one embedding model. Its pieces are those up to `reached`, by id, and
    all that were written since it began. `done` counts the former.
    """

    model: str
    dimension: int
    state: GenerationState
    reached: str = ""
    done: int = 0
    began_at: datetime
    current_since: datetime | None = None


class Generations(Collection[Generation]):
    """At most one of each state."""

    name = "search_generations"
    record = Generation
    indexes = (IndexModel([("state", ASCENDING)], name="one_of_each", unique=True),)

    async def all(self) -> list[Generation]:
        """The current one first."""
        found = await self.find({})
        return sorted(found, key=lambda each: each.state is GenerationState.BUILDING)

    async def advance(self, generation: Generation, reached: str, done: int) -> None:
        """Note how far it is; never backwards, whoever else is at it."""
        await self.update(
            {"_id": generation.id, "reached": {"$lt": reached}},
            {"$set": {"reached": reached}, "$inc": {"done": done}},
        )
