"""What a datasource tells when an engine does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo.errors
import redis.exceptions


class Unavailable(Exception):
    """An engine is away. Nothing was changed; trying again in `retry_after` seconds is right."""

    code = "UNAVAILABLE"

    def __init__(self, engine: str, retry_after: float = 1.0) -> None:
        super().__init__(f"The {engine} does not answer just now. Try again in a moment.")
        self.engine = engine
        self.retry_after = retry_after

    @property
    def extensions(self) -> dict[str, Any]:
        """What the client is told beside the message: seconds to wait."""
        return {"retryAfter": self.retry_after}


class Duplicate(Exception):
    """A unique index refused a write; `index` is its name."""

    def __init__(self, index: str) -> None:
        super().__init__(f"the unique index {index} refused the write")
        self.index = index


@contextmanager
def mongo_failures() -> Iterator[None]:
    """Turn the driver's exceptions into ours: a lost server, or a value that exists already."""
    try:
        yield
    except pymongo.errors.DuplicateKeyError as error:
        raise Duplicate(index_of(error)) from error
    except pymongo.errors.PyMongoError as error:
        if in_transaction_retry(error) or not is_away(error):
            raise
        raise Unavailable("database") from error


def is_away(error: pymongo.errors.PyMongoError) -> bool:
    """Whether the server could not be reached, rather than refused what was asked."""
    return isinstance(
        error, pymongo.errors.ConnectionFailure | pymongo.errors.WaitQueueTimeoutError
    ) or (isinstance(error, pymongo.errors.OperationFailure) and error.code in STEPPING_DOWN)


STEPPING_DOWN = {91, 189, 10107, 11600, 11602, 13435, 13436}


def in_transaction_retry(error: pymongo.errors.PyMongoError) -> bool:
    """Whether the driver will run the transaction, or its commit, once more by itself."""
    return error.has_error_label("TransientTransactionError") or error.has_error_label(
        "UnknownTransactionCommitResult"
    )


def index_of(error: pymongo.errors.DuplicateKeyError) -> str:
    """Name of the index in a duplicate key error, `_id_` where the server does not say."""
    text = str((error.details or {}).get("errmsg", ""))
    _, _, rest = text.partition("index: ")
    return rest.split(" ", 1)[0] or "_id_"


@contextmanager
def redis_failures() -> Iterator[None]:
    """Turn the client's exceptions into ours when Redis cannot be reached."""
    try:
        yield
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, OSError) as error:
        raise Unavailable("cache") from error
