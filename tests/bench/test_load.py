"""The bench's own HTTP client: it counts what was answered, and takes no error for an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest

from bench.http_load import body_of, hammer, http_request
from bench.paced import paced
from bench.processes import BenchError
from bench.wrk_load import check

Answer = Callable[[int], bytes]
GOOD = b'{"data":{"alive":true}}'


def response(body: bytes, status: str = "200 OK") -> bytes:
    """An answer with its length."""
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def site(
    answer: Answer, held: asyncio.Event | None = None
) -> AsyncIterator[tuple[int, list[int]]]:
    """A server's port, and a list that holds the number of requests it has read.

    `held`: answers wait for it, from the fifth on.
    """
    asked = [0]
    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split()[0])
                await reader.readexactly(length)
                asked[0] += 1
                if held is not None and asked[0] > 4:
                    await held.wait()
                for byte in (answer(asked[0])[:40], answer(asked[0])[40:]):
                    writer.write(byte)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked
        await asyncio.wait(serving)


async def test_every_request_that_was_read_is_counted_once() -> None:
    """The last ones are waited for, so that a write is not under way when the next run begins."""
    request, late = http_request(b"{}", "token"), asyncio.Event()
    asyncio.get_running_loop().call_later(2, late.set)
    async with site(lambda _: response(GOOD), late) as (port, asked):
        began = time.perf_counter()
        found = await hammer(port, 4, 1.5, lambda connection, answer: request)
        took = time.perf_counter() - began
    assert asked[0] == 8
    assert found.rate * took == pytest.approx(8, rel=0.2)
    assert found.p50_ms is not None
    assert found.p99_ms is not None
    assert 0 < found.p50_ms <= found.p99_ms


async def test_a_connection_asks_by_what_it_was_answered() -> None:
    """A change needs the version that the change before has made."""
    seen: list[bytes | None] = []

    def make(connection: int, answer: bytes | None) -> bytes:
        seen.append(answer)
        return http_request(b"{}", None)

    async with site(lambda number: response(b'{"data":%d}' % number)) as (port, _):
        await hammer(port, 1, 0.1, make)
    assert seen[:3] == [None, b'{"data":1}', b'{"data":2}']


@pytest.mark.parametrize(
    "bad", [response(b'{"errors":[]}'), response(b"{}", "503 Service Unavailable")]
)
async def test_an_error_ends_the_run(bad: bytes) -> None:
    """Errors of GraphQL come with status 200."""
    async with site(lambda number: bad if number == 3 else response(GOOD)) as (port, _):
        with pytest.raises(BenchError, match="answered with"):
            await hammer(port, 1, 5, lambda *_: http_request(b"{}", None))


def test_an_answer_that_is_not_all_there_is_waited_for() -> None:
    """By its length, whichever way the header is written."""
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: y\r\n\r\nbody"
    assert body_of(whole) == b"body"
    assert [body_of(whole[:-1]), body_of(whole[:20])] == [None, None]


def test_answers_of_another_size_are_not_good_ones() -> None:
    """What wrk counts may be errors: it does not read them."""
    told = {"requests": 10, "bytes": 10_000, "failed": 0}
    check(told, 1_010)
    with pytest.raises(BenchError, match="1000 bytes where good ones have 300"):
        check(told, 300)
    with pytest.raises(BenchError, match="2 requests of 10 failed"):
        check({**told, "failed": 2}, 1_000)


async def test_a_steady_load_counts_a_delay_from_when_a_request_was_due() -> None:
    """One connection, held for a while: what was due meanwhile has waited, and says so."""
    held = asyncio.Event()
    async with site(lambda _: response(GOOD), held) as (port, asked):
        asyncio.get_running_loop().call_later(0.3, held.set)
        sample = await paced(port, 1, 0.4, lambda *_: http_request(b"{}", None), 50)
    assert asked[0] == pytest.approx(20, abs=3)
    assert sample.p99_ms is not None and sample.p99_ms > 120


async def test_a_steady_load_takes_no_error_for_an_answer() -> None:
    async with site(lambda _: response(b'{"errors":[]}')) as (port, _):
        with pytest.raises(BenchError, match="answered with"):
            await paced(port, 2, 0.2, lambda *_: http_request(b"{}", None), 50)
