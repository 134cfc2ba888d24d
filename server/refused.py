"""Refusals of an operation that have a status of their own over HTTP."""

from collections.abc import Mapping

from execution.errors import FormattedError, RequestRejected
from server.media import GRAPHQL_JSON


class StatusRejected(RequestRejected):
    """The operation was not run; over HTTP that has this status, whatever the client accepts."""

    def __init__(
        self, error: FormattedError, status: int, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__([error])
        self.status = status
        self.headers = dict(headers or {})


def answer_of(rejection: RequestRejected, media: str) -> tuple[int, Mapping[str, str]]:
    """The status of a refusal and the headers that go with it."""
    if isinstance(rejection, StatusRejected):
        return rejection.status, rejection.headers
    return 400 if media == GRAPHQL_JSON else 200, {}
