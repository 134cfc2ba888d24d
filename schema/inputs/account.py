"""What is sent to register, sign in and change one's profile."""

from __future__ import annotations

from typing import TypeVar

import strawberry
from msgspec import UNSET, UnsetType

from services.users import ProfileChange

T = TypeVar("T")


@strawberry.input(description="A new account.")
class RegisterInput:
    """The password has at least 10 characters."""

    email: str
    password: str = strawberry.field(description="10 to 256 characters.")
    full_name: str


@strawberry.input(description="Who signs in.")
class LoginInput:
    """The address may be written in any case."""

    email: str
    password: str


@strawberry.input(
    description="A change to one's own profile: what is left out stays, null empties a field."
)
class UpdateMeInput:
    """`full_name` and `time_zone` cannot be emptied."""

    full_name: str | None = strawberry.UNSET
    headline: str | None = strawberry.UNSET
    bio: str | None = strawberry.UNSET
    industry: str | None = strawberry.UNSET
    time_zone: str | None = strawberry.field(
        default=strawberry.UNSET, description="A name of the IANA database, as Europe/Berlin."
    )

    def change(self) -> ProfileChange:
        """As the service takes it."""
        return ProfileChange(
            full_name=sent(self.full_name),
            headline=sent(self.headline),
            bio=sent(self.bio),
            industry=sent(self.industry),
            time_zone=sent(self.time_zone),
        )


def sent(value: T) -> T | UnsetType:
    """What a client sent, null among it; what it left out stays as it is."""
    return UNSET if value is strawberry.UNSET else value
