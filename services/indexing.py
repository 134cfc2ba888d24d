"""Indexing: what was written becomes searchable, once its transaction is kept and not before.

A job follows every change of a piece: its event is written with the change, and is not marked as
told before the job is asked for. The job reads the piece as it stands then, so jobs may come late,
twice and in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from msgspec.structs import replace

from datasources.content import Content, Contents
from datasources.failures import Duplicate
from datasources.generations import Generation, Generations, GenerationState
from datasources.mongo import Mongo
from datasources.vectors import VectorStore
from services.clock import Clock
from services.ids import NewId
from services.index_entries import IndexEntries
from services.models import Models
from services.topic_indexing import TopicIndexing

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TASK = "index_content"
BATCH = 50

FOLLOWS = dict.fromkeys(
    (
        "content.created",
        "content.updated",
        "content.changed",
        "content.archived",
        "content.restored",
        "content.deleted",
    ),
    TASK,
)
"""The events after which a piece has to be indexed anew."""

Told = Callable[[int], None]


class Indexing:
    """Writes the index: what jobs ask for, and whole generations."""

    def __init__(
        self,
        mongo: Mongo,
        contents: Contents,
        generations: Generations,
        store: VectorStore,
        models: Models,
        topics: TopicIndexing,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._contents = contents
        self._generations = generations
        self.store = store
        self._models = models
        self._entries = IndexEntries(models)
        self.topics = topics
        self._clock = clock
        self._new_id = new_id

    async def index(self, subject: str, workspace_id: str) -> None:
        """Bring every generation to what the piece is now; gone where it is gone.

        Repeated while the piece changes meanwhile, so that the last state is the one kept.
        """
        content = await self._contents.get(subject)
        while True:
            generations = await self.generations()
            for generation in generations:
                if content is None:
                    await self.store.remove(generation.id, workspace_id, [subject])
                else:
                    await self._put(generation, [content])
            await self.topics.drop_ended(generations)
            seen, content = content, await self._contents.get(subject)
            if seen == content:
                return

    async def forget(self, workspace_ids: Sequence[str]) -> None:
        """Nothing is left of these workspaces."""
        for generation in await self._generations.all():
            for id in workspace_ids:
                await self.store.forget(generation.id, id)
        await self.topics.forget(workspace_ids)

    async def generations(self) -> Sequence[Generation]:
        """Those that are written to. The first is made here, when it is first needed."""
        found = await self._generations.all()
        if found:
            return found
        empty = not await self._contents.count({}, limit=1)
        state = GenerationState.CURRENT if empty else GenerationState.BUILDING
        await self._insert(state)
        return await self._generations.all()

    async def current(self) -> Generation:
        """The one that answers; before there is one, that which fills up to be the first."""
        return (await self.generations())[0]

    async def begin(self) -> None:
        """Begin a new generation with the model that is configured now.

        One that is being built already is left to be finished, unless it is of another model
        and one of the two goes on answering.
        """
        current, building = await self._both()
        if building is not None:
            if current is None or building.model == str(self._models.indexing.id):
                return
            await self._generations.delete(building.id)
            await self.store.drop(building.id)
        await self._insert(GenerationState.BUILDING)

    async def rebuild(self, told: Told = lambda _: None) -> None:
        """A whole index of the model that is configured now, beside the one that answers."""
        await self.begin()
        await self.build(told)
        current, _ = await self._both()
        if current is None or current.model != str(self._models.indexing.id):
            await self.begin()
            await self.build(told)

    async def _both(self) -> tuple[Generation | None, Generation | None]:
        """The generation that answers, and the one that is being built."""
        found = {each.state: each for each in await self._generations.all()}
        return found.get(GenerationState.CURRENT), found.get(GenerationState.BUILDING)

    async def _insert(self, state: GenerationState) -> None:
        model, now = self._models.indexing, self._clock()
        generation = Generation(
            id=self._new_id("idx"),
            model=str(model.id),
            dimension=model.dimension,
            state=state,
            began_at=now,
            current_since=now if state is GenerationState.CURRENT else None,
        )
        with suppress(Duplicate):  # another process was faster
            await self._generations.insert(generation)

    async def build(self, told: Told = lambda _: None, batch_size: int = BATCH) -> bool:
        """Fill the generation that is being built from where it stopped, and switch over to it.

        `told` hears how many pieces it has, after each batch. False where none is being built, or
        it was given up meanwhile.
        """
        current, building = await self._both()
        if building is None:
            return False
        while batch := await self._behind(building.reached, batch_size):
            await self._put(building, batch)
            await self._settle(batch)
            reached, done = batch[-1].id, building.done + len(batch)
            await self._generations.advance(building, reached, len(batch))
            building = replace(building, reached=reached, done=done)
            told(done)
        await self.topics.fill(building)
        if not await self._switch(current, building):
            await self.topics.drop_ended([building])
            return False
        if current is not None and current.model != building.model:
            await self.topics.renew()
        return True

    async def catch_up(self) -> None:
        """What a worker does every so often: the first generation of a server with content."""
        if len(await self.generations()) == 1:
            await self.build()

    async def _behind(self, id: str, limit: int) -> Sequence[Content]:
        return await self._contents.find({"_id": {"$gt": id}}, sort=[("_id", 1)], limit=limit)

    async def close(self) -> None:
        """Give back what the index holds open."""
        await self.store.close()

    async def _settle(self, batch: Sequence[Content]) -> None:
        """What changed while it was written is written again; what went is removed."""
        now = await self._contents.get_many([content.id for content in batch])
        for before, after in zip(batch, now, strict=True):
            if before != after:
                await self.index(before.id, before.workspace_id)

    async def _switch(self, current: Generation | None, building: Generation) -> bool:
        """From now on this one answers, if it was not given up; the one before is dropped."""

        async def change() -> bool:
            if await self._generations.get(building.id) is None:
                return False
            if current is not None:
                await self._generations.delete(current.id)
            await self._generations.update(
                {"_id": building.id},
                {
                    "$set": {
                        "state": GenerationState.CURRENT.value,
                        "current_since": self._clock(),
                    }
                },
            )
            return True

        switched = await self._mongo.transact(change)
        if switched and current is not None:
            await self.store.drop(current.id)
        return switched

    async def _put(self, generation: Generation, contents: Sequence[Content]) -> None:
        model = self._models.known(generation.model)
        if model is None:
            log.warning("a generation of the search index has no model", model=generation.model)
            return
        entries = [await self._entries.of(model, content) for content in contents]
        await self.store.put(generation.id, generation.dimension, entries)
