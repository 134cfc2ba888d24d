"""Insights in words: what was found, how sure that is, and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from datasources.content import Platform
from services.benchmarking import Comparison
from services.patterns import LEAST_POSTS, LEAST_SEEN, Outlier, Pattern
from services.post_features import Feature, Trait

NAMES = {
    Platform.LINKEDIN: "LinkedIn",
    Platform.X: "X",
    Platform.MEDIUM: "Medium",
    Platform.FEED: "your feed",
}
FORMS = {"POST": "Posts", "ARTICLE": "Articles", "VIDEO_SCRIPT": "Video scripts"}
BOUNDS = {"short": "under 60 words", "medium": "of 60 to 160 words", "long": "over 160 words"}


class InsightType(StrEnum):
    """What sort of thing was found."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    INSIGHT = "INSIGHT"
    OPTIMIZATION = "OPTIMIZATION"
    BENCHMARK = "BENCHMARK"


class InsightCategory(StrEnum):
    """What it is about."""

    ENGAGEMENT = "ENGAGEMENT"
    CONTENT = "CONTENT"
    TIMING = "TIMING"
    COMPETITIVE = "COMPETITIVE"


class Evidence(msgspec.Struct, frozen=True):
    """The statistic, how many it was computed from, its 95% interval, its p-value if it has one."""

    statistic: float
    sample_size: int
    low: float
    high: float
    p: float | None = None


class Insight(msgspec.Struct, frozen=True):
    """One thing that was learned."""

    id: str
    type: InsightType
    category: InsightCategory
    message: str
    recommendation: str
    evidence: Evidence


def of_change(workspace_id: str, pattern: Pattern, posts: int) -> Insight:
    """The last 30 days' posts beside those of the 30 days before."""
    up = pattern.factor > 1
    percent = abs(round((pattern.factor - 1) * 100))
    said = f"Posts of the last 30 days get {percent}% {'more' if up else 'less'} engagement for "
    said += "each impression than those of the 30 days before"
    advice = (
        "Keep on with what you changed: look at the best pieces of the period and repeat them."
        if up
        else "Look at what is different now: compare the pieces of both periods side by side."
    )
    return Insight(
        id=id_of(workspace_id, "change"),
        type=InsightType.POSITIVE if up else InsightType.NEGATIVE,
        category=InsightCategory.ENGAGEMENT,
        message=f"{said} ({interval(pattern)}).",
        recommendation=advice,
        evidence=evidence(pattern, posts),
    )


def of_pattern(
    workspace_id: str, pattern: Pattern, platform: Platform | None, zone: str
) -> Insight:
    """What posts with a feature do; `zone` is the place whose clock tells when they went out."""
    timing = pattern.feature.trait in (Trait.HOUR, Trait.WEEKDAY)
    where = f" on {NAMES[platform]}" if platform else ""
    by = f" (by the clock of {zone})" if timing else ""
    said = f"{subject(pattern.feature)}{where}{by} get {times(pattern.factor)} engagement for each "
    said += "impression as posts that are otherwise alike"
    return Insight(
        id=id_of(workspace_id, pattern.feature.trait, pattern.feature.value, platform or ""),
        type=InsightType.OPTIMIZATION if timing else InsightType.INSIGHT,
        category=InsightCategory.TIMING if timing else InsightCategory.CONTENT,
        message=f"{said} ({interval(pattern)}; {pattern.posts} posts).",
        recommendation=advice(pattern.feature, pattern.factor > 1, where),
        evidence=evidence(pattern, pattern.posts),
    )


def of_outlier(
    workspace_id: str, outlier: Outlier, name: str, posts: int, reach: tuple[float, float]
) -> Insight:
    """One post that stands out; `reach` is what posts like it range over."""
    up = outlier.factor > 1
    low, high = reach
    told = f"“{name}” got {times(outlier.factor)} engagement for each impression as posts like it"
    return Insight(
        id=id_of(workspace_id, "outlier", outlier.id),
        type=InsightType.POSITIVE if up else InsightType.NEGATIVE,
        category=InsightCategory.CONTENT,
        message=f"{told}; nearly all lie between {low:.1f} and {high:.1f} times.",
        recommendation=(
            "Read it again for what none of the others has, and try that once more."
            if up
            else "See whether something went wrong with it: a broken link, an unlucky day."
        ),
        evidence=Evidence(outlier.factor, posts, low, high, outlier.p),
    )


def of_benchmark(workspace_id: str, found: Comparison) -> Insight:
    """Where the workspace stands among its peers."""
    good = found.ahead_of >= 0.5
    return Insight(
        id=id_of(workspace_id, "benchmark"),
        type=InsightType.BENCHMARK,
        category=InsightCategory.COMPETITIVE,
        message=(
            f"Your engagement rate is above that of {found.ahead_of:.0%} of {found.peers} "
            f"workspaces of your size (95% interval {found.low:.0%} to {found.high:.0%})."
        ),
        recommendation=(
            "You engage better than most: reach is what to work on now."
            if good
            else "Others of your size engage more: start with what does best among your own."
        ),
        evidence=Evidence(found.ahead_of, found.peers, found.low, found.high),
    )


def subject(feature: Feature) -> str:
    """Posts that have it, as the beginning of a sentence."""
    value = feature.value
    return {
        Trait.TOPIC: f"Posts about {value}",
        Trait.LENGTH: f"Posts {BOUNDS.get(value, value)}",
        Trait.FORMAT: FORMS.get(value, value),
        Trait.HOOK: f"Posts that begin with a {value}",
        Trait.LINK: "Posts with a link",
        Trait.HOUR: f"Posts published between {clock(value)}",
        Trait.WEEKDAY: f"Posts published on a {value}",
    }[feature.trait]


def advice(feature: Feature, more: bool, where: str) -> str:
    """What to do about it."""
    value = feature.value
    if feature.trait is Trait.HOUR:
        turn = "Schedule important posts" if more else "Schedule nothing important"
        return f"{turn}{where} between {clock(value)}."
    if feature.trait is Trait.WEEKDAY:
        return f"{'Publish more' if more else 'Publish less'}{where} on {value}s."
    if feature.trait is Trait.LINK:
        return "Link to more." if more else "Keep links out of the post, or in a first comment."
    if feature.trait is Trait.TOPIC:
        return f"{'Write more' if more else 'Write less, or otherwise,'} about {value}."
    if feature.trait is Trait.HOOK:
        return f"Begin {'more' if more else 'fewer'} posts with a {value}."
    kind = BOUNDS.get(value) or FORMS.get(value, value).lower()
    kind = f"posts {kind}" if feature.trait is Trait.LENGTH else kind
    return f"Write {'more' if more else 'fewer'} {kind}."


def clock(window: str) -> str:
    """`09-12` as 09:00 and 12:00."""
    start, _, end = window.partition("-")
    return f"{start}:00 and {end}:00"


def times(factor: float) -> str:
    """How much, with a word for what is less."""
    return f"{factor:.1f} times as much" if factor >= 1 else f"only {factor:.0%} as much"


def interval(pattern: Pattern) -> str:
    """The interval in words."""
    return f"95% interval {pattern.low:.2f} to {pattern.high:.2f} times"


def evidence(pattern: Pattern, posts: int) -> Evidence:
    """What a claim rests on."""
    return Evidence(pattern.factor, posts, pattern.low, pattern.high, pattern.p)


def id_of(workspace_id: str, *parts: str) -> str:
    """The same finding has the same id the next time."""
    text = ":".join((workspace_id, *parts))
    return f"ins_{hashlib.sha256(text.encode()).hexdigest()[:26]}"


def summary(posts: int, pieces: int, usable: int, insights: Sequence[Insight]) -> str:
    """The whole in two sentences. `usable` are the posts that were seen often enough."""
    told = f"{posts} posts of the last year"
    if pieces != posts:
        told += f" ({pieces} pieces, each counted once a platform)"
    if insights:
        count = "1 finding" if len(insights) == 1 else f"{len(insights)} findings"
        return f"{count} from {told}. First of all: {insights[0].message}"
    if usable < LEAST_POSTS:
        return (
            f"{told} have figures, too few to claim anything: it takes {LEAST_POSTS} that were "
            f"seen {LEAST_SEEN} times or more, and {usable} were."
        )
    return (
        f"{told} have figures, and they carry no claim yet: nothing in them stands out from chance."
    )
