"""How the text of a setting becomes its value. Each raises ValueError with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

LEAST_SECRET = 32
MOST_PORTS = 65_535


class SettingError(Exception):
    """A setting that cannot be used, in one sentence."""


class Environment(StrEnum):
    """What the server is for."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a line of the log looks. AUTO: text on a terminal, else JSON."""

    AUTO = ""
    TEXT = "text"
    JSON = "json"


E = TypeVar("E", bound=StrEnum)


def word(text: str) -> str:
    """Any text."""
    return text


def plain_name(text: str) -> str:
    """A name that databases take."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,38}", text):
        raise ValueError("has to be 1 to 38 letters, digits, - and _")
    return text


def path(text: str) -> Path:
    """A folder."""
    return Path(text).expanduser()


def choice(kind: type[E]) -> Callable[[str], E]:
    """One of an enumeration's values."""

    def read(text: str) -> E:
        try:
            return next(value for value in kind if value.value.lower() == text.lower())
        except StopIteration:
            allowed = ", ".join(value.value.lower() for value in kind if value.value)
            raise ValueError(f"has to be one of {allowed}") from None

    return read


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two bounds."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise ValueError(f"has to be a whole number from {least} to {most}")
        return value

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    """A number of seconds between two bounds."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise ValueError(f"has to be a number of seconds from {least:g} to {most:g}")
        return value

    return read


def boolean(text: str) -> bool | None:
    """true or false; None where it was left empty."""
    meaning = {
        "": None,
        "true": True,
        "1": True,
        "yes": True,
        "false": False,
        "0": False,
        "no": False,
    }
    if text.lower() not in meaning:
        raise ValueError("has to be true or false")
    return meaning[text.lower()]


def names(text: str) -> tuple[str, ...]:
    """A list, separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def keys(text: str) -> Mapping[str, str]:
    """Signing keys, `id:secret` separated by commas, in their order."""
    found: dict[str, str] = {}
    for part in names(text):
        id, colon, secret = part.partition(":")
        named = re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", id)
        if not colon or not named or len(secret) < LEAST_SECRET:
            raise ValueError(
                f"has to be `id:secret`, separated by commas, each secret at least {LEAST_SECRET} "
                "characters, each id of letters, digits, `.`, `-` and `_`"
            )
        if id in found:
            raise ValueError(f"has two keys that are called {id}")
        found[id] = secret
    return found


RATES = {"anonymous": 100, "free": 100, "creator": 300, "pro": 1000, "agency": 3000}


def rates(text: str) -> Mapping[str, int]:
    """Requests a minute by plan, as `free:100,pro:1000`: those that are named; none for `off`."""
    if text.lower() == "off":
        return {}
    found = dict(RATES)
    for part in names(text):
        plan, _, rate = (piece.strip() for piece in part.partition(":"))
        if plan not in RATES or not rate.isdecimal() or not 1 <= int(rate) <= 10**9:
            raise ValueError(
                "has to be `off`, or requests a minute by plan, as free:100,pro:1000; "
                f"the plans are {', '.join(RATES)}"
            )
        found[plan] = int(rate)
    return found


HOLDERS = ("caller", "address")


def bounds(text: str) -> Mapping[str, int]:
    """How much a caller and an address may hold, as `caller:10,address:100`; `off` for no bounds.

    Who is not named is not bounded.
    """
    if text.lower() == "off":
        return {}
    found: dict[str, int] = {}
    for part in names(text):
        holder, _, most = (piece.strip() for piece in part.partition(":"))
        if holder not in HOLDERS or not most.isdecimal() or not 1 <= int(most) <= 10**9:
            raise ValueError(
                "has to be `off`, or numbers for caller, address or both, as caller:10"
            )
        found[holder] = int(most)
    return found


def networks(text: str) -> tuple[str, ...]:
    """Addresses and networks, separated by commas."""
    for part in names(text):
        try:
            ip_network(part)
        except ValueError:
            raise ValueError(
                "has to be addresses or networks, as 10.0.0.7 or 10.0.0.0/8, separated by commas"
            ) from None
    return names(text)


def ports(text: str) -> tuple[int, ...]:
    """Ports, separated by commas; none where any will do."""
    if text.lower() == "any":
        return ()
    found = [int(part) if part.isdecimal() else 0 for part in names(text)]
    if not found or not all(1 <= port <= MOST_PORTS for port in found):
        raise ValueError("has to be `any`, or ports from 1 to 65535, separated by commas")
    return tuple(found)


def origins(text: str) -> tuple[str, ...]:
    """Origins of web pages, separated by commas."""
    for part in names(text):
        if not re.fullmatch(
            r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?", part
        ):
            raise ValueError(
                "has to be origins, as https://app.example.com, separated by commas, without a path"
            )
    return names(text)


def url(*schemes: str) -> Callable[[str], str]:
    """Empty, or a URL of one of these schemes."""
    allowed = " or ".join(f"{scheme}://…" for scheme in schemes)

    def read(text: str) -> str:
        if not text:
            return text
        try:
            parts = urlsplit(text)
            several = "," in parts.netloc  # a replica set names its members
            known = parts.scheme in schemes and (several or parts.port is None or parts.port > 0)
        except ValueError:
            known = False
        if not known or not (parts.netloc or parts.path):
            raise ValueError(f"has to be {allowed}")
        return text.rstrip("/") if parts.scheme in ("http", "https") else text

    return read


http_url = url("http", "https")
mongodb_url = url("mongodb", "mongodb+srv")
redis_url = url("redis", "rediss", "unix")
