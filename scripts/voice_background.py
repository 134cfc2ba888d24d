"""Measure how people in general write: makes services/voice_background.npz.

    python scripts/voice_background.py

It reads what `scripts/voice_material.py` finds. Nothing of a text is kept
but frequencies of words, of pairs of masked words and of runs of letters.
The weights are of texts by writers of whom the figures that they are weighed with know nothing:
writers are dealt into FOLDS hands, and each hand is judged by what was measured of the others.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.voice_material import Passage, material, posts  # noqa: E402
from services.voice_background import FILE, LETTERS_THERE, TOKENS, Background, is_four  # noqa: E402
from services.voice_features import LETTERS, PAIR, WORD, Counts, count  # noqa: E402
from services.voice_score import (  # noqa: E402
    LOUDEST,
    Portrait,
    evidence_terms,
    peculiar,
    portrait,
    shown,
)

KEPT = {"words": 3000, "pairs": 2000, "threes": 3000, "fours": 8000}
TOPICS = 24
OTHERS = 32
FOLDS = 3


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
        weights=(),
    )


def measured(found: Sequence[Passage], names: list[str]) -> Background:
    """Everything but the weights and the others.

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


def others_of(ground: Background, found: Sequence[Passage]) -> dict[str, np.ndarray]:
    """What is peculiar to each of a few dozen writers, as a profile of theirs would have it."""
    by: dict[str, list[Counts]] = defaultdict(list)
    for each in found:
        by[each.writer].append(each.counts)
    chosen = sorted(by, key=lambda name: (not name.startswith("post:"), -len(by[name]), name))
    totals = {name: ground.frequencies(sum_of(by[name])) for name in chosen[:OTHERS]}
    return {name: peculiar(ground, found) for name, found in totals.items()}


def with_others(ground: Background, others: dict[str, np.ndarray]) -> Background:
    """With the others to hold a text against."""
    return replace(ground, others=np.array(list(others.values())))


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


def judged(names: list[str], found: list[Passage], short: list[Passage]) -> tuple[float, ...]:
    """The weights, of all hands."""
    rows: list[tuple[float, ...]] = []
    own: list[float] = []
    for fold in range(FOLDS):
        there = [each for each in found if hand(each.writer) != fold]
        ground = measured(there, names)
        voices = [*there, *(each for each in short if hand(each.writer) != fold)]
        ground = with_others(ground, others_of(ground, voices))
        asked = [each for each in (*found, *short) if hand(each.writer) == fold]
        for row, mark in pairs(ground, asked):
            rows.append(row)
            own.append(mark)
    return fitted(np.array(rows), np.array(own))


def hand(writer: str) -> int:
    """Into which hand a writer is dealt."""
    return zlib.crc32(writer.encode()) % FOLDS


def pairs(ground: Background, found: list[Passage]) -> Iterator[tuple[tuple[float, ...], float]]:
    """A text and a voice, and whether they are one's: as many one's own as another's."""
    chance = random.Random(5)  # noqa: S311
    by: dict[str, list[Passage]] = defaultdict(list)
    for each in found:
        by[each.writer].append(each)
    known = [name for name, held in by.items() if len(held) >= 12 or name.startswith("post:")]
    for name in known:
        for size in (2, 5, 10, 30, 60):
            held = by[name][:]
            chance.shuffle(held)
            voice = portrait(ground, sum_of([each.counts for each in held[:size]]))
            for one in held[size : size + 6]:
                yield row(ground, cut(ground, one.text, chance), voice), 1.0
                other = chance.choice([each for each in known if each != name])
                strange = chance.choice(by[other]).text
                yield row(ground, cut(ground, strange, chance), voice), 0.0


def cut(ground: Background, text: str, chance: random.Random) -> Counts:
    """The beginning of a text, as long as a post may be."""
    words = text.split(" ")
    least = chance.choice((25, 40, 60, 90, 200))
    return count(" ".join(words[:least]), ground.places)


def sum_of(held: list[Counts]) -> Counts:
    """All together."""
    total = Counts()
    for each in held:
        total = total.plus(each)
    return total


def row(ground: Background, text: Counts, voice: Portrait) -> tuple[float, ...]:
    """What the regression sees of a pair."""
    return evidence_terms(ground, shown(ground, text), voice)


def fitted(rows: np.ndarray, own: np.ndarray, keep: float = 1e-4) -> tuple[float, ...]:
    """The weights, by Newton's method, with a small ridge."""
    at = np.zeros(rows.shape[1])
    for _ in range(30):
        chances = 1 / (1 + np.exp(-rows @ at))
        gradient = rows.T @ (own - chances) - keep * at
        curve = (rows.T * (chances * (1 - chances))) @ rows + keep * np.eye(len(at))
        at += np.linalg.solve(curve, gradient)
    return tuple(float(each) for each in at)


def kept(ground: Background, names: list[str], found: tuple[float, ...]) -> None:
    """Write the file: rows as bytes, the rest as half precision where that is enough."""
    np.savez_compressed(
        FILE,
        names=np.array("\n".join(names)),
        mean=ground.mean.astype(np.float32),
        spread=ground.spread.astype(np.float32),
        between=ground.between.astype(np.float32),
        topics=small(ground.topics),
        centre=ground.centre.astype(np.float16),
        others=small(ground.others),
        damping=ground.damping,
        weights=np.array(found),
    )


def small(rows: np.ndarray) -> np.ndarray:
    """In bytes: each row has length 1 again when it is read."""
    return np.round(rows / np.abs(rows).max(axis=1, keepdims=True) * 127).astype(np.int8)


def main() -> None:
    """Make the file and say what it was made from."""
    found, short = list(material()), list(posts())
    names = names_of(found)
    weights = judged(names, found, short)
    ground = measured(found, names)
    kept(with_others(ground, others_of(ground, [*found, *short])), names, weights)
    writers = len({each.writer for each in found})
    sizes = [(each.counts.tokens, each.counts.letters) for each in found]
    tokens, letters = np.array(sizes).mean(0)
    print(f"{len(found)} passages of {writers} writers, {tokens:.0f} tokens, {letters:.0f} letters")
    print(f"taken for {TOKENS} and {LETTERS_THERE}; weights {[round(each, 2) for each in weights]}")


if __name__ == "__main__":
    main()
