"""Spans: what a request caused, and how long each part of it took.

This is the port. Where nothing is traced, `current` holds None and nothing else of this is done;
`datasources/telemetry.py` makes the spans that are sent somewhere. A span tells names, numbers and
codes: never an argument, a body, an address or an id of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Protocol

Facts = Mapping[str, str | int | float | bool]


class Kind(StrEnum):
    """What a span stands for, as OpenTelemetry tells it apart."""

    SERVER = "SERVER"
    CLIENT = "CLIENT"
    CONSUMER = "CONSUMER"
    INTERNAL = "INTERNAL"


class Span(Protocol):
    """Work that goes on. It has to be ended, once."""

    @property
    def trace_id(self) -> str:
        """The trace it is part of, 32 hexadecimal digits."""

    @property
    def traceparent(self) -> str:
        """Its place in its trace, as W3C writes it: what follows elsewhere names this."""

    def child(self, name: str, kind: Kind = Kind.INTERNAL, facts: Facts | None = None) -> Span:
        """Work that is part of this."""

    def called(self, name: str, seconds: float, facts: Facts, error: str = "") -> None:
        """Note a call to an engine that has ended just now; `error` where it failed."""

    def follow(self, name: str, traceparent: str | None, facts: Facts) -> Span:
        """Work that something else caused, which `traceparent` names; linked to this."""

    def link(self, other: Span) -> None:
        """Note that another one did work for this."""

    def name(self, name: str) -> None:
        """Call it so from now on."""

    def note(self, facts: Facts) -> None:
        """Add what is known now."""

    def end(self, error: str = "") -> None:
        """It is done; `error` is the code of what went wrong."""


class Tracer(Protocol):
    """Begins traces, or goes on with those that are named."""

    def begin(self, name: str, kind: Kind, traceparent: str | None, facts: Facts) -> Span:
        """A span of the trace that `traceparent` names; of a new one where it names none."""

    async def close(self) -> None:
        """Send what waits, within some seconds, and no more."""


current: ContextVar[Span | None] = ContextVar("span", default=None)
"""What is going on, None where it is not traced."""


def traceparent() -> str | None:
    """The place in a trace of what goes on now."""
    span = current.get()
    return None if span is None else span.traceparent


@contextmanager
def within(span: Span) -> Iterator[Span]:
    """Makes a span that of the block, and ends it with the block."""
    before = current.get()
    current.set(span)
    error = ""
    try:
        yield span
    except BaseException as raised:
        error = code_of(raised)
        raise
    finally:
        # Not reset by a token: a generator may be closed from another context than it ran in.
        current.set(before)
        span.end(error)


def code_of(error: BaseException) -> str:
    """What a span says of an error: its code or its class, never its text."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else type(error).__name__
