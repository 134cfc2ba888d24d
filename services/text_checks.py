"""What to change in a text before it goes out: for search and readers, and for safety."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import regex

from services.text import metadata
from services.text_readings import Readings
from services.voice_habits import habits


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it passed, what was found, and what to change where it did not."""

    name: str
    passed: bool
    found: str
    advice: str | None


def seo(text: str, title: str | None, readings: Readings) -> list[Check]:
    """The checks of how well it can be found, and read once it was."""
    return [
        made(name, *check(text, title, readings))
        for name, check in CHECKS
        if title is not None or not name.startswith("title")
    ]


def made(name: str, passed: bool, found: str, advice: str) -> Check:
    """Advice is given where it is needed."""
    return Check(name, passed, found, None if passed else advice)


Result = tuple[bool, str, str]


def title_length(text: str, title: str | None, _: Readings) -> Result:
    """Search results cut titles at about 60 characters."""
    size = len(title or "")
    advice = "Lengthen the title to 30 characters." if size < 30 else "Cut the title to 60."
    return 30 <= size <= 60, f"{size} characters", advice


def title_keyword(text: str, title: str | None, readings: Readings) -> Result:
    """The title names what the text is about."""
    first = [each for each in readings.keywords[:5] if each.casefold() in (title or "").casefold()]
    wanted = readings.keywords[0] if readings.keywords else "the subject"
    return bool(first), ", ".join(first) or "none of the keywords", f"Put '{wanted}' in the title."


def opening(text: str, _: str | None, readings: Readings) -> Result:
    """Feeds show about the first 140 characters."""
    shown = text.strip()[:140].casefold()
    there = [each for each in readings.keywords[:5] if each.casefold() in shown]
    wanted = readings.keywords[0] if readings.keywords else "the subject"
    return bool(there), ", ".join(there) or "no keyword", f"Name '{wanted}' in the first line."


def length(text: str, title: str | None, readings: Readings) -> Result:
    """An article that is to be found needs substance."""
    least = 300 if title is not None else 20
    return readings.words >= least, f"{readings.words} words", f"Write at least {least} words."


def sentence_length(text: str, _: str | None, __: Readings) -> Result:
    """Over 20 words on average, readers lose the thread."""
    mean = habits(text).sentence_length
    return mean <= 20, f"{mean:.0f} words on average", "Split the longest sentences."


def paragraphs(text: str, _: str | None, __: Readings) -> Result:
    """Paragraphs that fit a phone's screen."""
    longest = max((len(each.split()) for each in text.split("\n\n")), default=0)
    return longest <= 120, f"the longest has {longest} words", "Break it into paragraphs."


def hashtags(text: str, _: str | None, __: Readings) -> Result:
    """More than five look like spam."""
    n = len(metadata(text).hashtags)
    return n <= 5, f"{n} hashtags", "Keep the three that matter."


def links(text: str, _: str | None, __: Readings) -> Result:
    """A link is https, or browsers warn."""
    bare = regex.findall(r"http://\S+", text)
    return not bare, f"{len(bare)} links without https", "Use https for every link."


CHECKS: Sequence[tuple[str, Callable[[str, str | None, Readings], Result]]] = (
    ("title length", title_length),
    ("title keyword", title_keyword),
    ("opening", opening),
    ("length", length),
    ("sentence length", sentence_length),
    ("paragraphs", paragraphs),
    ("hashtags", hashtags),
    ("links", links),
)

RISKS: Sequence[tuple[str, str, str]] = (
    ("personal data", r"\b[\w.+-]+@[\w-]+\.[\w.]{2,}\b|\+?\d[\d ()/-]{8,}\d",
     "Take email addresses and telephone numbers out, unless they are meant to be public."),
    ("card number", r"\b(?:\d[ -]?){13,19}\b", "Never publish a card number."),
    ("secret", r"\b(?:sk|pk|ghp|xox[bp]|AKIA)[-_]?[A-Za-z0-9_-]{12,}\b",
     "This looks like a key: revoke it, and take it out."),
    ("threat", r"(?i)\b(?:kill|hurt|destroy|shoot|stab) (?:you|him|her|them|yourself)\b",
     "Take the threat out: every platform removes it."),
    ("insult", r"(?i)\b(?:idiots?|morons?|imbeciles?|scum|retards?)\b",
     "Criticise what was done, not who did it."),
    ("promise", r"(?i)\b(?:guaranteed (?:returns?|results?|profits?)|risk[- ]free|cures? \w+|"
     r"get rich)\b", "Promise nothing that you cannot prove: advertising law asks for it."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that should be looked at before publishing."""

    kind: str
    found: str
    advice: str


def risks(text: str) -> list[Risk]:
    """What may do harm; what is personal is told by its kind and its first letters only."""
    return list(found_in(text))


def found_in(text: str) -> Iterator[Risk]:
    """One a kind."""
    for kind, pattern, advice in RISKS:
        match = regex.search(pattern, text, timeout=1)
        if match is not None:
            private = kind in {"personal data", "card number", "secret"}
            yield Risk(kind, f"{match[0][:3]}…" if private else match[0], advice)
