"""The executor of a server: it runs operations as any does, and tells of each what came of it."""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from datasources.spans import Tracer
from execution import codes
from execution.cache import PreparedOperation
from execution.engine import Executor, OperationContext
from execution.errors import RequestRejected
from execution.request import GraphQLRequest
from execution.response import Response
from server.observation import CANCELLED, Seen, Told, begin, current
from server.operation_spans import begin_span, end_span, note_document

SUBSCRIPTION = "subscription"


class ObservedExecutor(Executor):
    """The executor of a server: `told` hears of each operation, `delivered` of each event.

    `running` is told 1 where a subscription begins and -1 where it ends. With a `tracer`, an
    operation is a span.
    """

    def __init__(
        self,
        *arguments: Any,
        told: Told,
        delivered: Callable[[], None],
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
            self.end(seen)

    def prepare(self, request: GraphQLRequest) -> PreparedOperation:
        """As the executor does it."""
        seen = current.get()
        if seen is None:
            seen = begin()
            current.set(seen)
        if seen.span is not None:
            note_document(seen, request)
        try:
            prepared = super().prepare(request)
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

    async def subscribe(
        self,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        context: OperationContext,
        renew: Callable[[], OperationContext],
    ) -> AsyncGenerator[Response, None]:
        """As the executor does it."""
        seen = current.get() or begin()
        seen.user_id = user_of(context)
        try:
            events = await super().subscribe(prepared, variables, context, renew)
        except RequestRejected as rejection:
            self._rejected(seen, rejection)
            raise
        end_span(seen)
        return self._watched(events, seen)

    async def _watched(
        self, events: AsyncGenerator[Response, None], seen: Seen
    ) -> AsyncGenerator[Response, None]:
        self._running(1)
        try:
            async with aclosing(events):
                async for response in events:
                    self._delivered()
                    seen.deliveries += 1
                    yield response
        except RequestRejected as rejection:
            seen.failed(rejection.errors)
            raise
        except Exception:
            seen.code = codes.INTERNAL
            raise
        finally:
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
