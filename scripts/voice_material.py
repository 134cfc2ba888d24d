"""What the background of voices is measured from: texts that are there already, or can be had.

Speeches by those whom the author test does not ask about (`npm ci` in tests/services/speeches
first), the descriptions of the packages that are installed here, which are prose of our day, and
the posts in `scripts/voice_posts.txt`, which were written for it in ten made-up voices.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from services.voice_features import Counts, count
from tests.services.speakers import held_out, passages, speeches

A_SPEECH = 12
A_PACKAGE = 12
POSTS = Path(__file__).with_name("voice_posts.txt")


@dataclass(frozen=True)
class Passage:
    """What was counted in one passage of one writer's; an occasion is a speech, or one post."""

    writer: str
    occasion: str
    text: str
    counts: Counts


def passage(writer: str, occasion: str, text: str) -> Passage:
    """Counted."""
    return Passage(writer, occasion, text, count(text))


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
    """Passages of everybody whom the author test does not ask about."""
    kept_out = held_out()
    chance = random.Random(3)  # noqa: S311
    for speech in speeches():
        if speech.name not in kept_out:
            found = passages(speech.text, least=160)
            chance.shuffle(found)
            yield from (passage(speech.name, str(speech.year), each) for each in found[:A_SPEECH])
    for package in sorted(distributions(), key=lambda each: each.name):
        found = passages(prose(str(package.metadata.get_payload() or "")), least=120)
        name = f"package:{package.name}"
        yield from (passage(name, name, each) for each in found[:A_PACKAGE])


def posts() -> Iterator[Passage]:
    """The posts of each made-up voice, one by one."""
    text = POSTS.read_text("utf-8")
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = block.partition("\n")
        for at, each in enumerate(body.split("\n~\n")):
            yield passage(f"post:{name}", str(at), each)


def whole() -> Iterator[Passage]:
    """Every address of everybody whom the author test does not ask about, from end to end."""
    kept_out = held_out()
    for speech in speeches():
        if speech.name not in kept_out:
            yield passage(speech.name, str(speech.year), speech.text)
