"""How long each command of the database took, told to whoever measures."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

CommandSeen = Callable[[str, float, bool], None]
"""Is told the name of a command (`find`), its seconds, and whether the server did it."""


class CommandTimes(CommandListener):
    """Listens to the driver. It looks at names and times alone, never at what was asked."""

    def __init__(self, seen: CommandSeen) -> None:
        self._seen = seen

    def started(self, event: CommandStartedEvent) -> None:
        """Nothing to be told yet."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """The server did it."""
        self._seen(event.command_name, event.duration_micros / 1e6, True)

    def failed(self, event: CommandFailedEvent) -> None:
        """The server refused it, or did not answer."""
        self._seen(event.command_name, event.duration_micros / 1e6, False)
