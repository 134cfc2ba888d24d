"""The messages of the graphql-transport-ws protocol, strictly read and cheaply written."""

from typing import Annotated, Any, Final, TypeAlias

import msgspec

from execution.errors import FormattedError
from execution.request import Parameters, misfit
from execution.response import Response, encode

PROTOCOL: Final = "graphql-transport-ws"
ACKNOWLEDGE: Final = '{"type":"connection_ack"}'


class InvalidMessage(Exception):
    """What a client sent is no message of the protocol."""


class ConnectionInit(msgspec.Struct, frozen=True, tag_field="type", tag="connection_init"):
    """The first message of a client, with who it is in the payload."""

    payload: dict[str, Any] | None = None


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """Asks for a pong with the same payload."""

    payload: dict[str, Any] | None = None


class Pong(msgspec.Struct, frozen=True, tag_field="type", tag="pong"):
    """An answer to a ping, or a sign of life of its own."""

    payload: dict[str, Any] | None = None


class Asked(Parameters, frozen=True, rename="camel"):
    """The payload of `subscribe`: the parameters of a request."""


class Subscribe(msgspec.Struct, frozen=True, tag_field="type", tag="subscribe"):
    """Starts an operation of any kind under an id of the client's choosing."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    payload: Asked


class Complete(msgspec.Struct, frozen=True, tag_field="type", tag="complete"):
    """The client wants no more of an operation."""

    id: Annotated[str, msgspec.Meta(min_length=1)]


ClientMessage: TypeAlias = ConnectionInit | Ping | Pong | Subscribe | Complete
DECODER: Final[msgspec.json.Decoder[ClientMessage]] = msgspec.json.Decoder(ClientMessage)


def read(text: str) -> ClientMessage:
    """A message from its text. Raises InvalidMessage with what is wrong."""
    try:
        return DECODER.decode(text)
    except msgspec.ValidationError as error:
        raise InvalidMessage(f"Invalid message: {misfit(error)}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise InvalidMessage("Invalid message: it is no JSON") from None


def pong(payload: dict[str, Any] | None) -> str:
    """The answer to a ping, which carries the ping's payload."""
    if payload is None:
        return '{"type":"pong"}'
    return f'{{"type":"pong","payload":{encode(payload).decode()}}}'


def head_of(id: str) -> bytes:
    """What stands before each result of an operation."""
    return b'{"id":' + encode(id) + b',"type":"next","payload":'


def next_frame(head: bytes, body: bytes) -> bytes:
    """A result as a whole text frame of a server."""
    size = len(head) + len(body) + 1
    return b"".join((frame_head(size), head, body, b"}"))


def text_frame(text: bytes) -> bytes:
    """A message as a whole text frame of a server."""
    return frame_head(len(text)) + text


def frame_head(size: int) -> bytes:
    """The first bytes of a text frame that is neither masked nor continued (RFC 6455, 5.2)."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2)
    return b"\x81\x7f" + size.to_bytes(8)


def text_of(frame: bytes) -> str:
    """The text in such a frame."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :].decode()


class Envelope:
    """The frames of one operation, whose id is written once."""

    def __init__(self, id: str) -> None:
        name = encode(id).decode()
        self._next = f'{{"id":{name},"type":"next","payload":'
        self._error = f'{{"id":{name},"type":"error","payload":'
        self.complete = f'{{"id":{name},"type":"complete"}}'

    def next(self, response: Response) -> str:
        """A result."""
        return f"{self._next}{response.body().decode()}}}"

    def error(self, errors: list[FormattedError]) -> str:
        """The end of an operation that can't be run, or run on."""
        return f"{self._error}{encode(errors).decode()}}}"
