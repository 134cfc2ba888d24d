"""Who is measured: our server, and the peers that this machine can run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench.processes import BenchError, Process
from bench.world import CHANNEL, World

ROOT = Path(__file__).parent.parent
PEERS = Path(__file__).parent / "peers"
OURS = "ours"

Say = Callable[[str], None]


class Part(Enum):
    """What a server is started for."""

    API = "api"
    POSTS = "posts"
    SOCKETS = "sockets"


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that can be started for some parts. `command` is a part's command line.

    `signed_in`: whether it wants a token with each request.
    """

    name: str
    commands: Mapping[Part, Sequence[str]]
    signed_in: bool = False

    def process(self, part: Part, world: World, run: str) -> Process:
        """The server, not started yet; `run` names its log."""
        name = f"{self.name} {run}"
        return Process(name, self.commands[part], environ_for(world), world.folder)

    def tokens(self, world: World) -> Sequence[str]:
        """The tokens to send, none where nobody asks for them."""
        return world.tokens if self.signed_in else ()


def environ_for(world: World) -> dict[str, str]:
    """What every server is told."""
    return {
        **world.environ,
        "CHANNEL": CHANNEL,
        "NODE_ENV": "production",
        "POSTS": str(world.posts),
        "PYTHONPATH": str(ROOT),
        "REDIS_SOCKET": unquote(urlsplit(world.settings.redis_url).path),
    }


def ours() -> Contender:
    """The product itself."""
    serve = [sys.executable, "-c", "from server.cli import main; main()", "serve"]
    posts = [sys.executable, "-m", "bench.posts_server"]
    commands = {Part.API: serve, Part.SOCKETS: serve, Part.POSTS: posts}
    return Contender(OURS, commands, signed_in=True)


def strawberry() -> Contender:
    """Stock Strawberry."""
    command = [sys.executable, "-m", "bench.peers.strawberry.server"]
    return Contender("strawberry", dict.fromkeys(Part, command))


def mercurius() -> Contender:
    """Mercurius with its JIT, on Node."""
    command = ["node", str(PEERS / "mercurius" / "server.js")]
    return Contender("mercurius", {Part.API: command, Part.POSTS: command})


def mercurius_shared() -> Contender:
    """The same, tuned by hand to share reads between requests as ours does by itself."""
    command = ["node", str(PEERS / "mercurius" / "server.js"), "--shared"]
    return Contender("mercurius_shared", {Part.API: command})


def graphql_ws() -> Contender:
    """graphql-ws, on Node."""
    command = ["node", str(PEERS / "graphql_ws" / "server.js")]
    return Contender("graphql_ws", {Part.SOCKETS: command})


def raw_frames() -> Contender:
    """No peer: it tells the most that our own client can read."""
    command = [sys.executable, "-m", "bench.peers.raw_frames.server"]
    return Contender("raw_frames", {Part.SOCKETS: command})


def contenders(say: Say) -> list[Contender]:
    """Ours first, then the peers; those on Node only where npm is there, installed if need be."""
    found = [ours(), strawberry()]
    if shutil.which("npm") is None:
        say("No npm on this machine: the peers on Node (mercurius, graphql_ws) are left out.")
        return found
    for peer in (mercurius(), graphql_ws()):
        install(PEERS / peer.name, say)
        found.append(peer)
    return [*found, mercurius_shared()]


def installed(folder: Path) -> bool:
    """Whether a peer's packages are those of its lock file; a peer without any needs none."""
    lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not lock.exists():
        return True
    return done.exists() and done.stat().st_mtime >= lock.stat().st_mtime


def install(folder: Path, say: Say) -> None:
    """The packages of the lock file, once."""
    if installed(folder):
        return
    say(f"Installing the packages of bench/peers/{folder.name} (once, up to a minute) ...")
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--loglevel=error"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BenchError(f"npm ci failed in {folder}:\n{done.stderr.strip()}")
