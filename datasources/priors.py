"""The prior of predictions: what features of posts are worth on the whole."""

from __future__ import annotations

from datetime import datetime

from datasources.collection import Collection, Record

PRIOR = "prior"


class Prior(Record, frozen=True, kw_only=True):
    """One record. `weights` are by trait and value, as `HOOK:question`; never of a topic."""

    weights: dict[str, float]
    workspaces: int
    computed_at: datetime


class Priors(Collection[Prior]):
    """The one, once there is one."""

    name = "prediction_priors"
    record = Prior

    async def keep(self, prior: Prior) -> None:
        """Put it in the place of the last."""
        values = {
            "weights": prior.weights,
            "workspaces": prior.workspaces,
            "computed_at": prior.computed_at,
        }
        await self.update({"_id": prior.id}, {"$set": values}, upsert=True)
