"""URLs that a user gave, read once and by one parser: that which makes the request, too."""

from __future__ import annotations

import re
from ipaddress import ip_address

import httpx

from datasources.outbound_addresses import Reach, is_odd
from datasources.outbound_failures import (
    downgraded,
    has_credentials,
    malformed,
    not_public,
    odd_address,
    wrong_port,
    wrong_scheme,
)

LONGEST = 2048
HOST = re.compile(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?")
USUAL_PORTS = {"http": 80, "https": 443}


def checked(url: str, reach: Reach) -> httpx.URL:
    """The URL, as far as can be told without asking for its name. Raises UrlNotAllowed."""
    parsed = parsed_of(url)
    if parsed.scheme not in USUAL_PORTS:
        raise wrong_scheme()
    if HOST.fullmatch(name_of(parsed)) is None:
        raise malformed()
    if parsed.userinfo:
        raise has_credentials()
    if is_odd(parsed.host):
        raise odd_address()
    if is_literal(parsed.host) and not reach.address(parsed.host):
        raise not_public()
    port = port_of(parsed)
    if not reach.port(port):
        raise wrong_port(port)
    return parsed


def parsed_of(url: str) -> httpx.URL:
    """The parts of a text that claims to be a URL. Raises UrlNotAllowed."""
    if len(url) > LONGEST or not url.isprintable() or " " in url or "\\" in url:
        raise malformed()
    try:
        return httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise malformed() from None


def following_of(url: httpx.URL, location: str) -> str:
    """Where a redirection leads; no longer encrypted is nowhere. Raises UrlNotAllowed."""
    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError):
        raise malformed() from None
    if url.scheme == "https" and target.scheme == "http":
        raise downgraded()
    return str(target)


def port_of(url: httpx.URL) -> int:
    """The port, also where it is not written."""
    return USUAL_PORTS[url.scheme] if url.port is None else url.port


def name_of(url: httpx.URL) -> str:
    """The host as the name service and TLS know it."""
    return url.raw_host.decode("ascii")


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Whose it is."""
    return url.scheme, url.host, url.port


def is_literal(host: str) -> bool:
    """Whether a host is an address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
