"""Load over HTTP by `wrk`, which costs a tenth of what a client in Python does."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.processes import BenchError
from bench.sample import Sample

SCRIPT = Path(__file__).with_name("wrk.lua")
SLACK = 0.05


def has_wrk() -> bool:
    """Whether there is one."""
    return shutil.which("wrk") is not None


def write_requests(path: Path, bodies: Sequence[bytes], tokens: Sequence[str]) -> Path:
    """The file that the script reads; tokens go round, or are left out where there are none."""
    lines = [
        f"{tokens[n % len(tokens)] if tokens else ''}\t{body.decode()}\n"
        for n, body in enumerate(bodies)
    ]
    path.write_text("".join(lines))
    return path


def wrk(port: int, connections: int, seconds: int, requests: Path, size: float) -> Sample:
    """Send the requests for so long.

    `size` is the mean of what a good answer has, head and all. BenchError where answers failed
    or are of another size, since errors of GraphQL come with status 200.
    """
    used = children_seconds()
    done = subprocess.run(
        [
            "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
            "-s", str(SCRIPT), f"http://127.0.0.1:{port}", "--", str(requests),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    used = children_seconds() - used
    if done.returncode:
        raise BenchError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    told = json.loads(done.stdout.rstrip().rpartition("\n")[2])
    check(told, size)
    took = told["microseconds"] / 1e6
    return Sample(
        rate=told["requests"] / took,
        p50_ms=told["p50"] / 1000,
        p99_ms=told["p99"] / 1000,
        load_share=used / took,
    )


def check(told: dict[str, int], size: float) -> None:
    """BenchError unless the answers were good ones."""
    if not told["requests"]:
        raise BenchError("No request was answered in time: is this machine busy with others?")
    if told["failed"]:
        raise BenchError(f"{told['failed']} requests of {told['requests']} failed.")
    mean = told["bytes"] / told["requests"]
    if abs(mean - size) > SLACK * size:
        raise BenchError(f"Answers have {mean:.0f} bytes where good ones have {size:.0f}.")


def children_seconds() -> float:
    """The processor's time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
