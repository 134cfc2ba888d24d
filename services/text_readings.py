"""What a text is like: sentiment, readability, keywords, language. CPU only; call it in a thread.

The libraries are imported when they are first needed: none of them is quick to load.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from services.language import language_of
from services.voice_habits import habits
from services.voice_tokens import is_word, tokens
from services.voice_traits import tones

CLEAR = 0.25
"""From where a sentiment has a direction, of 1: VADER's authors say 0.05 for single sentences."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """From -1 to 1, and POSITIVE, NEUTRAL or NEGATIVE."""

    score: float
    label: str


@dataclass(frozen=True, slots=True)
class Readability:
    """Flesch's ease (100 is easy, 0 is hard) and the school grade of Kincaid, and in words."""

    ease: float
    grade: float
    label: str


@dataclass(frozen=True, slots=True)
class Readings:
    """All of them. What is made for English is None, or empty, for other languages."""

    language: str | None
    words: int
    sentiment: Sentiment | None
    readability: Readability | None
    tone: Sequence[str]
    keywords: Sequence[str]


def readings(text: str) -> Readings:
    """What a text is like."""
    language = language_of(text).tag
    english = language == "en"
    words = sum(map(is_word, tokens(text)))
    return Readings(
        language=language,
        words=words,
        sentiment=sentiment(text) if english else None,
        readability=readability(text) if english and words >= 10 else None,
        tone=tones(habits(text)) if english else [],
        keywords=keywords(text, language) if words >= 3 else [],
    )


@cache
def analyser() -> Any:
    """VADER, with its lexicon."""
    return import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()


def sentiment(text: str) -> Sentiment:
    """The mean over sentences, so that a long text is not all or nothing."""
    parts = [each for each in text.replace("!", "!.").replace("?", "?.").split(".") if each.strip()]
    scores = [float(analyser().polarity_scores(each)["compound"]) for each in parts] or [0.0]
    told = [each for each in scores if each] or [0.0]
    score = round(sum(told) / len(told) * (len(told) / len(scores)) ** 0.5, 3)
    label = "POSITIVE" if score >= CLEAR else "NEGATIVE" if score <= -CLEAR else "NEUTRAL"
    return Sentiment(score, label)


def readability(text: str) -> Readability:
    """Flesch 1948 and Kincaid 1975. Syllables are counted here: textstat asks a network."""
    counted = habits(text)
    words = [each for each in tokens(text) if is_word(each)]
    length = len(words) / max(counted.sentences, 1)
    each = sum(map(syllables, words)) / max(len(words), 1)
    ease = round(206.835 - 1.015 * length - 84.6 * each, 1)
    grade = round(max(0.0, 0.39 * length + 11.8 * each - 15.59), 1)
    bounds = ((65, "easy"), (50, "plain"), (30, "hard"))
    return Readability(ease, grade, next((name for at, name in bounds if ease >= at), "very hard"))


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye")) and groups > 1
    return max(1, groups - silent)


def keywords(text: str, language: str | None, most: int = 8) -> list[str]:
    """What it is about, the most telling first (YAKE: Campos et al. 2020)."""
    extractor = import_module("yake").KeywordExtractor(
        lan=language or "en", n=2, dedupLim=0.7, top=most
    )
    return [str(name) for name, _ in extractor.extract_keywords(text[:20_000])]
