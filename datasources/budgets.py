"""Budgets: what an account has spent on models in a month, and what is reserved just now.

One document an account and month, so that one atomic change asks whether there is enough left
and takes it. Amounts are in millionths of a US dollar.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record
from datasources.failures import Duplicate


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may cost at most, held until it is settled, or its worker was lost."""

    id: str
    workspace_id: str
    amount: int
    expires_at: datetime


class Budget(Record, frozen=True, kw_only=True):
    """One account (a topmost workspace) in one month, as `wsp_…:2026-11`.

    `by` is what each of its workspaces spent. `warned` are those that have been told of it.
    """

    workspace_id: str
    spent: int = 0
    by: dict[str, int] = {}
    reservations: list[Reservation] = []
    warned: list[str] = []

    def spent_by(self, workspace_id: str) -> int:
        """What one workspace spent."""
        return self.by.get(workspace_id, 0)

    def reserved(self, now: datetime, workspace_id: str | None = None) -> int:
        """What is reserved, in all or by one workspace."""
        return sum(
            each.amount
            for each in self.reservations
            if each.expires_at > now and workspace_id in (None, each.workspace_id)
        )


class Budgets(Collection[Budget]):
    """The budgets of all accounts."""

    name = "budgets"
    record = Budget
    indexes = (IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),)

    async def reserve(
        self,
        id: str,
        account_id: str,
        reservation: Reservation,
        *,
        limit: int | None,
        own_limit: int | None,
        now: datetime,
    ) -> Budget | None:
        """Hold an amount, if all that is spent and held stays within both limits; else None.

        `limit` bounds the account, `own_limit` the workspace; None bounds nothing.
        """
        held = {
            "$filter": {
                "input": {"$ifNull": ["$reservations", []]},
                "cond": {"$gt": ["$$this.expires_at", now]},
            }
        }
        mine = {"$filter": {"input": held, "cond": eq("$$this.workspace_id", reservation)}}
        own = {"$getField": {"field": reservation.workspace_id, "input": {"$ifNull": ["$by", {}]}}}
        rules = [
            within([{"$ifNull": ["$spent", 0]}, total(held)], reservation.amount, limit),
            within([{"$ifNull": [own, 0]}, total(mine)], reservation.amount, own_limit),
        ]
        wanted = {"_id": id, "$expr": {"$and": rules}}
        held_now = msgspec.to_builtins(reservation, builtin_types=(datetime,))
        change = {"$push": {"reservations": held_now}}
        if found := await self.update(wanted, change):
            return found
        with suppress(Duplicate):  # it may be the month's first, or made by another this moment
            made = {"$setOnInsert": {"workspace_id": account_id}}
            await self.update({"_id": id}, made, upsert=True)
        return await self.update(wanted, change)

    async def settle(
        self, id: str, workspace_id: str, held: Sequence[Reservation], cost: int, now: datetime
    ) -> Budget | None:
        """Let go of what was held, and count what it came to; whether or not it was still held.

        What workers held that are gone is let go of, too.
        """
        mine = {"id": {"$in": [each.id for each in held]}}
        return await self.update(
            {"_id": id},
            {
                "$pull": {"reservations": {"$or": [mine, {"expires_at": {"$lte": now}}]}},
                "$inc": {"spent": cost, f"by.{workspace_id}": cost},
            },
        )

    async def warn(self, id: str, workspace_id: str) -> bool:
        """Note that a workspace is told; False if it has been."""
        wanted = {"_id": id, "warned": {"$ne": workspace_id}}
        return await self.update(wanted, {"$push": {"warned": workspace_id}}) is not None


def total(reservations: Any) -> dict[str, Any]:
    """The sum of what is held."""
    amounts = {"$map": {"input": reservations, "in": "$$this.amount"}}
    return {"$sum": amounts}


def eq(field: str, reservation: Reservation) -> dict[str, Any]:
    """Whether a field names the reservation's workspace."""
    return {"$eq": [field, reservation.workspace_id]}


def within(parts: list[Any], amount: int, limit: int | None) -> dict[str, Any] | bool:
    """Whether these and the amount are at most the limit."""
    return True if limit is None else {"$lte": [{"$add": [*parts, amount]}, limit]}
