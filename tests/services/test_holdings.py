"""What goes with a person, and what they can't leave behind."""

from __future__ import annotations

from datasources.memberships import Membership, Memberships, Role, membership_id
from datasources.mongo import Mongo
from datasources.workspaces import Workspace, Workspaces
from services.clock import utc_now
from services.holdings import holdings

OWNER, EDITOR = Role.OWNER, Role.EDITOR


async def held(
    mongo: Mongo, tree: dict[str, str], roles: dict[str, dict[str, Role]], personal: str = ""
) -> tuple[set[str], set[str]]:
    """Own and orphaned of `me`. The tree names each workspace's path, the roles who is where."""
    workspaces, memberships, now = Workspaces(mongo), Memberships(mongo), utc_now()
    for id, path in tree.items():
        await workspaces.insert(
            Workspace(
                id=id,
                name=id,
                path=path.split("/"),
                personal=id == personal,
                created_by="me",
                created_at=now,
                updated_at=now,
            )
        )
    for id, people in roles.items():
        for user, role in people.items():
            await memberships.insert(
                Membership(
                    id=membership_id(id, user),
                    workspace_id=id,
                    user_id=user,
                    role=role,
                    created_at=now,
                )
            )
    found = await holdings(workspaces, memberships, "me")
    return {each.id for each in found.own}, {each.id for each in found.orphaned}


async def test_a_personal_workspace_and_those_of_nobody_else_go(mongo: Mongo) -> None:
    tree = {"home": "home", "top": "top", "below": "top/below", "theirs": "theirs"}
    roles = {"home": {"me": OWNER}, "top": {"me": OWNER}, "theirs": {"you": OWNER}}
    assert await held(mongo, tree, roles, "home") == ({"home", "top", "below"}, set())


async def test_where_others_are_somebody_else_has_to_be_an_owner(mongo: Mongo) -> None:
    tree = {"lonely": "lonely", "handed": "handed", "guest": "guest"}
    roles = {
        "lonely": {"me": OWNER, "you": EDITOR},
        "handed": {"me": OWNER, "you": OWNER},
        "guest": {"me": EDITOR, "you": OWNER},
    }
    assert await held(mongo, tree, roles) == (set(), {"lonely"})


async def test_those_below_count_as_others(mongo: Mongo) -> None:
    """Nobody else is in the agency, but somebody works for one of its clients."""
    tree = {"agency": "agency", "one": "agency/one", "two": "agency/two"}
    roles = {"agency": {"me": OWNER}, "one": {"you": EDITOR}}
    assert await held(mongo, tree, roles) == ({"two"}, {"agency"})


async def test_owners_above_count_as_owners_here(mongo: Mongo) -> None:
    tree = {"agency": "agency", "client": "agency/client"}
    roles = {"agency": {"you": OWNER}, "client": {"me": OWNER, "them": EDITOR}}
    assert await held(mongo, tree, roles) == (set(), set())


async def test_a_guest_leaves_nothing_behind(mongo: Mongo) -> None:
    assert await held(mongo, {"top": "top"}, {"top": {"you": OWNER}}) == (set(), set())
