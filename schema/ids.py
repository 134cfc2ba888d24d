"""The kinds of things that `node(id:)` can name, told by the first three letters of an id."""

from __future__ import annotations

from services.ids import prefix_of

KINDS: dict[str, str] = {
    "usr": "people",
    "wsp": "workspaces",
    "brd": "brands",
    "cnt": "content",
    "tpl": "templates",
    "job": "jobs",
    "rep": "reports",
}


def loader_of(id: str) -> str | None:
    """The name of the loader that serves this id, None where it names nothing."""
    prefix = prefix_of(id)
    return KINDS.get(prefix) if prefix else None
