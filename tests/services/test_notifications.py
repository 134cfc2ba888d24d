"""Notifications: one's own, latest first, until they are read."""

from __future__ import annotations

import pytest

from datasources.mongo import Mongo
from datasources.notifications import Notification, NotificationKind
from datasources.pages import Window
from datasources.redis import Redis
from services.cursors import encode, window
from services.failures import BadInput, Forbidden, NotFound, Unauthenticated
from services.notifications import LISTED
from services.permissions import Permission
from services.viewer import ANONYMOUS, Viewer
from tests.services.team import Team, key


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


async def tell(team: Team, viewer: Viewer, message: str = "Hello") -> Notification:
    """Something to hear of."""
    return await team.notifications.notify(
        viewer.id(), NotificationKind.ROLE_CHANGED, message, subject="wsp_1", workspace_id=None
    )


async def test_a_notification_and_its_event_are_written_with_the_change_or_not_at_all(
    team: Team,
) -> None:
    ada = await team.person("ada")

    async def fail() -> None:
        await tell(team, ada)
        raise BadInput("x", "is wrong.")

    with pytest.raises(BadInput):
        await team.mongo.transact(fail)
    assert await team.told(ada) == []
    assert await team.stores.outbox.count({}) == 0
    told = await tell(team, ada)
    (event,) = await team.stores.outbox.find({})
    assert (event.type, event.topics, event.subject) == (
        "notification.created",
        [f"user:{ada.id()}"],
        told.id,
    )
    assert "Hello" not in str(event)


async def test_they_are_shown_latest_first_page_by_page_to_their_person_alone(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    for number in range(5):
        await tell(team, ada, f"News {number}")
    await tell(team, bob, "Another's")
    first = await team.notifications.page(ada, Window(size=3), False)
    assert [each.message for each in first.records] == ["News 4", "News 3", "News 2"]
    after = encode(LISTED, LISTED.position(first.records[-1]))
    rest = await team.notifications.page(ada, window(LISTED, first=3, after=after), False)
    assert [each.message for each in rest.records] == ["News 1", "News 0"]
    assert not rest.has_next


async def test_what_was_read_is_counted_and_listed_no_longer(team: Team) -> None:
    ada = await team.person("ada")
    told = [await tell(team, ada, f"News {number}") for number in range(3)]
    assert await team.notifications.unread(ada) == 3
    ids = [told[2].id, told[0].id, told[2].id]
    read = await team.notifications.read(ada, ids)
    assert [each.id for each in read] == [told[2].id, told[0].id]
    assert all(each.read_at == team.clock() for each in read)
    assert await team.notifications.unread(ada) == 1
    unread = await team.notifications.page(ada, Window(size=5), True)
    assert [each.id for each in unread.records] == [told[1].id]
    everything = await team.notifications.page(ada, Window(size=5), False)
    assert len(everything.records) == 3


async def test_reading_twice_keeps_the_first_time(team: Team) -> None:
    ada = await team.person("ada")
    told = await tell(team, ada)
    first = await team.notifications.read(ada, [told.id])
    team.clock.forward(hours=1)
    assert await team.notifications.read(ada, [told.id]) == first


async def test_another_persons_are_not_found_and_nothing_is_marked(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    own, other = await tell(team, ada), await tell(team, bob)
    with pytest.raises(NotFound):
        await team.notifications.read(ada, [own.id, other.id])
    with pytest.raises(NotFound):
        await team.notifications.get(ada, other.id)
    with pytest.raises(NotFound):
        await team.notifications.read(ada, ["ntf_nothing"])
    assert await team.notifications.unread(ada) == 1
    assert await team.notifications.unread(bob) == 1


@pytest.mark.parametrize("count", [0, 101])
async def test_none_and_too_many_at_once_are_refused(team: Team, count: int) -> None:
    ada = await team.person("ada")
    with pytest.raises(BadInput) as refusal:
        await team.notifications.read(ada, [f"ntf_{number}" for number in range(count)])
    assert refusal.value.extensions["field"] == "ids"


async def test_they_are_for_people(team: Team) -> None:
    ada = await team.person("ada")
    scripts = key(ada, await team.workspace(ada), *Permission)
    for viewer, failure in ((scripts, Forbidden), (ANONYMOUS, Unauthenticated)):
        with pytest.raises(failure):
            await team.notifications.page(viewer, Window(size=5), False)
        with pytest.raises(failure):
            await team.notifications.unread(viewer)
        with pytest.raises(failure):
            await team.notifications.read(viewer, ["ntf_1"])
