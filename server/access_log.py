"""The access log: a line for each operation that ended, written as cheaply as a line can be."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TextIO

import orjson

from server.metrics import Metrics
from server.observation import Seen

NAME = "brandgraph.access"
LONGEST_NAME = 100
TIMED = ("query", "mutation")
SLOW = "SLOW_CONSUMER"

logger = logging.getLogger(NAME)


class Telling:
    """Counts an operation that ended, and writes its line."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, seen: Seen, seconds: float) -> None:
        """Tell it. How long a subscription or a refusal took says nothing of our speed."""
        timed = seconds if seen.type in TIMED else None
        self._metrics.operation(seen.name, seen.type, seen.code, timed)
        if seen.requested_cost is not None:
            self._metrics.cost(seen.name, seen.requested_cost, seen.actual_cost)
        if seen.code == SLOW:
            self._metrics.dropped["subscription"].inc()
        write(seen, seconds)


def write(seen: Seen, seconds: float) -> None:
    """Log an operation that ended, at info. Its variables, its text and its errors stay out."""
    if logger.isEnabledFor(logging.INFO):
        for handler in logger.handlers:
            if isinstance(handler, AccessLines):
                handler.write(seen, seconds)


def fields(seen: Seen, seconds: float) -> dict[str, object]:
    """What a line says."""
    found: dict[str, object] = {
        "event": "operation",
        "request_id": seen.request_id,
        "operation": seen.name[:LONGEST_NAME] if seen.name else None,
        "type": seen.type,
        "code": seen.code,
        "user": seen.user_id,
        "milliseconds": round(seconds * 1000, 2),
    }
    if seen.trace_id is not None:
        found["trace_id"] = seen.trace_id
    if seen.status is not None:
        found["status"] = seen.status
    if seen.type == "subscription":
        found["deliveries"] = seen.deliveries
    return found


class AccessLines(logging.NullHandler):
    """Writes those lines itself: a record of the library costs more than all that we observe.

    It hangs at the logger so that levels and handlers are configured in one place.
    """

    def __init__(self, stream: TextIO, *, text: bool) -> None:
        super().__init__()
        self._stream = stream
        self._text = text

    def install(self) -> None:
        """Be the one that writes them."""
        logger.handlers = [self]
        logger.propagate = False

    def write(self, seen: Seen, seconds: float) -> None:
        """Write one, in one piece."""
        found = fields(seen, seconds)
        if self._text:
            line = " ".join(f"{name}={value}" for name, value in found.items())
        else:
            moment = datetime.now(UTC)
            line = orjson.dumps(
                {"timestamp": moment, "level": "info", "logger": NAME, **found}
            ).decode()
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return  # a log that cannot be written must not end the operation
