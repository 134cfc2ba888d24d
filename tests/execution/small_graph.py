"""A graph small enough to be read at a glance, with every kind of field that may go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.dataloader import DataLoader


class NotFound(Exception):
    """An expected failure, as services raise them."""

    code = "NOT_FOUND"

    def __init__(self, kind: str) -> None:
        super().__init__(f"No such {kind}.")
        self.extensions = {"kind": kind}


class LibraryError(Exception):
    """An exception of somebody else's, with a code that was not meant for our clients."""

    code = "card_declined"


class Overrun(Exception):
    """What a source raises that has more events than its listener takes."""

    code = "SLOW_CLIENT"
    close_code = 1013

    def __init__(self) -> None:
        super().__init__("Events came faster than they were read.")


async def _load(keys: list[str]) -> list[Author]:
    return [Author(name=key.title()) for key in keys]


@dataclass(slots=True)
class Context:
    """What the small graph's resolvers are handed. `log` is shared by a whole test."""

    viewer: str = "nobody"
    last_event_id: str | None = None
    log: list[str] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)
    authors: DataLoader[str, Author] = field(default_factory=lambda: DataLoader(load_fn=_load))


async def _numbers() -> AsyncIterator[int]:
    yield 1


Info: TypeAlias = strawberry.Info[Context, None]


@strawberry.enum
class Colour(Enum):
    """An enum whose values are not its names."""

    RED = "r"
    BLUE = "b"


@strawberry.interface
class Named:
    """Something with a name."""

    name: str


@strawberry.type
class Author(Named):
    """Comes from a loader."""


@strawberry.type
class Post(Named):
    """Has an author to be loaded."""

    author_id: strawberry.Private[str]

    @strawberry.field
    async def author(self, info: Info) -> Author:
        """The author."""
        return await info.context.authors.load(self.author_id)


@strawberry.input
class PostInput:
    """An input with a default and an enum."""

    name: str
    colour: Colour = Colour.RED
    tags: list[str] = strawberry.field(default_factory=list)


@strawberry.type
class Query:
    """Fields that work, and fields that fail in each way."""

    @strawberry.field
    def greeting(self) -> str:
        """The simplest field."""
        return "hello"

    @strawberry.field
    def echo(self, text: str | None = None, number: int | None = None) -> str:
        """What it is given."""
        return f"{text}/{number}"

    @strawberry.field
    def viewer(self, info: Info) -> str:
        """Who asks."""
        return info.context.viewer

    @strawberry.field
    def posts(self, count: int = 2) -> list[Post]:
        """Posts, by ada and bob in turn."""
        return [Post(name=f"post {n}", author_id=("ada", "bob")[n % 2]) for n in range(count)]

    @strawberry.field
    def named(self) -> list[Named]:
        """Two types behind one interface."""
        return [Author(name="ada"), Post(name="post", author_id="ada")]

    @strawberry.field
    def colours(self, colour: Colour) -> list[Colour]:
        """Enums in and out."""
        return [colour, Colour.BLUE]

    @strawberry.field
    def when(self, at: datetime) -> datetime:
        """A scalar in and out."""
        return at

    @strawberry.field
    def described(self, input: PostInput) -> str:
        """An input object, as it arrived."""
        return f"{input.name} {input.colour.name} {input.tags}"

    @strawberry.field
    def missing(self) -> str | None:
        """Fails as expected."""
        raise NotFound("post")

    @strawberry.field
    def broken(self) -> str | None:
        """Fails in a way that nobody foresaw."""
        raise RuntimeError("password=hunter2")

    @strawberry.field
    def declined(self) -> str | None:
        """Fails in a library."""
        raise LibraryError("card=4242")

    @strawberry.field
    def never_null(self) -> str:
        """Breaks its promise."""
        return None  # type: ignore[return-value]

    @strawberry.field
    def told(self) -> str | None:
        """Fails with an error of graphql-core that has a code."""
        raise GraphQLError("Said so.", extensions={"code": "SAID_SO"})

    @strawberry.field
    def untold(self) -> str | None:
        """Fails with an error of graphql-core that has none."""
        raise GraphQLError("secret text")

    @strawberry.field
    async def slow(self, info: Info, seconds: float = 3600.0) -> str:
        """Takes its time."""
        try:
            await asyncio.sleep(seconds)
        finally:
            info.context.log.append("slow ended")
        return "done"

    @strawberry.field
    async def abandoned(self) -> str | None:
        """Waits for something that somebody else cancels."""
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.cancel)
        await future
        return None

    @strawberry.field
    def noted(self, info: Info) -> str:
        """Says something beside the data."""
        info.context.extensions["cost"] = 3
        return "noted"


@strawberry.type
class Mutation:
    """Changes that leave a trace in the log."""

    @strawberry.mutation
    async def note(self, info: Info, text: str, seconds: float = 0.0) -> str:
        """Writes down a text after some time."""
        await asyncio.sleep(seconds)
        info.context.log.append(text)
        return text

    @strawberry.mutation
    def sign_in(self, info: Info) -> bool:
        """Sets a cookie."""
        info.context.set_cookies.append("session=abc; HttpOnly")
        return True


@strawberry.type
class Subscription:
    """Sources of each kind."""

    @strawberry.subscription
    async def count(self, info: Info, to: int, after: int = 0) -> AsyncIterator[int]:
        """Numbers, each with a cursor, from the one after the last that was received."""
        last = int(info.context.last_event_id or after)
        try:
            for number in range(last + 1, to + 1):
                info.context.extensions["cursor"] = str(number)
                yield number
        finally:
            info.context.log.append("count closed")

    @strawberry.subscription
    async def forever(self, info: Info, size: int = 1) -> AsyncIterator[str]:
        """As many texts of a size as the client takes."""
        try:
            while True:
                await asyncio.sleep(0)
                yield "x" * size
        finally:
            info.context.log.append("forever closed")

    @strawberry.subscription
    async def silent(self, info: Info) -> AsyncIterator[int]:
        """Never has an event."""
        info.context.log.append("silent opened")
        try:
            await asyncio.Event().wait()
            yield 0
        finally:
            info.context.log.append("silent closed")

    @strawberry.subscription
    async def posts(self, to: int = 2) -> AsyncIterator[Post]:
        """Objects with a relation, to be loaded afresh for each event."""
        for number in range(to):
            yield Post(name=f"post {number}", author_id="ada")

    @strawberry.subscription
    async def viewers(self, info: Info) -> AsyncIterator[int]:
        """One event."""
        yield 1

    @strawberry.subscription
    async def refused(self) -> AsyncIterator[int]:
        """Refuses the subscriber before the first event."""
        raise NotFound("channel")
        yield 0

    @strawberry.subscription
    async def breaks(self, expected: bool) -> AsyncIterator[int]:
        """Breaks off after the first event."""
        yield 1
        raise NotFound("rest") if expected else RuntimeError("password=hunter2")

    @strawberry.subscription
    async def overrun(self) -> AsyncIterator[int]:
        """Ends the whole connection."""
        yield 1
        raise Overrun

    @strawberry.subscription
    async def marked_once(self, info: Info) -> AsyncIterator[int]:
        """Says something beside its first event only."""
        info.context.extensions["cursor"] = "first"
        yield 1
        yield 2

    @strawberry.subscription
    async def never_opens(self, info: Info) -> AsyncIterator[int]:
        """A source that takes for ever to be made."""
        try:
            await asyncio.Event().wait()
        finally:
            info.context.log.append("gave up")
        return _numbers()

    @strawberry.subscription
    async def abandoned(self) -> AsyncIterator[int]:
        """Waits for something that somebody else cancels."""
        yield 1
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.cancel)
        await future

    @strawberry.subscription
    async def stubborn(self, info: Info) -> AsyncIterator[int]:
        """Takes being cancelled for its end."""
        info.context.log.append("stubborn opened")
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        info.context.log.append("stubborn closed")
        return
        yield 0

    @strawberry.subscription
    async def nullable(self, fail: bool) -> AsyncIterator[int | None]:
        """An event that can't be serialised, then one that can."""
        yield 2**40 if fail else 0
        yield 7


def graph() -> GraphQLSchema:
    """The schema, as the executor takes it."""
    return strawberry.Schema(Query, Mutation, Subscription, types=[Author, Post])._schema
