"""The part of the composition that is about workspaces and who belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

from datasources.mongo import Mongo
from datasources.stores import Stores
from server.compose_billing import Billing
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.erasure import Erasure
from services.ids import NewId
from services.invitation_answers import InvitationAnswers
from services.invitations import InvitationService
from services.members import MemberService
from services.notifications import NotificationService
from services.workspace_deletion import WorkspaceDeletion
from services.workspaces import WorkspaceService


def deletion_of(
    mongo: Mongo, stores: Stores, access: Access, audit: Audit, billing: Billing, erasure: Erasure
) -> WorkspaceDeletion:
    """The end of a workspace."""
    return WorkspaceDeletion(
        mongo,
        stores.workspaces,
        stores.targets,
        stores.users,
        access,
        audit,
        billing.excess,
        erasure,
    )


@dataclass(frozen=True, slots=True)
class Team:
    """The services of workspaces, members and invitations."""

    answers: InvitationAnswers
    invitations: InvitationService
    members: MemberService
    workspaces: WorkspaceService


def team_of(
    mongo: Mongo,
    stores: Stores,
    access: Access,
    audit: Audit,
    billing: Billing,
    notifications: NotificationService,
    *,
    clock: Clock,
    new_id: NewId,
) -> Team:
    """Wire them together."""
    entitlements = billing.entitlements
    members = MemberService(
        mongo, stores.workspaces, stores.memberships, access, audit, billing.excess, notifications
    )
    return Team(
        answers=InvitationAnswers(
            mongo,
            stores.invitations,
            stores.workspaces,
            stores.memberships,
            stores.users,
            access,
            audit,
            entitlements,
            notifications,
            clock,
        ),
        invitations=InvitationService(
            mongo,
            stores.invitations,
            stores.memberships,
            stores.users,
            access,
            audit,
            members,
            entitlements,
            notifications,
            clock,
            new_id,
        ),
        members=members,
        workspaces=WorkspaceService(
            mongo,
            stores.workspaces,
            stores.memberships,
            stores.users,
            access,
            audit,
            entitlements,
            clock,
            new_id,
        ),
    )
