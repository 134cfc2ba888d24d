"""Speakers, each known from all their addresses but the one that a passage is from.

Every profile is asked about every passage once; which of any eight wins is read from that table.
So the year, and with it the subject of the day, is never one that was learned from.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.voice_learning import Known, Learned, heard, known, learn
from tests.services.author_topics import Topics, about, spoken_of, usual_words
from tests.services.speakers import addresses, cuttings

OF = 8
"""Among how many speakers a passage finds its own."""


@dataclass(frozen=True)
class Trial:
    """One passage: whose it is, and the log-odds that each speaker's profile gives it.

    They order profiles as scores do, which are too near to 1 to be told apart where many are sure.
    `topics` are what each speaker would be given by what the passage is about.
    """

    speaker: str
    text: str
    scores: dict[str, float]
    topics: dict[str, float]

    @property
    def words(self) -> int:
        """How long it is."""
        return len(self.text.split())

    def right(self, among: Sequence[str]) -> bool:
        """Whether the right profile wins."""
        return first(self.scores, among) == self.speaker

    def in_eights(self) -> float:
        """In what share of all eights of speakers that the right one is in it wins."""
        return in_eights(self.scores, self.speaker)

    @property
    def topic_says(self) -> str:
        """Whose the passage would be by what it is about, and nothing else."""
        return first(self.topics, list(self.topics))


def first(scores: Mapping[str, float], among: Sequence[str]) -> str:
    """Who scores highest."""
    return max(among, key=lambda name: scores[name])


def in_eights(scores: Mapping[str, float], speaker: str) -> float:
    """The share of eights with nobody in them who scores as high: exact, by counting them."""
    below = sum(score < scores[speaker] for score in scores.values())
    return math.comb(below, OF - 1) / math.comb(len(scores) - 1, OF - 1)


@dataclass(frozen=True)
class Spoken:
    """One address: what it teaches, and passages of it."""

    learned: Learned
    asked: list[str]


Spelling = Callable[[str], str]


def spoken(name: str, each: int, letters: int | None, spelling: Spelling) -> list[Spoken]:
    """A speaker's addresses, with `each` passages in all, drawn from all of them.

    With `letters` only so many of each address are read.
    """
    chance = random.Random(name)
    texts = [text[:letters] for text in addresses(name)]
    found = [(at, passage) for at, text in enumerate(texts) for passage in cuttings(text, chance)]
    chance.shuffle(found)
    asked = [[passage for of, passage in found[:each] if of == at] for at in range(len(texts))]
    return [
        Spoken(learn(spelling(text)), [spelling(passage) for passage in passages])
        for text, passages in zip(texts, asked, strict=True)
    ]


def trials(
    names: Sequence[str], each: int, letters: int | None = None, spelling: Spelling = str
) -> Iterator[Trial]:
    """Passages, `each` a speaker, and what every profile says of them."""
    told = {name: spoken(name, each, letters, spelling) for name in names}
    whole = {name: total(each.learned for each in held) for name, held in told.items()}
    ready = {name: known(learned) for name, learned in whole.items()}
    usual = usual_words(whole)
    subjects = {name: spoken_of(learned, usual) for name, learned in whole.items()}
    for name, held in told.items():
        for address in held:
            if address.asked:
                left = whole[name].minus(address.learned)
                voices = {**ready, name: known(left)}
                told_of = {**subjects, name: spoken_of(left, usual)}
                yield from (trial(name, each, voices, told_of) for each in address.asked)


def total(parts: Iterable[Learned]) -> Learned:
    """All together."""
    made = Learned()
    for each in parts:
        made = made.plus(each)
    return made


def trial(speaker: str, passage: str, voices: Mapping[str, Known], told_of: Topics) -> Trial:
    """What each voice says of a passage."""
    text = heard(passage)
    scores = {name: each.match(text).odds for name, each in voices.items()}
    return Trial(speaker, passage, scores, about(passage, told_of))


def share(found: Sequence[Trial], among: Sequence[str]) -> float:
    """How often the right one of these wins; each speaker counts alike."""
    return statistics.fmean(
        statistics.fmean(each.right(among) for each in found if each.speaker == name)
        for name in among
    )


def draws(names: Sequence[str], many: int, seed: int = 8) -> list[list[str]]:
    """Eight of the names, at random, that many times."""
    chance = random.Random(seed)
    return [chance.sample(list(names), OF) for _ in range(many)]


def interval(shares: Sequence[float]) -> tuple[float, float]:
    """The 95% interval of their mean, were other passages of the same speakers drawn."""
    middle = statistics.fmean(shares)
    half = 1.96 * statistics.stdev(shares) / math.sqrt(len(shares))
    return middle - half, min(1.0, middle + half)
