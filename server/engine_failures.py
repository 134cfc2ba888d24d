"""Why an embedded server did not start, told in one sentence."""

import json
import re
from pathlib import Path

_PACKAGES = {
    "libcurl": "libcurl4",
    "libcrypto": "libssl3",
    "libssl": "libssl3",
    "liblzma": "liblzma5",
    "libgcc_s": "libgcc-s1",
}
_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: (\S+):")
_OLD_LIBC = re.compile(r"version [`'](GLIBC_[\d.]+)' not found")
_ILLEGAL_INSTRUCTION = -4
_MONGOD_NEEDS_UPGRADE = 62


class EngineError(Exception):
    """An embedded server cannot be had; the text is one sentence for the person at the terminal."""


class AlreadyRunning(EngineError):
    """Another live process owns the data folder."""

    def __init__(self, data: str, pid: int | None) -> None:
        owner = f"process {pid}" if pid else "another process"
        super().__init__(
            f"Brandgraph is already running on {data} ({owner}): "
            "stop it first, or choose another data folder."
        )


def unusable(data: Path, failure: OSError) -> EngineError:
    """The error for a data folder that the system does not let us use."""
    return EngineError(f"The data folder {data} cannot be used: {failure.strerror or failure}.")


def no_server(name: str, setting: str) -> EngineError:
    """The error for a machine on which no server of that name can be found."""
    return EngineError(
        f"No {name} was found on this machine and none is packaged for it: "
        f"set {setting} to the address of a running one."
    )


def start_failure(name: str, setting: str, code: int, log: Path) -> EngineError:
    """The error for a server that ended at once.

    `code` is its exit code, or minus the number of the signal that ended it.
    """
    output = _end_of(log)
    if missing := _MISSING_LIBRARY.search(output):
        library = missing.group(1)
        package = _PACKAGES.get(library.split(".")[0])
        remedy = f"run `apt-get install {package}`" if package else "install it"
        return EngineError(
            f"{name} cannot start because {library} is missing: {remedy}, or set {setting}."
        )
    if libc := _OLD_LIBC.search(output):
        return EngineError(
            f"{name} cannot start because this system is older than {libc.group(1)}: set {setting}."
        )
    if code == _ILLEGAL_INSTRUCTION:
        return EngineError(
            f"{name} cannot start because this processor lacks AVX instructions: set {setting}."
        )
    if name == "MongoDB" and code == _MONGOD_NEEDS_UPGRADE:
        return EngineError(
            "MongoDB cannot read the data folder because another version wrote it: "
            f"put that version first on PATH, set {setting}, or choose another data folder."
        )
    words = _last_words(output).rstrip(".")
    return EngineError(f"{name} ended with code {code} while starting; {log} says: {words}.")


def _end_of(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        return file.read().decode(errors="replace")


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in reversed(lines):
        if told := _structured(line):
            return told
    return lines[-1][:300] if lines else "nothing"


def _structured(line: str) -> str | None:
    """What one of MongoDB's JSON log lines says, if it tells of an error."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("s") not in {"E", "F"}:
        return None
    detail = json.dumps(entry["attr"]) if "attr" in entry else ""
    return f"{entry.get('msg')} {detail}".strip()[:300]
