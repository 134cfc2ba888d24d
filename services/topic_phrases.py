"""Phrases for topics: what several texts, or one, are about, in words that could head a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module

from datasources.query_words import COMMON
from datasources.stems import stem, stems
from services.language import language_of

LONGEST = 80
"""Characters of a topic. A title that is longer is cut at a clause, or not taken."""
SHORTLIST = 12
READ = 20_000
WORDS = 3
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
TAG = re.compile(r"(?<!\w)#\w+")
LINK = re.compile(r"https?://\S+")
NOISE = re.compile(r"\s*[(\[][^)\]]*[)\]]")
QUOTED = re.compile(r"[\"'“‘«](\w[^\"“”«»]*)[\"'”’»]")
PARTS = re.compile(r"\s+[|–—·]\s+|:\s+")
WEAK = frozenset(
    """get gets got make makes made take takes took go goes went come comes came give gives gave
    keep keeps let lets put puts say says said see sees saw tell tells told think thinks want wants
    need needs use uses used try tries tried know knows new now here there very really just also
    still again ever never always more most much many few less least better best good great one
    two three first last next other another each every some any both own same thing things way
    ways lot today tomorrow yesterday week weeks month months year years day days time times
    people i we you they it me us them because while until since before after over under without
    within like even only too quite not no yes don won isn aren""".split()  # noqa: SIM905 - a list
)
"""Words that a topic neither begins nor ends with."""


def shortlist(texts: Sequence[str]) -> list[str]:
    """Phrases of two or three words that at least two of the texts share, the most telling first.

    YAKE (Campos et al. 2020) finds them; what is weak at its edges is left out.
    """
    whole = ".\n".join(plain(text) for text in texts)[:READ]
    held = [set(runs(stems(plain(text)))) for text in texts]
    found: dict[tuple[str, ...], str] = {}
    for phrase in keyphrases(whole):
        key = tuple(stems(phrase))
        if strong(phrase) and key not in found and sum(key in each for each in held) > 1:
            found[key] = phrase
    return list(found.values())[:SHORTLIST]


def keyphrases(text: str) -> list[str]:
    """What YAKE finds, the most telling first, as it is written in the text."""
    if len(text.split()) < WORDS:
        return []
    language = language_of(text).tag or "en"
    extractor = import_module("yake").KeywordExtractor(lan=language, n=WORDS, dedupLim=0.9, top=60)
    return [str(phrase) for phrase, _ in extractor.extract_keywords(text)]


def runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """All that stands together in them, two or three at a time."""
    return [
        tuple(words[at : at + size]) for size in (2, WORDS) for at in range(len(words) - size + 1)
    ]


def strong(phrase: str) -> bool:
    """Whether a phrase of several words begins and ends with words that say something."""
    words = phrase.casefold().split()
    edges = (words[0], words[-1])
    telling = all(len(edge) > 2 and edge not in WEAK | COMMON for edge in edges)
    return len(words) > 1 and telling and len({stem(word) for word in words}) == len(words)


def heading(title: str | None, body: str) -> str | None:
    """What one text is about: its title, or its first sentence if that could be one; else None."""
    for line in (title, first_sentence(body)):
        if line and (short := shortened(line)):
            return short
    return None


def first_sentence(body: str) -> str:
    """The first sentence of a text."""
    return SENTENCE.split(plain(body).strip(), maxsplit=1)[0]


def shortened(line: str) -> str | None:
    """The line as a topic: without what a site adds to it; None where it is too long or short."""
    kept = unquoted(NOISE.sub("", plain(line)).strip(" .!…,;:-–—"))
    if len(kept) > LONGEST:
        kept = PARTS.split(kept, maxsplit=1)[0].strip()
    fits = len(kept) <= LONGEST and len(kept.split()) > 1
    return kept if fits else None


def unquoted(line: str) -> str:
    """The line without quotation marks around the whole of it."""
    around = QUOTED.fullmatch(line)
    return around[1].strip(" .!…,;:-–—") if around else line


@lru_cache(2_000)
def plain(text: str) -> str:
    """The text without links and tags."""
    return TAG.sub(" ", LINK.sub(" ", text)).strip()


def whole(title: str | None, body: str) -> str:
    """Both as one text."""
    return f"{title}. {body}" if title else body
