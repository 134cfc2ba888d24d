"""What a call of a model can take at most, before it is made: no token is shorter than a byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from datasources.models import TextRequest, Tokens

A = TypeVar("A", bound=msgspec.Struct)

TRIES = 2
"""How many answers are paid for at most, the last of which may be the good one."""
OVERHEAD = 400
FORM = 3000
"""Tokens, at most, of a message's frame and fence, and of the form of an answer."""
FRAME = 8
"""Tokens, at most, of what stands around a text that is embedded."""


def most_of(request: TextRequest[A]) -> Tokens:
    """Of a request: an answer of the wrong form is asked for once more."""
    size = len(request.instructions.encode("utf-8", "replace")) + FORM
    size += sum(len(each.text.encode("utf-8", "replace")) + OVERHEAD for each in request.material)
    return Tokens(size * TRIES, request.most * TRIES)


def most_of_texts(texts: Iterable[str]) -> Tokens:
    """Of texts that are embedded."""
    size = sum(len(text.encode("utf-8", "replace")) + FRAME for text in texts)
    return Tokens(size * TRIES)
