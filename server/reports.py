"""Unexpected errors: logged with a traceback, known to the client by an id alone."""

from __future__ import annotations

import secrets

import structlog
from graphql import GraphQLError

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def report(cause: BaseException, located: GraphQLError) -> str:
    """Log an exception that no rule expects; the error id that the client is told."""
    error_id = f"err_{secrets.token_hex(8)}"
    path = ".".join(str(step) for step in located.path or ())
    log.error("unexpected error", error_id=error_id, path=path, exc_info=cause)
    return error_id
