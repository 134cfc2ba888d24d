"""The span of an operation: what it was called and what came of it, never what it was asked."""

from __future__ import annotations

from hashlib import sha256

from datasources.spans import Facts, Kind, Span, Tracer, current
from execution.request import GraphQLRequest
from server.observation import OK, Seen

NAMELESS = "graphql"
LONGEST_NAME = 100


def begin_span(tracer: Tracer | None, traceparent: object) -> Span | None:
    """The span of an operation that arrives, made that of what follows. None without a tracer.

    `traceparent` is what the client says; what is none begins a trace.
    """
    if tracer is None:
        return None
    given = traceparent if isinstance(traceparent, str) else None
    span = tracer.begin(NAMELESS, Kind.SERVER, given, {})
    current.set(span)
    return span


def note_document(seen: Seen, request: GraphQLRequest) -> None:
    """Note which document it is, by the start of its SHA-256."""
    if seen.span is not None and request.query:
        digest = sha256(request.query.encode(errors="surrogatepass")).hexdigest()
        seen.span.note({"graphql.document.hash": digest[:16]})


def end_span(seen: Seen) -> None:
    """End it, if it has not ended yet. That of a subscription lasts until it listens."""
    span, seen.span = seen.span, None
    if span is None:
        return
    name = (seen.name or "")[:LONGEST_NAME]
    span.name(f"{seen.type} {name}".strip())
    span.note(facts(seen, name))
    span.end("" if seen.code == OK else seen.code)


def facts(seen: Seen, name: str) -> Facts:
    """What is told of it."""
    found = {
        "graphql.operation.name": name or None,
        "graphql.operation.type": seen.type,
        "graphql.cost.requested": seen.requested_cost,
        "graphql.cost.actual": seen.actual_cost,
        "http.response.status_code": seen.status,
        "request.id": seen.request_id,
    }
    return {key: value for key, value in found.items() if value is not None}
