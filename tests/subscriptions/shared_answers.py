"""Random subscriptions that several viewers share, and what a query gives each of them alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson

from datasources.memberships import Membership, Role, membership_id
from execution.errors import RequestRejected
from execution.request import GraphQLRequest
from server.edge import Credentials, Edge
from server.followed import Answer, Caller, Follower
from server.operation import Operation
from server.watch import Watch
from services.clock import utc_now
from services.places import nothing
from services.viewer import Viewer
from tests.client import Client
from tests.conftest import Running
from tests.execution.compiled.documents import Writer
from tests.resolvers.team import api_key, join, workspace
from tests.resolvers.test_content import write

Heard = list[dict[str, Any]]


class Collector(Follower[Viewer]):
    """Keeps what it is told."""

    __slots__ = ("had",)

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(Caller(viewer, Credentials()), Watch(), nothing)
        self.had: Heard = []

    def deliver(self, answers: Sequence[Answer]) -> None:
        """Take answers."""
        self.had += [orjson.loads(answer.body) for answer in answers]

    def over(self, rejection: RequestRejected | None) -> None:
        """It does not end here."""
        raise AssertionError(rejection)


@dataclass
class Scene:
    """A client's workspace below an agency's, a piece in it, and all who might look at it."""

    server: Running
    home: str
    piece: str
    owner: Viewer
    viewers: list[Viewer] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    @property
    def edge(self) -> Edge[Viewer]:
        """What the transports have."""
        edge: Edge[Viewer] = self.server.app.state.edge
        return edge

    async def shuffle(self, rng: Random) -> None:
        """Give each but the owner another role there, or none."""
        memberships = self.server.backend.stores.memberships
        for person in self.people:
            id = membership_id(self.home, person)
            await memberships.delete_many({"_id": id})
            if (role := rng.choice([None, *Role])) is not None:
                given = Membership(
                    id=id, workspace_id=self.home, user_id=person, role=role, created_at=utc_now()
                )
                await memberships.insert(given)

    async def alone(self, viewer: Viewer, text: str, variables: dict[str, Any]) -> Heard:
        """What a query gives that viewer: nothing where the piece is not theirs to see."""
        if viewer.expires_at is not None and viewer.expires_at <= utc_now():
            return []
        context = self.edge.make_context(viewer, Credentials())
        prepared = self.edge.executor.prepare(GraphQLRequest(text))
        response = await self.edge.executor.execute(prepared, variables, context)
        found = orjson.loads(response.body())
        refused = any(error.get("path") == ["content"] for error in found.get("errors", ()))
        return [] if refused else [plain(found, "content")]

    async def together(self, text: str, variables: dict[str, Any]) -> list[Heard]:
        """What each is told who follows it with the others."""
        request = GraphQLRequest(text, variables=variables)
        operation = Operation(self.edge, request, lambda: self.owner, Credentials())
        prepared = await operation.prepare()
        collectors = [Collector(viewer) for viewer in (self.owner, *self.viewers)]
        question = operation.question(prepared, await operation.open(prepared))
        assert question is not None
        for each in collectors:
            self.edge.audiences.join(question, each)
        async with asyncio.timeout(20):
            while self.server.backend.events.listening < len(collectors):  # noqa: ASYNC110
                await asyncio.sleep(0)
            await self.tell()
            while not collectors[0].had:  # noqa: ASYNC110
                await asyncio.sleep(0)
        for each in collectors:
            each.cancel()
        operation.leave()
        return [[plain(told, "contentPublished") for told in each.had] for each in collectors[1:]]

    async def tell(self) -> None:
        """The piece was published."""
        backend = self.server.backend

        async def change() -> None:
            await backend.services.events.record(
                "content.published",
                topics=[f"user:{self.owner.user_id}"],
                subject=self.piece,
                workspace_id=self.home,
            )

        await backend.mongo.transact(change)


def plain(found: dict[str, Any], root: str) -> dict[str, Any]:
    """A response without what no two runs share: cursor, places in the text, ids of errors."""
    errors = []
    for error in found.get("errors", ()):
        error.pop("locations", None)
        error.get("extensions", {}).pop("errorId", None)
        error["path"] = error.get("path", [root])[1:]
        errors.append(orjson.dumps(error, option=orjson.OPT_SORT_KEYS))
    return {"data": (found.get("data") or {}).get(root), "errors": sorted(errors)}


async def scene(server: Running, ada: Client, bob: Client) -> Scene:
    """With people from above and from beside, keys of each kind, and tokens that have expired."""
    agency = (await workspace(ada))["id"]
    home = (await workspace(ada, "Client", parentId=agency))["id"]
    await join(ada, agency, bob, "VIEWER")
    eve = await ada.register("eve@example.com")
    dan = await ada.register("dan@example.com")
    keys = [await api_key(ada, place, scope) for place in (agency, home) for scope in SCOPES]
    made = await write(ada, "Shared", workspaceId=home)
    bearer = server.backend.services.authentication.bearer
    found = [await bearer(each.token or "") for each in (bob, eve, dan)]
    viewer = server.backend.services.authentication.viewer
    found += [await viewer(f"Bearer {key.token}", {}, None) for key in keys]
    owner = await bearer(ada.token or "")
    late = replace(owner, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    people = [each.user_id for each in (eve, dan)]
    return Scene(server, home, made["id"], owner, [*found, owner, late, Viewer()], people)


SCOPES = ("CONTENT_READ", "WORKSPACE_READ", "AUDIT_READ")


async def compare(scene: Scene, seed: int) -> bool:
    """Whether a random question could be asked; all who share its answer had what is theirs."""
    rng = Random(seed)
    schema = scene.edge.executor.schema
    writer = Writer(schema, rng)
    writer.left = 14
    body = writer.selections(schema.type_map["Content"], 2)
    rest = "\n".join(writer.fragments)
    asked = [("Q", "query", f'content(id: "{scene.piece}")')]
    asked += [("S", "subscription", f'contentPublished(userId: "{scene.owner.user_id}")')]
    declared = f"({', '.join(writer.declared)})" if writer.declared else ""
    query, subscription = [
        f"{kind} {name}{declared} {{ {field} {body} }}\n{rest}" for name, kind, field in asked
    ]
    await scene.shuffle(rng)
    try:
        scene.edge.executor.prepare(GraphQLRequest(query))
        told = await scene.together(subscription, writer.variables)
    except RequestRejected:
        return False
    for viewer, heard in zip(scene.viewers, told, strict=True):
        told_alone = await scene.alone(viewer, query, writer.variables)
        assert alike(heard, told_alone), (seed, viewer, query, heard, told_alone)
    return True


def alike(heard: list[dict[str, Any]], alone: list[dict[str, Any]]) -> bool:
    """Whether these are the same answers.

    Where an error leaves nothing at all, another may come in time to be told as well, or too late.
    """
    if len(heard) != len(alone):
        return False
    return all(
        one == other
        or (one["data"] is other["data"] is None and {*one["errors"]} & {*other["errors"]})
        for one, other in zip(heard, alone, strict=True)
    )
