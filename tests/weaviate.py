"""A real Weaviate for the tests, where the server is on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from datasources.weaviate_client import WeaviateAccess
from server.serving import listening

PATIENCE = 60.0


def server() -> str | None:
    """The program, on PATH or where `go install` puts it; None where it is not installed."""
    if found := shutil.which("weaviate-server"):
        return found
    home = Path(os.environ.get("GOPATH") or Path.home() / "go")
    installed = home / "bin" / "weaviate-server"
    return str(installed) if installed.exists() else None


def free(count: int) -> int:
    """The first of so many ports in a row that nobody listens on now: Weaviate wants pairs."""
    while True:
        with ExitStack() as held, suppress(OSError):
            port: int = held.enter_context(listening("127.0.0.1", 0)).getsockname()[1]
            for each in range(1, count):
                held.enter_context(listening("127.0.0.1", port + each))
            return port


@contextmanager
def running(program: str, folder: str | None = None) -> Iterator[WeaviateAccess]:
    """The server on ports and in a folder of its own, ready, until the end of the block."""
    gossip = free(6)
    data, raft, raft_inside, http, grpc = range(gossip + 1, gossip + 6)
    with tempfile.TemporaryDirectory(prefix="bg-weaviate-", dir=folder) as kept:
        environment = {
            **os.environ,
            "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true",
            "PERSISTENCE_DATA_PATH": kept,
            "DEFAULT_VECTORIZER_MODULE": "none",
            "ENABLE_MODULES": "",
            "CLUSTER_HOSTNAME": "node1",
            "CLUSTER_GOSSIP_BIND_PORT": str(gossip),
            "CLUSTER_DATA_BIND_PORT": str(data),
            "RAFT_PORT": str(raft),
            "RAFT_INTERNAL_RPC_PORT": str(raft_inside),
            "RAFT_BOOTSTRAP_EXPECT": "1",
            "CLUSTER_ADVERTISE_ADDR": "127.0.0.1",
            "CLUSTER_IN_LOCALHOST": "true",
            "GRPC_PORT": str(grpc),
            "DISABLE_TELEMETRY": "true",
            "LIMIT_RESOURCES": "true",
            "GO_PROFILING_DISABLE": "true",
            "LOG_LEVEL": "error",
        }
        command = [program, "--host", "127.0.0.1", "--port", str(http), "--scheme", "http"]
        log = Path(kept) / "log"
        with log.open("wb") as heard:
            process = subprocess.Popen(command, env=environment, stdout=heard, stderr=heard)
        try:
            url = f"http://127.0.0.1:{http}"
            wait(f"{url}/v1/.well-known/ready", process)
            yield WeaviateAccess(url, grpc, timeout=30)
        finally:
            process.kill()
            process.wait()


def wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until it says that it is ready."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, "Weaviate ended before it was ready"
        assert time.monotonic() < deadline, "Weaviate is not ready"
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
