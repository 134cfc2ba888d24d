"""The keys that sign access tokens: those of the settings, or ones made once for development."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from server.setting_types import keys
from server.settings import Settings

FILE = "auth-keys"


def signing_keys(settings: Settings) -> Mapping[str, str]:
    """Keys by id, the signing one first. Only a development server makes its own."""
    return settings.auth_keys or kept(settings.data_dir)


def kept(folder: Path) -> Mapping[str, str]:
    """The keys in a file that only its owner can read, made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return keys(file.read_text().strip())
    with os.fdopen(handle, "w") as opened:
        opened.write(f"local:{secrets.token_urlsafe(32)}")
    return keys(file.read_text().strip())
