"""Reading a GraphQL request from HTTP, and every way in which one can be malformed."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import cookie_parser
from starlette.types import Receive, Scope

from execution import codes
from execution.errors import FormattedError, failure
from execution.request import GraphQLRequest, Parameters, misfit
from server.browser import cookies_count
from server.edge import Credentials
from server.http_protocol import WHOLE_BODY

PARAMETERS = msgspec.json.Decoder(Parameters)
OBJECT = msgspec.json.Decoder(dict[str, object] | None)
PATIENCE = 16
"""How many times the limit of a body is read and thrown away before the client is cut off."""
NAMES = frozenset({"query", "operationName", "variables", "extensions"})


class HttpRefused(Exception):
    """A request that is answered with an error status before any operation is looked at."""

    def __init__(
        self, status: int, error: FormattedError, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error["message"])
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


class ClientGone(Exception):
    """The client went away before it had sent its request."""


class HttpCall:
    """One HTTP request: its method, its headers (lower case) and its body."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.headers = headers_of(scope)

    async def request(self, limit: int, seconds: float) -> GraphQLRequest:
        """The GraphQL request it carries. Raises HttpRefused where it carries none.

        `limit` bounds the body in bytes, `seconds` the time that its sending may take.
        """
        if self.method == "GET":
            return self._from_query()
        self._check_type()
        return _from_body(await self._within(limit, seconds))

    def credentials(self, allowed_origins: frozenset[str]) -> Credentials:
        """What the client says about who it is."""
        counts = cookies_count(self.headers, allowed_origins, preflighted=self.method == "POST")
        return credentials_of(self.scope, self.headers, cookies=counts)

    def _check_type(self) -> None:
        kind, _, parameters = self.headers.get("content-type", "").lower().partition(";")
        charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
        if kind.strip() != "application/json" or charset not in {"utf-8", "utf8"}:
            message = "Send the request as 'Content-Type: application/json', in UTF-8."
            raise HttpRefused(415, failure(message, "UNSUPPORTED_MEDIA_TYPE"))
        if self.headers.get("content-encoding", "identity") != "identity":
            message = "Send the request without a 'Content-Encoding'."
            raise HttpRefused(415, failure(message, "UNSUPPORTED_MEDIA_TYPE"))

    async def _within(self, limit: int, seconds: float) -> bytes:
        if WHOLE_BODY in self.scope.get("extensions", ()):
            return await self._body(limit)
        try:
            async with asyncio.timeout(seconds):
                return await self._body(limit)
        except TimeoutError:
            message = f"The body was not sent within {seconds:g} seconds."
            raise _closing(408, "REQUEST_TIMEOUT", message) from None

    async def _body(self, limit: int) -> bytes:
        """The body. One that is too long is read on for a while, since a client that is cut off
        while it writes never sees the answer.
        """
        body = bytearray()
        length = 0
        more = True
        while more and length <= PATIENCE * limit:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk = message.get("body", b"")
            length += len(chunk)
            if length <= limit:
                body += chunk
            more = message.get("more_body", False)
        if length > limit:
            raise _closing(413, "PAYLOAD_TOO_LARGE", f"The body is larger than {limit} bytes.")
        return bytes(body)

    def _from_query(self) -> GraphQLRequest:
        try:
            pairs = parse_qsl(
                self.scope["query_string"].decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=20,
            )
        except ValueError:
            raise _malformed(
                "The query string can't be read: it is no URL-encoded UTF-8."
            ) from None
        found: dict[str, str] = {}
        for name, value in pairs:
            if name in found:
                raise _malformed("The query string has a parameter twice.")
            if name in NAMES:
                found[name] = value
        return GraphQLRequest(
            found.get("query"),
            found.get("operationName") or None,
            _object(found, "variables"),
            _object(found, "extensions"),
        )


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request by their names in lower case, the last of each."""
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }


def credentials_of(scope: Scope, headers: Mapping[str, str], *, cookies: bool) -> Credentials:
    """The credentials in the headers of a request, with or without its cookies."""
    client = scope.get("client")
    return Credentials(
        authorization=headers.get("authorization"),
        cookies=cookie_parser(headers["cookie"]) if cookies and "cookie" in headers else {},
        address=client[0] if client else "",
        user_agent=headers.get("user-agent", ""),
        last_event_id=headers.get("last-event-id"),
    )


def _from_body(body: bytes) -> GraphQLRequest:
    if body.lstrip()[:1] == b"[":
        raise _malformed("Batches are not served: send each operation in a request of its own.")
    try:
        return PARAMETERS.decode(body).request()
    except msgspec.ValidationError as error:
        raise _malformed(f"The body is no GraphQL request: {misfit(error)}.") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise _malformed("The body is no JSON, or it is nested too deeply.") from None


def _object(found: Mapping[str, str], name: str) -> dict[str, object]:
    text = found.get(name)
    if not text:
        return {}
    try:
        return OBJECT.decode(text) or {}
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise _malformed(f"The parameter '{name}' must be a JSON object.") from None


def _malformed(message: str) -> HttpRefused:
    return HttpRefused(400, failure(message, codes.BAD_REQUEST))


def _closing(status: int, code: str, message: str) -> HttpRefused:
    """A refusal after which the connection is of no more use."""
    return HttpRefused(status, failure(message, code), {"connection": "close"})
