"""Frames as the bench reads and writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bench.frames import CLOSE, TEXT, masked_frame, read_frames, text_frame

PAYLOADS = some.lists(some.binary(max_size=300), max_size=8)


def frames_in(pieces: list[bytes]) -> list[bytes]:
    """The payloads that are found in bytes which arrive in these pieces."""
    found: list[bytes] = []
    rest = b""
    for piece in pieces:
        rest = read_frames(rest + piece, lambda first, data, at, end: found.append(data[at:end]))
    assert rest == b""
    return found


@given(PAYLOADS, some.integers(1, 50))
def test_frames_are_read_whole_however_they_are_cut(payloads: list[bytes], size: int) -> None:
    """Servers write several frames at once, and the network cuts them where it likes."""
    stream = b"".join(text_frame(payload) for payload in payloads)
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert frames_in(pieces) == payloads


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_every_form_of_length_is_understood(length: int) -> None:
    """There are three: in the second byte, in two more, in eight more."""
    assert frames_in([text_frame(b"x" * length)]) == [b"x" * length]


def test_the_kind_of_a_frame_is_handed_on() -> None:
    """A close is not taken for a message."""
    kinds: list[int] = []
    read_frames(text_frame(b"a") + bytes((CLOSE, 2, 3, 232)), lambda first, *_: kinds.append(first))
    assert kinds == [TEXT, CLOSE]


def test_a_clients_frame_is_masked_by_nought() -> None:
    """The protocol asks clients for a mask; this one leaves the payload as it is."""
    assert masked_frame(b"hello") == bytes((TEXT, 0x85, 0, 0, 0, 0)) + b"hello"
