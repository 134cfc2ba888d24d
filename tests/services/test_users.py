"""People tell what they like about themselves, and show it to those they work with."""

from __future__ import annotations

from typing import Any

import pytest

from datasources.memberships import Membership, Role, membership_id
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.workspaces import Workspace
from services.failures import BadInput, Forbidden, NotFound, Unauthenticated
from services.users import ProfileChange
from services.viewer import ANONYMOUS, KeyGrant, Viewer
from tests.services.people import People


@pytest.fixture
def people(mongo: Mongo, redis: Redis) -> People:
    return People(mongo, redis)


async def test_a_change_leaves_alone_what_it_does_not_name(people: People) -> None:
    ada = await people.ada()
    viewer = await people.viewer(ada.grant.access_token)
    people.clock.forward(minutes=1)
    first = await people.user_service.update_me(
        viewer, ProfileChange(headline=" Enchantress ", bio="One\r\nTwo", time_zone="Europe/London")
    )
    assert first.profile.full_name == "Ada Lovelace"
    assert (first.profile.headline, first.profile.bio) == ("Enchantress", "One\nTwo")
    assert first.time_zone == "Europe/London"
    assert first.updated_at == people.clock() > ada.user.updated_at
    second = await people.user_service.update_me(viewer, ProfileChange(bio=None, industry="Looms"))
    assert (second.profile.headline, second.profile.bio) == ("Enchantress", None)
    assert (await people.user_service.me(viewer)) == second


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (ProfileChange(full_name=""), "fullName"),
        (ProfileChange(full_name=None), "fullName"),
        (ProfileChange(full_name="A\nB"), "fullName"),
        (ProfileChange(headline="x" * 221), "headline"),
        (ProfileChange(bio="x" * 5001), "bio"),
        (ProfileChange(bio="\x00"), "bio"),
        (ProfileChange(industry="x" * 121), "industry"),
        (ProfileChange(time_zone="Nowhere"), "timeZone"),
        (ProfileChange(time_zone=None), "timeZone"),
        (ProfileChange(), "input"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_as_a_whole(
    people: People, change: ProfileChange, field: str
) -> None:
    viewer = await people.viewer((await people.ada()).grant.access_token)
    before = await people.user_service.me(viewer)
    with pytest.raises(BadInput) as refusal:
        await people.user_service.update_me(viewer, change)
    assert refusal.value.extensions["field"] == field
    assert await people.user_service.me(viewer) == before


async def test_people_are_seen_by_those_who_share_a_workspace_with_them(people: People) -> None:
    ada, bob = await people.ada(), await people.ada("bob@example.com")
    viewer = await people.viewer(bob.grant.access_token)
    ids = [ada.user.id, bob.user.id, "usr_nobody"]

    async def seen(by: Viewer) -> list[Any]:
        return [user and user.id for user in await people.user_service.visible(by, ids)]

    assert await seen(viewer) == [None, bob.user.id, None]
    assert await seen(ANONYMOUS) == [None, None, None]
    workspace = ada.user.personal_workspace_id
    await people.memberships.insert(
        Membership(
            id=membership_id(workspace, bob.user.id),
            workspace_id=workspace,
            user_id=bob.user.id,
            role=Role.VIEWER,
            created_at=people.clock(),
        )
    )
    assert await seen(viewer) == [ada.user.id, bob.user.id, None]
    elsewhere = KeyGrant("key_1", bob.user.personal_workspace_id, frozenset())
    assert await seen(Viewer(user_id=bob.user.id, key=elsewhere)) == [None, bob.user.id, None]


async def test_some_things_are_for_oneself_in_person(people: People) -> None:
    ada = await people.ada()
    viewer = await people.viewer(ada.grant.access_token)
    people.user_service.oneself(viewer, ada.user.id)
    with pytest.raises(NotFound):
        people.user_service.oneself(viewer, "usr_other")
    key = Viewer(user_id=ada.user.id, key=KeyGrant("key_1", "wsp_1", frozenset()))
    with pytest.raises(Forbidden):
        people.user_service.oneself(key, ada.user.id)
    with pytest.raises(Forbidden):
        await people.user_service.update_me(key, ProfileChange(bio="x"))
    with pytest.raises(Unauthenticated):
        await people.user_service.me(ANONYMOUS)
    with pytest.raises(Unauthenticated):
        await people.user_service.me(Viewer(user_id="usr_gone"))


async def test_roles_that_hold_above_or_below_make_people_known_to_each_other(
    people: People,
) -> None:
    """An agency's owner and the member of one client; but not the members of two clients."""
    names = ("owner", "first", "second")
    owner, first, second = [(await people.ada(f"{name}@example.com")).user.id for name in names]
    for id, path in (("top", ["top"]), ("one", ["top", "one"]), ("two", ["top", "two"])):
        await people.workspaces.insert(
            Workspace(
                id=id,
                name=id,
                path=path,
                created_by=owner,
                created_at=people.clock(),
                updated_at=people.clock(),
            )
        )
    for workspace, user in (("top", owner), ("one", first), ("two", second)):
        await people.memberships.insert(
            Membership(
                id=membership_id(workspace, user),
                workspace_id=workspace,
                user_id=user,
                role=Role.OWNER,
                created_at=people.clock(),
            )
        )

    async def sees(viewer: Viewer) -> list[bool]:
        found = await people.user_service.visible(viewer, [owner, first, second])
        return [user is not None for user in found]

    assert await sees(Viewer(user_id=owner)) == [True, True, True]
    assert await sees(Viewer(user_id=first)) == [True, True, False]
    assert await sees(Viewer(user_id=second)) == [True, False, True]
    key = KeyGrant("key_1", "one", frozenset())
    assert await sees(Viewer(user_id=owner, key=key)) == [True, True, False]
    assert await sees(Viewer(user_id=second, key=key)) == [False, False, True]
