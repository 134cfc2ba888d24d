"""The ledger's entries: each call of a model, what it took, and what that cost then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.failures import mongo_failures
from datasources.models import Provider, Tokens
from datasources.mongo import current_session
from datasources.prices import Price


class ModelCall(Record, frozen=True, kw_only=True):
    """One call. `cost` is in millionths of a US dollar, by `price`, the one of that day.

    `code` is set where it failed: then the tokens were used in vain.
    """

    workspace_id: str
    account_id: str
    user_id: str | None
    job_id: str | None
    feature: str
    provider: Provider
    model: str
    tokens: Tokens
    price: Price
    cost: int
    code: str | None = None
    at: datetime


class UsageRow(msgspec.Struct, frozen=True):
    """Calls of one day (UTC, as 2026-11-21), model and feature together."""

    day: str
    model: str
    provider: Provider
    feature: str
    calls: int
    read: int
    written: int
    cost: int


class ModelCalls(Collection[ModelCall]):
    """The ledger."""

    name = "model_calls"
    record = ModelCall
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("at", ASCENDING)], name="of_workspace"),
        IndexModel([("job_id", ASCENDING)], name="of_job", sparse=True),
        IndexModel([("user_id", ASCENDING)], name="of_user"),
    )

    async def cost_of_job(self, job_id: str) -> int:
        """What all calls of a job cost, in millionths of a dollar."""
        rows = await self._aggregate(
            [{"$match": {"job_id": job_id}}, {"$group": {"_id": None, "cost": {"$sum": "$cost"}}}]
        )
        return int(rows[0]["cost"]) if rows else 0

    async def usage(self, workspace_id: str, since: datetime, until: datetime) -> list[UsageRow]:
        """What a workspace used in a span of time, oldest day first."""
        day = {"$dateToString": {"date": "$at", "format": "%Y-%m-%d"}}
        key = {"day": day, "model": "$model", "provider": "$provider", "feature": "$feature"}
        sums = {
            "calls": {"$sum": 1},
            "read": {"$sum": "$tokens.read"},
            "written": {"$sum": "$tokens.written"},
            "cost": {"$sum": "$cost"},
        }
        rows = await self._aggregate(
            [
                {"$match": {"workspace_id": workspace_id, "at": {"$gte": since, "$lt": until}}},
                {"$group": {"_id": key, **sums}},
                {"$sort": {"_id.day": 1, "_id.model": 1, "_id.feature": 1}},
            ]
        )
        return [msgspec.convert({**row.pop("_id"), **row}, UsageRow) for row in rows]

    async def _aggregate(self, steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        with mongo_failures():
            cursor = await self.raw.aggregate(list(steps), session=current_session.get())
            return await cursor.to_list()
