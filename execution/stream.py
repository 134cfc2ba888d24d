"""The events of a subscription, from its source to the run that answers each of them."""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from types import TracebackType
from typing import Any, Self

import graphql
from graphql import ExecutionResult, GraphQLError, create_source_event_stream, located_error

from execution.errors import Report, RequestRejected, tell


class EventStream:
    """The source of one subscription. Iterating gives payloads with what goes beside their data.

    `extensions` is the dictionary in which the source says, before it yields, what the response
    to that event carries; it is emptied after each event. Leaving the context closes the source.
    """

    def __init__(
        self, run: "graphql.Executor[Any]", extensions: dict[str, Any], report: Report
    ) -> None:
        self.run = run
        self.extensions = extensions
        self.report = report
        self.source: AsyncIterable[object] | None = None
        """What the resolver made: it can be followed in other ways than by iterating here."""
        self._events: AsyncIterator[object] | None = None

    async def open(self) -> None:
        """Calls the subscription's resolver. Raises RequestRejected where it makes no source."""
        made = create_source_event_stream(self.run)
        source = await made if isinstance(made, Awaitable) else made
        if isinstance(source, ExecutionResult):
            raise RequestRejected([tell(error, self.report) for error in source.errors or ()])
        self.source = source

    def share(self) -> None:
        """Forget who opened it: its events are given contexts of others."""
        self.run.context_value = None
        self.extensions = {}
        self.source = None

    def event(self, payload: object, context: object) -> "graphql.Executor[Any]":
        """The run that answers one event, with a context of its own."""
        run = self.run.build_per_event_executor(payload)
        run.context_value = context
        return run

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[object, dict[str, Any]]:
        try:
            payload = await anext(self._begun())
        except StopAsyncIteration:
            raise
        except Exception as error:
            raise self.broken(error) from error
        extensions = dict(self.extensions)
        self.extensions.clear()
        return payload, extensions

    def _begun(self) -> AsyncIterator[object]:
        if self._events is None:
            if self.source is None:
                raise StopAsyncIteration
            self._events = aiter(self.source)
        return self._events

    def broken(self, error: Exception) -> RequestRejected:
        """What is told where the source breaks off."""
        located = error if isinstance(error, GraphQLError) and error.path else self._locate(error)
        code = getattr(error, "close_code", None)
        return RequestRejected(
            [tell(located, self.report)], code if isinstance(code, int) else None
        )

    def _locate(self, error: Exception) -> GraphQLError:
        return located_error(error, [self.run.operation])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        aclose = getattr(self._events, "aclose", None)
        if aclose is not None:
            await aclose()
