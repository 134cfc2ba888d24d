"""Spans of OpenTelemetry, sent over OTLP. Imported only where traces are wanted.

They wait in a queue of bounded length for a thread of their own: a receiver that is slow or away
costs spans, and no request a moment.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass
from urllib.parse import unquote

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    ParentBased,
    Sampler,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from datasources.spans import Facts, Kind, Span

PATIENCE = 3.0
"""Seconds that a process which ends waits for its last spans to be taken."""

CODE = "error.type"
KINDS = {kind: SpanKind[kind.value] for kind in Kind}

_propagator = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where spans go, and which. `headers` and `sampler` are as the OTEL_ variables have them."""

    endpoint: str
    service: str
    version: str
    headers: str = ""
    sampler: str = "parentbased_always_on"
    ratio: float = 1.0


class OtlpTracer:
    """Begins spans, and sends those that have ended and were sampled."""

    def __init__(self, to: Destination) -> None:
        self._exporter = OTLPSpanExporter(f"{to.endpoint}/v1/traces", headers=headers_of(to))
        self._provider = TracerProvider(
            sampler=sampler_of(to),
            resource=Resource.create({"service.name": to.service, "service.version": to.version}),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("brandgraph", to.version)

    def begin(
        self,
        name: str,
        kind: Kind,
        traceparent: str | None,
        facts: Facts,
        link: trace.SpanContext | None = None,
    ) -> Span:
        """A span of the trace that `traceparent` names; of a new one where it names none."""
        context = Context()
        if traceparent:
            context = _propagator.extract({"traceparent": traceparent}, context)
        links = [Link(link)] if link is not None and link.is_valid else None
        made = self._tracer.start_span(name, context, KINDS[kind], facts, links)
        return OtlpSpan(made, self)

    def child(self, of: trace.Span, name: str, kind: Kind, facts: Facts | None) -> trace.Span:
        """A span below another."""
        return self._tracer.start_span(
            name, trace.set_span_in_context(of, Context()), KINDS[kind], facts
        )

    def call(self, of: trace.Span, name: str, seconds: float, facts: Facts, error: str) -> None:
        """A span below another, of a call that has ended."""
        now = time.time_ns()
        made = self._tracer.start_span(
            name,
            trace.set_span_in_context(of, Context()),
            SpanKind.CLIENT,
            facts,
            start_time=now - int(seconds * 1e9),
        )
        ended(made, error, now)

    async def close(self) -> None:
        """Send what waits, for `PATIENCE` seconds at most."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        await asyncio.to_thread(last.join, PATIENCE)
        if last.is_alive():
            self._exporter.shutdown()  # type: ignore[no-untyped-call]


class OtlpSpan:
    """A span of the SDK. One that was not sampled has a place in its trace, and no more."""

    __slots__ = ("_span", "_tracer")

    def __init__(self, span: trace.Span, tracer: OtlpTracer) -> None:
        self._span = span
        self._tracer = tracer

    @property
    def trace_id(self) -> str:
        """The trace it is part of."""
        return trace.format_trace_id(self._span.get_span_context().trace_id)

    @property
    def traceparent(self) -> str:
        """Its place in its trace."""
        found: dict[str, str] = {}
        _propagator.inject(found, trace.set_span_in_context(self._span, Context()))
        return found["traceparent"]

    def child(self, name: str, kind: Kind = Kind.INTERNAL, facts: Facts | None = None) -> Span:
        """Work that is part of this."""
        if not self._span.is_recording():
            return self
        return OtlpSpan(self._tracer.child(self._span, name, kind, facts), self._tracer)

    def called(self, name: str, seconds: float, facts: Facts, error: str = "") -> None:
        """Note a call to an engine that has ended."""
        if self._span.is_recording():
            self._tracer.call(self._span, name, seconds, facts, error)

    def follow(self, name: str, traceparent: str | None, facts: Facts) -> Span:
        """Work that something else caused; linked to this."""
        here = self._span.get_span_context()
        return self._tracer.begin(name, Kind.CONSUMER, traceparent, facts, here)

    def link(self, other: Span) -> None:
        """Note that another one did work for this."""
        if isinstance(other, OtlpSpan):
            self._span.add_link(other._span.get_span_context())

    def name(self, name: str) -> None:
        """Call it so from now on."""
        self._span.update_name(name)

    def note(self, facts: Facts) -> None:
        """Add what is known now."""
        self._span.set_attributes(facts)

    def end(self, error: str = "") -> None:
        """It is done."""
        if self._span.is_recording():
            ended(self._span, error)


def ended(span: trace.Span, error: str, at: int | None = None) -> None:
    """End a span of the SDK, and say what went wrong."""
    if error:
        span.set_attribute(CODE, error)
        span.set_status(Status(StatusCode.ERROR))
    span.end(at)


def headers_of(to: Destination) -> dict[str, str]:
    """The headers in `name=value,name=value`, each part as it is in a URL."""
    pairs = (part.partition("=") for part in to.headers.split(",") if part.strip())
    return {unquote(name.strip()): unquote(value.strip()) for name, _, value in pairs}


def sampler_of(to: Destination) -> Sampler:
    """The sampler that a standard name stands for."""
    name = to.sampler
    roots: dict[str, Sampler] = {
        "always_on": ALWAYS_ON,
        "always_off": ALWAYS_OFF,
        "traceidratio": TraceIdRatioBased(to.ratio),
    }
    root = roots[name.removeprefix("parentbased_")]
    return ParentBased(root) if name.startswith("parentbased_") else root
