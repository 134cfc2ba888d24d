"""What turns the witnesses of a voice into a probability: the weights, and what they are fitted to.

All of it is of writers of whom the figures that they are judged by know nothing: writers are dealt
into FOLDS hands, and each hand is judged by what was measured of the others. Nobody is judged by
an occasion that their profile knows: not by another passage of the same speech.

Two things are asked of the weights at once. `pairs`: of a text and a voice, whether they are one's,
in every length of a text and every size of a profile. `choices`: of a passage and the speakers of a
hand, which one's it is.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scripts.voice_material import Passage
from scripts.voice_measures import Material, ground_of, sum_of
from services.voice_background import Background
from services.voice_features import count
from services.voice_score import Shown, evidence_terms, portrait, shown
from tests.services.speakers import cuttings

FOLDS = 3
SIZES = (2, 5, 10, 30, 60)
LENGTHS = (25, 40, 60, 90, 140, 200)
ASKED, A_SPEAKER = 6, 25
LIKE = 0.75
"""How often a stranger is of the same kind: a speaker for a speaker."""
CHOICE, SURE = 0.5, 0.5
"""How much a choice among speakers counts, and how sure it is of each, where a pair counts 1."""
Terms = tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """A passage among speakers: `rows` has the terms of each, `own` is whose it is."""

    rows: np.ndarray
    own: int


def judged(names: list[str], material: Material) -> Terms:
    """The weights, of all hands."""
    rows: list[Terms] = []
    own: list[float] = []
    asked: list[Choice] = []
    for fold in range(FOLDS):
        held = (*material.found, *material.short)
        theirs = {each.writer for each in held if hand(each.writer) == fold}
        ground = ground_of(material.without(theirs), names)
        for row, mark in pairs(ground, [each for each in held if each.writer in theirs]):
            rows.append(row)
            own.append(mark)
        asked += choices(ground, [each for each in material.whole if each.writer in theirs])
    return fitted(np.array(rows), np.array(own), asked)


def hand(writer: str) -> int:
    """Into which hand a writer is dealt."""
    return zlib.crc32(writer.encode()) % FOLDS


def by_writer(found: Sequence[Passage]) -> dict[str, list[Passage]]:
    """Everybody's own."""
    by: dict[str, list[Passage]] = defaultdict(list)
    for each in found:
        by[each.writer].append(each)
    return by


def occasions(held: Sequence[Passage]) -> list[str]:
    """What a writer wrote for, each once."""
    return sorted({each.occasion for each in held})


def pairs(ground: Background, found: list[Passage]) -> Iterator[tuple[Terms, float]]:
    """A text and a voice, and whether they are one's: as many one's own as another's."""
    chance = random.Random(5)  # noqa: S311
    by = by_writer(found)
    for name in [each for each in by if len(occasions(by[each])) > 1]:
        for size in (*SIZES, *SIZES):
            learned, own = parted(by[name], chance)
            voice = portrait(ground, sum_of(each.counts for each in learned[:size]))
            for one in own[:ASKED]:
                yield evidence_terms(ground, seen(ground, cut(one.text, chance)), voice), 1.0
                other = chance.choice(by[stranger(name, list(by), chance)])
                yield evidence_terms(ground, seen(ground, cut(other.text, chance)), voice), 0.0


def parted(held: Sequence[Passage], chance: random.Random) -> tuple[list[Passage], list[Passage]]:
    """What is learned from, and what is asked about: of different occasions."""
    of = occasions(held)
    asked = set(chance.sample(of, len(of) // 2))
    shuffled = chance.sample(held, len(held))
    return (
        [each for each in shuffled if each.occasion not in asked],
        [each for each in shuffled if each.occasion in asked],
    )


def stranger(name: str, writers: Sequence[str], chance: random.Random) -> str:
    """Another writer, most often one of the same kind: their names begin alike."""
    alike = chance.random() < LIKE
    kind = name.partition(":")[0] if ":" in name else ""
    others = [each for each in writers if each != name]
    same = [each for each in others if (each.partition(":")[0] if ":" in each else "") == kind]
    return chance.choice(same if alike else others)


def cut(text: str, chance: random.Random) -> str:
    """The beginning of a text, as long as a post may be."""
    return " ".join(text.split(" ")[: chance.choice(LENGTHS)])


def seen(ground: Background, text: str) -> Shown:
    """A text, ready to be compared."""
    return shown(ground, count(text, ground.places))


def choices(ground: Background, speeches: list[Passage]) -> Iterator[Choice]:
    """Passages among the speakers of a hand; the profile of their own knows all other years."""
    by = {name: held for name, held in by_writer(speeches).items() if len(held) > 1}
    whole = {name: sum_of(each.counts for each in held) for name, held in by.items()}
    voices = {name: portrait(ground, counts) for name, counts in whole.items()}
    for own, (name, held) in enumerate(by.items()):
        for speech, asked in drawn(name, held):
            left = portrait(ground, whole[name].minus(speech.counts))
            among = {**voices, name: left}.values()
            for text in asked:
                found = seen(ground, text)
                rows = [evidence_terms(ground, found, voice) for voice in among]
                yield Choice(np.array(rows), own)


def drawn(name: str, held: list[Passage]) -> Iterator[tuple[Passage, list[str]]]:
    """A speaker's speeches, and the passages of each that are asked about."""
    chance = random.Random(name)  # noqa: S311
    found = [(at, text) for at, each in enumerate(held) for text in cuttings(each.text, chance)]
    kept = chance.sample(found, min(A_SPEAKER, len(found)))
    for at, speech in enumerate(held):
        if asked := [text for of, text in kept if of == at]:
            yield speech, asked


def fitted(rows: np.ndarray, own: np.ndarray, asked: Sequence[Choice], keep: float = 1e-3) -> Terms:
    """The weights that make all of it likeliest, by Newton's method, with a small ridge."""
    at = np.zeros(rows.shape[1])
    for _ in range(40):
        slope, curve = logistic(rows, own, np.ones(len(own)), at)
        slope, curve = slope - keep * at, curve + keep * np.eye(len(at))
        for each in asked:
            more, bent = of_choice(each, at)
            slope, curve = slope + more, curve + bent
        step = np.linalg.solve(curve, slope)
        at += step * min(1.0, 50 / max(np.abs(step).max(), 1e-9))
    return tuple(float(each) for each in at)


def logistic(
    rows: np.ndarray, own: np.ndarray, counting: np.ndarray, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of a log-likelihood of pairs, and what it curves by."""
    sure = 1 / (1 + np.exp(-np.clip(rows @ at, -30, 30)))
    return rows.T @ (counting * (own - sure)), (rows.T * (counting * sure * (1 - sure))) @ rows


def of_choice(asked: Choice, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same of a choice: which of them it is, and of each whether it is: one's own, and the
    others, who together count as much.
    """
    own = np.arange(len(asked.rows)) == asked.own
    counting = SURE * np.where(own, 1.0, 1 / (len(own) - 1))
    slope, curve = logistic(asked.rows, own.astype(float), counting, at)
    found = asked.rows @ at
    share = np.exp(found - found.max())
    share /= share.sum()
    mean = share @ asked.rows
    spread = (asked.rows.T * share) @ asked.rows - np.outer(mean, mean)
    return slope + CHOICE * (asked.rows[asked.own] - mean), curve + CHOICE * spread
