"""The keys that sign access tokens: those of the settings, or ones made once for development."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from server.setting_types import SettingError, keys
from server.settings import Settings

FILE = "auth-keys"


def signing_keys(settings: Settings) -> Mapping[str, str]:
    """Keys by id, the signing one first. Only a development server makes its own.

    Raises SettingError where those that were made cannot be kept or read.
    """
    return settings.auth_keys or kept(settings.data_dir)


def kept(folder: Path) -> Mapping[str, str]:
    """The keys in a file that only its owner can read, made where there is none."""
    file = folder / FILE
    try:
        if not file.exists():
            make(file)
        found = keys(file.read_text().strip())
    except OSError as error:
        raise SettingError(f"DATA_DIR {folder} cannot be used: {error.strerror}.") from None
    except ValueError:
        found = {}
    if not found:
        raise SettingError(
            f"{file} holds no key: remove it to have one made (everybody signs in again then)."
        )
    return found


def make(file: Path) -> None:
    """Write a key, whole or not at all; where another process was faster, its key stays."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{FILE}-{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as opened:
        opened.write(f"local:{secrets.token_urlsafe(32)}")
    try:
        with suppress(FileExistsError):
            os.link(fresh, file)
    finally:
        fresh.unlink()
