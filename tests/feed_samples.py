"""An entry and a feed, to be changed where a test cares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from datasources.feed import Entry
from services.feeds import Feed, urn

anything = st.text(st.characters(), max_size=60)
hostile = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</title></head><img src=x onerror=alert(1)>",
        "]]>",
        "&amp;",
        "\x00\x0b\x1f\ufffe\uffff",
        "\ud800",
        '"><img src=x onerror=alert(1)>',
        "https://a.example/?q=1&b=<b>",
        "javascript:alert(1)",
        "\r\n\r\n",
        "\u2028",
    ]
)
texts = st.lists(st.one_of(anything, hostile), max_size=4).map("".join)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ENTRY = Entry(
    id="ent_1",
    workspace_id="wsp_home",
    content_id="cnt_1",
    content_version=1,
    title="A title",
    body="Some text",
    summary="Some text",
    tags=["news"],
    author_id="usr_editor",
    author_name="Ada Lovelace",
    published_at=NOON,
    updated_at=NOON,
)


def an_entry(**changes: Any) -> Entry:
    """An entry with these fields instead."""
    return replace(ENTRY, **changes)


def a_feed(
    entries: Sequence[Entry], title: str = "Ada's feed", url: str = "https://brand.example"
) -> Feed:
    """A feed of these entries."""
    return Feed(
        id=urn("wsp_home"),
        url=f"{url}/feeds/wsp_home",
        title=title,
        description="What Ada writes",
        language="en",
        described_at=NOON,
        entries=entries,
    )
