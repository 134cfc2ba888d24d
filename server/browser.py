"""What a browser may be made to send by a page of another site, and what we believe of it.

A browser attaches cookies by itself, wherever the page came from that made it send a request. So
cookies count only where the request can't come from a strange page: see
`docs/decisions/own-transports.md`.
"""

from collections.abc import Mapping

PREFLIGHT_HEADERS = ("graphql-preflight", "apollo-require-preflight", "x-requested-with")


def own_origin(headers: Mapping[str, str], allowed: frozenset[str]) -> bool | None:
    """Whether the page that sent this is ours or allowed; None where there is no `Origin`."""
    origin = headers.get("origin")
    if origin is None:
        return None
    if origin in allowed:
        return True
    return origin.partition("://")[2].lower() == headers.get("host", "").lower() != ""


def cookies_count(headers: Mapping[str, str], allowed: frozenset[str], preflighted: bool) -> bool:
    """Whether cookies of a request may say who the client is.

    `preflighted`: a browser asks first before it sends such a request to another origin.
    """
    own = own_origin(headers, allowed)
    if own is not None:
        return own
    if preflighted or any(name in headers for name in PREFLIGHT_HEADERS):
        return True
    return headers.get("sec-fetch-site") == "same-origin"
