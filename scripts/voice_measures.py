"""What of people's writing is measured: how often everything comes, and how much that varies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scripts.voice_material import Passage
from services.voice_background import Background, is_four
from services.voice_features import LETTERS, PAIR, WORD, Counts
from services.voice_score import LOUDEST, peculiar

KEPT = {"words": 3000, "pairs": 2000, "threes": 3000, "fours": 8000}
PHRASES = 40_000
TOPICS = 24
OTHERS = 32
SPEAKERS = 0.8
"""Of the usual rate of a phrase, the share that speakers have in it; descriptions have the rest."""


@dataclass(frozen=True)
class Material:
    """All that there is: `found` are passages, `short` are posts, `whole` are speeches."""

    found: Sequence[Passage]
    short: Sequence[Passage]
    whole: Sequence[Passage]

    def without(self, writers: set[str]) -> Material:
        """As it would be if these had never written."""
        return Material(
            *(
                [each for each in held if each.writer not in writers]
                for held in (self.found, self.short, self.whole)
            )
        )


def ground_of(material: Material, names: list[str]) -> Background:
    """Everything but the weights."""
    made = measured(material.found, names)
    others = others_of(made, [*material.found, *material.short])
    return replace(made, others=np.array(others), phrases=usual_phrases(material))


def kind(name: str) -> str:
    """Which share of the features one belongs to."""
    if is_four(name):
        return "fours"
    return {WORD: "words", PAIR: "pairs", LETTERS: "threes"}[name.split(":", maxsplit=1)[0]]


def names_of(found: Sequence[Passage]) -> list[str]:
    """The features that are found in most passages."""
    seen = Counter(name for each in found for name in each.counts.features)
    kept: list[str] = []
    for share, most in KEPT.items():
        of_kind = [name for name in seen if kind(name) == share]
        kept += sorted(of_kind, key=lambda name: (-seen[name], name))[:most]
    return kept


def plain(names: list[str]) -> Background:
    """One that knows the names only."""
    nothing = np.zeros(len(names), np.float32)
    return Background(
        places={name: at for at, name in enumerate(names)},
        words=np.array([kind(name) == "words" for name in names]),
        letters=np.array([kind(name) in {"threes", "fours"} for name in names]),
        fours=np.array([kind(name) == "fours" for name in names]),
        mean=nothing,
        spread=nothing,
        between=nothing,
        centre=nothing,
        topics=np.zeros((1, len(names)), np.float32),
        damping=np.zeros(1, np.float32),
        others=np.zeros((1, len(names)), np.float32),
        phrases={},
        weights=(),
    )


def measured(found: Sequence[Passage], names: list[str]) -> Background:
    """Everything but the weights, the others and the phrases.

    What is usual, and how far writers differ in it, is of speakers: descriptions of packages are
    so much like each other that with them all speakers would deviate in the same direction. What
    varies within one writer's texts is of both.
    """
    made = plain(names)
    rows = np.array([made.frequencies(each.counts) for each in found])
    who = np.unique([each.writer for each in found], return_inverse=True)[1]
    apart = np.concatenate([within(rows[who == each]) for each in range(who.max() + 1)])
    spread = (apart**2).mean(0) + 1e-10
    topics, damping = directions(apart / np.sqrt(spread))
    speaks = np.array([":" not in each.writer for each in found])
    mean, between = usual(rows[speaks], who[speaks], spread)
    made = replace(made, mean=mean, spread=spread, between=between)
    made = replace(made, topics=topics, damping=damping)
    off = np.clip((rows[speaks] - mean) / np.sqrt(spread), -LOUDEST, LOUDEST)
    off = made.off_topic(off)
    return replace(made, centre=(off / np.linalg.norm(off, axis=1, keepdims=True)).mean(0))


def usual(rows: np.ndarray, who: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean over writers, each counting alike, and how much writers' true means vary."""
    held = [rows[who == each] for each in np.unique(who)]
    means = np.array([each.mean(0) for each in held])
    error = np.mean([1 / len(each) for each in held])
    between = np.maximum(means.var(0, ddof=1) - spread * error, 0)
    return (means.mean(0) + 1e-7).astype(np.float32), between.astype(np.float32)


def within(rows: np.ndarray) -> np.ndarray:
    """How one writer's passages deviate from their mean, as they would from the true one."""
    if len(rows) < 2:
        return rows[:0]
    scaled: np.ndarray = (rows - rows.mean(0)) * np.float32(np.sqrt(len(rows) / (len(rows) - 1)))
    return scaled


def others_of(ground: Background, found: Sequence[Passage]) -> list[np.ndarray]:
    """What is peculiar to each of a few dozen writers, as a profile of theirs would have it."""
    by: dict[str, list[Counts]] = defaultdict(list)
    for each in found:
        by[each.writer].append(each.counts)
    chosen = sorted(by, key=lambda name: (not name.startswith("post:"), -len(by[name]), name))
    totals = [ground.frequencies(sum_of(by[name])) for name in chosen[:OTHERS]]
    return [peculiar(ground, each) for each in totals]


def directions(apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The directions in which one writer's passages differ most, and how much to take out."""
    base = np.random.default_rng(0).normal(size=(apart.shape[1], TOPICS + 8)).astype(np.float32)
    base = np.linalg.qr(base)[0]
    for _ in range(8):
        base = np.linalg.qr(apart.T @ (apart @ base))[0]
    sizes, turned = np.linalg.eigh((apart @ base).T @ (apart @ base) / len(apart))
    order = np.argsort(-sizes)[:TOPICS]
    damping = 1 - np.sqrt(1.5 / (sizes[order] + 0.5))
    return (base @ turned[:, order]).T.astype(np.float32), damping.astype(np.float32)


def sum_of(held: Iterable[Counts]) -> Counts:
    """All together."""
    total = Counts()
    for each in held:
        total = total.plus(each)
    return total


def usual_phrases(material: Material) -> dict[int, float]:
    """How often the most frequent pairs of words come: with speakers, each counting alike, and
    in everything else that there is.
    """
    by: dict[str, Counter[int]] = defaultdict(Counter)
    for each in material.whole:
        by[each.writer].update(each.counts.phrases)
    rest: Counter[int] = Counter()
    for each in (*material.found, *material.short):
        if each.writer not in by:
            rest.update(each.counts.phrases)
    total: dict[int, float] = defaultdict(float)
    shares = [(counts, SPEAKERS / len(by)) for counts in by.values()]
    for counts, share in (*shares, (rest, 1 - SPEAKERS)):
        size = counts.total()
        for pair, n in counts.items():
            total[pair] += share * n / size
    frequent = sorted(total, key=lambda pair: (-total[pair], pair))[:PHRASES]
    return {pair: total[pair] for pair in frequent}
