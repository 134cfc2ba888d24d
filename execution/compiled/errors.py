"""The errors of a run, and the positions that they made null."""

from typing import TypeAlias

from graphql import GraphQLError

Keys: TypeAlias = tuple[str | int, ...]
"""The path to a position, from the root."""


class Located(GraphQLError):
    """What graphql-core makes of an exception at a field, whose place it looks up each time.

    `where` is an error at that field, whose place was looked up before.
    """

    __slots__ = ()

    def __init__(self, error: Exception, where: GraphQLError, path: Keys) -> None:
        self.message = message = str(error)
        self.args = (message,)
        self.path = list(path) or None
        self.cause = self.original_error = error
        self.nodes, self.source = where.nodes, where.source
        self.positions, self.locations = where.positions, where.locations
        self.__traceback__ = error.__traceback__
        if error.__cause__:
            self.__cause__ = error.__cause__
        elif error.__context__:
            self.__context__ = error.__context__
        extensions = getattr(error, "extensions", None)
        self.extensions = extensions if isinstance(extensions, dict) else {}


class Errors:
    """Errors in the order in which they were met.

    `nulled` are the positions that became null and may have something inside that is not done.
    """

    __slots__ = ("errors", "nulled")

    def __init__(self) -> None:
        self.errors: list[GraphQLError] = []
        self.nulled: set[Keys] = set()

    def add(self, error: GraphQLError, path: Keys, *, busy: bool) -> bool:
        """Keeps an error that made a position null, unless one around it is null already.

        `busy`: something waits that may be inside, even if the error is not.
        """
        if self.nulled and self.covers(path):
            return False
        if busy or len(error.path or ()) != len(path):
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
