"""Why a URL that a user gave was not fetched, in words that say what to do.

No message tells which address a name stands for, or what answered there: who may ask us to fetch
something shall not learn what our network looks like.
"""

from __future__ import annotations

from typing import Any


class UrlNotAllowed(Exception):
    """The URL itself is none that we fetch; another one may be. `reason` is one word."""

    code = "URL_NOT_ALLOWED"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def extensions(self) -> dict[str, Any]:
        """What the client is told beside the message."""
        return {"reason": self.reason}


class FetchFailed(Exception):
    """The URL is allowed, and what came of it can't be used. `reason` is one word.

    `status` is the other server's, where that is the reason; `passing` tells that the same request
    may succeed later.
    """

    code = "FETCH_FAILED"

    def __init__(
        self, reason: str, message: str, *, status: int | None = None, passing: bool = False
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status
        self.passing = passing

    @property
    def extensions(self) -> dict[str, Any]:
        """What the client is told beside the message."""
        status = {} if self.status is None else {"status": self.status}
        return {"reason": self.reason, "passing": self.passing, **status}


def malformed() -> UrlNotAllowed:
    """What is no URL at all, or one without a host."""
    return UrlNotAllowed("malformed", "This is no URL. Give one as https://example.com/feed.xml.")


def wrong_scheme() -> UrlNotAllowed:
    """Another scheme than the web's."""
    return UrlNotAllowed("scheme", "Only URLs that begin with https:// or http:// can be fetched.")


def has_credentials() -> UrlNotAllowed:
    """A user name or password before the host."""
    message = "Leave the user name and password out of the URL: what needs them is not fetched."
    return UrlNotAllowed("credentials", message)


def odd_address() -> UrlNotAllowed:
    """An address in a notation that not everybody reads alike."""
    message = "Write the address as four decimal numbers, or better use the server's name."
    return UrlNotAllowed("notation", message)


def wrong_port(port: int) -> UrlNotAllowed:
    """A port on which no web server is expected."""
    message = f"Port {port} is not reached from here. Use the usual one, 443 or 80."
    return UrlNotAllowed("port", message)


def not_public() -> UrlNotAllowed:
    """A name or address that is not, or not only, on the public internet."""
    message = "This URL does not lead to the public internet, and nothing else is fetched."
    return UrlNotAllowed("address", message)


def downgraded() -> UrlNotAllowed:
    """A redirection from an encrypted connection to a plain one."""
    message = "The server redirects from https to http. Give the URL that it leads to, if at all."
    return UrlNotAllowed("downgrade", message)
