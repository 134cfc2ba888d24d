"""What a field needs, written beside the field: shown in the SDL, enforced by the services.

A test reads these declarations and proves, for each kind of caller, that the services hold to
them; a field that takes an id and declares nothing makes it fail.
"""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry.schema_directive import Location

from schema.enums import Permission


@strawberry.enum(description="Who may use a field, before any role in a workspace is asked for.")
class Caller(Enum):
    """The kind of caller that a field is for."""

    ANYONE = "ANYONE"
    SIGNED_IN = "SIGNED_IN"
    PERSON = "PERSON"


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="access",
    description="Who may use this field: a kind of caller, and a permission in the workspace.",
)
class Access:
    """The directive."""

    caller: Caller = Caller.SIGNED_IN
    permission: Permission | None = strawberry.UNSET


def anyone() -> Access:
    """No token needed."""
    return Access(caller=Caller.ANYONE)


def signed_in() -> Access:
    """A person, or an API key."""
    return Access(caller=Caller.SIGNED_IN)


def person() -> Access:
    """A person's session: an API key is refused."""
    return Access(caller=Caller.PERSON)


def needs(permission: Permission) -> Access:
    """That permission in the workspace that the field's subject belongs to."""
    return Access(caller=Caller.SIGNED_IN, permission=permission)
