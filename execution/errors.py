"""What clients are told of errors: expected ones in full, all others masked."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from graphql import GraphQLError

from execution import codes

FormattedError: TypeAlias = dict[str, Any]
"""An error as responses carry it: message, locations, path, extensions."""

Report: TypeAlias = Callable[[BaseException, GraphQLError], str]
"""Logs an unexpected exception with where it happened; returns the id that the client is told."""

UNKNOWN_MESSAGE = "An unknown error occurred."
INTERNAL_MESSAGE = "Internal server error"
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


class RequestRejected(Exception):
    """The operation was not run, or its stream of events broke off.

    `errors` are ready to be sent. `close_code` is set where the whole connection shall end, and
    is the code of a WebSocket's closing.
    """

    def __init__(self, errors: list[FormattedError], close_code: int | None = None) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors
        self.close_code = close_code


def failure(message: str, code: str, **extensions: object) -> FormattedError:
    """An error of our own making, that belongs to no place in a document."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def rejected(errors: Iterable[GraphQLError], code: str, report: Report) -> RequestRejected:
    """The refusal of a request for errors that graphql-core found in it."""
    return RequestRejected([_tell_fault(error, code, report) for error in errors])


def tell(error: GraphQLError, report: Report) -> FormattedError:
    """What a client is told of an error that execution met at a field."""
    cause = error.original_error or error
    extensions = expected(cause)
    if extensions is not None:
        return _formatted(error, extensions)
    if isinstance(cause, GraphQLError) and cause.nodes:
        return _formatted(error, {"code": codes.BAD_USER_INPUT})
    return mask(cause, error, report)


def mask(cause: BaseException, error: GraphQLError, report: Report) -> FormattedError:
    """The error with nothing told but its place and the id under which its cause was logged."""
    error_id = report(cause, error)
    told = _formatted(error, {"code": codes.INTERNAL, "errorId": error_id})
    told["message"] = INTERNAL_MESSAGE
    return told


def expected(cause: BaseException) -> dict[str, Any] | None:
    """The extensions of an exception that may be told: one with a `code` in UPPER_SNAKE_CASE.

    The form of the code keeps out exceptions of libraries that carry a `code` of their own.
    """
    details: object = getattr(cause, "extensions", None)
    extensions = dict(details) if details and isinstance(details, Mapping) else {}
    code = getattr(cause, "code", None) or extensions.get("code")
    if isinstance(code, str) and is_code(code):
        extensions["code"] = code
        return extensions
    return None


@lru_cache(maxsize=1024)
def is_code(code: str) -> bool:
    """Whether it has the form of our codes."""
    return CODE.fullmatch(code) is not None


def _tell_fault(error: GraphQLError, code: str, report: Report) -> FormattedError:
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError | ValueError | TypeError):
        return _formatted(error, expected(cause or error) or {"code": code})
    extensions = expected(cause)
    return _formatted(error, extensions) if extensions else mask(cause, error, report)


def _formatted(error: GraphQLError, extensions: dict[str, Any]) -> FormattedError:
    told: FormattedError = {"message": error.message or UNKNOWN_MESSAGE}
    if error.locations is not None:
        told["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        told["path"] = error.path
    told["extensions"] = extensions
    return told
