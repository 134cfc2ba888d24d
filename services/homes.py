"""Where things were last seen: a hint that lets a thing and a role be asked for at once."""

from __future__ import annotations

from collections import OrderedDict

MOST = 10_000


class Homes:
    """The workspaces that things were last seen in, of the `most` that were asked for lately.

    Nothing is decided by it: whoever asks for the thing and for the caller's role in its home at
    the same time looks at where the thing is before it is shown.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._homes: OrderedDict[str, str] = OrderedDict()

    def of(self, id: str) -> str | None:
        """Where it was; None where nobody has asked for it lately."""
        return self._homes.get(id)

    def seen(self, id: str, home: str) -> None:
        """It is there."""
        self._homes[id] = home
        self._homes.move_to_end(id)
        if len(self._homes) > self._most:
            self._homes.popitem(last=False)
