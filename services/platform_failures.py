"""Why a platform did not take a piece: each has a code, and says what a person can do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from datasources.content import Platform


class PlatformFailure(Exception):
    """A try that did not succeed.

    `transient`: it is certainly not out, and a later try may succeed. `doubtful`: it may be out,
    so nothing is tried again until a person has looked.
    """

    code: ClassVar[str] = "PLATFORM_FAILED"
    transient: ClassVar[bool] = False
    doubtful: ClassVar[bool] = False


class PlatformNotConnected(PlatformFailure):
    """No account of that platform belongs to the workspace."""

    code = "PLATFORM_NOT_CONNECTED"

    def __init__(self, platform: Platform) -> None:
        super().__init__(
            f"No {platform} account is connected to this workspace. Connect one, then retry."
        )


class TokenExpired(PlatformFailure):
    """The permission that the account's owner gave has run out or was withdrawn."""

    code = "TOKEN_EXPIRED"

    def __init__(self, platform: Platform) -> None:
        super().__init__(f"The connection to {platform} has expired. Connect it again, then retry.")


class MissingScope(PlatformFailure):
    """The account is connected, without what publishing needs."""

    code = "MISSING_SCOPE"

    def __init__(self, platform: Platform, scopes: Sequence[str]) -> None:
        missing = ", ".join(scopes)
        super().__init__(f"Connect {platform} again and grant {missing}, then retry.")
        self.scopes = tuple(scopes)


class RateLimited(PlatformFailure):
    """Too many requests; `retry_at` is when the platform will take the next one."""

    code = "RATE_LIMITED"
    transient = True

    def __init__(self, platform: Platform, retry_at: datetime) -> None:
        super().__init__(f"{platform} takes nothing more before {retry_at:%Y-%m-%d %H:%M} UTC.")
        self.retry_at = retry_at


class ContentRejected(PlatformFailure):
    """The platform does not take the piece as it is."""

    code = "CONTENT_REJECTED"

    def __init__(self, platform: Platform, field: str, limit: str) -> None:
        super().__init__(f"{platform} refused the {field}: {limit}. Change it, then retry.")
        self.field = field
        self.limit = limit


class PlatformUnavailable(PlatformFailure):
    """The platform could not be reached, or failed before it took the piece."""

    code = "PLATFORM_UNAVAILABLE"
    transient = True

    def __init__(self, platform: Platform) -> None:
        super().__init__(f"{platform} did not answer. Nothing was published.")


class PossiblyPublished(PlatformFailure):
    """The platform was asked, and its answer never arrived."""

    code = "POSSIBLY_PUBLISHED"
    doubtful = True

    def __init__(self, platform: Platform) -> None:
        super().__init__(
            f"{platform} was asked to publish this, and did not say whether it did. "
            "Look there: retry only if it is not out."
        )


class Interrupted(PlatformFailure):
    """The worker stopped before the platform was asked, or so often that it was given up."""

    code = "INTERRUPTED"

    def __init__(self, platform: Platform) -> None:
        super().__init__(f"The worker stopped before {platform} had taken this. Retry it.")
