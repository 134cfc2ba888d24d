"""The embedded mongod: a replica set of one on a Unix socket, small enough for a laptop."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from server.engine_process import Server

SETTING = "MONGODB_URL"


def mongod_url(socket: Path) -> str:
    """The address for drivers."""
    return f"mongodb://{quote(str(socket), safe='')}/?replicaSet=rs0"


def mongod_server(program: Path, data: Path, socket: Path, flags: Sequence[str]) -> Server:
    """How to run `program` on `data`/mongodb; `flags` are added last."""
    folder = data / "mongodb"
    folder.mkdir(exist_ok=True)
    command = (
        *(str(program), "--dbpath", str(folder), "--replSet", "rs0"),
        # The first binds our socket and nothing else; the second leaves out the one in /tmp.
        *("--bind_ip", str(socket), "--nounixsocket"),
        *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64"),
        *("--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=16MB)"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # What a process that was killed had locked in a transaction is free again after this.
        *("--setParameter", "transactionLifetimeLimitSeconds=10"),
        *("--quiet", *flags),
    )
    return Server("MongoDB", SETTING, command, data / "mongod.log", lambda: _serves(socket))


def _serves(socket: Path) -> bool:
    # Imported here so that the driver loads while mongod, already launched, is loading too.
    from datasources.mongo_admin import become_primary

    return become_primary(socket)
