"""The errors of a run, and the positions that they made null."""

from typing import TypeAlias

from graphql import GraphQLError

Keys: TypeAlias = tuple[str | int, ...]
"""The path to a position, from the root."""


class Errors:
    """Errors in the order in which they were met."""

    __slots__ = ("errors", "nulled")

    def __init__(self) -> None:
        self.errors: list[GraphQLError] = []
        self.nulled: set[Keys] = set()

    def add(self, error: GraphQLError, path: Keys) -> bool:
        """Keeps an error that made a position null, unless one around it is null already."""
        if self.covers(path):
            return False
        self.nulled.add(path)
        self.errors.append(error)
        return True

    def covers(self, path: Keys) -> bool:
        """Whether a position, or one around it, was made null."""
        if not self.nulled:
            return False
        return not self.nulled.isdisjoint([path[:length] for length in range(len(path) + 1)])

    def take(self) -> list[GraphQLError] | None:
        """All of them, handed over; None if there are none.

        Their tracebacks know the run, and must not be known by it, or only the garbage collector
        would free them.
        """
        errors, self.errors = self.errors, []
        return errors or None
