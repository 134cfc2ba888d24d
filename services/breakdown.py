"""A period's figures by what pieces have in common, and which pieces did best and worst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from datasources.figures import PieceGain
from services.engagement import Totals, totals

UNKNOWN = "UNKNOWN"
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


class Dimension(StrEnum):
    """What pieces are told apart by. WEEKDAY and HOUR are those of publication, local time."""

    FORMAT = "FORMAT"
    PLATFORM = "PLATFORM"
    TAG = "TAG"
    PILLAR = "PILLAR"
    WEEKDAY = "WEEKDAY"
    HOUR = "HOUR"


@dataclass(frozen=True, slots=True)
class Slice:
    """Those with one value. A piece with several tags counts to each of them."""

    key: str
    pieces: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class Ranked:
    """A piece and what it gained, on all platforms together."""

    content_id: str
    totals: Totals


def slices(gains: Iterable[PieceGain], by: Dimension, zone: ZoneInfo) -> list[Slice]:
    """The parts, that with the most engagement first."""
    sums: dict[str, Totals] = {}
    pieces: dict[str, set[str]] = {}
    for each in gains:
        for key in keys(each, by, zone):
            gained = totals(each.platform, each.sums)
            sums[key] = sums.get(key, Totals()).plus(gained)
            pieces.setdefault(key, set()).add(each.content_id)
    found = [Slice(key, len(pieces[key]), total) for key, total in sums.items()]
    return sorted(found, key=lambda each: (-each.totals.engagement, each.key))


def keys(gain: PieceGain, by: Dimension, zone: ZoneInfo) -> Sequence[str]:
    """The values that a piece has."""
    if by is Dimension.TAG:
        return gain.tags or [UNKNOWN]
    if by is Dimension.PILLAR:
        return [gain.pillar or UNKNOWN]
    if by is Dimension.FORMAT:
        return [gain.type.value]
    if by is Dimension.PLATFORM:
        return [gain.platform.value]
    return [time_key(gain.published_at, by, zone)]


def time_key(at: datetime | None, by: Dimension, zone: ZoneInfo) -> str:
    """The weekday, or the hour from 00 to 23; UNKNOWN for what was not published from here."""
    if at is None:
        return UNKNOWN
    local = at.astimezone(zone)
    return WEEKDAYS[local.weekday()] if by is Dimension.WEEKDAY else f"{local.hour:02d}"


def ranked(gains: Iterable[PieceGain]) -> list[Ranked]:
    """All pieces, best first: by engagement, then by impressions."""
    sums: dict[str, Totals] = {}
    for each in gains:
        gained = totals(each.platform, each.sums)
        sums[each.content_id] = sums.get(each.content_id, Totals()).plus(gained)
    return [Ranked(id, total) for id, total in in_order(sums)]


def worst(gains: Sequence[PieceGain], since: datetime) -> list[Ranked]:
    """Those that went out since then, worst first; all, where none did.

    What an old piece still gains says little of it: most of what it came to was before.
    """
    fresh = [each for each in gains if each.published_at and each.published_at >= since]
    return ranked(fresh or gains)[::-1]


def in_order(sums: Mapping[str, Totals]) -> list[tuple[str, Totals]]:
    """Best first."""
    return sorted(
        sums.items(), key=lambda each: (-each[1].engagement, -each[1].impressions, each[0])
    )
