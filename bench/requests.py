"""The workloads over HTTP: what is asked, and that all who are measured answer the same."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pymongo import MongoClient

from bench import documents
from bench.contenders import Contender, Part
from bench.http_load import Next, ask, body_of, http_request
from bench.processes import BenchError, Process
from bench.world import PIECES, World

VERSION = re.compile(rb'"version":(\d+)')
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
PROBES = 25


@dataclass(frozen=True, slots=True)
class HttpWorkload:
    """A kind of request. `bodies` makes those that are sent in turn; None where each follows
    from the answer before, as with `update_content`.
    """

    name: str
    about: str
    part: Part
    bodies: Callable[[World], list[bytes]] | None


def body(document: str, variables: dict[str, Any]) -> bytes:
    """A request's JSON."""
    return orjson.dumps({"query": " ".join(document.split()), "variables": variables})


def single_pieces(world: World) -> list[bytes]:
    """Each piece of content, in an order that jumps between workspaces."""
    ids = [id for start in range(PIECES) for id in world.contents[start::PIECES]]
    return [body(documents.CONTENT_BY_ID, {"id": id}) for id in ids]


def lists(world: World) -> list[bytes]:
    """Two pages of each workspace."""
    return [
        body(documents.CONTENTS_20, {"workspaceId": workspace, "offset": offset})
        for offset in (0, 20)
        for workspace in world.workspaces
    ]


def all_posts(world: World) -> list[bytes]:
    """The one request for all that is in memory."""
    return [body(documents.POSTS_100, {})]


def updates(world: World, tokens: Sequence[str]) -> Next:
    """Changes to a piece that belongs to one connection alone, each to the version before."""
    versions = versions_of(world)
    counter = itertools.count()

    def following(connection: int, answer: bytes | None) -> bytes:
        id = world.contents[connection]
        if answer is not None:
            found = VERSION.search(answer)
            assert found is not None
            versions[id] = int(found[1])
        text = f"Change number {next(counter):09} of a text that is long enough. " * 5
        change = {"title": "A title of the bench", "body": text.strip()}
        variables = {"id": id, "expectedVersion": versions[id], "input": change}
        token = tokens[connection % len(tokens)] if tokens else None
        return http_request(body(documents.UPDATE_CONTENT, variables), token)

    return following


def versions_of(world: World) -> dict[str, int]:
    """The version at which each piece stands now."""
    with MongoClient[dict[str, Any]](world.settings.mongodb_url) as client:
        found = client[world.settings.mongodb_database].content.find({}, {"version": 1})
        return {each["_id"]: each["version"] for each in found}


def prove(process: Process, contender: Contender, world: World, bodies: list[bytes]) -> Proof:
    """Ask some of the requests and keep the answers. BenchError where one is an error."""
    sizes, told = [], []
    tokens = contender.tokens(world)
    for number, each in enumerate(bodies[:PROBES]):
        token = tokens[number % len(tokens)] if tokens else None
        answer = ask(process.port, http_request(each, token))
        found = orjson.loads(body_of(answer) or b"null")
        if not found or "errors" in found:
            raise BenchError(f"{contender.name} answers with {answer[:600].decode()}")
        sizes.append(len(answer))
        told.append(plain(found["data"]))
    return Proof(sum(sizes) / len(sizes), told)


@dataclass(frozen=True, slots=True)
class Proof:
    """The mean size of a good answer in bytes, and the data of the first answers."""

    size: float
    data: list[Any]


def plain(data: Any) -> Any:
    """Data with its times written in one way: servers differ in that, and all are right."""
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    if isinstance(data, str) and TIME.fullmatch(data):
        return datetime.fromisoformat(data)
    return data


WORKLOADS = (
    HttpWorkload("content_by_id", "one piece with its author", Part.API, single_pieces),
    HttpWorkload("contents_20", "20 pieces with their authors", Part.API, lists),
    HttpWorkload("posts_100_memory", "100 objects of 6 fields", Part.POSTS, all_posts),
    HttpWorkload("update_content", "a change to a piece", Part.API, None),
)
