"""The executor of a server: it runs operations as any does, and tells of each what came of it."""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from datasources import spans
from datasources.spans import Tracer
from execution import codes
from execution.cache import PreparedOperation
from execution.engine import Executor, OperationContext
from execution.errors import RequestRejected
from execution.request import GraphQLRequest
from execution.response import Response
from execution.stream import EventStream
from server.observation import CANCELLED, Seen, Told, begin, current
from server.operation_spans import begin_span, end_span, note_document
from server.watch import Watch

SUBSCRIPTION = "subscription"


class Watched(Watch):
    """A subscription that runs. `ended` is told when it has ended, once."""

    __slots__ = ("_ended", "seen")

    def __init__(self, seen: Seen, ended: Callable[[Seen], None]) -> None:
        super().__init__(spans.current.get())
        self.seen = seen
        self._ended: Callable[[Seen], None] | None = ended

    def end(self, rejection: RequestRejected | None = None) -> None:
        """Tell how it ended."""
        ended, self._ended = self._ended, None
        if ended is not None:
            self.seen.deliveries = self.deliveries
            self.seen.failed(rejection.errors if rejection else ())
            ended(self.seen)


class ObservedExecutor(Executor):
    """The executor of a server: `told` hears of each operation, `delivered` of each event.

    `running` is told 1 where a subscription begins and -1 where it ends. With a `tracer`, an
    operation is a span.
    """

    def __init__(
        self,
        *arguments: Any,
        told: Told,
        delivered: Callable[[int], None],
        running: Callable[[int], None],
        tracer: Tracer | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._told = told
        self._delivered = delivered
        self._running = running
        self.tracer = tracer

    def end(self, seen: Seen) -> None:
        """Tell of an operation that has ended, once."""
        if not seen.told:
            seen.told = True
            end_span(seen)
            self._told(seen, time.perf_counter() - seen.started)

    @contextmanager
    def observing(self, request: GraphQLRequest) -> Iterator[None]:
        """One operation of a socket: from its message to the last answer, or to its refusal."""
        span = begin_span(self.tracer, request.extensions.get("traceparent"))
        seen = begin(whole=True, span=span)
        current.set(seen)
        try:
            yield
        except CancelledError:
            if seen.type != SUBSCRIPTION:
                seen.code = CANCELLED
            raise
        finally:
            if seen.whole:
                self.end(seen)

    async def prepared(self, request: GraphQLRequest) -> PreparedOperation:
        """As the executor does it."""
        seen = current.get()
        if seen is None:
            seen = begin()
            current.set(seen)
        if seen.span is not None:
            note_document(seen, request)
        try:
            prepared = await super().prepared(request)
        except RequestRejected as rejection:
            self._rejected(seen, rejection)
            raise
        seen.name = prepared.name
        seen.type = prepared.operation.operation.value
        return prepared

    async def execute(
        self,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        context: OperationContext,
        root: object = None,
    ) -> Response:
        """As the executor does it."""
        seen = current.get()
        if seen is None:
            return await super().execute(prepared, variables, context, root)
        seen.user_id = user_of(context)
        try:
            response = await super().execute(prepared, variables, context, root)
        except RequestRejected as rejection:
            self._rejected(seen, rejection)
            raise
        except BaseException:
            seen.code = CANCELLED
            self._ended(seen)
            raise
        if response.errors:
            seen.failed(response.errors)
        self._ended(seen)
        return response

    async def open(
        self, prepared: PreparedOperation, variables: dict[str, Any], context: OperationContext
    ) -> EventStream:
        """As the executor does it."""
        seen = current.get() or begin()
        seen.user_id = user_of(context)
        try:
            stream = await super().open(prepared, variables, context)
        except RequestRejected as rejection:
            self._rejected(seen, rejection)
            raise
        end_span(seen)
        return stream

    async def responses(
        self,
        prepared: PreparedOperation,
        stream: EventStream,
        renew: Callable[[], OperationContext],
    ) -> AsyncGenerator[Response, None]:
        """As the executor does it."""
        watch = self.watch(current.get() or begin())
        try:
            async with aclosing(super().responses(prepared, stream, renew)) as events:
                async for response in events:
                    self._delivered(1)
                    watch.deliveries += 1
                    yield response
        except RequestRejected as rejection:
            watch.end(rejection)
            raise
        except Exception:
            watch.seen.code = codes.INTERNAL
            raise
        finally:
            watch.end()

    def watch_on(self) -> Watch:
        """Begin to note what becomes of a subscription that outlives what asked for it."""
        seen = current.get() or begin()
        seen.whole = False
        return self.watch(seen)

    def watch(self, seen: Seen) -> Watched:
        """Begin to note what becomes of a subscription."""
        self._running(1)
        return Watched(seen, self._unwatched)

    def _unwatched(self, seen: Seen) -> None:
        self._running(-1)
        self._ended(seen)

    def _rejected(self, seen: Seen, rejection: RequestRejected) -> None:
        seen.failed(rejection.errors)
        self._ended(seen)

    def _ended(self, seen: Seen) -> None:
        if not seen.whole:
            self.end(seen)


def user_of(context: OperationContext) -> str | None:
    """The id of whoever asks, None where nobody is signed in."""
    found: object = getattr(getattr(context, "viewer", None), "user_id", None)
    return found if isinstance(found, str) else None
