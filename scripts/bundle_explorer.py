"""Bundles GraphiQL from its npm packages, where there is a Node.js that can.

Where there is none, or it fails, the page takes its scripts from a CDN instead: a server that
starts matters more. So this never fails, and says what it did.
"""

# ruff: noqa: S603
from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
from pathlib import Path

from terminal import Steps, say

ROOT = Path(__file__).resolve().parent.parent
EXPLORER = ROOT / "explorer"
BUNDLE = ROOT / "server" / "static" / "explorer" / "page.json"
OLDEST_NODE = (20, 19)
INSTEAD = "GraphiQL will load its scripts from a CDN; `make explorer` tries again."


def main(stamp: Path) -> int:
    """Bundle, and leave a stamp either way, so that the next start does not try again."""
    try:
        with Path(__file__).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not fresh(stamp):
                bundle()
            stamp.touch()
    except KeyboardInterrupt:
        return 130
    return 0


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run in the explorer's folder, with no terminal."""
    return subprocess.run(
        command, check=False, cwd=EXPLORER, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def fresh(stamp: Path) -> bool:
    """Whether another process did it while this one waited."""
    shared = (ROOT / "server" / "static" / "graphiql").glob("*.js")
    sources = [
        EXPLORER / "package-lock.json",
        EXPLORER / "vite.config.js",
        *EXPLORER.glob("src/*"),
        *shared,
    ]
    made = stamp.stat().st_mtime if stamp.exists() else 0
    return made > max(file.stat().st_mtime for file in sources)


def bundle() -> None:
    """Install the packages and run the bundler."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return say(f"There is no npm here: {INSTEAD}")
    if version(node) < OLDEST_NODE:
        wanted = ".".join(map(str, OLDEST_NODE))
        return say(f"Node.js here is older than {wanted}: {INSTEAD}")
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier"]
    with Steps("Bundling GraphiQL (once, about half a minute)", 2) as steps:
        for name, command in (
            ("fetching its packages", [npm, "ci", *quiet]),
            ("putting them together", [npm, "run", "build"]),
        ):
            steps.next(name)
            done = run(*command)
            if done.returncode:
                break
    if done.returncode or not BUNDLE.exists():
        say(f"{(done.stdout + done.stderr)[-2000:]}\nBundling did not work. {INSTEAD}")
    return None


def version(node: str) -> tuple[int, ...]:
    """The first two numbers of Node.js' version; (0,) where it does not run."""
    return tuple(map(int, re.findall(r"\d+", run(node, "--version").stdout)[:2])) or (0,)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
