"""Settings of a workspace: what it sets itself, and what holds."""

from __future__ import annotations

import strawberry

from datasources import workspaces
from services.settings_inheritance import EffectiveSettings


@strawberry.type(
    description="What holds in a workspace: its own settings, else those of the nearest above."
)
class WorkspaceSettings:
    """The settings that hold."""

    time_zone: str
    language: str
    feed_title: str
    feed_description: str | None

    @classmethod
    def of(cls, settings: EffectiveSettings) -> WorkspaceSettings:
        """From what the service found."""
        return cls(
            time_zone=settings.time_zone,
            language=settings.language,
            feed_title=settings.feed_title,
            feed_description=settings.feed_description,
        )


@strawberry.type(description="What a workspace sets itself; null is inherited from above.")
class OwnWorkspaceSettings:
    """The overrides."""

    time_zone: str | None
    language: str | None
    feed_title: str | None
    feed_description: str | None

    @classmethod
    def of(cls, record: workspaces.WorkspaceSettings) -> OwnWorkspaceSettings:
        """From the record."""
        return cls(
            time_zone=record.time_zone,
            language=record.language,
            feed_title=record.feed_title,
            feed_description=record.feed_description,
        )
