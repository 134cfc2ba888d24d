"""What a caller may write into a field: length, characters, time zones, page sizes."""

from __future__ import annotations

import unicodedata
from functools import cache
from zoneinfo import available_timezones

from services.failures import BadInput

LINE_BREAKS = "\n\t"
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def text(field: str, value: str, *, least: int = 0, most: int, lines: bool = False) -> str:
    """The text as it will be kept, `BadInput` where it cannot be.

    One line loses the spaces around it. With `lines`, several lines and tabs are kept as they
    are, but for the ends of lines, which become one character. `least` and `most` count
    characters; blank text has none.
    """
    kept = value.replace("\r\n", "\n").replace("\r", "\n") if lines else value.strip()
    for character in kept:
        refuse(field, character, lines)
    if len(kept.strip()) < least:
        raise BadInput(field, too_short(least), between(least, most))
    if len(kept) > most:
        raise BadInput(field, f"is too long: {len(kept)} characters.", between(least, most))
    return kept


def optional_text(field: str, value: str | None, *, most: int, lines: bool = False) -> str | None:
    """As `text`; None, and a blank value, are None: the field is empty."""
    if value is None:
        return None
    kept = text(field, value, most=most, lines=lines)
    return kept if kept.strip() else None


def refuse(field: str, character: str, lines: bool) -> None:
    """BadInput for what cannot be shown or stored: controls, halves of pairs, turned text."""
    if lines and character in LINE_BREAKS:
        return
    turned = not lines and character in TURNING
    if turned or unicodedata.category(character) in UNPRINTABLE:
        allowed = "Printable characters" + (", line breaks and tabs." if lines else " on one line.")
        raise BadInput(field, f"holds the character U+{ord(character):04X}.", allowed)


def too_short(least: int) -> str:
    """What is wrong with a text that has fewer than `least` characters."""
    return "is empty." if least == 1 else "is too short."


def between(least: int, most: int) -> str:
    """The lengths that would do."""
    return f"{least} to {most} characters." if least else f"At most {most} characters."


@cache
def time_zones() -> frozenset[str]:
    """All names of the IANA time zone database."""
    return frozenset(available_timezones())


def time_zone(field: str, value: str) -> str:
    """The name of a time zone that exists."""
    if value not in time_zones():
        raise BadInput(
            field,
            "is not the name of a time zone.",
            "A name of the IANA time zone database, as Europe/Berlin or UTC.",
        )
    return value


def page_limit(field: str, value: int | None, *, default: int = 20, most: int = 100) -> int:
    """How many rows of a list are asked for: 1 to `most`, `default` where nothing was said."""
    return whole(field, default if value is None else value, least=1, most=most)


def page_offset(field: str, value: int | None, *, most: int = 10_000) -> int:
    """How many rows are skipped: 0 to `most`. Beyond that, a connection's cursor is the way."""
    return whole(field, 0 if value is None else value, least=0, most=most)


def whole(field: str, value: int, *, least: int, most: int) -> int:
    """A whole number within bounds."""
    if not least <= value <= most:
        raise BadInput(field, f"is out of range: {value}.", f"{least} to {most}.")
    return value
