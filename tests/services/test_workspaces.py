"""Workspaces: made, nested, set up, listed."""

from __future__ import annotations

import asyncio

import pytest

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.pages import Window
from datasources.redis import Redis
from services.cursors import encode, window
from services.failures import BadInput, Conflict, Forbidden, NotFound
from services.permissions import Permission
from services.settings_inheritance import EffectiveSettings, SettingsChange
from services.viewer import Viewer
from services.workspaces import DEEPEST, LISTED, WorkspaceChange
from tests.services.team import Team, key


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


async def holds(team: Team, id: str) -> EffectiveSettings:
    """What holds in a workspace."""
    (found,) = await team.workspaces.settings([id])
    assert found is not None
    return found


async def test_who_makes_a_workspace_owns_it(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspaces.create(ada, "  Agency ", None, "Europe/Berlin")
    assert (agency.name, agency.path, agency.personal) == ("Agency", [agency.id], False)
    assert await team.role(ada, agency) is Role.OWNER
    assert await team.audited(agency) == ["workspace.created"]
    assert (await holds(team, agency.id)).time_zone == "Europe/Berlin"


async def test_below_another_a_role_is_what_it_is_above(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    client = await team.workspace(admin, "Client", below=agency)
    assert client.path == [agency.id, client.id]
    assert await team.workspaces.roles(admin, [client.id]) == [Role.ADMIN]
    assert await team.workspaces.roles(ada, [client.id]) == [Role.OWNER]
    assert await team.role(admin, client) is None


async def test_only_those_who_run_a_workspace_make_another_below_it(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    editor = await team.join(ada, agency, "editor", Role.EDITOR)
    with pytest.raises(Forbidden):
        await team.workspace(editor, "Client", below=agency)
    with pytest.raises(NotFound):
        await team.workspace(eve, "Client", below=agency)
    scripts = key(ada, agency, *Permission)
    with pytest.raises(Forbidden, match="session"):
        await team.workspace(scripts, "Client", below=agency)


async def test_nothing_is_made_below_a_personal_workspace_or_too_deep(team: Team) -> None:
    ada = await team.person("ada")
    home = await team.workspaces.default(ada)
    with pytest.raises(BadInput) as refusal:
        await team.workspaces.create(ada, "Below", home, None)
    assert refusal.value.extensions["field"] == "parentId"
    lowest = await team.workspace(ada)
    for _ in range(DEEPEST - 1):
        lowest = await team.workspace(ada, below=lowest)
    with pytest.raises(BadInput, match="parentId"):
        await team.workspace(ada, below=lowest)


@pytest.mark.parametrize(
    ("called", "zone", "field"),
    [
        ("", None, "name"),
        ("   ", None, "name"),
        ("x" * 121, None, "name"),
        ("a\x00b", None, "name"),
        ("a\nb", None, "name"),
        ("Agency", "Mars/Olympus", "timeZone"),
        ("Agency", "", "timeZone"),
    ],
)
async def test_bad_names_and_time_zones_are_refused(
    team: Team, called: str, zone: str | None, field: str
) -> None:
    ada = await team.person("ada")
    with pytest.raises(BadInput) as refusal:
        await team.workspaces.create(ada, called, None, zone)
    assert refusal.value.extensions["field"] == field
    assert await team.stores.workspaces.count({"personal": False}) == 0


async def test_settings_come_from_the_nearest_above_that_has_them(team: Team) -> None:
    ada = await team.person("ada")
    top = await team.workspaces.create(ada, "Agency", None, "Europe/Berlin")
    middle = await team.workspace(ada, "Client", below=top)
    low = await team.workspace(ada, "Brand", below=middle)
    set_top = SettingsChange(language="de", feed_description="All of it")
    await team.workspaces.update(ada, top.id, 1, WorkspaceChange(settings=set_top))
    set_middle = SettingsChange(time_zone="America/Lima", feed_title="News")
    await team.workspaces.update(ada, middle.id, 1, WorkspaceChange(settings=set_middle))
    assert await holds(team, low.id) == EffectiveSettings("America/Lima", "de", "News", "All of it")
    assert await holds(team, top.id) == EffectiveSettings(
        "Europe/Berlin", "de", "Agency", "All of it"
    )
    back = SettingsChange(time_zone=None)
    changed = await team.workspaces.update(ada, middle.id, 2, WorkspaceChange(settings=back))
    assert changed.settings.time_zone is None
    assert changed.settings.feed_title == "News"
    assert (await holds(team, low.id)).time_zone == "Europe/Berlin"


async def test_without_any_setting_there_are_defaults(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada, "Agency")
    assert await holds(team, agency.id) == EffectiveSettings("UTC", "en", "Agency", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (WorkspaceChange(name=""), "name"),
        (WorkspaceChange(settings=SettingsChange(time_zone="Nowhere")), "timeZone"),
        (WorkspaceChange(settings=SettingsChange(language="German!")), "language"),
        (WorkspaceChange(settings=SettingsChange(feed_title="x" * 121)), "feedTitle"),
        (WorkspaceChange(settings=SettingsChange(feed_description="a\x07")), "feedDescription"),
        (WorkspaceChange(), "input"),
    ],
)
async def test_bad_changes_name_their_field(
    team: Team, change: WorkspaceChange, field: str
) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    with pytest.raises(BadInput) as refusal:
        await team.workspaces.update(ada, agency.id, 1, change)
    assert refusal.value.extensions["field"] == field
    assert (await team.workspaces.get(ada, agency.id)).version == 1


async def test_of_two_changes_to_one_version_the_second_is_told_of_the_first(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    found = await asyncio.gather(
        *(
            team.workspaces.update(ada, agency.id, 1, WorkspaceChange(name=f"Name {number}"))
            for number in range(10)
        ),
        return_exceptions=True,
    )
    conflicts = [each for each in found if isinstance(each, Conflict)]
    assert len(conflicts) == 9
    assert {each.extensions["currentVersion"] for each in conflicts} == {2}
    assert (await team.audited(agency)).count("workspace.updated") == 1


async def test_members_who_come_and_go_are_no_conflict(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    await team.join(ada, agency, "bob")
    changed = await team.workspaces.update(ada, agency.id, 1, WorkspaceChange(name="New"))
    assert (changed.name, changed.version) == ("New", 2)


async def test_only_those_who_run_a_workspace_change_it(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    editor = await team.join(ada, agency, "editor", Role.EDITOR)
    change = WorkspaceChange(name="Mine")
    with pytest.raises(Forbidden):
        await team.workspaces.update(editor, agency.id, 1, change)
    with pytest.raises(NotFound):
        await team.workspaces.update(eve, agency.id, 1, change)


async def names(team: Team, viewer: Viewer, size: int = 100) -> list[str]:
    """All that a viewer is shown, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = await team.workspaces.page(viewer, window(LISTED, first=size, after=after))
        found += [workspace.name for workspace in page.records]
        if not page.has_next:
            return found
        after = encode(LISTED, LISTED.position(page.records[-1]))


async def test_a_person_is_shown_all_that_they_belong_to_also_from_above(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada, "Agency")
    first = await team.workspace(ada, "First", below=agency)
    await team.workspace(ada, "Second", below=agency)
    await team.workspace(ada, "Other")
    bob = await team.join(ada, agency, "bob", Role.VIEWER)
    guest = await team.join(ada, first, "guest", Role.VIEWER)
    assert await names(team, ada, 2) == ["Ada", "Agency", "First", "Second", "Other"]
    assert await names(team, bob, 1) == ["Agency", "First", "Second", "Bob"]
    assert await names(team, guest) == ["First", "Guest"]
    scripts = key(ada, agency, Permission.WORKSPACE_READ)
    assert await names(team, scripts, 2) == ["Agency", "First", "Second"]


async def test_children_are_the_workspaces_right_below(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada, "Agency")
    first = await team.workspace(ada, "First", below=agency)
    await team.workspace(ada, "Deeper", below=first)
    await team.workspace(ada, "Second", below=agency)
    page = await team.workspaces.children(ada, agency.id, Window(size=10))
    assert [workspace.name for workspace in page.records] == ["First", "Second"]
    with pytest.raises(NotFound):
        await team.workspaces.children(eve, agency.id, Window(size=10))


async def test_many_are_read_at_once_and_none_that_is_not_ones_own(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency, other = await team.workspace(ada, "Agency"), await team.workspace(eve, "Other")
    found = await team.workspaces.get_many(ada, [other.id, agency.id, "wsp_no", agency.id])
    assert [each and each.name for each in found] == [None, "Agency", None, "Agency"]
