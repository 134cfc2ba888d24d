"""Malformed requests and frames without end, and a way to hand them over without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Scope

WORDS = """
query mutation subscription fragment on true null __typename __schema types greeting echo text
number posts author name colours colour RED described input count fields nothing F G Query Post
... "a" 1 -1 1.5e3 $v $w @include(if:true) @skip {greeting}
"""
TOKENS = (
    *'{}()[]:!$@|=&,#"\\\n\ufeff\x00é',
    *WORDS.split(),
    '"""',
    "query ($v: Int) {echo(number: $v)}",
    "{...F} fragment F on Query {posts {...G}} fragment G on Post {name author {name}}",
)

documents = st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join) | st.text(max_size=40)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["RED", "a", {"name": "x"}]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["v", "w", "name", "a"]) | st.text(max_size=5), inner)
    ),
    max_leaves=10,
)

parameters = st.fixed_dictionaries(
    {},
    optional={
        "query": documents | values,
        "operationName": st.sampled_from(["F", "Q", ""]) | values,
        "variables": values,
        "extensions": values,
    },
)

TYPES = ("connection_init", "ping", "pong", "subscribe", "complete", "next", "connection_ack")

messages = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES) | values},
    optional={"id": st.sampled_from(["1", "2", ""]) | values, "payload": parameters | values},
)


def written(value: object) -> bytes:
    """JSON, or nearly so: Python writes NaN and lone surrogates, too."""
    return json.dumps(value).encode()


@st.composite
def damaged(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """A text with a piece of it replaced by something else."""
    text = draw(texts)
    begin = draw(st.integers(0, len(text)))
    end = draw(st.integers(begin, min(len(text), begin + 5)))
    return text[:begin] + draw(st.binary(max_size=5)) + text[end:]


bodies = (
    (parameters | values).map(written)
    | damaged(parameters.map(written))
    | st.binary(max_size=60)
    | st.sampled_from([b'{"variables":' + b'{"a":' * n + b"1" + b"}" * n + b"}" for n in (9, 900)])
)

frames = (
    messages.map(written)
    | messages.map(written)
    | damaged(messages.map(written))
    | st.sampled_from([b'{"type":"connection_init"}', b'{"type":"ping","payload":{}}'])
)


def scope_of(kind: str, **parts: object) -> Scope:
    """The scope of a request or a socket."""
    return {
        "type": kind,
        "headers": [(b"content-type", b"application/json"), (b"accept", b"*/*")],
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        **parts,
    }


async def talk(app: ASGIApp, scope: Scope, received: Iterable[Message]) -> list[Message]:
    """Hands an application what it receives; returns what it sent when it had ended."""
    sent: list[Message] = []
    inbox = iter(received)

    async def receive() -> Message:
        await asyncio.sleep(0)
        return next(inbox)

    async def send(message: Message) -> None:
        sent.append(message)

    async with asyncio.timeout(40):
        await app(scope, receive, send)
    return sent
