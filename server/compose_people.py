"""The part of the composition that is about people: accounts, sessions, and who a caller is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.revocations import Revocations
from datasources.stores import Stores
from datasources.throttle import Counters
from server.metrics import Metrics
from server.secrets import signing_keys
from server.settings import Settings
from server.signups import CountedAccounts
from services.access import Access
from services.accounts import Accounts
from services.api_keys import ApiKeys
from services.audit import Audit
from services.authentication import Authentication
from services.clock import Clock
from services.endings import Endings
from services.events import Events
from services.ids import NewId
from services.passwords import Passwords
from services.reuse import ReuseAlarm
from services.sessions import Sessions
from services.throttle import Throttle
from services.tokens import Keys, Tokens
from services.users import UserService


@dataclass(frozen=True, slots=True)
class People:
    """The services of accounts."""

    accounts: Accounts
    api_keys: ApiKeys
    authentication: Authentication
    sessions: Sessions
    users: UserService


def people_of(
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    stores: Stores,
    access: Access,
    audit: Audit,
    events: Events,
    metrics: Metrics,
    *,
    clock: Clock,
    new_id: NewId,
) -> People:
    """Wire them together."""

    async def broadcast(channel: str, payload: Mapping[str, Any]) -> None:
        await events.broadcast(channel, orjson.dumps(payload).decode())

    revocations = Revocations(redis)
    tokens = Tokens(
        Keys(dict(signing_keys(settings))),
        clock,
        new_id,
        lifetime=timedelta(seconds=settings.access_token_seconds),
    )
    sessions = Sessions(
        stores.sessions,
        Endings(stores.sessions, revocations, broadcast, clock),
        tokens,
        ReuseAlarm(stores.users, audit),
        clock=clock,
        new_id=new_id,
        lifetime=timedelta(seconds=settings.refresh_token_seconds),
    )
    api_keys = ApiKeys(mongo, stores.api_keys, access, audit, broadcast, clock=clock, new_id=new_id)
    users = UserService(stores.users, stores.workspaces, stores.memberships, clock)
    accounts = CountedAccounts(
        mongo,
        stores.users,
        stores.workspaces,
        stores.memberships,
        audit,
        sessions=sessions,
        passwords=Passwords(memory=settings.password_memory_kib, passes=settings.password_rounds),
        throttle=Throttle(Counters(redis)),
        clock=clock,
        new_id=new_id,
    ).counting(metrics.signups.inc)
    return People(
        accounts, api_keys, Authentication(tokens, revocations, api_keys), sessions, users
    )
