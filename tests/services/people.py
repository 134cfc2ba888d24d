"""A small world with accounts in it: everything that authenticates, on real engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from datasources.api_keys import ApiKeys as KeyRecords
from datasources.audit import AuditLog
from datasources.memberships import Memberships
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.revocations import Revocations
from datasources.sessions import Sessions as SessionRecords
from datasources.throttle import Counters
from datasources.users import Users
from datasources.workspaces import Workspaces
from services.access import Access
from services.accounts import Accounts, SignedIn
from services.api_keys import ApiKeys
from services.audit import Audit
from services.authentication import Authentication
from services.clock import utc_now
from services.endings import Endings
from services.ids import Ids
from services.passwords import Passwords
from services.reuse import ReuseAlarm
from services.sessions import Client, Sessions
from services.throttle import Limits, Throttle
from services.tokens import Keys, Tokens
from services.users import UserService
from services.viewer import Viewer

SECRET = "a secret that is long enough to sign with"
PASSWORD = "correct horse battery"
LAPTOP = Client(address="192.0.2.1", agent="Laptop")


class Hands:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """As timedelta takes it: `forward(minutes=15)`."""
        self.now += timedelta(**time)


class People:
    """The services of accounts, wired as a server does, with cheap passwords."""

    def __init__(
        self,
        mongo: Mongo,
        redis: Redis,
        *,
        limits: Limits | None = None,
        keys: Keys | None = None,
        clock: Hands | None = None,
        sessions: type[Sessions] = Sessions,
    ) -> None:
        self.mongo, self.redis = mongo, redis
        self.clock = clock or Hands()
        self.new_id = Ids(self.clock)
        self.told: list[tuple[str, Mapping[str, Any]]] = []
        self.users = Users(mongo)
        self.workspaces = Workspaces(mongo)
        self.memberships = Memberships(mongo)
        self.audit_log = AuditLog(mongo)
        self.session_records = SessionRecords(mongo)
        self.key_records = KeyRecords(mongo)
        self.revocations = Revocations(redis)
        self.access = Access(self.workspaces, self.memberships)
        self.audit = Audit(self.audit_log, self.clock, self.new_id)
        self.passwords = Passwords(memory=8, passes=1)
        self.throttle = Throttle(Counters(redis), limits)
        self.tokens = Tokens(keys or Keys({"one": SECRET}), self.clock, self.new_id)
        self.endings = Endings(self.session_records, self.revocations, self.broadcast, self.clock)
        self.sessions = sessions(
            self.session_records,
            self.endings,
            self.tokens,
            ReuseAlarm(self.users, self.audit),
            clock=self.clock,
            new_id=self.new_id,
        )
        self.accounts = Accounts(
            mongo,
            self.users,
            self.workspaces,
            self.memberships,
            self.audit,
            sessions=self.sessions,
            passwords=self.passwords,
            throttle=self.throttle,
            clock=self.clock,
            new_id=self.new_id,
        )
        self.api_keys = ApiKeys(
            mongo,
            self.key_records,
            self.access,
            self.audit,
            self.broadcast,
            clock=self.clock,
            new_id=self.new_id,
        )
        self.user_service = UserService(self.users, self.workspaces, self.memberships, self.clock)
        self.authentication = Authentication(self.tokens, self.revocations, self.api_keys)

    async def broadcast(self, channel: str, payload: Mapping[str, Any]) -> None:
        """Remember what all processes would be told."""
        self.told.append((channel, payload))

    async def ada(self, address: str = "ada@example.com") -> SignedIn:
        """A person who has just registered."""
        return await self.accounts.register(address, PASSWORD, "Ada Lovelace", LAPTOP)

    async def login(self, address: str = "ada@example.com", password: str = PASSWORD) -> SignedIn:
        """That person signs in."""
        return await self.accounts.login(address, password, LAPTOP)

    async def viewer(self, access_token: str) -> Viewer:
        """Who a request with that token is."""
        return await self.authentication.viewer(f"Bearer {access_token}", {})

    async def audited(self) -> list[str]:
        """The actions in the audit log, in order."""
        return [entry.action for entry in await self.audit_log.find({}, sort=[("_id", 1)])]
