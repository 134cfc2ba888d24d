"""What is known of the operation that runs: told once it has ended, and in each line it logs.

One contextvar holds it. Nothing is done for a field; an operation costs some microseconds.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar

import msgspec

from datasources.spans import Span
from execution.errors import FormattedError

OK = "OK"
CANCELLED = "CANCELLED"
UNKNOWN = "unknown"
GIVEN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Seen(msgspec.Struct):
    """One operation so far. `type` is `unknown` until it could be read, `status` that of HTTP.

    `whole` tells that what is around it, a request or a socket's message, says when it ends.
    `trace_id` and `span` are there where it is traced, the span until it has ended.
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
    requested_cost: int | None = None
    actual_cost: int | None = None
    trace_id: str | None = None
    span: Span | None = None

    def failed(self, errors: Sequence[FormattedError]) -> None:
        """Note the code of the first error, if there is one."""
        if errors and self.code == OK:
            self.code = errors[0].get("extensions", {}).get("code", UNKNOWN)


Told = Callable[[Seen, float], None]
"""Is told of an operation that ended, and of its seconds."""

current: ContextVar[Seen | None] = ContextVar("operation", default=None)


def begin(given: str | None = None, *, whole: bool = False, span: Span | None = None) -> Seen:
    """A new operation, with the client's request id where that is one, else with a made one."""
    good = given is not None and GIVEN_ID.fullmatch(given)
    id = given if given is not None and good else f"{random.getrandbits(64):016x}"
    seen = Seen(id, time.perf_counter(), whole)
    if span is not None:
        seen.span, seen.trace_id = span, span.trace_id
    return seen


def note_errors(errors: Sequence[FormattedError]) -> None:
    """Note what the client of the running operation is told."""
    seen = current.get()
    if seen is not None:
        seen.failed(errors)


def note_cost(requested: int, actual: int | None = None) -> None:
    """Note what the running operation was priced at, and what it came to where that is known."""
    seen = current.get()
    if seen is not None:
        seen.requested_cost, seen.actual_cost = requested, actual
