"""Invitations: made for an address, good once, for as long as their sender may invite."""

from __future__ import annotations

import pytest

from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.pages import Window
from datasources.redis import Redis
from services import invitations
from services.failures import BadInput, Forbidden, NotFound, Unauthenticated
from services.invitations import AlreadyMember, TooManyInvitations
from services.permissions import Permission
from services.roles import PersonalWorkspace
from services.viewer import ANONYMOUS
from tests.services.team import Team, key


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


async def test_who_was_invited_joins_with_that_role_and_the_inviter_hears_of_it(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "Bob@Example.com ", Role.EDITOR)
    assert await team.told(bob) == [NotificationKind.INVITED]
    workspace = await team.answers.accept(bob, made.token)
    assert workspace.id == agency.id
    assert await team.role(bob, agency) is Role.EDITOR
    assert await team.told(ada) == [NotificationKind.INVITATION_ACCEPTED]
    assert await team.audited(agency) == [
        "workspace.created",
        "invitation.created",
        "invitation.accepted",
    ]


async def test_only_a_hash_of_the_token_is_stored_and_it_is_in_no_representation(
    team: Team,
) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    stored = await team.stores.invitations.raw.find_one({"_id": made.invitation.id})
    assert made.token not in str(stored)
    assert made.token not in repr(made)
    entries = await team.stores.audit.find({"workspace_id": agency.id})
    assert made.token not in str(entries) and "bob@" not in str(entries)


async def test_a_token_is_good_once(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    await team.answers.accept(bob, made.token)
    with pytest.raises(NotFound):
        await team.answers.accept(bob, made.token)
    with pytest.raises(NotFound):
        await team.answers.decline(bob, made.token)


async def test_a_token_is_good_for_the_address_that_it_was_made_for_alone(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    with pytest.raises(NotFound) as refusal:
        await team.answers.accept(eve, made.token)
    assert made.token not in str(refusal.value)
    with pytest.raises(NotFound) as unknown:
        await team.answers.accept(eve, "bgi_nothing")
    assert str(refusal.value) == str(unknown.value)
    with pytest.raises(NotFound):
        await team.answers.decline(eve, made.token)
    bob = await team.person("bob")
    await team.answers.accept(bob, made.token)


async def test_a_token_is_good_for_seven_days(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    team.clock.forward(days=7, seconds=-1)
    page = await team.invitations.page(ada, agency.id, Window(size=10))
    assert [each.id for each in page.records] == [made.invitation.id]
    team.clock.forward(seconds=1)
    with pytest.raises(NotFound):
        await team.answers.accept(bob, made.token)
    page = await team.invitations.page(ada, agency.id, Window(size=10))
    assert page.records == []


async def test_the_second_invitation_of_an_address_takes_the_place_of_the_first(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    first = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    second = await team.invitations.invite(ada, agency.id, "BOB@example.com", Role.VIEWER)
    with pytest.raises(NotFound):
        await team.answers.accept(bob, first.token)
    await team.answers.accept(bob, second.token)
    assert await team.role(bob, agency) is Role.VIEWER


async def test_declining_ends_it_and_the_inviter_hears_of_it(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    await team.answers.decline(bob, made.token)
    assert await team.told(ada) == [NotificationKind.INVITATION_DECLINED]
    assert await team.role(bob, agency) is None
    with pytest.raises(NotFound):
        await team.answers.accept(bob, made.token)


async def test_a_revoked_token_is_good_no_longer(team: Team) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.EDITOR)
    await team.invitations.revoke(ada, made.invitation.id)
    with pytest.raises(NotFound):
        await team.answers.accept(bob, made.token)
    with pytest.raises(NotFound):
        await team.invitations.revoke(ada, made.invitation.id)


@pytest.mark.parametrize("fall", ["demoted", "removed", "erased"])
async def test_a_token_is_worth_no_more_than_its_sender(team: Team, fall: str) -> None:
    ada, bob = await team.person("ada"), await team.person("bob")
    agency = await team.workspace(ada)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    made = await team.invitations.invite(admin, agency.id, "bob@example.com", Role.VIEWER)
    if fall == "demoted":
        await team.members.set_role(ada, agency.id, admin.id(), Role.EDITOR)
    elif fall == "removed":
        await team.members.remove(ada, agency.id, admin.id())
    else:
        sender = {"invited_by": admin.id()}
        await team.stores.invitations.update_many(sender, {"$set": {"invited_by": None}})
    with pytest.raises(NotFound):
        await team.answers.accept(bob, made.token)
    assert await team.role(bob, agency) is None


async def test_nobody_invites_to_a_role_above_their_own(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    editor = await team.join(ada, agency, "editor", Role.EDITOR)
    with pytest.raises(Forbidden, match="OWNER"):
        await team.invitations.invite(admin, agency.id, "bob@example.com", Role.OWNER)
    with pytest.raises(Forbidden, match="ADMIN"):
        await team.invitations.invite(editor, agency.id, "bob@example.com", Role.VIEWER)
    scripts = key(ada, agency, Permission.MEMBERS_WRITE)
    with pytest.raises(Forbidden, match="session"):
        await team.invitations.invite(scripts, agency.id, "bob@example.com", Role.OWNER)


async def test_an_admin_cannot_undo_the_invitation_of_an_owner(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.OWNER)
    with pytest.raises(Forbidden):
        await team.invitations.revoke(admin, made.invitation.id)
    with pytest.raises(Forbidden):
        await team.invitations.invite(admin, agency.id, "bob@example.com", Role.VIEWER)
    assert await team.stores.invitations.get(made.invitation.id) is not None


async def test_a_role_from_above_is_enough_to_invite(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    client = await team.workspace(ada, "Client", below=agency)
    admin = await team.join(ada, agency, "admin", Role.ADMIN)
    bob = await team.join(admin, client, "bob", Role.ADMIN)
    assert await team.role(bob, client) is Role.ADMIN
    assert await team.role(bob, agency) is None


async def test_a_member_is_not_invited_again(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    await team.join(ada, agency, "bob")
    with pytest.raises(AlreadyMember):
        await team.invitations.invite(ada, agency.id, "bob@example.com", Role.ADMIN)


async def test_a_personal_workspace_is_not_shared(team: Team) -> None:
    ada = await team.person("ada")
    home = await team.workspaces.default(ada)
    with pytest.raises(PersonalWorkspace):
        await team.invitations.invite(ada, home, "bob@example.com", Role.VIEWER)


@pytest.mark.parametrize("address", ["", "bob", "bob@", "a b@example.com", "x" * 400])
async def test_what_is_no_address_is_refused(team: Team, address: str) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    with pytest.raises(BadInput) as refusal:
        await team.invitations.invite(ada, agency.id, address, Role.VIEWER)
    assert refusal.value.extensions["field"] == "email"


async def test_there_are_only_so_many_open_invitations(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST", 2)
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    for name in ("one", "two", "two"):
        await team.invitations.invite(ada, agency.id, f"{name}@example.com", Role.VIEWER)
    with pytest.raises(TooManyInvitations):
        await team.invitations.invite(ada, agency.id, "three@example.com", Role.VIEWER)


async def test_strangers_and_the_anonymous_learn_nothing(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    made = await team.invitations.invite(ada, agency.id, "bob@example.com", Role.VIEWER)
    with pytest.raises(NotFound, match="invitation"):
        await team.invitations.revoke(eve, made.invitation.id)
    with pytest.raises(NotFound, match="workspace"):
        await team.invitations.page(eve, agency.id, Window(size=10))
    with pytest.raises(NotFound, match="workspace"):
        await team.invitations.invite(eve, agency.id, "bob@example.com", Role.VIEWER)
    with pytest.raises(Unauthenticated):
        await team.invitations.revoke(ANONYMOUS, "inv_nothing")
    with pytest.raises(Unauthenticated):
        await team.answers.accept(ANONYMOUS, made.token)
    scripts = key(ada, agency, Permission.MEMBERS_WRITE)
    with pytest.raises(Forbidden, match="session"):
        await team.answers.accept(scripts, made.token)
