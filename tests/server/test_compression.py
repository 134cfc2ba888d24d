"""Answers are compressed where a setting says so, for those who take it, from a size on."""

from __future__ import annotations

import gzip

import pytest

from server.compression import LARGE, compressed, takes_gzip
from tests.server.graphql_site import serving

LONG = (
    "{ "
    + " ".join(f"a_long_name_indeed_{number}_{'x' * 80}: __typename" for number in range(12))
    + " }"
)


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("deflate, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("br", False),
        ("", False),
    ],
)
def test_an_accept_encoding_header_is_read_as_it_is_meant(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


async def test_only_answers_that_are_large_enough_are_compressed() -> None:
    async with serving(compressed_bytes=1000) as site:
        small = await site.post("{ __typename }")
        assert "content-encoding" not in small.headers
        large = await site.post(LONG)
        assert large.headers["content-encoding"] == "gzip"
        assert large.headers["vary"] == "Accept-Encoding"
        assert int(large.headers["content-length"]) < len(large.content)
        site.http.headers["accept-encoding"] = "identity"
        plain = await site.post(LONG)
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"] == "Accept-Encoding"
        assert plain.json() == large.json()


async def test_nothing_is_compressed_unless_a_setting_asks_for_it() -> None:
    async with serving() as site:
        answer = await site.post(LONG)
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


@pytest.mark.parametrize("size", [10, LARGE + 1])
async def test_what_is_compressed_is_the_same_afterwards(size: int) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    assert gzip.decompress(await compressed(body)) == body
