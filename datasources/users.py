"""People: who can sign in, and the profile that others see."""

from __future__ import annotations

from datetime import datetime

import msgspec
from pymongo import ASCENDING, IndexModel

from datasources.collection import Collection, Record


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a person tells about themselves."""

    full_name: str
    headline: str | None = None
    bio: str | None = None
    industry: str | None = None


class User(Record, frozen=True, kw_only=True):
    """A person. `email_key` is the normalised address, unique; `email` is as they wrote it."""

    email: str
    email_key: str
    password_hash: str
    profile: Profile
    time_zone: str = "UTC"
    personal_workspace_id: str
    created_at: datetime
    updated_at: datetime


class Users(Collection[User]):
    """All people of this deployment."""

    name = "users"
    record = User
    indexes = (IndexModel([("email_key", ASCENDING)], name="email", unique=True),)

    async def by_email(self, email_key: str) -> User | None:
        """The person with that normalised address."""
        return await self.find_one({"email_key": email_key})
