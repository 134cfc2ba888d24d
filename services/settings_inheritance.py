"""Settings of a workspace: its own, else those of the nearest workspace above that has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec import UNSET, UnsetType

from datasources.workspaces import Workspace, WorkspaceSettings
from services.failures import BadInput
from services.validation import optional_text, time_zone

FEED_TITLE = 120
FEED_DESCRIPTION = 500
TIME_ZONE = "UTC"
LANGUAGE = "en"
TAG = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EffectiveSettings:
    """What holds in a workspace. `feed_title` is the workspace's own name where none is set."""

    time_zone: str
    language: str
    feed_title: str
    feed_description: str | None


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What is to change: UNSET stays as it is, None is inherited again."""

    time_zone: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    feed_title: str | UnsetType | None = UNSET
    feed_description: str | UnsetType | None = UNSET

    def fields(self) -> dict[str, str | None]:
        """The settings that change, checked, by the names of the record's."""
        changed: dict[str, str | None] = {}
        if self.time_zone is not UNSET:
            zone = self.time_zone
            changed["time_zone"] = None if zone is None else time_zone("timeZone", zone)
        if self.language is not UNSET:
            changed["language"] = None if self.language is None else language(self.language)
        if self.feed_title is not UNSET:
            changed["feed_title"] = optional_text("feedTitle", self.feed_title, most=FEED_TITLE)
        if self.feed_description is not UNSET:
            changed["feed_description"] = optional_text(
                "feedDescription", self.feed_description, most=FEED_DESCRIPTION
            )
        return changed


def language(value: str) -> str:
    """A language tag as feeds and web pages take it (BCP 47)."""
    if not TAG.match(value):
        raise BadInput("language", "is not a language tag.", "A BCP 47 tag, as en, de or pt-BR.")
    return value


def effective(path: Sequence[Workspace]) -> EffectiveSettings:
    """What holds in the last workspace of a path that begins with the topmost."""
    return EffectiveSettings(
        time_zone=nearest(path, lambda settings: settings.time_zone) or TIME_ZONE,
        language=nearest(path, lambda settings: settings.language) or LANGUAGE,
        feed_title=nearest(path, lambda settings: settings.feed_title) or path[-1].name,
        feed_description=nearest(path, lambda settings: settings.feed_description),
    )


def nearest(
    path: Sequence[Workspace], setting: Callable[[WorkspaceSettings], T | None]
) -> T | None:
    """The setting of the last workspace on the path that has one."""
    values = (setting(workspace.settings) for workspace in reversed(path))
    return next((value for value in values if value is not None), None)


def path_of(workspace: Workspace, known: Mapping[str, Workspace]) -> list[Workspace]:
    """The workspaces from the topmost down to this one, of those that are known."""
    return [*(known[id] for id in workspace.path[:-1] if id in known), workspace]
