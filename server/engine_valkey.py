"""The embedded Valkey: a Unix socket and an append-only file."""

import socket as sockets
from pathlib import Path
from urllib.parse import quote

from server.engine_process import Server

SETTING = "REDIS_URL"


def valkey_url(socket: Path) -> str:
    """The address for drivers."""
    return f"unix://{quote(str(socket))}"


def valkey_server(program: Path, data: Path, socket: Path) -> Server:
    """How to run `program` on `data`/valkey."""
    folder = data / "valkey"
    folder.mkdir(exist_ok=True)
    command = (
        *(str(program), "--port", "0", "--dir", str(folder)),
        *("--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction"),
    )
    return Server("Valkey", SETTING, command, data / "valkey.log", lambda: _serves(socket))


def _serves(socket: Path) -> bool:
    """Whether it answers PING; a client's own retries would make this take seconds."""
    with sockets.socket(sockets.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
