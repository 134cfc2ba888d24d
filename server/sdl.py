"""The schema as a file: `python -m server.sdl` writes it, `--check` compares it with the code."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from schema.root import build

FILE = Path(__file__).resolve().parent.parent / "schema.graphql"


def text() -> str:
    """The SDL of the code as it is."""
    return build().as_str() + "\n"


def main(arguments: list[str]) -> int:
    """0 when the file says what the code says, or was written."""
    made = text()
    if "--check" not in arguments:
        FILE.write_text(made)
        return 0
    kept = FILE.read_text() if FILE.exists() else ""
    if kept == made:
        return 0
    lines = difflib.unified_diff(
        kept.splitlines(), made.splitlines(), "schema.graphql", "the code", lineterm=""
    )
    sys.stderr.write("\n".join(lines))
    sys.stderr.write("\nschema.graphql is not what the code says: run `make schema`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
