"""Writing the answer to one HTTP request."""

from collections.abc import Iterable, Mapping

from starlette.types import Message, Send

from execution.errors import FormattedError
from execution.response import encode
from server.compression import compressed, takes_gzip
from server.observation import note_errors


class Reply:
    """The answer to one request, in the JSON type that was negotiated.

    `send` is the ASGI callable, which notes whether the answer has begun. Bodies of `least` bytes
    and more are compressed where `accepted` (the Accept-Encoding header) allows; 0: none is.
    """

    def __init__(self, send: Send, media: str, accepted: str = "", least: int = 0) -> None:
        self.media = media
        self._accepted = accepted
        self._least = least
        self.started = False
        self._send = send

    async def send(self, message: Message) -> None:
        """Passes an ASGI message on."""
        self.started = True
        await self._send(message)

    async def json(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        cookies: Iterable[str] = (),
    ) -> None:
        """Sends a whole JSON body, with values of Set-Cookie headers."""
        told = {"cache-control": "no-store", **(headers or {})}
        if self._least and len(body) >= self._least:
            told["vary"] = ", ".join(filter(None, (told.get("vary"), "Accept-Encoding")))
            if takes_gzip(self._accepted):
                told["content-encoding"] = "gzip"
                body = await compressed(body)
        lines = [
            (b"content-type", f"{self.media}; charset=utf-8".encode()),
            (b"content-length", b"%d" % len(body)),
            (b"x-content-type-options", b"nosniff"),
            *((name.encode(), value.encode()) for name, value in told.items()),
            *((b"set-cookie", cookie.encode()) for cookie in cookies),
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": lines})
        await self.send({"type": "http.response.body", "body": body})

    async def unchanged(self, headers: Mapping[str, str]) -> None:
        """Says that the client has the answer already (304)."""
        lines = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": 304, "headers": lines})
        await self.send({"type": "http.response.body", "body": b""})

    async def errors(
        self, status: int, errors: list[FormattedError], headers: Mapping[str, str] | None = None
    ) -> None:
        """Sends a response of errors alone."""
        note_errors(errors)
        await self.json(status, encode({"errors": errors}), headers)
