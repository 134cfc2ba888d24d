"""What search is measured on: pieces of many workspaces, and vectors that lie as real ones do.

The offline model embeds some hundred sentences; a piece's vector is that of its sentence, moved
by chance. So a query of the same sort has near ones and far ones, as among real posts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.memberships import Membership, Role, membership_id
from datasources.vectors import Entry, Passage
from datasources.workspaces import Workspace
from server.compose import Backend
from services.sessions import Client
from services.text import metadata
from services.viewer import Viewer

SENTENCES = 500
MOVED = 0.35
"""How far a vector is moved from its sentence's: cosines of the same sentence are about 0.9."""
BATCH = 500
BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
EMAIL, PASSWORD = "bench@example.com", "a long and private phrase"

SUBJECTS = (
    "a salary band", "the first hire", "our onboarding", "a remote team", "the roast", "a loom",
    "the spring launch", "a price rise", "the newsletter", "customer interviews", "a code review",
    "our roadmap", "the annual report", "a podcast", "the shop window", "a supplier in Porto",
    "energy costs", "the help desk", "a failed pilot", "our brand voice", "a case study",
    "accessibility", "the warehouse", "burnout", "a mentor", "the pitch deck", "churn", "a garden",
    "the night shift", "open source",
)  # fmt: skip
DEEDS = (
    "taught us to ask before we build", "cost us a client and won us three",
    "is slower than it looks", "changed after one honest letter", "needs a name and an owner",
    "worked because nobody hurried", "broke on a Monday", "is measured in weeks, not in clicks",
    "began as a joke over lunch", "looks different from the shop floor",
    "was worth more than the campaign", "shows who listens", "made the numbers move",
    "is the part that nobody photographs", "deserves a second draft",
)  # fmt: skip
REST = (
    "brand", "voice", "audience", "launch", "weekly", "story", "numbers", "honest", "clients",
    "coffee", "draft", "market", "question", "answer", "product", "season", "reader", "quiet",
    "careful", "people", "growth", "detail", "simple", "meeting", "letter", "budget", "window",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was made: who may search, and where."""

    viewer: Viewer
    workspaces: Sequence[str]
    generation: str


def sentences(seed: int = 1) -> list[str]:
    """Sentences as posts begin with."""
    chance = random.Random(seed)
    every = [f"{subject.capitalize()} {deed}." for subject in SUBJECTS for deed in DEEDS]
    return chance.sample(every, min(SENTENCES, len(every)))


def queries(count: int) -> list[str]:
    """What is searched for: half of them two words, half of them questions."""
    chance = random.Random(2)
    return [
        f"{chance.choice(SUBJECTS)} {chance.choice(REST)}"
        if number % 2
        else f"why {chance.choice(SUBJECTS)} {chance.choice(DEEDS)}"
        for number in range(count)
    ]


async def make(made: Backend, workspaces: int, pieces: int) -> None:
    """A person, their workspaces, and so many pieces in all, indexed."""
    signed_in = await made.services.accounts.register(EMAIL, PASSWORD, "Bench", Client())
    generation = await made.services.indexing.current()
    texts = sentences()
    vectors = np.array((await made.services.models.indexing.embed(texts)).vectors, dtype=np.float32)
    chance, noise = random.Random(3), np.random.default_rng(4)
    for number in range(workspaces):
        home = f"wsp_{number:026d}"
        await settle(made, home, signed_in.user.id)
        for batch in contents(chance, home, number, pieces // workspaces, texts):
            await made.stores.contents.insert_many([each for each, _ in batch])
            moved = shifted(vectors[[sentence for _, sentence in batch]], noise)
            entries = [entry(each, vector) for (each, _), vector in zip(batch, moved, strict=True)]
            await made.services.indexing.store.put(generation.id, generation.dimension, entries)


async def corpus(made: Backend) -> Corpus:
    """What there is."""
    (user,) = await made.stores.users.find({})
    found = await made.stores.workspaces.find({"personal": False}, sort=[("_id", 1)])
    (generation,) = await made.stores.generations.all()
    return Corpus(Viewer(user_id=user.id), [each.id for each in found], generation.id)


async def settle(made: Backend, home: str, user_id: str) -> None:
    """A workspace that belongs to that person."""
    await made.stores.workspaces.insert(
        Workspace(
            id=home, name=home, path=[home], created_by=None, created_at=BEGIN, updated_at=BEGIN
        )
    )
    member = membership_id(home, user_id)
    await made.stores.memberships.insert(
        Membership(id=member, workspace_id=home, user_id=user_id, role=Role.OWNER, created_at=BEGIN)
    )


def contents(
    chance: random.Random, home: str, workspace: int, count: int, texts: Sequence[str]
) -> Iterator[list[tuple[Content, int]]]:
    """Batches of pieces of one workspace, each with the number of its sentence."""
    batch: list[tuple[Content, int]] = []
    for number in range(count):
        sentence = chance.randrange(len(texts))
        body = f"{texts[sentence]} {' '.join(chance.choices(REST, k=60))}."
        batch.append((piece(home, f"{workspace:06d}{number:020d}", body, number), sentence))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def piece(home: str, id: str, body: str, number: int) -> Content:
    """A published post."""
    at = BEGIN + timedelta(minutes=number)
    return Content(
        id=f"cnt_{id}",
        workspace_id=home,
        author_id=None,
        type=ContentType.POST,
        title=None,
        body=body,
        platforms=[tuple(Platform)[number % 4]],
        tags=[REST[number % len(REST)]],
        metadata=metadata(body),
        status=ContentStatus.PUBLISHED,
        created_at=at,
        updated_at=at,
        published_at=at,
    )


def shifted(vectors: Any, noise: np.random.Generator) -> Any:
    """Each moved by chance, at length 1."""
    directions = noise.standard_normal(vectors.shape).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    moved = vectors + MOVED * directions
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def entry(content: Content, vector: Any) -> Entry:
    """As the index is given it."""
    return Entry(
        id=content.id,
        tenant=content.workspace_id,
        title=" ".join(content.tags),
        passages=[Passage(text=content.body, vector=vector.tolist())],
        type=content.type.value,
        status=content.status.value,
        platforms=[platform.value for platform in content.platforms],
        tags=content.tags,
        created_at=content.created_at,
    )
