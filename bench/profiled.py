"""Our server with a sampler inside: where its processor time goes, told to a file.

Run by `bench.profile`. SIGUSR1 begins, SIGUSR2 ends and writes. Every millisecond of processor
time the stack is noted, so other work on the machine changes little, and small functions are
not made dear, as a tracing profiler would. Time in C counts for the Python function around it.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

import orjson

EVERY = 0.001
Stack = tuple[CodeType, ...]


class Sampler:
    """Counts stacks, the innermost function first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stacks: Counter[Stack] = Counter()

    def begin(self, number: int, frame: FrameType | None) -> None:
        """Count from now on."""
        self.stacks.clear()
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def take(self, number: int, frame: FrameType | None) -> None:
        """Note where we are."""
        found: list[CodeType] = []
        while frame is not None:
            found.append(frame.f_code)
            frame = frame.f_back
        self.stacks[tuple(found)] += 1

    def end(self, number: int, frame: FrameType | None) -> None:
        """Write what was counted, under another name first so that it is there whole."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        told = [
            [[f"{code.co_filename}:{code.co_qualname}" for code in stack], count]
            for stack, count in self.stacks.items()
        ]
        part = self.path.with_suffix(".part")
        part.write_bytes(orjson.dumps(told))
        part.rename(self.path)


def main() -> None:
    """The server or, with `posts`, the one that serves from memory."""
    sampler = Sampler(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR1, sampler.begin)
    signal.signal(signal.SIGUSR2, sampler.end)
    signal.signal(signal.SIGPROF, sampler.take)
    if sys.argv[2:] == ["posts"]:
        from bench import posts_server

        posts_server.main()
    else:
        from server.cli import main as brandgraph

        sys.argv[1:] = ["serve"]
        brandgraph()


if __name__ == "__main__":
    main()
