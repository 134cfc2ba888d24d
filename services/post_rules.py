"""What each platform makes of a text: its length, its hashtags, whether it knows Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datasources.content import Platform
from services.text import LIMITS, length_on

HASHTAGS = {Platform.LINKEDIN: 3, Platform.X: 1, Platform.FEED: 2, Platform.MEDIUM: 0}
MARKDOWN = frozenset({Platform.MEDIUM, Platform.FEED})
TAG_LENGTH = 24
SMALL = re.compile(
    r"a|about|after|all|an|and|are|as|at|be|been|before|but|by|can|could|did|do|does|for|from|had|"
    r"has|have|how|i|if|in|into|is|it|its|my|new|no|not|of|on|or|our|should|so|than|that|the|"
    r"their|them|then|there|these|they|this|to|was|we|were|what|when|where|which|who|why|will|"
    r"with|would|you|your|us|am|most|just|today|tomorrow|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|first|away|back|down|off|out|over|together|up",
    re.IGNORECASE,
)
WORD = re.compile(r"\w[\w’'-]*")


def fit(platform: Platform, body: str) -> bool:
    """Whether the platform takes a text of that length."""
    limit = LIMITS[platform]
    return not limit or length_on(platform, body) <= limit


def hashtags(platform: Platform, sources: Sequence[str]) -> str:
    """Hashtags from a pillar and a topic, at most as many as are usual there."""
    kept: list[str] = []
    for source in sources:
        tag = hashtag(source)
        known = [other.casefold() for other in kept]
        if tag and not any(tag.casefold() in each or each in tag.casefold() for each in known):
            kept.append(tag)
    return " ".join(f"#{tag}" for tag in kept[: HASHTAGS[platform]])


def hashtag(source: str) -> str:
    """The last words that belong together, two at most, as one: what a phrase is about."""
    run: list[str] = []
    for word in reversed(WORD.findall(source)):
        if SMALL.fullmatch(word):
            if run:
                break
        elif len(run) < 2:
            run.insert(0, word)
    parts = [part for word in run for part in re.split(r"[-’']", word) if part]
    tag = "".join(part[:1].upper() + part[1:] for part in parts)
    return tag if 3 < len(tag) <= TAG_LENGTH else ""


def formed(platform: Platform, text: str) -> str:
    """A text as the platform shows it: tidy, without what a model wraps around it."""
    kept = unwrapped(text.replace("\r\n", "\n").strip())
    kept = re.sub(r"[ \t]+\n", "\n", kept)
    kept = re.sub(r"\n{3,}", "\n\n", kept)
    return kept if platform in MARKDOWN else plain(kept)


def unwrapped(text: str) -> str:
    """Without a code fence, and without quotes around the whole."""
    fence = re.fullmatch(r"```\w*\n(.*?)\n?```", text, re.DOTALL)
    kept = fence[1].strip() if fence else text
    quoted = len(kept) > 1 and kept[0] in '"“' and kept[-1] in '"”' and kept.count(kept[0]) <= 2
    return kept[1:-1].strip() if quoted and "\n" not in kept else kept


def plain(text: str) -> str:
    """Without Markdown: LinkedIn and X show its marks as they are."""
    kept = re.sub(r"^#{1,6} +(.+)$", r"\1", text, flags=re.MULTILINE)
    kept = re.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda found: found[1] or found[2], kept)
    kept = re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", kept)
    kept = re.sub(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", r"\1 (\2)", kept)
    return re.sub(r"^[*-] +", "• ", kept, flags=re.MULTILINE)


def shortened(platform: Platform, text: str) -> str:
    """The text without as many of its middle sentences as it takes for the platform."""
    if fit(platform, text):
        return text
    parts = [part for part in re.split(r"(?<=[.!?…])\s+|\n+", text) if part.strip()]
    while len(parts) > 2 and not fit(platform, "\n\n".join(parts)):
        parts.pop(-2)
    kept = "\n\n".join(parts)
    return kept if fit(platform, kept) else cut(platform, parts[0] if parts else text)


def cut(platform: Platform, text: str) -> str:
    """As many whole words as fit, and an ellipsis."""
    words = text.split()
    while words and not fit(platform, " ".join(words) + "…"):
        words.pop()
    return " ".join(words) + "…"
