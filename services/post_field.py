"""A field of work, and what can be said of it without knowing the subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of work. `about` is what a topic is compared with to find its field."""

    name: str
    about: str
    checks: Sequence[str]
    questions: Sequence[str]
    pitfalls: Sequence[str]
    steps: Sequence[str]
