"""The worker finishes what the failure of an engine, or of a process, left half done."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from datasources.erasures import Erasure, Erasures
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.revocations import Revocations
from datasources.sessions import IssuedToken, Session, Sessions
from server.settings import Settings
from services.clock import utc_now
from services.ids import Ids
from tests.conftest import serving


async def test_what_was_left_half_done_is_finished_when_a_server_starts(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    """A session that was marked and not revoked; an account that ended and was not swept."""
    now, new_id = utc_now(), Ids(utc_now)
    sessions, erasures = Sessions(mongo), Erasures(mongo)
    session = Session(
        id=new_id("ses"),
        user_id=new_id("usr"),
        family_hash="",
        token_hash="",
        issued=[IssuedToken(id="tok_living", expires_at=now + timedelta(minutes=5))],
        address="",
        agent="",
        created_at=now,
        rotated_at=now,
        expires_at=now + timedelta(days=1),
        revoked_at=now - timedelta(minutes=1),
    )
    await sessions.insert(session)
    gone = Erasure(id=new_id("ers"), user_id=new_id("usr"), workspace_ids=[], due=now)
    await erasures.insert(gone)
    async with serving(settings), asyncio.timeout(40):
        while await sessions.count({}) or await erasures.count({}):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await Revocations(redis).revoked("tok_living")
