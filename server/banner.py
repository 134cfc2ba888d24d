"""What `serve` says once it is ready."""

from __future__ import annotations

from collections.abc import Mapping

from server.settings import Settings

READY = "Brandgraph is ready."
HINTS = {
    "GraphiQL": "   (open it in a browser)",
    "GraphQL": "   (HTTP, WebSocket and server-sent events)",
}


def facts(settings: Settings, embedded: tuple[bool, bool]) -> Mapping[str, str]:
    """Where to go, and what this server stands on. `embedded`: whether mongod and Valkey are."""
    mongodb, redis = embedded
    url = f"{settings.url}/graphql"
    return {
        **({"GraphiQL": url} if settings.explorer else {}),
        "GraphQL": url,
        "MongoDB": f"embedded, in {settings.data_dir}" if mongodb else "at MONGODB_URL",
        "Redis": f"embedded (Valkey), in {settings.data_dir}" if redis else "at REDIS_URL",
        **({"Processes": str(settings.processes)} if settings.processes > 1 else {}),
        "Worker": "inside this process" if settings.worker else "apart: brandgraph worker",
    }


def banner(told: Mapping[str, str]) -> str:
    """The facts as a person reads them."""
    rows = (f"  {name:<10}{value}{HINTS.get(name, '')}" for name, value in told.items())
    return "\n".join(["", READY, "", *rows, "", "Ctrl-C stops it.", ""])
