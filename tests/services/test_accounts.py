"""People register, sign in, change their password; strangers learn nothing by trying."""

from __future__ import annotations

import asyncio

import pytest

from datasources.memberships import Role, membership_id
from datasources.mongo import Mongo
from datasources.redis import Redis
from services.accounts import EmailTaken
from services.failures import BadInput, Forbidden, Unauthenticated
from services.passwords import Passwords
from services.sessions import Client, Grant, Sessions
from services.throttle import Allowance, Limits, RateLimited
from services.viewer import ANONYMOUS, KeyGrant, Viewer
from tests.services.people import LAPTOP, PASSWORD, People


@pytest.fixture
def people(mongo: Mongo, redis: Redis) -> People:
    return People(mongo, redis)


async def test_registering_signs_in_and_makes_a_personal_workspace_that_one_owns(
    people: People,
) -> None:
    ada = await people.ada()
    assert (await people.viewer(ada.grant.access_token)).user_id == ada.user.id
    workspace = await people.workspaces.get(ada.user.personal_workspace_id)
    assert workspace is not None
    assert (workspace.personal, workspace.name) == (True, "Ada Lovelace")
    member = await people.memberships.get(membership_id(workspace.id, ada.user.id))
    assert member is not None
    assert member.role is Role.OWNER
    assert await people.audited() == ["workspace.created"]


async def test_an_address_is_kept_as_written_and_known_however_it_is_written(
    people: People,
) -> None:
    ada = await people.ada("  Ada.Lovelace@EXAMPLE.com ")
    assert ada.user.email == "Ada.Lovelace@EXAMPLE.com"
    again = await people.login("ADA.lovelace@example.COM")
    assert again.user.id == ada.user.id
    with pytest.raises(EmailTaken):
        await people.ada("ada.lovelace@example.com")


async def test_of_many_who_register_one_address_at_once_one_gets_it_and_nothing_else_is_left(
    people: People,
) -> None:
    tries = await asyncio.gather(*(people.ada() for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(found, EmailTaken) for found in tries) == 7
    for collection in (people.users, people.workspaces, people.memberships, people.session_records):
        assert await collection.count({}) == 1


@pytest.mark.parametrize(
    ("email", "password", "full_name", "field"),
    [
        ("ada", PASSWORD, "Ada", "email"),
        ("ada@", PASSWORD, "Ada", "email"),
        ("ada@exa mple.com", PASSWORD, "Ada", "email"),
        ("a" * 400 + "@example.com", PASSWORD, "Ada", "email"),
        ("ada\x00@example.com", PASSWORD, "Ada", "email"),
        ("ada\ud800@example.com", PASSWORD, "Ada", "email"),
        ("ada@example.com", "short", "Ada", "password"),
        ("ada@example.com", "x" * 257, "Ada", "password"),
        ("ada@example.com", "half of \ud800 character", "Ada", "password"),
        ("ada@example.com", "Ada@Example.com", "Ada", "password"),
        ("ada@example.com", PASSWORD, "  ", "fullName"),
        ("ada@example.com", PASSWORD, "A\x07da", "fullName"),
        ("ada@example.com", PASSWORD, "A" * 121, "fullName"),
    ],
)
async def test_what_cannot_be_taken_is_refused_by_the_name_of_its_field(
    people: People, email: str, password: str, full_name: str, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        await people.accounts.register(email, password, full_name, LAPTOP)
    assert refusal.value.extensions["field"] == field
    assert refusal.value.extensions["allowed"]
    assert await people.users.count({}) == 0


async def test_a_wrong_password_and_an_unknown_address_sound_the_same(people: People) -> None:
    await people.ada()
    with pytest.raises(Unauthenticated) as wrong:
        await people.login(password="something else")
    with pytest.raises(Unauthenticated) as unknown:
        await people.login("nobody@example.com")
    assert str(wrong.value) == str(unknown.value)
    assert wrong.value.extensions == unknown.value.extensions


async def test_a_password_is_the_same_on_every_keyboard(people: People) -> None:
    await people.accounts.register("jose@example.com", "contrase\u00f1a larga", "José", LAPTOP)
    assert await people.login("jose@example.com", "contrasen\u0303a larga")


async def test_costs_that_were_raised_apply_at_the_next_sign_in(people: People) -> None:
    ada = await people.ada()
    people.accounts._passwords = Passwords(memory=16, passes=1)
    await people.login()
    user = await people.users.get(ada.user.id)
    assert user is not None
    assert "m=16," in user.password_hash
    assert "m=8," in ada.user.password_hash
    assert await people.login()


async def test_tries_at_an_account_are_limited_wherever_they_come_from(
    mongo: Mongo, redis: Redis
) -> None:
    people = People(mongo, redis, limits=Limits(sign_in_by_account=Allowance(3, 60)))
    await people.ada()
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await people.login(password="wrong password")
    with pytest.raises(RateLimited) as refusal:
        await people.login()
    assert 0 < refusal.value.extensions["retryAfter"] <= 60


async def test_signing_in_sets_the_account_free_again(mongo: Mongo, redis: Redis) -> None:
    limits = Limits(sign_in_by_account=Allowance(3, 60), sign_in_by_address=Allowance(5, 60))
    people = People(mongo, redis, limits=limits)
    await people.ada()
    for _ in range(4):
        await people.login()
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await people.login(password="wrong password")
    assert await people.login()
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await people.login("other@example.com")
    with pytest.raises(RateLimited):
        await people.login()


async def test_many_tries_at_once_do_not_slip_through(mongo: Mongo, redis: Redis) -> None:
    people = People(mongo, redis, limits=Limits(sign_in_by_account=Allowance(3, 60)))
    await people.ada()
    tries = [people.login(password="wrong password") for _ in range(12)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(failure, Unauthenticated) for failure in found) == 3
    assert sum(isinstance(failure, RateLimited) for failure in found) == 9


async def test_registering_is_limited_by_address(mongo: Mongo, redis: Redis) -> None:
    people = People(mongo, redis, limits=Limits(sign_up_by_address=Allowance(2, 60)))
    await people.ada()
    with pytest.raises(EmailTaken):
        await people.ada()
    with pytest.raises(RateLimited):
        await people.ada("other@example.com")


async def test_a_new_password_ends_all_other_sessions(people: People) -> None:
    phone, laptop = (await people.ada()).grant, (await people.login()).grant
    viewer = await people.viewer(laptop.access_token)
    await people.accounts.change_password(viewer, PASSWORD, "another long password")
    assert (await people.viewer(laptop.access_token)).signed_in
    with pytest.raises(Unauthenticated):
        await people.viewer(phone.access_token)
    with pytest.raises(Unauthenticated):
        await people.login()
    assert await people.login(password="another long password")
    assert "account.password_changed" in await people.audited()


async def test_a_new_password_needs_the_current_one_and_has_to_be_a_good_one(
    people: People,
) -> None:
    viewer = await people.viewer((await people.ada()).grant.access_token)
    with pytest.raises(BadInput) as wrong:
        await people.accounts.change_password(viewer, "not the password", "another long one")
    assert wrong.value.extensions["field"] == "currentPassword"
    with pytest.raises(BadInput) as short:
        await people.accounts.change_password(viewer, PASSWORD, "short")
    assert short.value.extensions["field"] == "newPassword"
    assert await people.login()


async def test_an_account_belongs_to_a_person_and_not_to_their_keys(people: People) -> None:
    ada = await people.ada()
    key = Viewer(user_id=ada.user.id, key=KeyGrant("key_1", "wsp_1", frozenset()))
    with pytest.raises(Forbidden):
        await people.accounts.change_password(key, PASSWORD, "another long password")
    with pytest.raises(Unauthenticated):
        await people.accounts.change_password(ANONYMOUS, PASSWORD, "another long password")


class HeldSessions(Sessions):
    """Sessions that open only when the test says so."""

    reached: asyncio.Event | None = None
    released: asyncio.Event | None = None

    async def open(self, user_id: str, client: Client) -> Grant:
        if self.reached and self.released:
            self.reached.set()
            await self.released.wait()
        return await super().open(user_id, client)


async def test_a_sign_in_that_races_a_new_password_does_not_survive_it(
    mongo: Mongo, redis: Redis
) -> None:
    """The old password is checked, then it changes, and only then the session is opened."""
    people = People(mongo, redis, sessions=HeldSessions)
    ada = await people.ada()
    sessions = people.sessions
    assert isinstance(sessions, HeldSessions)
    sessions.reached, sessions.released = asyncio.Event(), asyncio.Event()
    signing_in = asyncio.create_task(people.login())
    await asyncio.wait_for(sessions.reached.wait(), 10)
    viewer = await people.viewer(ada.grant.access_token)
    await people.accounts.change_password(viewer, PASSWORD, "another long password")
    sessions.released.set()
    with pytest.raises(Unauthenticated):
        await signing_in
    left = await people.session_records.of_user(ada.user.id)
    assert [session.id for session in left] == [ada.grant.session_id]
