"""Topics from texts: which texts are about one thing, how that is called, and how it rose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.clusters import clusters
from services.meanings import Vector, centre, cosine
from services.topic_phrases import heading, shortlist, whole

TOGETHER = 0.4
"""The mean cosine of texts that are about one thing."""
LEAST = 2
MOST = 60
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Text:
    """An entry of a feed; `origin` is whose feed that is."""

    id: str
    origin: str
    title: str
    body: str
    published_at: datetime
    vector: Vector


@dataclass(frozen=True, slots=True)
class Topic:
    """What several texts are about.

    `names` could be its name, the most telling first. `shares` are, by origin, how many texts are
    recent and how many came before. `entries` are some of them, latest first.
    """

    names: Sequence[str]
    vector: Vector
    shares: Mapping[str, tuple[int, int]]
    entries: Sequence[str]


def topics(texts: Sequence[Text], recent: datetime) -> list[Topic]:
    """What at least two of the texts are about, the largest topics first: 60 at most.

    Half a second, of processor, for 400 texts.
    """
    own = distinct(texts)
    groups = clusters([text.vector for text in own], TOGETHER)
    several = [[own[place] for place in group] for group in groups if len(group) >= LEAST]
    return [topic(group, recent) for group in several[:MOST]]


def distinct(texts: Sequence[Text]) -> list[Text]:
    """Each text once, whoever has published it as well: a copy makes no topic."""
    found: dict[str, Text] = {}
    for text in texts:
        words = " ".join(whole(text.title, text.body).casefold().split())
        found.setdefault(words, text)
    return list(found.values())


def topic(group: Sequence[Text], recent: datetime) -> Topic:
    """One of them. Where the texts share no phrase, the headings of the closest ones name it."""
    middle = centre([text.vector for text in group])
    near = sorted(group, key=lambda text: -cosine(text.vector, middle))
    names = shortlist([whole(text.title, text.body) for text in group])
    names = names or [name for text in near if (name := heading(text.title, text.body))][:1]
    shares: dict[str, tuple[int, int]] = {}
    for text in group:
        fresh, before = shares.get(text.origin, (0, 0))
        is_recent = text.published_at >= recent
        shares[text.origin] = (fresh + is_recent, before + (not is_recent))
    latest = sorted(group, key=lambda text: text.published_at, reverse=True)
    return Topic(names, middle, shares, [text.id for text in latest[:SHOWN]])


def named(topic: Topic, vectors: Sequence[Vector] | None = None) -> tuple[str, Topic] | None:
    """A topic with its name: the closest to what it means, where `vectors` of the names are given.

    None where nothing in it could be a name.
    """
    if not topic.names:
        return None
    if vectors is None:
        return topic.names[0], topic
    close = [cosine(vector, topic.vector) for vector in vectors]
    return topic.names[close.index(max(close))], topic


def rise(recent: int, all_recent: int, before: int, all_before: int) -> float | None:
    """How many times its part of all entries is what it was; None where there was nothing before.

    Parts, and not counts: a feed shows its latest entries only, so older ones are fewer. Half an
    entry is added to each (Haldane, 1956), so that one where there was none is no explosion.
    """
    if not all_before or not all_recent:
        return None
    return ((recent + 0.5) / (all_recent + 1)) / ((before + 0.5) / (all_before + 1))
