"""The questions of an assessment: data, in versions that are never changed once they were asked.

Most answers complete a sentence, so that they can be read, and written on, as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.failures import BadInput
from services.validation import text


class QuestionKind(StrEnum):
    """How a question is answered: with a text, with one option, or with several of something."""

    TEXT = "TEXT"
    LIST = "LIST"
    CHOICE = "CHOICE"
    CHOICES = "CHOICES"
    NUMBER = "NUMBER"


@dataclass(frozen=True, slots=True)
class Question:
    """`when` names another question and the options of it that this one is asked for.

    `most` is characters of a text, entries of a list, options of a choice, or the largest number.
    """

    id: str
    asks: str
    kind: QuestionKind
    options: Sequence[str] = ()
    most: int = 1
    required: bool = True
    when: tuple[str, Sequence[str]] | None = None
    example: str = ""

    def checked(self, values: Sequence[str]) -> list[str]:
        """The answer as it is kept; BadInput says what would do."""
        kept = [text(f"answers.{self.id}", each, most=300, lines=True).strip() for each in values]
        kept = list(dict.fromkeys(each for each in kept if each))
        several = self.kind in {QuestionKind.LIST, QuestionKind.CHOICES}
        if not kept or len(kept) > (self.most if several else 1):
            raise self._wrong(f"has {len(kept)} answers.")
        if self.options and not set(kept) <= set(self.options):
            raise self._wrong("is none of the options.", self.options)
        if self.kind is QuestionKind.TEXT and len(kept[0]) > self.most:
            raise self._wrong(f"is too long: {len(kept[0])} characters.")
        if self.kind is QuestionKind.NUMBER and not self._counts(kept[0]):
            raise self._wrong("is no whole number in range.", f"1 to {self.most}")
        return kept

    def _counts(self, value: str) -> bool:
        digits = value.isascii() and value.isdigit() and len(value) < 10
        return digits and 1 <= int(value) <= self.most

    def _wrong(self, problem: str, allowed: str | Sequence[str] = "") -> BadInput:
        return BadInput(f"answers.{self.id}", problem, allowed or f"{self.kind}, up to {self.most}")


TEXT, LIST = QuestionKind.TEXT, QuestionKind.LIST
CHOICE, CHOICES, NUMBER = QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.NUMBER

TRAITS = (
    "Knowledgeable", "Caring", "Bold", "Playful", "Dependable", "Inventive", "Independent",
    "Elegant", "Plain-spoken", "Visionary", "Rebellious", "Warm",
)  # fmt: skip
NOT_YET = "Nothing yet"
PROOFS = (
    "Results in numbers", "Customer quotes", "Case studies", "Years of practice",
    "Qualifications", "Published work", NOT_YET,
)  # fmt: skip
GOALS = ("Win customers", "Build an audience", "Be known for expertise", "Find a job", "Hire")

QUESTIONNAIRES: Mapping[int, Sequence[Question]] = {
    1: (
        Question("speaker", "Who speaks?", CHOICE, ("A person", "A company")),
        Question("stage", "Where are you on your way?", CHOICE,
                 ("Starting out", "Established", "A known name"), when=("speaker", ["A person"])),
        Question("size", "How many of you are there?", CHOICE,
                 ("1 to 10", "11 to 100", "More than 100"), when=("speaker", ["A company"])),
        Question("audience", "Complete: We are here for …", TEXT, most=140,
                 example="people who make coffee at home"),
        Question("outcome", "Complete: We help them …", TEXT, most=140,
                 example="brew a cup they look forward to"),
        Question("method", "Complete: We do that by …", TEXT, most=140,
                 example="roasting to order and teaching what matters"),
        Question("difference", "Complete: Unlike others, we …", TEXT, most=140,
                 example="show what we pay each farmer"),
        Question("needs", "Complete, up to five times: They struggle with …", LIST, most=5,
                 example="coffee that tastes bitter"),
        Question("roles", "What are they? Roles, or what they call themselves.", LIST, most=5,
                 required=False, example="home brewers"),
        Question("industries", "In which industries or scenes?", LIST, most=5, required=False),
        Question("topics", "Three to six subjects you could talk about for an hour.", LIST, most=6,
                 example="sourcing"),
        Question("belief", "Complete: Most people in our field are wrong about …", TEXT, most=140,
                 required=False, example="dark roasts"),
        Question("proof", "What can you show for it?", CHOICES, PROOFS, most=6),
        Question("evidence", "Your best piece of evidence, in one sentence.", TEXT, most=200,
                 when=("proof", PROOFS[:-1]), example="We have bought from them for seven years"),
        Question("traits", "Up to three words that people say of you.", CHOICES, TRAITS, most=3),
        Question("avoid", "What do you never want to sound like?", LIST, most=3, required=False,
                 example="salesy"),
        Question("goal", "What is it all for, this quarter?", CHOICE, GOALS),
        Question("target", "How many would make it a good quarter?", NUMBER, most=1_000_000,
                 required=False),
        Question("frequency", "How often do you publish today?", CHOICE,
                 ("Hardly ever", "Once or twice a month", "Every week", "Several times a week")),
        Question("hours", "How many hours a week can go into content?", NUMBER, most=80),
    ),
}  # fmt: skip
CURRENT = max(QUESTIONNAIRES)

Answers = Mapping[str, Sequence[str]]


def asked(version: int, answers: Answers) -> list[Question]:
    """The questions that are to be answered, given what was answered: branches are left out."""
    return [each for each in QUESTIONNAIRES[version] if applies(each, answers)]


def applies(question: Question, answers: Answers) -> bool:
    """Whether it is asked at all."""
    if question.when is None:
        return True
    other, options = question.when
    return any(each in options for each in answers.get(other, ()))


def missing(version: int, answers: Answers) -> list[Question]:
    """What has to be answered still, the next one first."""
    return [each for each in asked(version, answers) if each.required and each.id not in answers]


def taken(version: int, before: Answers, given: Answers) -> dict[str, list[str]]:
    """The answers with those that are given now; an empty one takes an answer back.

    What is not asked any more, because of an answer that changed, is forgotten.
    """
    known = {each.id: each for each in QUESTIONNAIRES[version]}
    answers = {id: list(values) for id, values in before.items()}
    for id, values in given.items():
        if id not in known:
            raise BadInput("answers", f"has {id!r}, which is not asked.", list(known))
        if values:
            answers[id] = known[id].checked(values)
        else:
            answers.pop(id, None)
    left = {each.id for each in asked(version, answers)}
    return {id: values for id, values in answers.items() if id in left}
