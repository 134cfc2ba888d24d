"""What `serve` prints once it is ready."""

from __future__ import annotations

from server.settings import Settings


def banner(settings: Settings) -> str:
    """Where to go, and what this server stands on."""
    url = settings.url
    engines = {
        "MongoDB": "yours" if "mongod.sock" not in settings.mongodb_url else "embedded",
        "Redis": "yours" if not settings.redis_url.startswith("unix:") else "embedded (Valkey)",
    }
    rows = [
        ("GraphQL", f"{url}/graphql   (HTTP and WebSocket)"),
        *([("GraphiQL", f"{url}/graphql   (open it in a browser)")] if settings.explorer else []),
        *engines.items(),
        ("Worker", "inside this process" if settings.worker else "apart: brandgraph worker"),
    ]
    lines = "\n".join(f"  {name:<10}{value}" for name, value in rows)
    return f"\nBrandgraph is ready.\n\n{lines}\n\nCtrl-C stops it."
