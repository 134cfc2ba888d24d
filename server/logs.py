"""Structured logs: one JSON object a line, or text on a terminal.

Each line that an operation logs has the operation's request id. What looks like an address, a
token or a key is taken out of whatever is logged: messages of drivers quote values.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from datasources import spans
from server.access_log import AccessLines
from server.observation import current
from server.setting_types import LogFormat
from server.settings import Settings

QUIET = ("docket", "pymongo", "uvicorn", "asyncio")
HIDDEN = "[hidden]"

SECRET = re.compile(
    r"[^\s\"'<>(),:=\[\]{}]+@[^\s\"'<>(),\[\]{}]+"  # an e-mail address, or a URL's password
    r"|eyJ[\w-]*\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|(?i:bearer)\s+\S+"
    r"|\b(?:bg[a-z]|sk|whsec)_[\w-]{8,}"
)

log: structlog.stdlib.BoundLogger = structlog.get_logger("brandgraph")


def configure(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Send structlog's and the standard library's records the same way, to `stream`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        with_operation,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=rendering(settings, stream)
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.value.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    AccessLines(stream, text=is_text(settings, stream)).install()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def is_text(settings: Settings, stream: TextIO = sys.stderr) -> bool:
    """Whether a person reads the log, rather than a program."""
    automatic = settings.log_format is LogFormat.AUTO
    return stream.isatty() if automatic else settings.log_format is LogFormat.TEXT


def rendering(settings: Settings, stream: TextIO) -> list[Processor]:
    """How a record becomes a line."""
    shared: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    if is_text(settings, stream):
        # A plain traceback: one with the values of variables would show passwords and tokens.
        plain = structlog.dev.plain_traceback
        return [
            *shared,
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain),
        ]
    return [*shared, structlog.processors.JSONRenderer()]


def with_operation(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add which operation, and whose, logs this."""
    if (span := spans.current.get()) is not None:
        event["trace_id"] = span.trace_id
    seen = current.get()
    if seen is not None:
        event["request_id"] = seen.request_id
        if seen.name is not None:
            event["operation"] = seen.name
        if seen.user_id is not None:
            event["user"] = seen.user_id
    return event


def without_secrets(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take out of the texts what is nobody else's business."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET.sub(HIDDEN, value)
    return event
