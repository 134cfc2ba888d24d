"""Imported before anything else by the command line: what a process is, before it does anything.

A start is about a third shorter by it.
"""

from __future__ import annotations

import gc
import os
import sys

# Nothing that is imported becomes garbage, so looking for it only costs time; see `settled`.
gc.disable()
# A store that the job queue brings checks the types of all of its calls by rewriting its modules.
os.environ.setdefault("PY_KEY_VALUE_DISABLE_BEARTYPE", "true")
# Matrices here are small. A thread that waits for its part of one waits by spinning, and takes the
# processor from those who serve; this is read when numpy is imported for the first time.
for library in ("OMP", "OPENBLAS"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
# structlog would import it for its coloured tracebacks, which nobody asked for.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]


def settled() -> None:
    """All is imported: collect garbage again, but never look at what is there for good."""
    gc.freeze()
    gc.enable()
