"""A hundred objects from memory, served by our own application.

Only the schema is the bench's own: authentication, limits, admission, execution, logs and HTTP are
those of the product. Run as a process of its own: `python -m bench.posts_server`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import strawberry
import uvicorn
from starlette.applications import Starlette

from schema.declare import declare
from server import app
from server.logs import configure
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

    schema = strawberry.Schema(Query)
    declare(schema._schema)
    return schema


def create_app(settings: Settings, posts: list[Post]) -> Starlette:
    """The application of the product, which builds this schema instead of its own."""
    vars(app)["graph"] = lambda: schema_of(posts)._schema
    return app.create_app(settings)


def main() -> None:
    """Serve until told to stop."""
    settings = read()
    configure(settings)
    told = msgspec.json.decode(Path(os.environ["POSTS"]).read_bytes(), type=list[dict[str, Any]])
    served = create_app(settings, [Post(**post) for post in told])
    uvicorn.Server(uvicorn_config(settings, served)).run()


if __name__ == "__main__":
    main()
