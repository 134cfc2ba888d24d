"""A person, and the profile that they show."""

from __future__ import annotations

from datetime import datetime

import strawberry

from datasources import users
from schema.context import Info
from schema.fields import field
from schema.permissions import person
from schema.relation import relation
from schema.types.billing import BillingSubscription
from schema.types.brand import BrandStrategy
from schema.types.node import Node
from schema.types.platform_connection import PlatformConnection


@strawberry.type(description="What a person tells about themselves.")
class UserProfile:
    """The profile."""

    full_name: str
    headline: str | None
    bio: str | None
    industry: str | None
    home: strawberry.Private[str]
    brand_strategy: BrandStrategy | None = relation(
        "home",
        "brand_strategies",
        "What the default brand of the personal workspace stands for; null until it has one, "
        "and for those who may not see that.",
    )

    @classmethod
    def of(cls, record: users.Profile, home: str) -> UserProfile:
        """From its record."""
        return cls(
            full_name=record.full_name,
            headline=record.headline,
            bio=record.bio,
            industry=record.industry,
            home=home,
        )


@strawberry.type(description="A person who can sign in.")
class User(Node):
    """The person."""

    email: str
    profile: UserProfile
    created_at: datetime
    time_zone: str
    subscription: BillingSubscription = relation(
        "id",
        "personal_subscriptions",
        "What the personal workspace is subscribed to. For the person alone.",
        person(),
    )

    @classmethod
    def of(cls, record: users.User) -> User:
        """From its record."""
        return cls(
            id=strawberry.ID(record.id),
            email=record.email,
            profile=UserProfile.of(record.profile, record.personal_workspace_id),
            created_at=record.created_at,
            time_zone=record.time_zone,
        )

    @field(
        "The platforms that the personal workspace is connected to. For the person alone.", person()
    )
    def platforms(self, info: Info) -> list[PlatformConnection]:
        """Their connections: none can be made on this server yet."""
        info.context.services.users.oneself(info.context.viewer, self.id)
        return []
