"""All services of a running server, made once and handed down."""

from __future__ import annotations

from dataclasses import dataclass

from services.access import Access
from services.accounts import Accounts
from services.api_keys import ApiKeys
from services.authentication import Authentication
from services.content import ContentService
from services.cookies import Cookies
from services.erasure import Erasure
from services.events import Events
from services.export import Export
from services.lifecycle import Lifecycle
from services.publishing import PublishingService
from services.sessions import Sessions
from services.users import UserService
from services.versions import VersionService
from services.workspaces import WorkspaceService


@dataclass(frozen=True, slots=True)
class Services:
    """One attribute a noun."""

    access: Access
    accounts: Accounts
    api_keys: ApiKeys
    authentication: Authentication
    content: ContentService
    cookies: Cookies
    erasure: Erasure
    events: Events
    export: Export
    lifecycle: Lifecycle
    publishing: PublishingService
    sessions: Sessions
    users: UserService
    versions: VersionService
    workspaces: WorkspaceService
