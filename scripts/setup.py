"""What `make` runs before anything else: `python scripts/setup.py embedded|dev`.

Makes .venv hold what the set's locks pin, and the project itself. Needs the standard library
only. Several may run at once: one works, the others wait for it and find the work done.
"""

# ruff: noqa: S603
from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
import sys
from collections import deque
from pathlib import Path

from terminal import Steps, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"embedded": ("embedded.lock", "build.lock"), "dev": ("dev.lock",)}
CONTAINS = {"embedded": ("embedded",), "dev": ("embedded", "dev")}


class SetupError(Exception):
    """What went wrong and what to do."""


def main(name: str) -> int:
    """Install the set of that name, unless it is there."""
    if sys.version_info < (3, 11):  # noqa: UP036
        found = ".".join(map(str, sys.version_info[:2]))
        say(f"Brandgraph needs Python 3.11 or newer, and this one is {found}.")
        return 1
    try:
        with Path(__file__).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            install(name)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def install(name: str) -> None:
    """Bring .venv to what the set's locks say."""
    if not works():
        create()
    elif ready(name):
        (VENV / f".ready-{name}").touch()
        return
    locks = locks_of(name)
    count = sum(len(re.findall(r"^[a-zA-Z0-9]", lock.read_text(), re.MULTILINE)) for lock in locks)
    pinned = [word for lock in locks for word in ("--requirement", str(lock))]
    pip(f"Installing {count} packages", count, ["--require-hashes", "--no-deps", *pinned])
    project = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    pip("Installing Brandgraph", 1, project)
    for each in CONTAINS[name]:
        (VENV / f".ready-{each}").write_text(digest(each))


def locks_of(name: str) -> list[Path]:
    """The files that pin a set."""
    return [ROOT / "requirements" / lock for lock in LOCKS[name]]


def ready(name: str) -> bool:
    """Whether exactly this was installed, in this folder."""
    stamp = VENV / f".ready-{name}"
    return stamp.exists() and stamp.read_text() == digest(name)


def digest(name: str) -> str:
    """What changes when something else has to be installed."""
    files = [*locks_of(name), ROOT / "pyproject.toml"]
    return hashlib.sha256(
        b"\0".join([str(ROOT).encode(), *map(Path.read_bytes, files)])
    ).hexdigest()


def works() -> bool:
    """Whether .venv has a Python that runs, and pip."""
    if not PYTHON.exists():
        return False
    asked = subprocess.run([PYTHON, "-m", "pip", "--version"], check=False, capture_output=True)
    return asked.returncode == 0


def create() -> None:
    """Make .venv."""
    say("Making a virtual environment in .venv")
    command = [sys.executable, "-m", "venv", "--clear", "--prompt", "brandgraph", str(VENV)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode:
        raise SetupError(
            f"{made.stdout}{made.stderr}This Python cannot make a virtual environment "
            "(on Debian and Ubuntu: apt-get install python3-venv)."
        )


def pip(title: str, count: int, arguments: list[str]) -> None:
    """Run `pip install`; its own words are shown only if it fails."""
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    heard: deque[str] = deque(maxlen=30)
    with (
        Steps(title, count) as steps,
        subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        for line in process.stdout or ():
            heard.append(line)
            if line.startswith(("Collecting ", "Requirement already ")):
                steps.next(
                    re.split(r"[= (]", line.removeprefix("Requirement already satisfied: "))[0]
                )
    if process.returncode:
        raise SetupError(f"{''.join(heard)}{title} did not work: see what pip says above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
