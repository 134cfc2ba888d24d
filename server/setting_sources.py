"""Where the text of a setting comes from: the environment, a `.env` file, or its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from server.setting_types import SettingError


def lines(dotenv: Path) -> Mapping[str, str | None]:
    """What a `.env` file says, as it is written there."""
    try:
        return dotenv_values(dotenv, interpolate=False)
    except (OSError, ValueError) as error:
        raise SettingError(f"{dotenv} cannot be read: {error}.") from None


def value_of(each: Field[Any], written: Mapping[str, str | None]) -> Any:
    """One setting's value; an empty variable is one that is not set."""
    name = each.name.upper()
    text = (written.get(name) or "").strip() or each.metadata["default"]
    try:
        return each.metadata["read"](text)
    except ValueError as error:
        shown = "" if each.metadata["secret"] else f" It is {text!r}."
        raise SettingError(f"{name} {error}.{shown}") from None
