"""Sessions: one a sign-in. The refresh tokens of a session are its family, one of them good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record, document


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """An access token that was handed out: its `jti`, and when it ends by itself."""

    id: str
    expires_at: datetime


class Session(Record, frozen=True, kw_only=True):
    """A person signed in on one device.

    `token_hash` is of the refresh token that is good now, `previous_hash` of the one before it,
    `family_hash` of the part that all of them share. `issued` are the latest access tokens.
    `revoked_at` is set while the session is being ended; then the record goes.
    """

    user_id: str
    family_hash: str
    token_hash: str
    previous_hash: str | None = None
    issued: list[IssuedToken]
    address: str
    agent: str
    created_at: datetime
    rotated_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


MOST_ISSUED = 100


class Sessions(Collection[Session]):
    """All sessions."""

    name = "sessions"
    record = Session
    indexes = (
        IndexModel([("user_id", ASCENDING), ("rotated_at", DESCENDING)], name="of_user"),
        IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
        IndexModel(
            [("revoked_at", ASCENDING)],
            name="ending",
            partialFilterExpression={"revoked_at": {"$type": "date"}},
        ),
    )

    async def of_user(self, user_id: str) -> list[Session]:
        """That person's sessions, those that are being ended too, the latest used first."""
        return await self.find({"user_id": user_id}, sort=[("rotated_at", -1)])

    async def ending(self, before: datetime) -> list[Session]:
        """Sessions whose end began before that time and was not finished."""
        return await self.find({"revoked_at": {"$type": "date", "$lt": before}}, limit=1000)

    async def rotate(
        self,
        id: str,
        *,
        presented: str,
        successor: str,
        token: IssuedToken,
        now: datetime,
        expires_at: datetime,
    ) -> Session | None:
        """Put the next refresh token's hash where the presented one's is; None if it is not."""
        return await self.update(
            {"_id": id, "token_hash": presented, "revoked_at": None},
            {
                "$set": {
                    "token_hash": successor,
                    "previous_hash": presented,
                    "rotated_at": now,
                    "expires_at": expires_at,
                },
                "$push": {"issued": added(token)},
            },
        )

    async def issue(self, id: str, token_hash: str, token: IssuedToken) -> Session | None:
        """Note one more access token, while that refresh token is the good one; None if not."""
        return await self.update(
            {"_id": id, "token_hash": token_hash, "revoked_at": None},
            {"$push": {"issued": added(token)}},
        )

    async def begin_end(self, ids: Sequence[str], now: datetime) -> list[Session]:
        """Stop these sessions from issuing anything; what they had issued by then."""
        await self.update_many(
            {"_id": {"$in": list(ids)}, "revoked_at": None}, {"$set": {"revoked_at": now}}
        )
        return await self.find({"_id": {"$in": list(ids)}})


def added(token: IssuedToken) -> dict[str, object]:
    """The change that adds a token and forgets the oldest beyond `MOST_ISSUED`."""
    return {"$each": [document(token)], "$slice": -MOST_ISSUED}
