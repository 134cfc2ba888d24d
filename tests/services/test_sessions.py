"""A session lives by its refresh tokens, and ends at once, everywhere, with all that it issued."""

from __future__ import annotations

import asyncio
import random

import pytest
from structlog.testing import capture_logs

from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.sessions import Session
from services.failures import Forbidden, NotFound, Unauthenticated
from services.sessions import MOST_SESSIONS, Client, Grant
from services.throttle import RateLimited
from services.tokens import Keys
from services.viewer import ANONYMOUS, KeyGrant, Viewer
from tests.services.people import LAPTOP, SECRET, People

OTHER = "another secret that is long enough as well"


@pytest.fixture
def people(mongo: Mongo, redis: Redis) -> People:
    return People(mongo, redis)


async def session_of(people: People, grant: Grant) -> Session | None:
    return await people.session_records.get(grant.session_id)


async def works(people: People, access_token: str) -> bool:
    """Whether a request with that token is let in."""
    try:
        return (await people.viewer(access_token)).signed_in
    except Unauthenticated:
        return False


async def test_refreshing_gives_new_tokens_and_the_old_access_token_lives_out_its_time(
    people: People,
) -> None:
    first = (await people.ada()).grant
    second = await people.sessions.refresh(first.refresh_token)
    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    assert await works(people, first.access_token)
    assert await works(people, second.access_token)


async def test_a_session_lives_as_long_as_it_is_refreshed(people: People) -> None:
    grant = (await people.ada()).grant
    for _ in range(4):
        people.clock.forward(days=29)
        grant = await people.sessions.refresh(grant.refresh_token)
    people.clock.forward(days=30)
    with pytest.raises(Unauthenticated):
        await people.sessions.refresh(grant.refresh_token)


async def test_a_spent_refresh_token_ends_the_session_and_is_written_down(people: People) -> None:
    """A thief and a victim hold the same token: whoever comes second gives both away."""
    ada = await people.ada()
    second = await people.sessions.refresh(ada.grant.refresh_token)
    people.clock.forward(seconds=11)
    with capture_logs() as logs, pytest.raises(Unauthenticated, match="used before"):
        await people.sessions.refresh(ada.grant.refresh_token)
    for grant in (ada.grant, second):
        assert not await works(people, grant.access_token)
        with pytest.raises(Unauthenticated):
            await people.sessions.refresh(grant.refresh_token)
    assert await session_of(people, second) is None
    assert people.told[-1][0] == "revoked"
    assert len(people.told[-1][1]["tokenIds"]) == 2
    assert logs[0]["log_level"] == "warning"
    assert logs[0]["session"] == second.session_id
    assert ada.grant.refresh_token not in str(logs)
    entries = await people.audit_log.find({"action": "session.refresh_token_reused"})
    assert [(each.subject, each.workspace_id, each.actor_id) for each in entries] == [
        (second.session_id, ada.user.personal_workspace_id, None)
    ]


async def test_an_older_spent_token_ends_the_session_even_within_the_grace(people: People) -> None:
    first = (await people.ada()).grant
    second = await people.sessions.refresh(first.refresh_token)
    third = await people.sessions.refresh(second.refresh_token)
    with pytest.raises(Unauthenticated, match="used before"):
        await people.sessions.refresh(first.refresh_token)
    assert not await works(people, third.access_token)


async def test_tabs_that_refresh_at_the_same_moment_stay_signed_in_on_one_chain(
    people: People,
) -> None:
    grant = (await people.ada()).grant
    for _ in range(3):
        tabs = await asyncio.gather(
            *(people.sessions.refresh(grant.refresh_token) for _ in range(5))
        )
        assert len({tab.refresh_token for tab in tabs}) == 1
        assert len({tab.access_token for tab in tabs}) == 5
        for tab in tabs:
            assert await works(people, tab.access_token)
        grant = random.choice(tabs)
        people.clock.forward(seconds=10)
    assert await people.session_records.count({}) == 1


async def test_a_thief_within_the_grace_is_found_out_at_the_next_refresh(people: People) -> None:
    stolen = (await people.ada()).grant.refresh_token
    victim = await people.sessions.refresh(stolen)
    thief = await people.sessions.refresh(stolen)
    people.clock.forward(minutes=5)
    assert await people.sessions.refresh(thief.refresh_token)
    people.clock.forward(minutes=5)
    with pytest.raises(Unauthenticated, match="used before"):
        await people.sessions.refresh(victim.refresh_token)
    assert await people.session_records.count({}) == 0


async def test_guessing_at_a_session_does_not_end_it(people: People) -> None:
    """Who knows a session's id, and no token of it, can't sign its owner out."""
    grant = (await people.ada()).grant
    guess = f"bgr_{grant.session_id}_{'A' * 65}"
    for token in (guess, grant.refresh_token[:-1], grant.refresh_token + "A", "", "bgr_", "\x00"):
        with pytest.raises(Unauthenticated):
            await people.sessions.refresh(token)
    assert await people.sessions.refresh(grant.refresh_token)


async def test_new_signing_keys_leave_sessions_alone(people: People) -> None:
    grant = (await people.ada()).grant
    second = await people.sessions.refresh(grant.refresh_token)
    keys = Keys({"two": OTHER, "one": SECRET})
    rotated = People(people.mongo, people.redis, keys=keys, clock=people.clock)
    again = await rotated.sessions.refresh(grant.refresh_token)
    assert again.refresh_token == second.refresh_token
    assert await rotated.sessions.refresh(again.refresh_token)
    assert await works(rotated, second.access_token)


async def test_a_session_is_not_refreshed_without_end(people: People) -> None:
    grant = (await people.ada()).grant
    with pytest.raises(RateLimited) as refusal:
        for _ in range(61):
            grant = await people.sessions.refresh(grant.refresh_token)
    assert 0 < refusal.value.extensions["retryAfter"] <= 900
    people.clock.forward(minutes=15)
    assert await people.sessions.refresh(grant.refresh_token)


async def test_revoking_a_session_revokes_all_that_it_issued_and_tells_every_process(
    people: People,
) -> None:
    phone = (await people.ada()).grant
    more = await people.sessions.refresh(phone.refresh_token)
    laptop = (await people.login()).grant
    viewer = await people.viewer(laptop.access_token)
    await people.sessions.revoke(viewer, phone.session_id)
    assert not await works(people, phone.access_token)
    assert not await works(people, more.access_token)
    assert await works(people, laptop.access_token)
    with pytest.raises(Unauthenticated):
        await people.sessions.refresh(more.refresh_token)
    assert [one.id for one in await people.sessions.of(viewer)] == [laptop.session_id]
    [(channel, payload)] = people.told
    assert channel == "revoked"
    assert len(payload["tokenIds"]) == 2


async def test_a_session_that_is_revoked_while_it_refreshes_is_over_whoever_is_first(
    people: People,
) -> None:
    await people.ada()
    for _ in range(10):
        grant = (await people.login()).grant
        found = await asyncio.gather(
            people.sessions.refresh(grant.refresh_token),
            people.endings.end([grant.session_id]),
            people.sessions.refresh(grant.refresh_token),
            return_exceptions=True,
        )
        for one in [grant, *found]:
            assert one is None or isinstance(one, Grant | Unauthenticated)
            if isinstance(one, Grant):
                assert not await works(people, one.access_token)
                with pytest.raises(Unauthenticated):
                    await people.sessions.refresh(one.refresh_token)


async def test_sessions_are_listed_with_their_devices_the_latest_used_first(
    people: People,
) -> None:
    phone = (await people.ada()).grant
    people.clock.forward(minutes=1)
    await people.accounts.login(
        "ada@example.com", "correct horse battery", Client("192.0.2.9", "T\x00ablet" + "x" * 999)
    )
    people.clock.forward(minutes=1)
    viewer = await people.viewer(phone.access_token)
    tablet, laptop = await people.sessions.of(viewer)
    assert (laptop.id, laptop.address, laptop.agent) == (phone.session_id, "192.0.2.1", "Laptop")
    assert tablet.agent == ("Tablet" + "x" * 999)[:256]
    await people.sessions.refresh(phone.refresh_token)
    assert [one.id for one in await people.sessions.of(viewer)] == [laptop.id, tablet.id]


async def test_nobody_ends_or_sees_the_sessions_of_others(people: People) -> None:
    ada, bob = await people.ada(), await people.ada("bob@example.com")
    viewer = await people.viewer(bob.grant.access_token)
    with pytest.raises(NotFound):
        await people.sessions.revoke(viewer, ada.grant.session_id)
    assert [one.id for one in await people.sessions.of(viewer)] == [bob.grant.session_id]
    assert await works(people, ada.grant.access_token)
    key = Viewer(user_id=ada.user.id, key=KeyGrant("key_1", "wsp_1", frozenset()))
    with pytest.raises(Forbidden):
        await people.sessions.of(key)
    with pytest.raises(Forbidden):
        await people.sessions.revoke(key, ada.grant.session_id)


async def test_a_person_has_only_so_many_sessions(people: People) -> None:
    """The one that was not used for longest makes room."""
    first = (await people.ada()).grant
    second = (await people.login()).grant
    people.clock.forward(seconds=1)
    first = await people.sessions.refresh(first.refresh_token)
    for _ in range(MOST_SESSIONS - 1):
        last = (await people.login()).grant
    viewer = await people.viewer(last.access_token)
    assert len(await people.sessions.of(viewer)) == MOST_SESSIONS
    assert await works(people, first.access_token)
    assert not await works(people, second.access_token)


async def test_signing_out_ends_the_session_by_either_token_and_twice_is_once(
    people: People,
) -> None:
    first = (await people.ada()).grant
    await people.sessions.close(await people.viewer(first.access_token))
    assert not await works(people, first.access_token)
    second = (await people.login()).grant
    await people.sessions.close(ANONYMOUS, second.refresh_token)
    assert not await works(people, second.access_token)
    await people.sessions.close(ANONYMOUS, second.refresh_token)
    await people.sessions.close(ANONYMOUS, "bgr_nonsense")
    await people.sessions.close(ANONYMOUS)


async def test_an_ending_that_was_cut_off_is_finished_later(people: People) -> None:
    """The process died after the session was marked: the next one revokes what it had issued."""
    grant = (await people.ada()).grant
    await people.session_records.begin_end([grant.session_id], people.clock())
    with pytest.raises(Unauthenticated):
        await people.sessions.refresh(grant.refresh_token)
    assert await people.sessions.of(Viewer(user_id=grant.user_id)) == []
    assert await works(people, grant.access_token)
    assert await people.sessions.finish() == 0
    people.clock.forward(minutes=1)
    assert await people.sessions.finish() == 1
    assert not await works(people, grant.access_token)
    assert await session_of(people, grant) is None


async def test_what_is_stored_and_printed_of_a_session_holds_no_token(people: People) -> None:
    grant = (await people.ada()).grant
    grant = await people.sessions.refresh(grant.refresh_token)
    stored = await people.session_records.raw.find_one({"_id": grant.session_id})
    for token in (grant.access_token, grant.refresh_token):
        assert token not in str(stored)
        assert token not in repr(grant)
    assert grant.refresh_token.split("_", 3)[-1] not in str(stored)
    assert LAPTOP.agent in str(stored)
