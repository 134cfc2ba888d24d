"""What a MongoDB server on a Unix socket is told before it serves anyone."""

import socket as sockets
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

_PATIENCE_MS = 3000
_ALREADY_INITIALIZED = 23


def become_primary(socket: Path) -> bool:
    """Whether the server on `socket` takes writes as the only member of replica set `rs0`.

    Call it again until it does: the first call initiates the set, or, where the data was moved
    from another path, tells the set its member's new address. Never raises for a server that
    is not there yet.
    """
    if not _listens(socket):
        return False
    try:
        with _connect(socket) as client:
            if client.admin.command("hello").get("isWritablePrimary"):
                return True
            _found_set(client, socket)
            return bool(client.admin.command("hello").get("isWritablePrimary"))
    except PyMongoError:
        return False


def _found_set(client: MongoClient[dict[str, Any]], socket: Path) -> None:
    member = {"_id": 0, "host": str(socket)}
    try:
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
    except OperationFailure as refusal:
        if refusal.code != _ALREADY_INITIALIZED:
            raise
        config = client.admin.command("replSetGetConfig")["config"]
        if config["members"][0]["host"] != member["host"]:
            config["members"][0]["host"] = member["host"]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)


def _connect(socket: Path) -> MongoClient[dict[str, Any]]:
    return MongoClient(
        f"mongodb://{quote(str(socket), safe='')}/",
        directConnection=True,
        serverSelectionTimeoutMS=_PATIENCE_MS,
        socketTimeoutMS=_PATIENCE_MS,
    )


def _listens(socket: Path) -> bool:
    with sockets.socket(sockets.AF_UNIX) as connection:
        connection.settimeout(_PATIENCE_MS / 1000)
        try:
            connection.connect(str(socket))
        except OSError:
            return False
        return True
