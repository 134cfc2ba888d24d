"""Every collection of the database, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from datasources.api_keys import ApiKeys
from datasources.audit import AuditLog
from datasources.billing import BillingAccounts
from datasources.collection import Collection
from datasources.content import Contents
from datasources.erasures import Erasures
from datasources.feed import Entries
from datasources.invitations import Invitations
from datasources.memberships import Memberships
from datasources.mongo import Mongo
from datasources.notifications import Notifications
from datasources.outbox import Jobs, Outbox
from datasources.rollups import ContentGains, Editions, WorkspaceGains
from datasources.sessions import Sessions
from datasources.snapshots import Snapshots
from datasources.standings import Standings
from datasources.targets import Targets
from datasources.templates import Templates
from datasources.users import Users
from datasources.versions import Versions
from datasources.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Stores:
    """One attribute a collection."""

    analytics_editions: Editions
    analytics_hours: WorkspaceGains
    analytics_snapshots: Snapshots
    analytics_standings: Standings
    api_keys: ApiKeys
    audit: AuditLog
    billing_accounts: BillingAccounts
    content_hours: ContentGains
    contents: Contents
    entries: Entries
    erasures: Erasures
    invitations: Invitations
    jobs: Jobs
    memberships: Memberships
    notifications: Notifications
    outbox: Outbox
    sessions: Sessions
    targets: Targets
    templates: Templates
    users: Users
    versions: Versions
    workspaces: Workspaces

    @classmethod
    def on(cls, mongo: Mongo) -> Stores:
        """All collections of that database."""
        return cls(
            analytics_editions=Editions(mongo),
            analytics_hours=WorkspaceGains(mongo),
            analytics_snapshots=Snapshots(mongo),
            analytics_standings=Standings(mongo),
            api_keys=ApiKeys(mongo),
            audit=AuditLog(mongo),
            billing_accounts=BillingAccounts(mongo),
            content_hours=ContentGains(mongo),
            contents=Contents(mongo),
            entries=Entries(mongo),
            erasures=Erasures(mongo),
            invitations=Invitations(mongo),
            jobs=Jobs(mongo),
            memberships=Memberships(mongo),
            notifications=Notifications(mongo),
            outbox=Outbox(mongo),
            sessions=Sessions(mongo),
            targets=Targets(mongo),
            templates=Templates(mongo),
            users=Users(mongo),
            versions=Versions(mongo),
            workspaces=Workspaces(mongo),
        )

    def all(self) -> Sequence[Collection[Any]]:
        """Each of them."""
        return [getattr(self, each.name) for each in fields(self)]
