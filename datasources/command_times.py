"""How long each command of the database took, told to whoever measures, and to the trace."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from datasources.spans import current

CommandSeen = Callable[[str, float, bool], None]
"""Is told the name of a command (`find`), its seconds, and whether the server did it."""


class CommandTimes(CommandListener):
    """Listens to the driver. It looks at names and times alone, never at what was asked."""

    def __init__(self, seen: CommandSeen) -> None:
        self._seen = seen
        self._named: dict[int, str] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """Remember the collection it is for, where it is traced."""
        if current.get() is not None:
            named = event.command.get(event.command_name)
            if isinstance(named, str):
                self._named[event.request_id] = named

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """The server did it."""
        self._told(event, "")

    def failed(self, event: CommandFailedEvent) -> None:
        """The server refused it, or did not answer."""
        code = event.failure.get("code")
        self._told(event, f"mongodb {code}" if isinstance(code, int) else "failed")

    def _told(self, event: CommandSucceededEvent | CommandFailedEvent, error: str) -> None:
        seconds = event.duration_micros / 1e6
        self._seen(event.command_name, seconds, not error)
        span = current.get()
        if span is not None:
            facts = {"db.system.name": "mongodb", "db.operation.name": event.command_name}
            if named := self._named.pop(event.request_id, None):
                facts["db.collection.name"] = named
            span.called(f"mongodb {event.command_name}", seconds, facts, error)
