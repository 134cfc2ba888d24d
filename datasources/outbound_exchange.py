"""One request to a checked URL and what came of it: sent, read within bounds, never followed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import httpx

from datasources.outbound_bodies import read, too_large
from datasources.outbound_failures import FetchFailed

MEBIBYTE = 1024 * 1024
MOVED = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
OK = range(200, 300)
PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long one may take in all, and how many bytes an answer may have, in either form."""

    seconds: float = 10.0
    size: int = 2 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Answer:
    """What another server said. `url` is where it was found in the end, `headers` are in lower
    case. The body of a redirection is not read.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """Of the body, in lower case and without parameters; "" where it is not told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def unchanged(self) -> bool:
        """Whether it is as it was when the `ETag` or date that was sent along was told."""
        return self.status == NOT_MODIFIED

    @property
    def target(self) -> str | None:
        """Where the server redirects to, if it does."""
        return self.headers.get("location") if self.status in MOVED else None


async def exchange(
    transport: httpx.AsyncBaseTransport,
    request: httpx.Request,
    types: Collection[str],
    bounds: Bounds,
) -> Answer:
    """The answer to a request. Raises FetchFailed, and UrlNotAllowed where the name is not public.

    `types` are the media types that a body may have, all where there are none.
    """
    request.extensions["timeout"] = httpx.Timeout(bounds.seconds).as_dict()
    try:
        response = await transport.handle_async_request(request)
        try:
            return await taken(str(request.url), response, types, bounds.size)
        finally:
            await response.aclose()
    except httpx.TimeoutException:
        raise too_slow() from None
    except httpx.TransportError:
        message = "The server can't be reached, or answers with something else than HTTP."
        raise FetchFailed("connection", message, passing=True) from None


async def taken(url: str, response: httpx.Response, types: Collection[str], most: int) -> Answer:
    """The answer of a response whose body is still to come."""
    answer = Answer(url, response.status_code, dict(response.headers.items()), b"")
    if answer.status == NOT_MODIFIED or answer.status in MOVED:
        return answer
    if answer.status in OK and types and not fits(answer.media_type, types):
        message = f"The URL leads to {answer.media_type or 'something unnamed'}, which is not "
        raise FetchFailed("type", f"{message}what is wanted: {', '.join(types)}.")
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise too_large(most)
    coding = answer.headers.get("content-encoding", "").strip().lower()
    body = await read(response.aiter_raw(), coding, most)
    return Answer(url, answer.status, answer.headers, body)


def fits(media_type: str, types: Collection[str]) -> bool:
    """Whether a media type is among those wanted, where `image/*` stands for all images."""
    return media_type in types or f"{media_type.partition('/')[0]}/*" in types


def successful(answer: Answer) -> Answer:
    """The answer, where its status says that it is one. Raises FetchFailed."""
    status = answer.status
    if status in OK or answer.unchanged:
        return answer
    raise FetchFailed(
        "status",
        f"The server answered with status {status}. Open the URL in a browser to see why.",
        status=status,
        passing=status in PASSING or status >= 500,
    )


def too_slow() -> FetchFailed:
    """An answer that did not come in time, or not as a whole."""
    return FetchFailed("time", "The server took too long to answer.", passing=True)
