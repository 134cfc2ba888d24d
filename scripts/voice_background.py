"""Measure how people in general write: makes services/voice_background.npz.

    python scripts/voice_background.py

It reads speeches by those who are not in the author test (`npm ci` in tests/services/speeches
first), the descriptions of the packages that are installed here, which are prose of our day, and
the posts in `scripts/voice_posts.txt`, which were written for it in ten made-up voices.
Nothing of a text is kept but frequencies of words, of pairs of masked words and of three letters.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import distributions
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from services.voice_background import FILE, Background  # noqa: E402
from services.voice_features import Counts, count  # noqa: E402
from services.voice_score import evidence_terms, peculiar  # noqa: E402
from tests.services.speakers import SPEAKERS, passages, speeches  # noqa: E402

KEPT = {"w": 2500, "p": 1500, "c": 2500}
TOPICS = 12
A_SPEECH = 25
A_PACKAGE = 12
OTHERS = 48


@dataclass(frozen=True)
class Passage:
    """What was counted in one passage of one writer's."""

    writer: str
    text: str
    counts: Counts


def passage(writer: str, text: str) -> Passage:
    """Counted."""
    return Passage(writer, text, count(text))


def prose(text: str) -> str:
    """What reads as sentences in a package's description."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]+>", "", text))
    kept = []
    for block in re.split(r"\n\s*\n", re.sub(r"[`*_]", "", text)):
        line = re.sub(r"\s*\n\s*", " ", re.sub(r"^\s*[-+\d.]+\s+", "", block.strip()))
        words = line.split()
        odd = re.match(r"(#|\||>>>|\$|\.\.|[-=~]{3})", line) or "::" in line or "{" in line
        if not odd and len(words) >= 12 and sum(map(str.isalpha, words)) > 0.6 * len(words):
            kept.append(line)
    return " ".join(kept)


def material() -> Iterator[Passage]:
    """Passages of everybody who is not in the author test."""
    chance = random.Random(3)  # noqa: S311
    for speech in speeches():
        if speech.name not in SPEAKERS:
            found = passages(speech.text, least=160)
            chance.shuffle(found)
            yield from (passage(speech.name, each) for each in found[:A_SPEECH])
    for package in sorted(distributions(), key=lambda each: each.name):
        found = passages(prose(str(package.metadata.get_payload() or "")), least=120)
        yield from (passage(package.name, each) for each in found[:A_PACKAGE])


def posts() -> Iterator[Passage]:
    """The posts of each made-up voice, one by one."""
    text = Path(__file__).with_name("voice_posts.txt").read_text("utf-8")
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = block.partition("\n")
        yield from (passage(f"post:{name}", each) for each in body.split("\n~\n"))


def names_of(found: list[Passage]) -> list[str]:
    """The features that are found in most passages."""
    seen = Counter(name for each in found for name in each.counts.features)
    kept: list[str] = []
    for kind, most in KEPT.items():
        of_kind = [name for name in seen if name.startswith(kind + ":")]
        kept += sorted(of_kind, key=lambda name: (-seen[name], name))[:most]
    return kept


def measured(found: list[Passage], names: list[str]) -> Background:
    """Everything but the weights."""
    plain = Background(
        {name: at for at, name in enumerate(names)},
        np.array([name.startswith("c:") for name in names]),
        *[np.zeros(len(names), np.float32)] * 3,
        np.zeros((1, len(names)), np.float32),
        np.zeros(1, np.float32),
        np.zeros((1, len(names)), np.float32),
        (),
    )
    rows = np.array([plain.frequencies(each.counts) for each in found])
    writers = sorted({each.writer for each in found})
    who = np.array([writers.index(each.writer) for each in found])
    means = np.array([rows[who == each].mean(0) for each in range(len(writers))])
    within = rows - means[who]
    mean, spread = means.mean(0), (within**2).mean(0) + 1e-10
    topics, damping = directions(within / np.sqrt(spread))
    made = replace(plain, mean=mean, spread=spread, topics=topics, damping=damping)
    off = made.off_topic((rows - mean) / np.sqrt(spread))
    off /= np.linalg.norm(off, axis=1, keepdims=True)
    return replace(made, centre=off.mean(0))


def others_of(ground: Background, found: list[Passage]) -> dict[str, np.ndarray]:
    """What is peculiar to each of a few dozen writers, as a profile of theirs would have it."""
    by: dict[str, list[Counts]] = defaultdict(list)
    for each in found:
        by[each.writer].append(each.counts)
    chosen = sorted(by, key=lambda name: (not name.startswith("post:"), -len(by[name]), name))
    return {name: peculiar(ground, sum_of(by[name])) for name in chosen[:OTHERS]}


def without(ground: Background, others: dict[str, np.ndarray], *names: str) -> Background:
    """With all others but these, as it is for whoever is not among them."""
    rows = [row for name, row in others.items() if name not in names]
    return replace(ground, others=np.array(rows))


def directions(within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The directions in which one writer's passages differ most, and how much to take out."""
    covariance = within.T @ within / len(within)
    base = np.linalg.qr(np.random.default_rng(0).normal(size=(len(covariance), TOPICS + 8)))[0]
    for _ in range(12):
        base = np.linalg.qr(covariance @ base)[0]
    sizes, turned = np.linalg.eigh(base.T @ covariance @ base)
    order = np.argsort(-sizes)[:TOPICS]
    damping = 1 - np.sqrt(1.5 / (sizes[order] + 0.5))
    return (base @ turned[:, order]).T.astype(np.float32), damping.astype(np.float32)


def weights(
    ground: Background, found: list[Passage], others: dict[str, np.ndarray]
) -> tuple[float, ...]:
    """A logistic regression over pairs of a text and a voice, as many one's own as another's."""
    chance = random.Random(5)  # noqa: S311
    by: dict[str, list[Passage]] = defaultdict(list)
    for each in found:
        by[each.writer].append(each)
    known = [name for name, held in by.items() if len(held) >= 16 or name.startswith("post:")]
    rows, own = [], []
    for name in known:
        for size in (2, 5, 10, 30):
            held = by[name][:]
            chance.shuffle(held)
            learned = sum_of([each.counts for each in held[:size]])
            for one in held[size : size + 6]:
                other = chance.choice([each for each in known if each != name])
                seen = without(ground, others, name, other)
                rows.append(row(seen, cut(ground, one.text, chance), learned))
                own.append(1.0)
                rows.append(row(seen, cut(ground, chance.choice(by[other]).text, chance), learned))
                own.append(0.0)
    return fitted(np.array(rows), np.array(own))


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


def row(ground: Background, text: Counts, learned: Counts) -> tuple[float, ...]:
    """What the regression sees of a pair."""
    return evidence_terms(ground, text, learned)


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
    """Write the file: topics as bytes, the rest as half precision."""
    np.savez_compressed(
        FILE,
        names=np.array("\n".join(names)),
        mean=ground.mean.astype(np.float32),
        spread=ground.spread.astype(np.float32),
        topics=ground.topics.astype(np.float16),
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
    found = list(material())
    names = names_of(found)
    ground = measured(found, names)
    voices = [*found, *posts()]
    others = others_of(ground, voices)
    kept(without(ground, others), names, weights(ground, voices, others))
    writers = len({each.writer for each in found})
    print(f"{len(found)} passages of {writers} writers")


if __name__ == "__main__":
    main()
