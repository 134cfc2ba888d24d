"""The audit log: who did what, for those who run the workspace."""

from __future__ import annotations

import pytest

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.pages import Window
from datasources.redis import Redis
from services.audit import LISTED
from services.cursors import encode, window
from services.failures import Forbidden, NotFound, Unauthenticated
from services.permissions import Permission
from services.viewer import ANONYMOUS
from services.workspaces import WorkspaceChange
from tests.services.team import Team, key


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


async def test_it_tells_who_did_what_to_whom_and_when(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    bob = await team.join(ada, agency, "bob", Role.VIEWER)
    scripts = key(ada, agency, Permission.MEMBERS_WRITE)
    team.clock.forward(minutes=1)
    await team.members.set_role(scripts, agency.id, bob.id(), Role.EDITOR)
    page = await team.audit_trail.page(ada, agency.id, Window(size=1))
    (entry,) = page.records
    assert (entry.action, entry.subject, entry.actor_id) == (
        "member.role_changed",
        bob.id(),
        ada.id(),
    )
    assert entry.api_key_id == "key_1"
    assert entry.details == {"before": "VIEWER", "after": "EDITOR"}
    assert entry.at == team.clock()
    assert page.has_next


async def test_it_is_read_from_either_end(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    for version in range(1, 6):
        change = WorkspaceChange(name=f"Name {version}")
        await team.workspaces.update(ada, agency.id, version, change)
    first = await team.audit_trail.page(ada, agency.id, window(LISTED, first=4))
    last = await team.audit_trail.page(ada, agency.id, window(LISTED, last=2))
    assert [entry.action for entry in last.records] == ["workspace.updated", "workspace.created"]
    assert last.has_previous and not last.has_next
    before = encode(LISTED, LISTED.position(last.records[0]))
    back = await team.audit_trail.page(ada, agency.id, window(LISTED, last=4, before=before))
    assert back.records == first.records


async def test_a_refused_change_leaves_no_entry(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    with pytest.raises(Exception, match="owner"):
        await team.members.leave(ada, agency.id)
    assert await team.audited(agency) == ["workspace.created"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
async def test_it_is_for_those_who_run_the_workspace(team: Team, role: Role) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    low = await team.join(ada, agency, "low", role)
    for viewer, failure in ((low, Forbidden), (eve, NotFound), (ANONYMOUS, Unauthenticated)):
        with pytest.raises(failure):
            await team.audit_trail.page(viewer, agency.id, Window(size=5))
