"""A receiver of traces: OTLP over HTTP in protocol buffers, after its specification."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

PATH = "/v1/traces"
MEDIA = "application/x-protobuf"


@dataclass(frozen=True)
class Span:
    """A span as it arrived."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    facts: dict[str, object]
    links: list[tuple[str, str]]
    failed: bool
    service: str


@dataclass
class Receiver:
    """What has arrived. While `held` is not set, nothing is answered; `status` is what is said."""

    url: str = ""
    status: int = 200
    held: threading.Event = field(default_factory=threading.Event)
    requests: int = 0
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        """Read one message."""
        assert headers["content-type"] == MEDIA
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.bodies.append(body)
        self.headers.append(headers)
        self.spans += spans_of(ExportTraceServiceRequest.FromString(body))

    def named(self, name: str) -> Span:
        """The one span of that name."""
        found = [span for span in self.spans if span.name == name]
        assert len(found) == 1, (name, sorted(span.name for span in self.spans))
        return found[0]

    def of_trace(self, trace: str) -> list[Span]:
        """All spans of a trace."""
        return [span for span in self.spans if span.trace == trace]


def spans_of(message: ExportTraceServiceRequest) -> Iterator[Span]:
    """Each span in a message."""
    for resource in message.resource_spans:
        about = {each.key: value_of(each.value) for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    name=span.name,
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    kind=span.kind,
                    facts={each.key: value_of(each.value) for each in span.attributes},
                    links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
                    failed=span.status.code == 2,
                    service=str(about["service.name"]),
                )


def value_of(value: AnyValue) -> object:
    """What an attribute holds."""
    kind = value.WhichOneof("value")
    assert kind is not None
    found: object = getattr(value, kind)
    return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    receiver.held.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.requests += 1
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.held.wait()
            if self.path != PATH:
                self.send_error(404)
                return
            if receiver.status == 200:
                receiver.take(body, {name.lower(): value for name, value in self.headers.items()})
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(receiver.status)
            self.send_header("content-type", MEDIA)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield receiver
        finally:
            receiver.held.set()
            server.shutdown()
            serving.join()
