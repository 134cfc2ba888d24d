"""Logging as it was before a test that configured it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.access_log import NAME
from server.logs import QUIET


@contextmanager
def kept_logging() -> Iterator[None]:
    """Put handlers and levels back at the end: other tests listen to drivers."""
    loggers = [logging.getLogger(name) for name in (None, NAME, *QUIET)]
    before = [(each.handlers, each.level, each.propagate) for each in loggers]
    try:
        yield
    finally:
        for each, (handlers, level, propagate) in zip(loggers, before, strict=True):
            each.handlers, each.propagate = handlers, propagate
            each.setLevel(level)
        structlog.reset_defaults()
