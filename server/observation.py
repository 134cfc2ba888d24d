"""What is known of the operation that runs: told once it has ended, and in each line it logs.

One contextvar holds it. Nothing is done for a field; an operation costs some microseconds.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

import msgspec

from execution import codes
from execution.cache import PreparedOperation
from execution.engine import Executor, OperationContext
from execution.errors import FormattedError, RequestRejected
from execution.request import GraphQLRequest
from execution.response import Response

OK = "OK"
CANCELLED = "CANCELLED"
UNKNOWN = "unknown"
GIVEN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Seen(msgspec.Struct):
    """One operation so far. `type` is `unknown` until it could be read, `status` that of HTTP.

    `whole` tells that the request around it says when it ends.
    """

    request_id: str
    started: float
    whole: bool = False
    name: str | None = None
    type: str = UNKNOWN
    code: str = OK
    user_id: str | None = None
    status: int | None = None
    deliveries: int = 0
    told: bool = False

    def failed(self, errors: Sequence[FormattedError]) -> None:
        """Note the code of the first error, if there is one."""
        if errors and self.code == OK:
            self.code = errors[0].get("extensions", {}).get("code", UNKNOWN)


Told = Callable[[Seen, float], None]
"""Is told of an operation that ended, and of its seconds."""

current: ContextVar[Seen | None] = ContextVar("operation", default=None)


def begin(given: str | None = None, *, whole: bool = False) -> Seen:
    """A new operation, with the client's request id where that is one, else with a made one."""
    good = given is not None and GIVEN_ID.fullmatch(given)
    id = given if given is not None and good else f"{random.getrandbits(64):016x}"
    return Seen(id, time.perf_counter(), whole)


def note_errors(errors: Sequence[FormattedError]) -> None:
    """Note what the client of the running operation is told."""
    seen = current.get()
    if seen is not None:
        seen.failed(errors)


class ObservedExecutor(Executor):
    """The executor of a server: `told` hears of each operation, `delivered` of each event.

    `running` is told 1 where a subscription begins and -1 where it ends.
    """

    def __init__(
        self,
        *arguments: Any,
        told: Told,
        delivered: Callable[[], None],
        running: Callable[[int], None],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._told = told
        self._delivered = delivered
        self._running = running

    def end(self, seen: Seen) -> None:
        """Tell of an operation that has ended, once."""
        if not seen.told:
            seen.told = True
            self._told(seen, time.perf_counter() - seen.started)

    def prepare(self, request: GraphQLRequest) -> PreparedOperation:
        """As the executor does it. On a socket, this is where an operation begins."""
        seen = current.get()
        if seen is None:
            seen = begin()
            current.set(seen)
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
