"""The peer in Python: stock Strawberry on its own ASGI view, with what makes it fast switched on.

Parsed and validated documents are cached, JSON is orjson's, authors come through a DataLoader,
uvicorn runs on uvloop and httptools, and WebSockets are not compressed. No authentication, no
limits, no logs.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import orjson
import strawberry
import uvicorn
from pymongo import AsyncMongoClient, ReturnDocument
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

Document = dict[str, Any]
Info = strawberry.Info

CONTENT = (
    "author_id", "type", "title", "body", "platforms", "tags",
    "status", "version", "created_at", "updated_at",
)  # fmt: skip
USER = ("created_at", "time_zone", "profile")


@strawberry.enum
class ContentType(Enum):
    """The form of a piece."""

    POST = "POST"
    ARTICLE = "ARTICLE"
    VIDEO_SCRIPT = "VIDEO_SCRIPT"


@strawberry.enum
class Platform(Enum):
    """Where a piece goes."""

    LINKEDIN = "LINKEDIN"
    X = "X"
    MEDIUM = "MEDIUM"
    FEED = "FEED"


@strawberry.enum
class ContentStatus(Enum):
    """Where a piece stands."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    SCHEDULED = "SCHEDULED"
    PUBLISHING = "PUBLISHING"
    PUBLISHED = "PUBLISHED"
    FAILED = "FAILED"
    ARCHIVED = "ARCHIVED"


@strawberry.type
class Profile:
    """What a person tells."""

    full_name: str
    headline: str | None
    industry: str | None


@strawberry.type
class User:
    """A person."""

    id: strawberry.ID
    created_at: datetime
    time_zone: str
    profile: Profile

    @classmethod
    def of(cls, found: Document) -> User:
        """From its document."""
        told = found["profile"]
        profile = Profile(
            full_name=told["full_name"], headline=told["headline"], industry=told["industry"]
        )
        return cls(
            id=found["_id"],
            created_at=found["created_at"],
            time_zone=found["time_zone"],
            profile=profile,
        )


@strawberry.type
class Content:
    """A piece."""

    author_id: strawberry.Private[str]
    id: strawberry.ID
    type: ContentType
    title: str | None
    body: str
    platforms: list[Platform]
    tags: list[str]
    status: ContentStatus
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None

    @classmethod
    def of(cls, found: Document) -> Content:
        """From its document."""
        return cls(
            author_id=found["author_id"],
            id=found["_id"],
            type=ContentType(found["type"]),
            title=found["title"],
            body=found["body"],
            platforms=[Platform(each) for each in found["platforms"]],
            tags=found["tags"],
            status=ContentStatus(found["status"]),
            version=found["version"],
            created_at=found["created_at"],
            updated_at=found["updated_at"],
        )

    @strawberry.field
    async def author(self, info: Info) -> User | None:
        """Who wrote it."""
        found: User | None = await info.context["authors"].load(self.author_id)
        return found


@strawberry.type
class Post:
    """One of a hundred objects in memory."""

    id: strawberry.ID
    title: str
    body: str
    likes: int
    score: float
    published: bool


@strawberry.type
class PublishedContent:
    """A piece as its event carries it."""

    id: strawberry.ID
    type: str
    title: str | None
    status: str
    platforms: list[str]
    version: int
    published_at: datetime | None


@strawberry.input
class ContentFilter:
    """Which content."""

    workspace_id: strawberry.ID | None = None


@strawberry.input
class UpdateContentInput:
    """A change."""

    title: str | None = None
    body: str | None = None


@strawberry.type
class Query:
    """Reading."""

    @strawberry.field
    async def content(self, info: Info, id: strawberry.ID) -> Content | None:
        """One piece."""
        found = await info.context["db"].content.find_one({"_id": id}, CONTENT)
        return Content.of(found) if found else None

    @strawberry.field
    async def contents(
        self, info: Info, filter: ContentFilter, limit: int = 20, offset: int = 0
    ) -> list[Content]:
        """The newest."""
        wanted = {"workspace_id": filter.workspace_id, "status": {"$ne": "ARCHIVED"}}
        order = [("created_at", -1), ("_id", -1)]
        found = info.context["db"].content.find(
            wanted, CONTENT, sort=order, skip=offset, limit=limit
        )
        return [Content.of(each) for each in await found.to_list()]

    @strawberry.field
    def posts(self, info: Info) -> list[Post]:
        """A hundred."""
        posts: list[Post] = info.context["posts"]
        return posts


@strawberry.type
class Mutation:
    """Writing."""

    @strawberry.mutation
    async def update_content(
        self, info: Info, id: strawberry.ID, expected_version: int, input: UpdateContentInput
    ) -> Content:
        """One write: no version is kept, nobody is told."""
        change = {"title": input.title, "body": input.body, "updated_at": datetime.now()}
        found = await info.context["db"].content.find_one_and_update(
            {"_id": id, "version": expected_version},
            {"$set": change, "$inc": {"version": 1}},
            CONTENT,
            return_document=ReturnDocument.AFTER,
        )
        if found is None:
            raise ValueError("CONFLICT")
        return Content.of(found)


@strawberry.type
class Subscription:
    """Following."""

    @strawberry.subscription
    async def content_published(
        self, info: Info, user_id: strawberry.ID
    ) -> AsyncGenerator[PublishedContent, None]:
        """What the events carry, as they come."""
        queue: asyncio.Queue[PublishedContent] = asyncio.Queue()
        listeners: set[asyncio.Queue[PublishedContent]] = info.context["listeners"]
        listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            listeners.discard(queue)


class View(GraphQL[dict[str, Any], None]):
    """The stock view with orjson, and a context of its own for each request."""

    def __init__(self, schema: strawberry.Schema, held: dict[str, Any]) -> None:
        super().__init__(
            schema, graphql_ide=None, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL]
        )
        self.held = held

    def encode_json(self, data: object) -> str | bytes:
        """JSON as text: bytes would make a WebSocket's frames binary."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        """JSON by orjson."""
        return orjson.loads(data)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> dict[str, Any]:
        """What is held, and a loader made afresh."""
        users = self.held["db"].users

        async def authors(ids: list[str]) -> list[User | None]:
            found = await users.find({"_id": {"$in": ids}}, USER).to_list()
            known = {each["_id"]: User.of(each) for each in found}
            return [known.get(id) for id in ids]

        return {**self.held, "authors": DataLoader(load_fn=authors)}


def published(message: bytes) -> PublishedContent:
    """The piece in a message."""
    told = orjson.loads(message)
    at = datetime.fromisoformat(told["publishedAt"])
    names = ("id", "type", "title", "status", "platforms", "version")
    return PublishedContent(**{name: told[name] for name in names}, published_at=at)


async def tell(redis: Redis, channel: str, listeners: set[Any]) -> None:
    """Hand on what is published to everyone who listens."""
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(channel)
        async for message in pubsub.listen():
            if message["type"] == "message":
                found = published(message["data"])
                for listener in listeners:
                    listener.put_nowait(found)


def create_app() -> Starlette:
    """The application, from the environment."""
    caches = [ParserCache, ValidationCache]
    schema = strawberry.Schema(Query, Mutation, Subscription, extensions=caches)
    posts = [Post(**post) for post in orjson.loads(Path(os.environ["POSTS"]).read_bytes())]
    held: dict[str, Any] = {"posts": posts, "listeners": set()}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        client: AsyncMongoClient[Document] = AsyncMongoClient(
            os.environ["MONGODB_URL"], tz_aware=True
        )
        held["db"] = client[os.environ["MONGODB_DATABASE"]]
        redis = Redis.from_url(os.environ["REDIS_URL"])
        task = asyncio.create_task(tell(redis, os.environ["CHANNEL"], held["listeners"]))
        try:
            yield
        finally:
            task.cancel()
            await redis.aclose()
            await client.close()

    view = View(schema, held)
    routes = [Route("/graphql", view), WebSocketRoute("/graphql", view)]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.run(
        create_app(),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
    )
