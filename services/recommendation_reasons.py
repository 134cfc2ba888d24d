"""Why a topic is recommended: sentences, each with the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.insight_texts import NAMES

if TYPE_CHECKING:
    from services.recommendation_ground import Ground, Own, Success

YEAR = 365


def of_gap(
    pillar: str, count: int, recent: int, even: float, mine: Sequence[Own], now: datetime
) -> list[str]:
    """A pillar that had less than its share of the pieces of the last 60 days."""
    if not recent:
        told = [f"You published nothing in the last 60 days; “{pillar}” is one of your pillars."]
    elif even < 1:
        told = [f"Of your {pieces(recent)} of the last 60 days none fits the pillar “{pillar}”."]
    else:
        some = {0: "None", 1: "1"}.get(count, str(count))
        fit = "fit" if count > 1 else "fits"
        share = f"{some} of your {pieces(recent)} of the last 60 days {fit} the pillar “{pillar}”"
        told = [f"{share}; an even share would be {share_of(even)}."]
    if mine:
        told.append(f"The last one that fits went out {ago(mine[0].published_at, now)}.")
    else:
        told.append("Nothing that you published in the last year fits it.")
    return told


def of_success(did: Success, published_at: datetime, closest: float, ground: Ground) -> list[str]:
    """A piece that worked and was not repeated."""
    where = listed([NAMES[platform] for platform in did.platforms])
    since = f"It went out {ago(published_at, ground.now)}; "
    repeated = (
        f"of what you published since, the closest piece has a likeness of {closest:.2f} to it."
        if closest > 0
        else "nothing that you published since comes near it."
    )
    return [
        f"A piece of yours about this got {did.factor:.1f} times as much engagement for each "
        f"impression as your pieces do on average: {did.impressions:,} impressions on {where}.",
        since + repeated,
    ]


def of_theme(theme: Sequence[Own], latest: datetime, ground: Ground) -> list[str]:
    """A theme of one's own that was left alone."""
    names = "”, “".join(piece.name for piece in theme[:2])
    return [
        f"{pieces(len(theme)).capitalize()} of your {len(ground.pieces)} of the last year "
        f"{'is' if len(theme) == 1 else 'are'} about this, as “{names}”.",
        f"The last of them went out {ago(latest, ground.now)}.",
    ]


def of_trend(recent: int, before: int, origins: int, public: bool, up: float | None) -> str:
    """A topic that others write about."""
    where = "public feed of this server" if public else "feed that you follow"
    feeds = f"{origins} {where}" if origins == 1 else f"{origins} {where.replace('feed', 'feeds')}"
    if not recent or up is None or up <= 1:
        told = f"{pieces(recent + before).capitalize()} on {feeds} in the last four weeks"
        return f"{told} {'was' if recent + before == 1 else 'were'} about this."
    told = f"{pieces(recent).capitalize()} on {feeds} {'was' if recent == 1 else 'were'} about "
    told += f"this in the last 7 days, {before or 'none'} in the three weeks before: its share of "
    return f"{told}all that came out there is {up:.1f} times what it was."


def of_relevance(relevance: float, closest: Own | None, pillar: str | None) -> str | None:
    """What it is near to."""
    if pillar is not None:
        return f"It belongs to your pillar “{pillar}”."
    if closest is None:
        return None
    return f"It is near to what you write, as “{closest.name}” (relevance {relevance:.2f})."


def of_potential(potential: float, near: int, others: int) -> str:
    """How one's own pieces on the subject did."""
    return (
        f"Compared one with one, your {pieces(near)} closest to it did better than your other "
        f"{others} in {potential:.0%} of all cases."
    )


def of_silence(closest: float) -> str:
    """That it was not said lately."""
    if closest <= 0:
        return "You wrote nothing near it in the last 30 days."
    told = f"your closest piece has a likeness of {closest:.2f} to it, where 1 is the same text"
    return f"You did not say it in the last 30 days: {told}."


def share_of(pieces: float) -> str:
    """So many pieces, to a tenth where it takes one."""
    return f"{pieces:.1f}".removesuffix(".0")


def pieces(count: int) -> str:
    """So many of them."""
    return "1 piece" if count == 1 else f"{count} pieces"


def listed(names: Sequence[str]) -> str:
    """Names in a row, as one says them."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def ago(at: datetime, now: datetime) -> str:
    """A day, and how long ago that is."""
    days = (now - at).days
    told = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
    return f"on {at.day} {at:%B %Y}, {told}"
