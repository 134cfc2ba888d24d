"""What publishing needs of a platform, and who speaks to which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from datasources.content import ContentType, Platform
from services.platform_failures import PlatformNotConnected


@dataclass(frozen=True, slots=True)
class Post:
    """A piece on its way out. `target_id` is the same however often it is tried."""

    target_id: str
    content_id: str
    workspace_id: str
    version: int
    type: ContentType
    title: str | None
    body: str
    summary: str
    tags: list[str]
    author_id: str | None
    author_name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What the platform calls it, and where it can be seen."""

    external_id: str
    external_url: str | None


class PlatformAdapter(Protocol):
    """One platform.

    `idempotent` says that publishing the same target twice leaves one post: such a try is simply
    made again when nobody knows how it ended. Without it, one whose end is unknown waits for a
    person.
    """

    platform: Platform
    idempotent: bool

    async def publish(self, post: Post) -> Published:
        """Put it out. Raises a `PlatformFailure`; anything else counts as not knowing."""
        ...

    async def withdraw(self, target_id: str) -> None:
        """Take back what went out for a target that has been deleted meanwhile, if possible."""
        ...


class NotConnected:
    """Stands for a platform that nobody here can speak to."""

    idempotent = True

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    async def publish(self, post: Post) -> Published:
        """Always refuse."""
        raise PlatformNotConnected(self.platform)

    async def withdraw(self, target_id: str) -> None:
        """Nothing can have gone out."""


class Adapters:
    """The adapters of this deployment, one a platform."""

    def __init__(self, adapters: Iterable[PlatformAdapter]) -> None:
        self._adapters = {adapter.platform: adapter for adapter in adapters}

    def of(self, platform: Platform) -> PlatformAdapter:
        """The adapter that speaks to this platform; `NotConnected` where there is none."""
        return self._adapters.get(platform) or NotConnected(platform)
