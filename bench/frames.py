"""WebSocket frames, written and read as cheaply as Python allows: text in, text out, no masks."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT = 0x81
PING = 0x89
CLOSE = 0x88

Take = Callable[[int, bytes, int, int], None]
"""Is given the first byte of a frame, and the bytes with the start and end of its payload."""


def text_frame(payload: bytes) -> bytes:
    """A frame as a server sends it."""
    return head(TEXT, len(payload), 0) + payload


def masked_frame(payload: bytes, first: int = TEXT) -> bytes:
    """A frame as a client sends it; its mask is nought, which leaves the payload as it is."""
    return head(first, len(payload), 0x80) + bytes(4) + payload


def head(first: int, length: int, mask: int) -> bytes:
    """The first bytes of a frame."""
    if length < 126:
        return bytes((first, mask | length))
    if length < 65_536:
        return bytes((first, mask | 126)) + length.to_bytes(2)
    return bytes((first, mask | 127)) + length.to_bytes(8)


def handshake(host: str, path: str, protocol: str) -> bytes:
    """The request that opens a socket."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n"
    ).encode()


def read_frames(data: bytes, take: Take) -> bytes:
    """Hand on each whole frame; the bytes that are left over, to be read with what follows."""
    at, size = 0, len(data)
    while size - at >= 2:
        length = data[at + 1]
        start = at + 2
        if length == 126:
            length = int.from_bytes(data[at + 2 : at + 4])
            start = at + 4
        elif length == 127:
            length = int.from_bytes(data[at + 2 : at + 10])
            start = at + 10
        end = start + length
        if end > size:
            break
        take(data[at], data, start, end)
        at = end
    return data[at:] if at else data
