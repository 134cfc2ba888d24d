"""What one would notice in somebody's writing: length, rhythm, marks, words, openings.

Everything is counted and added, so a profile learned text by text is the one learned at once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from services.voice_tokens import (
    BREAKS,
    EMOJI,
    END,
    HASHTAG,
    LINE,
    LINK,
    MENTION,
    NUMBER,
    PARAGRAPH,
    is_word,
    matches,
    tokens,
)
from services.voice_words import FUNCTION_WORDS, listed

MARKS = (",", ";", ":", "—", "…", "!", "?", "(", '"')
I_WORDS = listed("i me my mine myself i'm i've i'll i'd")
WE_WORDS = listed("we us our ours ourselves we're we've we'll we'd")
YOU_WORDS = listed("you your yours yourself yourselves you're you've you'll you'd")
HEDGES = listed("perhaps maybe probably quite rather almost seem seems might could")
CERTAIN = listed("must always never certainly surely indeed very every all shall")
WARM = listed("thank thanks please love glad happy great good best hope together")


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of many texts. `lengths` is sentences by their number of words; `squares` the sum
    of the squares of those numbers. The rest are occurrences, by what occurs.
    """

    texts: int = 0
    words: int = 0
    letters: int = 0
    sentences: int = 0
    squares: int = 0
    paragraphs: int = 0
    lengths: dict[int, int] = {}
    marks: dict[str, int] = {}
    kinds: dict[str, int] = {}
    openings: dict[str, int] = {}
    vocabulary: dict[str, int] = {}
    emoji: dict[str, int] = {}
    hashtags: dict[str, int] = {}

    def plus(self, other: Habits) -> Habits:
        """Both together, in whichever order."""
        return self._with(other, 1)

    def minus(self, other: Habits) -> Habits:
        """What is left when habits that had been added are taken out again."""
        return self._with(other, -1)

    def _with(self, other: Habits, sign: int) -> Habits:
        both = {
            name: added(getattr(self, name), getattr(other, name), sign)
            for name in self.__struct_fields__
        }
        return msgspec.convert(both, Habits)

    def rate(self, kind: str) -> float:
        """How often something comes in 100 words."""
        return 100 * (self.kinds.get(kind, 0) + self.marks.get(kind, 0)) / max(self.words, 1)

    @property
    def sentence_length(self) -> float:
        """Words in a sentence, on average."""
        return sum(length * n for length, n in self.lengths.items()) / max(self.sentences, 1)

    @property
    def rhythm(self) -> float:
        """The standard deviation of that, over its mean: 0 is a drum, 1 is very uneven."""
        mean = self.sentence_length
        if not self.sentences or not mean:
            return 0.0
        return math.sqrt(max(0.0, self.squares / self.sentences - mean**2)) / mean

    @property
    def word_length(self) -> float:
        """Letters in a word, on average."""
        return self.letters / max(self.words, 1)


Tally = int | dict[Any, int]


def added(one: Tally, other: Tally, sign: int) -> Tally:
    """The sum of two counts, or of two tables of counts; with a sign of -1 their difference."""
    if isinstance(one, int):
        return one + sign * other if isinstance(other, int) else one
    if isinstance(other, int):
        return one
    total: Counter[Any] = Counter(one)
    for name, n in other.items():
        total[name] += sign * n
    return {name: n for name, n in total.items() if n}


def habits(text: str) -> Habits:
    """The counts of one text."""
    found = tokens(text)
    words = [each for each in found if is_word(each)]
    lengths = [len(each) for each in sentences(found) if each]
    return Habits(
        texts=1,
        words=len(words),
        letters=sum(map(len, words)),
        sentences=len(lengths),
        squares=sum(each**2 for each in lengths),
        paragraphs=1 + found.count(PARAGRAPH),
        lengths=dict(Counter(lengths)),
        marks=dict(Counter(each for each in found if each in MARKS)),
        kinds=dict(Counter(kinds(found, words))),
        openings=dict(Counter(opening(each) for each in sentences(found) if each)),
        vocabulary=dict(Counter(each for each in words if is_own(each))),
        emoji=dict(Counter(emoji_in(text))),
        hashtags=dict(Counter(hashtags_in(text))),
    )


def is_own(word: str) -> bool:
    """Whether it is a word that somebody chooses: no function word, no scrap."""
    return len(word) > 3 and word not in FUNCTION_WORDS


def sentences(found: Iterable[str]) -> list[list[str]]:
    """The words of each sentence; a line that breaks ends one too."""
    made: list[list[str]] = [[]]
    for token in found:
        if token in END or token in BREAKS:
            made.append([])
        elif is_word(token) or token == NUMBER:
            made[-1].append(token)
    return made


def opening(sentence: list[str]) -> str:
    """How a sentence begins: its first word where that is a function word, else that it is not."""
    return sentence[0] if sentence[0] in FUNCTION_WORDS else "another word"


def kinds(found: list[str], words: list[str]) -> list[str]:
    """Occurrences of what is counted by kind rather than by word."""
    names = {EMOJI: "emoji", HASHTAG: "hashtag", MENTION: "mention", LINK: "link"}
    names |= {NUMBER: "number", LINE: "line", PARAGRAPH: "paragraph"}
    made = [names[each] for each in found if each in names]
    sets = {"I": I_WORDS, "we": WE_WORDS, "you": YOU_WORDS}
    sets |= {"hedge": HEDGES, "certain": CERTAIN, "warm": WARM}
    made += [name for name, held in sets.items() for word in words if word in held]
    made += ["contraction" for word in words if "'" in word and not word.endswith("'s")]
    made += ["long" for word in words if len(word) > 8]
    return made


def emoji_in(text: str) -> list[str]:
    """The emoji of a text, as they are."""
    return spelled(text, "emoji")


def hashtags_in(text: str) -> list[str]:
    """The hashtags of a text, in lower case."""
    return [each.lower() for each in spelled(text, "hashtag")]


def spelled(text: str, kind: str) -> list[str]:
    """What stands in the text where a token of that kind was found."""
    return [match[0] for match in matches(text) if match.lastgroup == kind]
