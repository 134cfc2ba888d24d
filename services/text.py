"""What can be computed from a body: words, reading time, hashtags, mentions, lengths.

Lengths are counted as each platform counts. X: twitter-text's version 3 configuration (NFC;
weight 1 for the ranges below, 2 for the rest; a link is 23, an emoji sequence 2). LinkedIn
counts UTF-16 units. Medium and the feed have no limit.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator

import regex

from datasources.content import Metadata, Platform, PlatformLength

WORDS_A_MINUTE = 238  # Brysbaert 2019, silent reading of English non-fiction
LINK_LENGTH = 23
LIMITS: dict[Platform, int] = {
    Platform.LINKEDIN: 3000,
    Platform.X: 280,
    Platform.MEDIUM: 0,
    Platform.FEED: 0,
}

_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}'’\-]*")
_HASHTAG = regex.compile(r"(?<![\p{L}\p{N}_&/#])#([\p{L}\p{N}\p{M}_]*\p{L}[\p{L}\p{N}\p{M}_]*)")
_MENTION = regex.compile(r"(?<![\p{L}\p{N}_/@.])@([A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_])?)")
_LINK = regex.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]", regex.IGNORECASE)
_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[#*0-9]\uFE0F?\u20E3")


def metadata(body: str) -> Metadata:
    """Everything that is known of a body. `reading_time` is in seconds, rounded up."""
    words = word_count(body)
    return Metadata(
        word_count=words,
        reading_time=math.ceil(words * 60 / WORDS_A_MINUTE),
        hashtags=distinct(_HASHTAG.findall(body)),
        mentions=distinct(_MENTION.findall(_LINK.sub(" ", body))),
        lengths=[
            PlatformLength(platform=platform, length=length_on(platform, body), limit=limit)
            for platform, limit in LIMITS.items()
        ],
    )


def word_count(body: str) -> int:
    """How many words there are; links are none."""
    return len(_WORD.findall(_LINK.sub(" ", body)))


def distinct(found: list[str]) -> list[str]:
    """Each once, whatever its case, in the order of first use."""
    first: dict[str, str] = {}
    for word in found:
        first.setdefault(word.casefold(), word)
    return list(first.values())


def length_on(platform: Platform, body: str) -> int:
    """The length that counts against the platform's limit."""
    if platform is Platform.X:
        return weighted_length(body)
    if platform is Platform.LINKEDIN:
        return len(body.encode("utf-16-le", "surrogatepass")) // 2
    return len(body)


def weighted_length(body: str) -> int:
    """Length as X counts it."""
    text = unicodedata.normalize("NFC", body)
    rest, links = _LINK.subn("", text)
    own = len(rest) if rest.isascii() else sum(weights(rest))
    return links * LINK_LENGTH + own


def weights(text: str) -> Iterator[int]:
    """The weight of each grapheme: 2 for an emoji sequence, else the sum over its characters."""
    for grapheme in _GRAPHEME.findall(text):
        yield (
            2
            if _EMOJI.match(grapheme) and not is_light(grapheme)
            else sum(1 if is_light(character) else 2 for character in grapheme)
        )


def is_light(text: str) -> bool:
    """Whether this is one character of weight 1."""
    if len(text) != 1:
        return False
    point = ord(text)
    return (
        point <= 0x10FF
        or 0x2000 <= point <= 0x200D
        or 0x2010 <= point <= 0x201F
        or 0x2032 <= point <= 0x2037
    )
