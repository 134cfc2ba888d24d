"""The first words of a body, for where there is room for no more."""

from __future__ import annotations

LENGTH = 280


def summary(body: str, length: int = LENGTH) -> str:
    """The body on one line, cut at a word and marked with an ellipsis where it is longer."""
    text = " ".join(body.split())
    if len(text) <= length:
        return text
    whole, _, _ = text[:length].rpartition(" ")
    return f"{whole or text[: length - 1]}…"
