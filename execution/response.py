"""The answer to an operation, or to one event of a subscription."""

import json
from typing import Any

import msgspec
import orjson

from execution.errors import FormattedError


class Response(msgspec.Struct, frozen=True):
    """What a client is sent. `data` is UNSET where the operation was refused and never ran."""

    data: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    errors: list[FormattedError] = []
    extensions: dict[str, Any] = {}

    @property
    def executed(self) -> bool:
        """Whether the operation ran, however it ended."""
        return self.data is not msgspec.UNSET

    def payload(self) -> dict[str, Any]:
        """The response as the specification writes it; empty parts are left out."""
        payload: dict[str, Any] = {}
        if self.data is not msgspec.UNSET:
            payload["data"] = self.data
        if self.errors:
            payload["errors"] = self.errors
        if self.extensions:
            payload["extensions"] = self.extensions
        return payload

    def body(self) -> bytes:
        """The response as JSON in UTF-8."""
        return encode(self.payload())


class Encoded(Response, frozen=True):
    """A response that was encoded before: `text` is its JSON. Of the rest, only what a transport
    has to know need be there.
    """

    text: bytes = b""

    def body(self) -> bytes:
        """The response as JSON in UTF-8."""
        return self.text


def encode(value: object) -> bytes:
    """JSON in UTF-8. What orjson refuses (huge integers, lone surrogates) the slower way."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), default=str).encode()
