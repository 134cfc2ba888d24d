"""What `serve` prints once it is ready."""

from __future__ import annotations

from collections.abc import Mapping

from server.settings import Settings

READY = "Brandgraph is ready."


def facts(settings: Settings, embedded: tuple[bool, bool]) -> Mapping[str, str]:
    """Where to go, and what this server stands on. `embedded`: whether mongod and Valkey are."""
    mongodb, redis = embedded
    explorer = {"GraphiQL": f"{settings.url}/graphql   (open it in a browser)"}
    return {
        **(explorer if settings.explorer else {}),
        "GraphQL": f"{settings.url}/graphql   (HTTP, WebSocket and server-sent events)",
        "MongoDB": f"embedded, in {settings.data_dir}" if mongodb else "at MONGODB_URL",
        "Redis": f"embedded (Valkey), in {settings.data_dir}" if redis else "at REDIS_URL",
        "Worker": "inside this process" if settings.worker else "apart: brandgraph worker",
    }


def banner(told: Mapping[str, str]) -> str:
    """The facts as a person reads them."""
    lines = "\n".join(f"  {name:<10}{value}" for name, value in told.items())
    return f"\n{READY}\n\n{lines}\n\nCtrl-C stops it.\n"
