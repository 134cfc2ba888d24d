"""API keys do what they were made for, where they were made for it, as long as they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.redis import Redis
from services.accounts import SignedIn
from services.api_keys import MOST, NewKey, TooManyKeys
from services.failures import BadInput, Forbidden, NotFound, Unauthenticated
from services.permissions import Permission
from services.viewer import ANONYMOUS, Viewer
from tests.services.people import People

READ, WRITE = Permission.CONTENT_READ, Permission.CONTENT_WRITE


@pytest.fixture
def people(mongo: Mongo, redis: Redis) -> People:
    return People(mongo, redis)


@pytest.fixture
async def ada(people: People) -> SignedIn:
    return await people.ada()


async def key_of(
    people: People, who: SignedIn, *scopes: Permission, expires_at: datetime | None = None
) -> NewKey:
    """A key of that person in their personal workspace."""
    viewer = await people.viewer(who.grant.access_token)
    workspace = who.user.personal_workspace_id
    return await people.api_keys.create(viewer, workspace, "A key", scopes or [READ], expires_at)


async def join(people: People, who: SignedIn, workspace_id: str, role: Role) -> Viewer:
    """Make that person a member, or give them another role."""
    id = membership_id(workspace_id, who.user.id)
    await people.memberships.delete(id)
    await people.memberships.insert(
        Membership(
            id=id,
            workspace_id=workspace_id,
            user_id=who.user.id,
            role=role,
            created_at=people.clock(),
        )
    )
    return Viewer(user_id=who.user.id, session_id=who.grant.session_id)


async def test_a_key_stands_for_its_maker_within_its_scopes(people: People, ada: SignedIn) -> None:
    made = await key_of(people, ada, WRITE, READ)
    viewer = await people.viewer(made.secret)
    assert viewer.user_id == ada.user.id
    assert (viewer.session_id, viewer.token_id, viewer.expires_at) == (None, None, None)
    assert viewer.key is not None
    assert viewer.key.id == made.key.id
    assert viewer.key.scopes == {READ, WRITE}
    workspace = ada.user.personal_workspace_id
    await people.access.check(viewer, WRITE, workspace)
    with pytest.raises(Forbidden):
        await people.access.check(viewer, Permission.WORKSPACE_WRITE, workspace)


async def test_a_key_does_not_reach_beyond_its_workspace(people: People, ada: SignedIn) -> None:
    made = await key_of(people, ada, READ)
    bob = await people.ada("bob@example.com")
    await join(people, ada, bob.user.personal_workspace_id, Role.ADMIN)
    viewer = await people.viewer(made.secret)
    with pytest.raises(NotFound):
        await people.access.check(viewer, READ, bob.user.personal_workspace_id)


async def test_a_key_can_do_no_more_than_its_maker_can_at_that_moment(
    people: People, ada: SignedIn
) -> None:
    bob = await people.ada("bob@example.com")
    workspace = ada.user.personal_workspace_id
    admin = await join(people, bob, workspace, Role.ADMIN)
    made = await people.api_keys.create(admin, workspace, "Bob's", [READ, WRITE])
    viewer = await people.viewer(made.secret)
    await people.access.check(viewer, WRITE, workspace)
    await join(people, bob, workspace, Role.VIEWER)
    await people.access.check(viewer, READ, workspace)
    with pytest.raises(Forbidden):
        await people.access.check(viewer, WRITE, workspace)
    await people.memberships.delete(membership_id(workspace, bob.user.id))
    with pytest.raises(NotFound):
        await people.access.check(viewer, READ, workspace)


async def test_nobody_gives_a_key_what_they_do_not_have(people: People, ada: SignedIn) -> None:
    bob = await people.ada("bob@example.com")
    workspace = ada.user.personal_workspace_id
    admin = await join(people, bob, workspace, Role.ADMIN)
    with pytest.raises(Forbidden):
        await people.api_keys.create(admin, workspace, "x", [READ, Permission.WORKSPACE_DELETE])
    for role in (Role.EDITOR, Role.VIEWER):
        lower = await join(people, bob, workspace, role)
        with pytest.raises(Forbidden):
            await people.api_keys.create(lower, workspace, "x", [READ])
        with pytest.raises(Forbidden):
            await people.api_keys.list(lower, workspace)
    with pytest.raises(Unauthenticated):
        await people.api_keys.create(ANONYMOUS, workspace, "x", [READ])
    assert await people.key_records.count({}) == 0


async def test_a_key_makes_no_keys_but_may_list_and_end_them(people: People, ada: SignedIn) -> None:
    """A stolen key can't make its own successor."""
    made = await key_of(people, ada, Permission.API_KEYS_WRITE)
    viewer = await people.viewer(made.secret)
    workspace = ada.user.personal_workspace_id
    with pytest.raises(Forbidden):
        await people.api_keys.create(viewer, workspace, "x", [Permission.API_KEYS_WRITE])
    assert [key.id for key in await people.api_keys.list(viewer, workspace)] == [made.key.id]
    await people.api_keys.revoke(viewer, made.key.id)
    with pytest.raises(Unauthenticated):
        await people.viewer(made.secret)


async def test_a_revoked_key_is_over_at_once_and_every_process_is_told(
    people: People, ada: SignedIn
) -> None:
    made, other = await key_of(people, ada), await key_of(people, ada)
    viewer = await people.viewer(ada.grant.access_token)
    await people.api_keys.revoke(viewer, made.key.id)
    with pytest.raises(Unauthenticated):
        await people.viewer(made.secret)
    assert await people.viewer(other.secret)
    assert people.told == [("revoked", {"apiKeyIds": [made.key.id]})]
    with pytest.raises(NotFound):
        await people.api_keys.revoke(viewer, made.key.id)
    listed = await people.api_keys.list(viewer, ada.user.personal_workspace_id)
    assert [key.id for key in listed] == [other.key.id]
    assert (await people.audited())[-3:] == [
        "api_key.created",
        "api_key.created",
        "api_key.revoked",
    ]


async def test_the_keys_of_others_are_not_there(people: People, ada: SignedIn) -> None:
    made = await key_of(people, ada)
    bob = await people.ada("bob@example.com")
    viewer = await people.viewer(bob.grant.access_token)
    with pytest.raises(NotFound) as foreign:
        await people.api_keys.revoke(viewer, made.key.id)
    with pytest.raises(NotFound) as unknown:
        await people.api_keys.revoke(viewer, "key_unknown")
    assert str(foreign.value).replace(made.key.id, "key_unknown") == str(unknown.value)
    with pytest.raises(NotFound):
        await people.api_keys.list(viewer, ada.user.personal_workspace_id)
    with pytest.raises(Unauthenticated):
        await people.api_keys.revoke(ANONYMOUS, "key_unknown")
    assert await people.viewer(made.secret)


async def test_a_key_ends_with_its_time(people: People, ada: SignedIn) -> None:
    made = await key_of(people, ada, expires_at=people.clock() + timedelta(days=1))
    viewer = await people.viewer(made.secret)
    assert viewer.expires_at == made.key.expires_at
    people.clock.forward(days=1)
    with pytest.raises(Unauthenticated, match="expired"):
        await people.viewer(made.secret)


@pytest.mark.parametrize(
    "end",
    [
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2200, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1),
    ],
)
async def test_an_end_that_cannot_be_is_refused(
    people: People, ada: SignedIn, end: datetime
) -> None:
    with pytest.raises(BadInput) as refusal:
        await key_of(people, ada, expires_at=end)
    assert refusal.value.extensions["field"] == "expiresAt"


async def test_a_name_and_a_scope_are_needed(people: People, ada: SignedIn) -> None:
    viewer = await people.viewer(ada.grant.access_token)
    workspace = ada.user.personal_workspace_id
    for name, scopes, field in (
        ("", [READ], "name"),
        ("x" * 81, [READ], "name"),
        ("x", [], "scopes"),
    ):
        with pytest.raises(BadInput) as refusal:
            await people.api_keys.create(viewer, workspace, name, scopes)
        assert refusal.value.extensions["field"] == field


async def test_a_workspace_has_only_so_many_keys(people: People, ada: SignedIn) -> None:
    for _ in range(MOST):
        await key_of(people, ada)
    with pytest.raises(TooManyKeys):
        await key_of(people, ada)


async def test_its_use_is_noted_by_the_hour(people: People, ada: SignedIn) -> None:
    made = await key_of(people, ada)

    async def used() -> datetime | None:
        key = await people.key_records.get(made.key.id)
        assert key is not None
        return key.last_used_at

    assert await used() is None
    await people.viewer(made.secret)
    first = await used()
    assert first == people.clock()
    people.clock.forward(minutes=59)
    await people.viewer(made.secret)
    assert await used() == first
    people.clock.forward(minutes=2)
    await people.viewer(made.secret)
    assert await used() == people.clock()


async def test_what_is_no_key_is_refused_and_the_prefix_alone_is_none(
    people: People, ada: SignedIn
) -> None:
    made = await key_of(people, ada)
    start = f"bgk_{made.key.prefix}_"
    for token in (start, start + "A" * 43, made.secret[:-1], made.secret + "A", "bgk_", "bgk_x_y"):
        with pytest.raises(Unauthenticated):
            await people.viewer(token)
    assert made.secret.startswith(start)


async def test_the_secret_is_stored_nowhere_and_printed_nowhere(
    people: People, ada: SignedIn
) -> None:
    made = await key_of(people, ada)
    secret = made.secret.rpartition(f"{made.key.prefix}_")[2]
    stored = await people.key_records.raw.find_one({"_id": made.key.id})
    audited = await people.audit_log.find({})
    for text in (str(stored), str(audited), repr(made)):
        assert secret not in text


async def test_a_scope_that_this_version_does_not_know_is_none(
    people: People, ada: SignedIn
) -> None:
    made = await key_of(people, ada, READ)
    await people.key_records.update(
        {"_id": made.key.id}, {"$set": {"scopes": ["CONTENT_READ", "FLY"]}}
    )
    viewer = await people.viewer(made.secret)
    assert viewer.key is not None
    assert viewer.key.scopes == {READ}
