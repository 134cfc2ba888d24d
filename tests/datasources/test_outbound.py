"""Fetching what a user's URL leads to: pinned, bounded, followed by hand, from real servers."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.outbound import Outbound
from datasources.outbound_addresses import Reach
from datasources.outbound_bodies import read
from datasources.outbound_exchange import Answer, Bounds
from datasources.outbound_failures import FetchFailed, UrlNotAllowed
from server.clients import outbound_of
from server.settings import read as read_settings
from tests.fakes.stranger import (
    Stranger,
    certified,
    drip,
    gzipped,
    moved,
    ok,
    silent,
    stranger,
    unused_port,
)
from tests.pace import paced

OWN = ["127.0.0.1"]
HOUSE = Reach(OWN, ports=[])
"""Tests may reach this address of the loopback; its others stand for what nobody may."""


@pytest.fixture
async def other() -> AsyncIterator[Stranger]:
    """Somebody's server."""
    async with stranger() as found:
        yield found


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """Our way out."""
    found = Outbound(HOUSE)
    yield found
    await found.close()


def names(**addresses: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A name service that knows `a_test` as a.test."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        try:
            return addresses[host.replace(".", "_")]
        except KeyError:
            raise OSError from None

    return resolve


async def refused(call: Awaitable[Answer]) -> str:
    """The reason why a URL is not allowed."""
    with pytest.raises(UrlNotAllowed) as found:
        await call
    assert found.value.extensions == {"reason": found.value.reason}
    return found.value.reason


async def failed(call: Awaitable[Answer]) -> FetchFailed:
    """Why nothing came of it."""
    with pytest.raises(FetchFailed) as found:
        await call
    assert str(found.value).endswith(".")
    return found.value


# What is asked and what comes back


async def test_what_is_there_comes_back(other: Stranger, outbound: Outbound) -> None:
    other.paths["/feed"] = ok(b"<rss/>", "Application/RSS+XML; charset=utf-8", etag='"1"')
    answer = await outbound.get(
        other.url("/feed"), types=["application/rss+xml", "text/xml"], headers={"x-a": "b"}
    )
    assert (answer.status, answer.body, answer.url) == (200, b"<rss/>", other.url("/feed"))
    assert (answer.media_type, answer.headers["etag"]) == ("application/rss+xml", '"1"')
    assert other.header("host") == f"127.0.0.1:{other.port}"
    assert other.header("accept") == "application/rss+xml, text/xml"
    assert (other.header("user-agent"), other.header("x-a")) == ("Brandgraph", "b")
    assert "python" not in other.heard[0].lower()
    assert other.header("cookie") is None


async def test_what_has_not_changed_is_not_sent_again(other: Stranger, outbound: Outbound) -> None:
    other.paths["/"] = b'HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n'
    answer = await outbound.get(other.url(), headers={"if-none-match": '"1"'}, types=["text/xml"])
    assert (answer.unchanged, answer.body) == (True, b"")
    assert other.header("if-none-match") == '"1"'


async def test_a_post_is_delivered_and_its_answer_told_whatever_it_is(
    other: Stranger, outbound: Outbound
) -> None:
    other.paths["/hook"] = b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno"
    other.paths["/moved"] = moved("/hook", 307)
    headers = {"content-type": "application/json", "x-signature": "s"}
    answer = await outbound.post(other.url("/hook"), b'{"a": 1}', headers=headers)
    assert (answer.status, answer.body) == (500, b"no")
    assert (other.header("content-length"), other.header("x-signature")) == ("8", "s")
    assert (await outbound.post(other.url("/moved"), b"{}")).status == 307
    assert len(other.heard) == 2


@pytest.mark.parametrize(
    ("status", "passing"), [(404, False), (410, False), (429, True), (503, True)]
)
async def test_a_status_that_is_no_success_is_told(
    other: Stranger, outbound: Outbound, status: int, passing: bool
) -> None:
    other.paths["/"] = f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode()
    error = await failed(outbound.get(other.url()))
    assert error.code == "FETCH_FAILED"
    assert error.extensions == {"reason": "status", "status": status, "passing": passing}


async def test_no_cookie_is_kept_and_no_proxy_of_the_environment_asked(
    other: Stranger, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    other.paths["/"] = ok(b"a", set_cookie="session=1")
    for _ in range(2):
        await outbound.get(other.url())
    assert other.header("cookie") is None


# Where a name leads


@pytest.mark.parametrize(
    "found", [["127.0.1.1"], ["127.0.0.1", "127.0.1.1"], ["169.254.169.254"], ["::1"], []]
)
async def test_a_name_that_stands_for_what_is_not_public_is_refused(
    other: Stranger, found: list[str]
) -> None:
    """Even if only one of its addresses is so; and the message does not tell which they are."""
    outbound = Outbound(HOUSE, resolve=names(inner_test=found))
    with pytest.raises(UrlNotAllowed) as refusal:
        await outbound.get(other.url(host="inner.test"))
    assert refusal.value.reason == "address"
    assert not any(address in str(refusal.value) for address in found)
    assert other.heard == []
    await outbound.close()


async def test_the_checked_address_is_connected_to_and_the_name_not_asked_again(
    other: Stranger,
) -> None:
    """A name that answers differently each time: first allowed, then not."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.1.1"]

    other.paths["/"] = ok(b"a")
    outbound = Outbound(HOUSE, resolve=resolve)
    assert (await outbound.get(other.url(host="rebinds.test"))).body == b"a"
    assert asked == ["rebinds.test"]
    assert other.header("host") == f"rebinds.test:{other.port}"
    assert await refused(outbound.get(other.url(host="rebinds.test"))) == "address"
    assert len(other.heard) == 1
    await outbound.close()


async def test_localhost_is_refused_by_what_it_stands_for(other: Stranger) -> None:
    """As the system's own resolver says."""
    outbound = Outbound(Reach(ports=[]))
    for url in (other.url(host="localhost"), other.url(host="LOCALHOST"), other.url()):
        assert await refused(outbound.get(url)) == "address"
    assert other.heard == []
    await outbound.close()


async def test_a_name_that_nobody_knows_fails_for_now(outbound: Outbound) -> None:
    for host in ("nobody.invalid", "a..b", "a" * 64 + ".test"):
        error = await failed(outbound.get(f"http://{host}/"))
        assert (error.reason, error.passing) == ("name", True)


async def test_another_address_of_a_name_is_tried_where_one_takes_no_connection(
    other: Stranger,
) -> None:
    other.paths["/"] = ok(b"a")
    """Nobody listens at the first."""
    house = Reach([*OWN, "::1"], ports=[])
    outbound = Outbound(house, resolve=names(two_test=["::1", "127.0.0.1"]))
    assert (await outbound.get(other.url(host="two.test"))).body == b"a"
    await outbound.close()


async def test_where_nobody_listens_that_is_told(outbound: Outbound) -> None:
    error = await failed(outbound.get(f"http://127.0.0.1:{unused_port()}/"))
    assert (error.reason, error.passing) == ("connection", True)


async def test_tls_is_for_the_name_of_the_url_at_the_checked_address(tmp_path: Path) -> None:
    server, client = certified(tmp_path, "feeds.test", "xn--bcher-kva.test")
    known = {"feeds_test": ["127.0.0.1"], "xn--bcher-kva_test": ["127.0.0.1"]}
    outbound = Outbound(HOUSE, resolve=names(**known, wrong_test=["127.0.0.1"]), tls=client)
    async with stranger(tls=server) as other:
        other.paths["/"] = ok(b"a")
        for host in ("feeds.test", "bücher.test"):
            assert (await outbound.get(other.url(host=host, scheme="https"))).body == b"a"
        assert other.names == ["feeds.test", "xn--bcher-kva.test"]
        assert other.header("host") == f"xn--bcher-kva.test:{other.port}"
        error = await failed(outbound.get(other.url(host="wrong.test", scheme="https")))
        assert error.reason == "connection"
        strict = Outbound(HOUSE, resolve=names(**known))
        error = await failed(strict.get(other.url(host="feeds.test", scheme="https")))
        assert error.reason == "connection"
        assert len(other.heard) == 2
        await strict.close()
    await outbound.close()


async def test_a_connection_is_not_shared_by_names_that_have_one_address(tmp_path: Path) -> None:
    """Else the second would be asked under the certificate of the first."""
    server, client = certified(tmp_path, "feeds.test")
    both = names(feeds_test=["127.0.0.1"], wrong_test=["127.0.0.1"])
    outbound = Outbound(HOUSE, resolve=both, tls=client)
    async with stranger(tls=server) as other:
        other.paths["/"] = ok(b"a")
        await outbound.get(other.url(host="feeds.test", scheme="https"))
        await failed(outbound.get(other.url(host="wrong.test", scheme="https")))
        assert len(other.heard) == 1
    await outbound.close()


# Redirections


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirections_are_followed(other: Stranger, outbound: Outbound, status: int) -> None:
    other.paths["/a"] = moved("b/c?d=1", status)
    other.paths["/b/c?d=1"] = ok(b"here")
    answer = await outbound.get(other.url("/a"))
    assert (answer.body, answer.url) == (b"here", other.url("/b/c?d=1"))


async def test_each_step_is_checked_as_the_first(other: Stranger) -> None:
    """To an inner address, name, port, scheme or user: nobody is asked there."""
    known = names(inner_test=["127.0.1.1"], outer_test=["127.0.0.1"])
    outbound = Outbound(Reach(OWN, ports=[other.port]), resolve=known)
    steps = {
        other.url("/x", "127.0.1.1"): "address",
        other.url("/x", "[::ffff:127.0.0.1]"): "address",
        other.url("/x", "2130706433"): "notation",
        other.url("/x", "inner.test"): "address",
        f"http://127.0.0.1:{other.port - 1}/": "port",
        "file:///etc/passwd": "scheme",
        f"http://a:b@127.0.0.1:{other.port}/": "credentials",
        "http://[": "malformed",
    }
    for target, reason in steps.items():
        other.paths["/"] = moved(target)
        assert await refused(outbound.get(other.url(host="outer.test"))) == reason, target
    assert len(other.heard) == len(steps)
    await outbound.close()


async def test_nobody_is_led_around_for_ever(other: Stranger, outbound: Outbound) -> None:
    other.paths["/"] = moved("/")
    assert (await failed(outbound.get(other.url()))).reason == "redirections"
    assert len(other.heard) == 6


async def test_headers_go_to_the_first_server_only(other: Stranger, outbound: Outbound) -> None:
    async with stranger() as another:
        other.paths["/"] = moved("/near")
        other.paths["/near"] = moved(another.url("/far"))
        another.paths["/far"] = ok(b"a")
        await outbound.get(other.url(), headers={"authorization": "secret"}, types=["text/plain"])
        assert [other.header("authorization", at) for at in (0, 1)] == ["secret"] * 2
        assert another.header("authorization") is None
        assert another.header("accept") == "text/plain"


async def test_nothing_that_began_encrypted_goes_on_in_the_open(
    tmp_path: Path, other: Stranger
) -> None:
    server, client = certified(tmp_path, "feeds.test")
    outbound = Outbound(HOUSE, resolve=names(feeds_test=["127.0.0.1"]), tls=client)
    async with stranger(tls=server) as encrypted:
        encrypted.paths["/"] = moved(other.url())
        reason = await refused(outbound.get(encrypted.url(host="feeds.test", scheme="https")))
    assert (reason, other.heard) == ("downgrade", [])
    await outbound.close()


# Bounds


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_has_a_bound_whether_its_length_is_told_or_not(
    other: Stranger, outbound: Outbound, told: bool
) -> None:
    other.paths["/"] = ok(b"a" * 1001) if told else b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 1001
    assert (await failed(outbound.get(other.url(), bounds=Bounds(size=1000)))).reason == "size"
    assert len((await outbound.get(other.url(), bounds=Bounds(size=1001))).body) == 1001


async def test_a_body_without_end_is_left_after_the_bound(
    other: Stranger, outbound: Outbound
) -> None:
    other.paths["/"] = drip(b"a" * 10_000, pause=0)
    assert (await failed(outbound.get(other.url(), bounds=Bounds(size=100_000)))).reason == "size"


async def test_what_unfolds_to_more_than_the_bound_is_not_unfolded(
    other: Stranger, outbound: Outbound
) -> None:
    other.paths["/"] = gzipped(b"a" * 10_000)
    assert (await outbound.get(other.url())).body == b"a" * 10_000
    other.paths["/"] = gzipped(b"a" * 50_000_000)
    assert (await failed(outbound.get(other.url(), bounds=Bounds(size=100_000)))).reason == "size"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_other_codings_than_those_asked_for_are_not_read(
    other: Stranger, outbound: Outbound, coding: str
) -> None:
    other.paths["/"] = ok(b"a", content_encoding=coding)
    assert (await failed(outbound.get(other.url()))).reason == "encoding"
    assert other.header("accept-encoding") == "gzip"


@pytest.mark.parametrize("cut", [1, 12, 20, 100])
async def test_a_damaged_body_is_said_to_be_so(
    other: Stranger, outbound: Outbound, cut: int
) -> None:
    whole = gzip.compress(bytes(range(256)) * 10)
    other.paths["/"] = ok(whole[:cut], content_encoding="gzip")
    assert (await failed(outbound.get(other.url()))).reason == "encoding"


@pytest.mark.parametrize(
    "slow",
    [
        silent,
        drip(b"x: y\r\n", b"HTTP/1.1 200 OK\r\n"),
        drip(b"a"),
        drip(b"", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\na"),
    ],
)
async def test_no_server_takes_longer_than_the_bound_in_all(
    other: Stranger, outbound: Outbound, slow: object
) -> None:
    """Saying nothing, a header at a time, a byte at a time, or stopping in the middle."""
    other.paths["/"] = slow  # type: ignore[assignment]
    async with paced() as pace:
        error = await failed(outbound.get(other.url(), bounds=Bounds(seconds=0.3)))
    assert (error.reason, error.passing) == ("time", True)
    assert pace.seconds < 1


async def test_the_bound_holds_for_all_steps_together_and_for_the_name(other: Stranger) -> None:
    async def slow(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(0.6)
        return ["127.0.0.1"]

    other.paths["/"] = moved("/")
    outbound = Outbound(HOUSE, resolve=slow)
    error = await failed(outbound.get(other.url(host="slow.test"), bounds=Bounds(seconds=1.7)))
    assert error.reason == "time"
    assert 1 <= len(other.heard) <= 2
    await outbound.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"+PONG\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: " + b"b" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ],
)
async def test_what_is_no_http_fails_as_a_connection_does(
    other: Stranger, outbound: Outbound, said: bytes
) -> None:
    other.paths["/"] = said
    assert (await failed(outbound.get(other.url()))).reason == "connection"


# Types


@pytest.mark.parametrize(
    ("said", "wanted", "good"),
    [
        ("image/png", ["image/*"], True),
        ("IMAGE/PNG", ["image/*"], True),
        ("image/svg+xml", ["image/png", "image/jpeg"], False),
        ("text/html; charset=utf-8", ["text/xml"], False),
        ("imagetext/png", ["image/*"], False),
        ("text/html", [], True),
    ],
)
async def test_only_what_was_wanted_is_read(
    other: Stranger, outbound: Outbound, said: str, wanted: list[str], good: bool
) -> None:
    other.paths["/"] = ok(b"a", said)
    if good:
        assert (await outbound.get(other.url(), types=wanted)).body == b"a"
    else:
        assert (await failed(outbound.get(other.url(), types=wanted))).reason == "type"


async def test_a_body_without_a_type_is_none_that_was_wanted(
    other: Stranger, outbound: Outbound
) -> None:
    other.paths["/"] = b"HTTP/1.1 200 OK\r\n\r\na"
    assert (await failed(outbound.get(other.url(), types=["text/xml"]))).reason == "type"


# Unfolding, without a network


async def pieces(body: bytes, cuts: list[int]) -> AsyncIterator[bytes]:
    """A body in pieces."""
    marks = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    for begin, end in pairwise(marks):
        yield body[begin:end]


@settings(max_examples=60, deadline=None)
@given(
    members=st.lists(st.binary(max_size=300), min_size=1, max_size=3),
    cuts=st.lists(st.integers(0, 10_000), max_size=5),
    most=st.integers(0, 1000),
    coding=st.sampled_from(["", "gzip", "deflate"]),
)
async def test_bodies_come_back_whole_or_not_at_all(
    members: list[bytes], cuts: list[int], most: int, coding: str
) -> None:
    """In whatever pieces they come, and of however many members."""
    if coding == "deflate":
        members = members[:1]
    packs: dict[str, Callable[[bytes], bytes]] = {
        "": bytes,
        "gzip": gzip.compress,
        "deflate": zlib.compress,
    }
    whole, sent = b"".join(members), b"".join(map(packs[coding], members))
    if max(len(whole), len(sent)) > most:
        with pytest.raises(FetchFailed) as error:
            await read(pieces(sent, cuts), coding, most)
        assert error.value.reason == "size"
    else:
        assert await read(pieces(sent, cuts), coding, most) == whole


async def test_the_settings_say_what_is_reached_besides_the_internet(other: Stranger) -> None:
    """A house with feeds of its own; without them, nothing of it."""
    other.paths["/"] = ok(b"a")
    environ = {"OUTBOUND_NETWORKS": "127.0.0.0/8", "OUTBOUND_PORTS": f"80,{other.port}"}
    open_house, closed_house = outbound_of(read_settings(environ)), outbound_of(read_settings({}))
    assert (await open_house.get(other.url())).body == b"a"
    assert await refused(closed_house.get(other.url())) == "address"
    await open_house.close()


def test_what_can_be_told_without_the_network_is_told_at_once(outbound: Outbound) -> None:
    """As when a user saves a URL: the reason is the same as later."""
    outbound.check("http://127.0.0.1:1/")
    with pytest.raises(UrlNotAllowed):
        outbound.check("http://127.0.0.2/")


def test_the_libraries_are_imported_when_something_is_fetched() -> None:
    """A server that fetches nothing starts without them."""
    code = "import sys, datasources.outbound; assert 'httpx' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
