"""Expected failures: each has a stable code, and a message that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class Failure(Exception):
    """Something the caller can understand and act upon."""

    code: ClassVar[str] = "FAILED"

    def __init__(self, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.extensions = extensions


class Unauthenticated(Failure):
    """Nobody is signed in, or the token is not, or no longer, good."""

    code = "UNAUTHENTICATED"

    def __init__(
        self,
        message: str = "Sign in first: send an access token, or an API key, as a Bearer token.",
    ) -> None:
        super().__init__(message)


class Forbidden(Failure):
    """Signed in, but the role or the scopes do not allow it."""

    code = "FORBIDDEN"

    def __init__(self, action: str, needs: str) -> None:
        super().__init__(f"You may not {action}: it needs {needs}.", requires=needs)


class NotFound(Failure):
    """No such thing, or none that this caller may know of: both sound the same."""

    code = "NOT_FOUND"

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"There is no {kind} {id!r} that you can see.", kind=kind)


class BadInput(Failure):
    """A value that cannot be taken. `field` is its name in the input, `allowed` what would do."""

    code = "BAD_USER_INPUT"

    def __init__(self, field: str, problem: str, allowed: str | Sequence[str] = "") -> None:
        extra: dict[str, Any] = {"field": field}
        if allowed:
            extra["allowed"] = allowed
        super().__init__(f"{field} {problem}", **extra)


class Conflict(Failure):
    """Someone else changed it first; the version that is current now comes with the error."""

    code = "CONFLICT"

    def __init__(self, kind: str, current_version: int) -> None:
        super().__init__(
            f"The {kind} was changed meanwhile and is at version {current_version} now. "
            "Read it again, apply your change to that, and send that version.",
            currentVersion=current_version,
        )


class NotConfigured(Failure):
    """A part of the product that this server has not been given what it needs for."""

    code = "NOT_CONFIGURED"

    def __init__(self, feature: str) -> None:
        super().__init__(f"{feature} is not configured on this server.", feature=feature)
