"""What is sent to make and change workspaces."""

from __future__ import annotations

from typing import TypeVar

import strawberry
from msgspec import UNSET as LEFT
from msgspec import UnsetType

from schema.inputs.content import given
from services.settings_inheritance import SettingsChange
from services.workspaces import WorkspaceChange

T = TypeVar("T")


def override(value: T | None) -> T | UnsetType | None:
    """What a client sent; what it left out stays as it is, a null is taken away."""
    return LEFT if value is strawberry.UNSET else value


@strawberry.input(description="A new workspace.")
class CreateWorkspaceInput:
    """On its own, or below another one."""

    name: str
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The workspace that it is to be below, which you run."
    )
    time_zone: str | None = strawberry.field(
        default=None, description="As Europe/Berlin; inherited where it is left out."
    )


@strawberry.input(description="A change to a workspace: what is left out stays as it is.")
class UpdateWorkspaceInput:
    """A setting that is null is inherited again."""

    name: str | None = strawberry.UNSET
    time_zone: str | None = strawberry.UNSET
    language: str | None = strawberry.UNSET
    feed_title: str | None = strawberry.UNSET
    feed_description: str | None = strawberry.UNSET

    def change(self) -> WorkspaceChange:
        """As the service takes it."""
        return WorkspaceChange(
            name=given(self.name),
            settings=SettingsChange(
                time_zone=override(self.time_zone),
                language=override(self.language),
                feed_title=override(self.feed_title),
                feed_description=override(self.feed_description),
            ),
        )
