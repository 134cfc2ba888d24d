"""What everyone is measured on: one mongod and one Valkey, with the same data for all."""

from __future__ import annotations

import asyncio
import random
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from bench.processes import BenchError
from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.memberships import Membership, Role, membership_id
from server.compose import Backend, backend
from server.engines import AlreadyRunning, Engines, EngineUrls
from server.settings import Settings, read
from services.sessions import Client
from services.text import metadata
from services.viewer import Viewer

PEOPLE = 20
WORKSPACES = 25
PIECES = 40
"""In each workspace."""
DATABASE = "bench"
MANY = 1_000_000_000
CHANNEL = "bench:published"
BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
WORDS = (
    "brand", "voice", "audience", "launch", "weekly", "story", "numbers", "honest", "clients",
    "coffee", "draft", "market", "question", "answer", "product", "season", "reader", "quiet",
    "careful", "people", "growth", "detail", "simple",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account, and a token that is good for the whole run."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class World:
    """The engines, the settings of our server on them, and ids of what is stored.

    `people` belong to all `workspaces`; `contents` are in the order of their making, a workspace
    after the other. `posts` is a file with the hundred objects that need no database.
    """

    settings: Settings
    environ: Mapping[str, str]
    folder: Path
    people: list[Person]
    workspaces: list[str]
    contents: list[str]
    posts: Path

    @property
    def tokens(self) -> list[str]:
        """Everyone's token."""
        return [person.token for person in self.people]

    @property
    def author(self) -> str:
        """Whose publications are followed."""
        return self.people[0].id


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Engines on that folder, emptied and filled anew; ended with the block.

    BenchError where another run uses the folder.
    """
    engines = Engines(folder / "engines")
    try:
        engines.start()
        engines.stop()
        shutil.rmtree(folder)
        urls = engines.start()
    except AlreadyRunning as error:
        raise BenchError(f"Another bench runs here. {error}") from None
    try:
        yield asyncio.run(fill(folder, environ_of(urls, DATABASE, folder)))
    finally:
        engines.stop()


def environ_of(urls: EngineUrls, database: str, folder: Path) -> dict[str, str]:
    """Our server as in production, the worker apart. Passwords are cheap, tokens live long, and
    requests are counted against limits that nobody reaches.
    """
    return {
        "BRANDGRAPH_ENV": "production",
        "MONGODB_URL": urls.mongodb,
        "MONGODB_DATABASE": database,
        "REDIS_URL": urls.redis,
        "REDIS_NAMESPACE": database,
        "AUTH_KEYS": f"bench:{secrets.token_hex(32)}",
        "ACCESS_TOKEN_SECONDS": "7200",
        "DEFAULT_PLAN": "AGENCY",
        "RATE_LIMITS": f"anonymous:{MANY},free:{MANY},agency:{MANY}",
        "SOCKET_LIMITS": f"caller:{MANY},address:{MANY}",
        "SUBSCRIPTION_LIMITS": f"caller:{MANY},address:{MANY}",
        "DATA_DIR": str(folder),
        "PASSWORD_MEMORY_KIB": "8",
        "PASSWORD_ROUNDS": "1",
        "WORKER": "false",
        "LOG_FORMAT": "json",
    }


async def fill(folder: Path, environ: Mapping[str, str]) -> World:
    """People, workspaces and content, the same at each run but for their ids."""
    settings = read(environ)
    chance = random.Random(20_260_101)
    async with backend(settings) as made:
        await made.migrations().run()
        people = [await register(made, number) for number in range(PEOPLE)]
        owner = Viewer(user_id=people[0].id)
        workspaces = [await workspace(made, owner, people, n) for n in range(WORKSPACES)]
        pieces = [
            piece(chance, f"cnt_{home:02}{number:024}", workspaces[home], people, number)
            for home in range(WORKSPACES)
            for number in range(PIECES)
        ]
        await made.stores.contents.insert_many(pieces)
    posts = folder / "posts.json"
    posts.write_bytes(orjson.dumps([post(chance, number) for number in range(100)]))
    ids = [each.id for each in pieces]
    return World(settings, environ, folder, people, workspaces, ids, posts)


async def register(made: Backend, number: int) -> Person:
    """An account, from an address of its own since sign-ups are counted by address."""
    address, client = f"person{number}@example.com", Client(address=f"192.0.2.{number}")
    signed_in = await made.services.accounts.register(
        address, f"a long enough secret {number}", f"Person Number {number}", client
    )
    return Person(signed_in.user.id, signed_in.grant.access_token)


async def workspace(made: Backend, owner: Viewer, people: list[Person], number: int) -> str:
    """A workspace that everyone belongs to."""
    found = await made.services.workspaces.create(owner, f"Client {number:02}", None, None)
    await made.stores.memberships.insert_many(
        Membership(
            id=membership_id(found.id, person.id),
            workspace_id=found.id,
            user_id=person.id,
            role=Role.EDITOR,
            created_at=BEGIN,
        )
        for person in people[1:]
    )
    return found.id


def piece(
    chance: random.Random, id: str, workspace_id: str, people: list[Person], number: int
) -> Content:
    """A published piece of some three hundred characters."""
    body = f"{sentence(chance, 280)} #{chance.choice(WORDS)} #{chance.choice(WORDS)}"
    at = BEGIN + timedelta(hours=number)
    return Content(
        id=id,
        workspace_id=workspace_id,
        author_id=chance.choice(people).id,
        type=ContentType.POST,
        title=sentence(chance, 40),
        body=body,
        platforms=[Platform.LINKEDIN, Platform.FEED],
        tags=["launch", "weekly"],
        metadata=metadata(body),
        status=ContentStatus.PUBLISHED,
        created_at=at,
        updated_at=at,
        published_at=at,
    )


def post(chance: random.Random, number: int) -> dict[str, object]:
    """One of the objects in memory: six fields."""
    return {
        "id": f"post_{number:03}",
        "title": sentence(chance, 30),
        "body": sentence(chance, 60),
        "likes": chance.randrange(10_000),
        "score": round(chance.random(), 4),
        "published": number % 2 == 0,
    }


def sentence(chance: random.Random, length: int) -> str:
    """Words, cut to that length."""
    text = ""
    while len(text) < length:
        text += chance.choice(WORDS) + " "
    return text[: length - 1] + "."
