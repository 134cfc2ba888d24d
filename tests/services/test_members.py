"""Who belongs to a workspace, as what, and who may change that."""

from __future__ import annotations

import pytest

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.pages import Window
from datasources.redis import Redis
from services.failures import Forbidden, NotFound, Unauthenticated
from services.permissions import Permission
from services.roles import InheritedRole, LastOwner
from services.viewer import ANONYMOUS
from tests.services.team import Team, key


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


async def test_an_owner_gives_any_role_and_the_member_hears_of_it(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    bob = await team.join(ada, agency, "bob", Role.VIEWER)
    member = await team.members.set_role(ada, agency.id, bob.id(), Role.OWNER)
    assert (member.id, member.role, member.inherited) == (bob.id(), Role.OWNER, False)
    assert await team.role(bob, agency) is Role.OWNER
    assert await team.told(bob) == [NotificationKind.INVITED, NotificationKind.ROLE_CHANGED]
    assert (await team.audited(agency))[-1] == "member.role_changed"


async def test_the_same_role_again_changes_nothing_and_tells_nobody(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    bob = await team.join(ada, agency, "bob", Role.VIEWER)
    before = await team.audited(agency)
    await team.members.set_role(ada, agency.id, bob.id(), Role.VIEWER)
    assert await team.audited(agency) == before
    assert await team.told(bob) == [NotificationKind.INVITED]


async def test_nobody_gives_a_role_above_their_own(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    bob = await team.join(ada, agency, "bob", Role.EDITOR)
    with pytest.raises(Forbidden, match="OWNER"):
        await team.members.set_role(admin, agency.id, bob.id(), Role.OWNER)
    with pytest.raises(Forbidden, match="OWNER"):
        await team.members.set_role(admin, agency.id, admin.id(), Role.OWNER)
    await team.members.set_role(admin, agency.id, bob.id(), Role.ADMIN)
    assert await team.role(bob, agency) is Role.ADMIN


async def test_an_admin_cannot_touch_an_owner(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    await team.join(ada, agency, "eve", Role.OWNER)
    with pytest.raises(Forbidden):
        await team.members.set_role(admin, agency.id, ada.id(), Role.VIEWER)
    with pytest.raises(Forbidden):
        await team.members.remove(admin, agency.id, ada.id())
    assert await team.role(ada, agency) is Role.OWNER


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
async def test_those_below_admin_change_nobody(team: Team, role: Role) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    low = await team.join(ada, agency, "low", role)
    bob = await team.join(ada, agency, "bob", Role.VIEWER)
    with pytest.raises(Forbidden, match="ADMIN"):
        await team.members.set_role(low, agency.id, bob.id(), Role.VIEWER)
    with pytest.raises(Forbidden, match="ADMIN"):
        await team.members.remove(low, agency.id, bob.id())


async def test_strangers_and_the_anonymous_learn_nothing(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    with pytest.raises(NotFound, match="workspace"):
        await team.members.remove(eve, agency.id, ada.id())
    with pytest.raises(NotFound, match="workspace"):
        await team.members.page(eve, agency.id, Window(size=10))
    with pytest.raises(NotFound, match="workspace"):
        await team.members.leave(eve, agency.id)
    with pytest.raises(Unauthenticated):
        await team.members.remove(ANONYMOUS, agency.id, ada.id())


async def test_someone_who_is_no_member_cannot_be_changed(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    with pytest.raises(NotFound, match="member"):
        await team.members.set_role(ada, agency.id, eve.id(), Role.ADMIN)
    with pytest.raises(NotFound, match="member"):
        await team.members.remove(ada, agency.id, "usr_nobody")


async def test_the_last_owner_can_neither_leave_nor_be_removed_nor_demoted(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    await team.join(ada, agency, "admin", Role.ADMIN)
    with pytest.raises(LastOwner):
        await team.members.leave(ada, agency.id)
    with pytest.raises(LastOwner):
        await team.members.remove(ada, agency.id, ada.id())
    with pytest.raises(LastOwner):
        await team.members.set_role(ada, agency.id, ada.id(), Role.ADMIN)
    assert await team.role(ada, agency) is Role.OWNER


async def test_an_owner_may_go_once_there_is_another(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    bob = await team.join(ada, agency, "bob")
    await team.members.set_role(ada, agency.id, bob.id(), Role.OWNER)
    await team.members.leave(ada, agency.id)
    assert await team.role(ada, agency) is None
    with pytest.raises(LastOwner):
        await team.members.leave(bob, agency.id)


async def test_a_removed_member_sees_nothing_from_then_on(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    bob = await team.join(ada, agency, "bob")
    scripts = key(bob, agency, Permission.WORKSPACE_READ)
    assert await team.access.allows(scripts, Permission.WORKSPACE_READ, agency.id)
    await team.members.remove(ada, agency.id, bob.id())
    for caller in (bob, scripts):
        with pytest.raises(NotFound):
            await team.workspaces.get(caller, agency.id)
    assert await team.told(bob) == [NotificationKind.INVITED, NotificationKind.MEMBER_REMOVED]
    assert (await team.audited(agency))[-1] == "member.removed"


async def test_a_role_holds_below_and_is_changed_where_it_was_given(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    bob = await team.join(ada, agency, "bob", Role.EDITOR)
    await team.access.check(bob, Permission.CONTENT_WRITE, client.id)
    with pytest.raises(InheritedRole) as refusal:
        await team.members.remove(ada, client.id, bob.id())
    assert refusal.value.extensions == {"workspaceId": agency.id}
    with pytest.raises(InheritedRole):
        await team.members.leave(bob, client.id)


async def test_a_nested_workspace_may_lose_its_own_owner_for_one_stands_above(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    bob = await team.join(ada, client, "bob", Role.OWNER)
    await team.members.leave(bob, client.id)
    assert await team.role(bob, client) is None
    await team.access.check(ada, Permission.WORKSPACE_DELETE, client.id)


async def test_an_api_key_manages_members_but_never_owners(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    bob = await team.join(ada, agency, "bob", Role.VIEWER)
    eve = await team.join(ada, agency, "eve", Role.OWNER)
    scripts = key(ada, agency, Permission.MEMBERS_WRITE)
    await team.members.set_role(scripts, agency.id, bob.id(), Role.ADMIN)
    with pytest.raises(Forbidden, match="session"):
        await team.members.set_role(scripts, agency.id, bob.id(), Role.OWNER)
    with pytest.raises(Forbidden, match="session"):
        await team.members.remove(scripts, agency.id, eve.id())
    with pytest.raises(Forbidden, match="session"):
        await team.members.leave(scripts, agency.id)
    reader = key(ada, agency, Permission.CONTENT_READ)
    with pytest.raises(Forbidden, match="MEMBERS_WRITE"):
        await team.members.remove(reader, agency.id, bob.id())
