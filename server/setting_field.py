"""A field of the settings: how the text of its variable is read, and what it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

Reader = Callable[[str], Any]


def setting(read: Reader, default: Any, about: str, *, secret: bool = False) -> Any:
    """A field of Settings: how it is read, its default, and what it is for.

    `default` is the text that the variable would hold.
    """
    metadata = {"read": read, "default": default, "about": about, "secret": secret}
    return field(repr=not secret, metadata=metadata)
