"""What the generated functions call for values that are not the plain case."""

from collections.abc import AsyncIterable, Awaitable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, Undefined, located_error
from graphql.pyutils import is_async_iterable, is_awaitable, is_iterable

from execution.compiled.errors import Located
from execution.compiled.position import Complete, Container, Field, Place, Position, keys

if TYPE_CHECKING:
    from execution.compiled.run import Run


class Oddities(dict[type, bool]):
    """By class, whether a value needs a closer look: null, an exception, or to be waited for."""

    def __missing__(self, kind: type) -> bool:
        odd = (
            kind in (type(None), type(Undefined))
            or issubclass(kind, Exception)
            or hasattr(kind, "__await__")
            or kind.__name__ == "generator"
            or "__getattr__" in dir(kind)
        )
        if len(self) < 10_000:  # classes made on the fly must not fill the memory
            self[kind] = odd
        return odd


ODD = Oddities()


class Later(Exception):
    """Completing a value has to wait: for what, and what is then done with it."""

    def __init__(self, awaitable: Awaitable[Any], complete: Complete) -> None:
        super().__init__()
        self.awaitable = awaitable
        self.complete = complete


def other(
    run: "Run",
    position: Position,
    value: Any,
    container: Container,
    key: str | int,
    around: Place | None,
) -> Any:
    """What the response shows of a value, whatever it is; None for now, if it has to be awaited.

    Raises a located GraphQLError where the position can't be null.
    """
    try:
        if is_awaitable(value):
            raise Later(value, partial(settled, position))
        return settled(position, run, value, position.place(container, key, around))
    except Exception as error:
        return failed(run, error, position, container, key, around)


def settled(position: Position, run: "Run", value: Any, place: Place) -> Any:
    """What the response shows of a value that is there, or was awaited."""
    if isinstance(value, Exception):
        raise value
    if value is None or value is Undefined:
        return null(position)
    return position.complete(run, value, place)


def null(position: Position) -> None:
    """Null, where it is allowed."""
    if position.non_null:
        field = position.field
        raise TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}.")


def failed(
    run: "Run",
    error: Exception,
    position: Position,
    container: Container,
    key: str | int,
    around: Place | None,
) -> None:
    """Notes an error where the position may be null, else raises it, located, for those around."""
    if isinstance(error, Later):
        run.jobs.append((error.awaitable, error.complete, position, container, key, around))
        return
    path = (*keys(around), key)
    located = locate(error, position.field, path)
    if position.non_null:
        raise located
    run.note(located, path)


def locate(error: Exception, field: Field, path: tuple[str | int, ...]) -> GraphQLError:
    """An error with its place in the response and in the document, which is looked up once.

    What graphql-core takes from an exception that has it (a message, nodes), be it a GraphQLError
    or not, is left to graphql-core.
    """
    if (
        hasattr(error, "message")
        or hasattr(error, "nodes")
        or hasattr(error, "source")
        or hasattr(error, "positions")
    ):
        return located_error(error, field.nodes, path)
    return Located(error, field.where, path)


def items_of(position: Position, value: Any) -> Iterable[Any]:
    """The items of a list's value."""
    if is_async_iterable(value):
        raise Later(drain(value), partial(drained, position))
    if not is_iterable(value):
        field = position.field
        raise GraphQLError(
            f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'."
        )
    items: Iterable[Any] = value
    return items


async def drain(iterable: AsyncIterable[Any]) -> tuple[list[Any], Exception | None]:
    """The items that come asynchronously, and what ended them."""
    items: list[Any] = []
    try:
        async for item in iterable:
            items.append(item)
    except Exception as error:
        return items, error
    return items, None


def drained(
    position: Position, run: "Run", found: tuple[Sequence[Any], Exception | None], place: Place
) -> Any:
    """The list, or the error that cut it short; errors of items before it count, too."""
    items, error = found
    completed = position.complete(run, items, place)
    if error is not None:
        raise error
    return completed
