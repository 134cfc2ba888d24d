"""A hundred objects from memory, served by our own edge: authentication, admission, executor, HTTP.

Only the schema is the bench's own. Run as a process of its own: `python -m bench.posts_server`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from execution.engine import Executor
from execution.limits import Limits
from server.app import edge_of
from server.compose import backend
from server.graphql_http import GraphQLHTTP
from server.logs import configure
from server.reports import report
from server.serving import uvicorn_config
from server.settings import Settings, read


@strawberry.type
class Post:
    """One object."""

    id: strawberry.ID
    title: str
    body: str
    likes: int
    score: float
    published: bool


def schema_of(posts: list[Post]) -> strawberry.Schema:
    """A graph that holds nothing but the posts."""

    def all_posts() -> list[Post]:
        return posts

    @strawberry.type
    class Query:
        """Reading."""

        posts: list[Post] = strawberry.field(resolver=all_posts)

    return strawberry.Schema(Query)


def create_app(settings: Settings, posts: list[Post]) -> Starlette:
    """As `server.app.create_app`, with another schema."""
    executor = Executor(
        schema_of(posts)._schema,
        limits=Limits(seconds=settings.deadline_seconds),
        report=report,
        introspection=False,
        suggestions=False,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with backend(settings) as made:
            edge = edge_of(made, executor, None)
            app.router.routes.append(Route("/graphql", GraphQLHTTP(edge)))
            yield

    return Starlette(lifespan=lifespan)


def main() -> None:
    """Serve until told to stop."""
    settings = read()
    configure(settings)
    told = msgspec.json.decode(Path(os.environ["POSTS"]).read_bytes(), type=list[dict[str, object]])
    app = create_app(settings, [Post(**post) for post in told])  # type: ignore[arg-type]
    uvicorn.Server(uvicorn_config(settings, app)).run()


if __name__ == "__main__":
    main()
