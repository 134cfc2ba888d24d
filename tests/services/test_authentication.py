"""Who is asking is told by a header, a socket's first message or a cookie, in this order."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.revocations import Revocations
from services.accounts import SignedIn
from services.authentication import Authentication
from services.cookies import SESSION_COOKIE
from services.failures import Unauthenticated
from services.viewer import ANONYMOUS
from tests.services.people import People


@pytest.fixture
def people(mongo: Mongo, redis: Redis) -> People:
    return People(mongo, redis)


@pytest.fixture
async def ada(people: People) -> SignedIn:
    return await people.ada()


async def test_a_bearer_token_says_who_with_which_session_and_until_when(
    people: People, ada: SignedIn
) -> None:
    viewer = await people.authentication.viewer(f"Bearer {ada.grant.access_token}", {})
    assert viewer.user_id == ada.user.id
    assert viewer.session_id == ada.grant.session_id
    assert viewer.expires_at == ada.grant.expires_at
    assert viewer.key is None
    session = await people.session_records.get(ada.grant.session_id)
    assert session is not None
    assert [token.id for token in session.issued] == [viewer.token_id]
    lower = await people.authentication.viewer(f"bearer  {ada.grant.access_token} ", {})
    assert lower == viewer


@pytest.mark.parametrize(
    "header",
    ["", " ", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "bgk_x_y", "Bearer \x00"],
)
async def test_a_header_that_is_there_has_to_be_good(
    people: People, ada: SignedIn, header: str
) -> None:
    """Even beside a cookie that is: nobody acts as someone they did not mean to be."""
    cookies = {SESSION_COOKIE: ada.grant.access_token}
    with pytest.raises(Unauthenticated):
        await people.authentication.viewer(header, cookies)


async def test_a_sockets_first_message_counts_as_a_header(people: People, ada: SignedIn) -> None:
    said = f"Bearer {ada.grant.access_token}"
    for name in ("authorization", "Authorization"):
        viewer = await people.authentication.viewer(None, {}, {name: said})
        assert viewer.user_id == ada.user.id
    wrongs: list[object] = ["nonsense", 7, ["Bearer"], {}]
    for wrong in wrongs:
        with pytest.raises(Unauthenticated):
            await people.authentication.viewer(None, {}, {"authorization": wrong})
    nothings: list[dict[str, object] | None] = [{}, {"authorization": None}, {"other": "x"}, None]
    for nothing in nothings:
        assert await people.authentication.viewer(None, {}, nothing) is ANONYMOUS


async def test_a_cookie_signs_in_and_a_stale_one_does_not_stand_in_the_way(
    people: People, ada: SignedIn
) -> None:
    cookies = {SESSION_COOKIE: ada.grant.access_token}
    assert (await people.authentication.viewer(None, cookies)).user_id == ada.user.id
    people.clock.forward(minutes=15)
    assert await people.authentication.viewer(None, cookies) is ANONYMOUS
    assert await people.authentication.viewer(None, {SESSION_COOKIE: ""}) is ANONYMOUS
    assert await people.authentication.viewer(None, {}) is ANONYMOUS


async def test_a_header_is_heard_before_a_cookie(people: People, ada: SignedIn) -> None:
    bob = await people.ada("bob@example.com")
    viewer = await people.authentication.viewer(
        f"Bearer {bob.grant.access_token}", {SESSION_COOKIE: ada.grant.access_token}
    )
    assert viewer.user_id == bob.user.id


async def test_a_refresh_token_is_no_access_token(people: People, ada: SignedIn) -> None:
    with pytest.raises(Unauthenticated):
        await people.viewer(ada.grant.refresh_token)


@pytest.fixture
async def away() -> AsyncIterator[Redis]:
    """A Redis that is not there."""
    redis = Redis(f"unix:///nowhere/{secrets.token_hex(4)}.sock", "none", timeout=0.2)
    yield redis
    await redis.close()


async def test_nobody_is_let_in_on_a_guess_while_redis_is_away(
    people: People, ada: SignedIn, away: Redis
) -> None:
    blind = Authentication(people.tokens, Revocations(away), people.api_keys)
    with pytest.raises(Unavailable):
        await blind.viewer(f"Bearer {ada.grant.access_token}", {})
    with pytest.raises(Unavailable):
        await blind.viewer(None, {SESSION_COOKIE: ada.grant.access_token})
    assert await blind.viewer(None, {}) is ANONYMOUS


async def test_requests_that_come_together_ask_redis_together(
    people: People, ada: SignedIn
) -> None:
    """Two hundred requests at once cost Redis two commands: the first, and all that waited."""

    async def commands() -> int:
        stats: Any = await people.redis.client.info("commandstats")
        return int(stats.get("cmdstat_mget", {"calls": 0})["calls"])

    before = await commands()
    await asyncio.gather(*(people.viewer(ada.grant.access_token) for _ in range(200)))
    assert await commands() - before <= 2


async def test_a_revocation_is_kept_as_long_as_its_token_would_live(
    people: People, ada: SignedIn
) -> None:
    viewer = await people.viewer(ada.grant.access_token)
    people.clock.forward(minutes=5)
    await people.sessions.close(viewer)
    key = people.redis.key("revoked", viewer.token_id or "")
    assert 600 <= await people.redis.client.ttl(key) <= 660
