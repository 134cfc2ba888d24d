"""Structured logs: one JSON object a line, or text on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from server.setting_types import LogFormat
from server.settings import Settings

QUIET = ("docket", "pymongo", "uvicorn", "asyncio")

log: structlog.stdlib.BoundLogger = structlog.get_logger("brandgraph")


def configure(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Send structlog's and the standard library's records the same way, to `stream`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
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
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if is_text(settings, stream):
        # A plain traceback: one with the values of variables would show passwords and tokens.
        plain = structlog.dev.plain_traceback
        return [
            drop,
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain),
        ]
    return [
        drop,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
