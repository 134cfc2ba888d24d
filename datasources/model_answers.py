"""What models have answered: kept for a while, so that nobody pays for the same thing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from datasources.collection import Collection, Record, document
from datasources.failures import mongo_failures
from datasources.models import ModelId, Tokens
from datasources.mongo import current_session
from datasources.vectors import packed, unpacked

ANSWERS_KEPT = 86_400
VECTORS_KEPT = 30 * 86_400


class ModelAnswer(Record, frozen=True, kw_only=True):
    """An answer; the id is a digest of its workspace, its model and what was asked."""

    workspace_id: str
    answer: dict[str, Any]
    model: ModelId
    tokens: Tokens
    at: datetime


class ModelAnswers(Collection[ModelAnswer]):
    """The answers of a day."""

    name = "model_answers"
    record = ModelAnswer
    indexes = (
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=ANSWERS_KEPT),
    )

    async def put(self, answer: ModelAnswer) -> None:
        """Keep an answer, in place of what had its id before."""
        values = document(answer)
        with mongo_failures():
            await self.raw.replace_one(
                {"_id": values["_id"]}, values, upsert=True, session=current_session.get()
            )


class KeptVector(Record, frozen=True, kw_only=True):
    """A text's vector, as 32-bit floats; the id is a digest of its workspace, model and text."""

    workspace_id: str
    vector: bytes
    at: datetime


class KeptVectors(Collection[KeptVector]):
    """The vectors of a month. A workspace never meets another's: what is known tells nothing."""

    name = "kept_vectors"
    record = KeptVector
    indexes = (
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=VECTORS_KEPT),
    )

    async def known(self, ids: Sequence[str]) -> dict[str, Sequence[float]]:
        """The vectors that are kept, of these."""
        found = await self.get_many(ids)
        return {each.id: list(unpacked(each.vector)) for each in found if each}

    async def keep(
        self, workspace_id: str, vectors: Mapping[str, Sequence[float]], at: datetime
    ) -> None:
        """Keep vectors by their ids, within the transaction around it if there is one."""
        records = [
            KeptVector(id=id, workspace_id=workspace_id, vector=packed(vector), at=at)
            for id, vector in vectors.items()
        ]
        changes = []
        for record in records:
            values = document(record)
            changes.append(UpdateOne({"_id": values.pop("_id")}, {"$set": values}, upsert=True))
        if changes:
            with mongo_failures():
                await self.raw.bulk_write(changes, ordered=False, session=current_session.get())
