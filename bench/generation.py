"""`python -m bench.generation`: what a generation takes besides its models.

A workspace with a strategy, a voice and a thousand published pieces with figures, on engines of
its own; models that answer at once. Each generation is asked for as `generateContent` does it,
waited for, and read. The machine's load is told beside the times.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import uvloop

import server.light  # noqa: F401 - ahead of all that is heavy, as the server has it
from bench.analytics import load
from bench.instant_models import instant
from bench.sample import percentile
from datasources.brands import StrategyPart
from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.snapshots import Metric
from server.app import worker
from server.compose import Backend, backend
from server.demo_story import pieces
from server.engines import Engines
from server.light import settled
from server.models import models_of
from server.settings import Settings, read
from services.generation_request import GenerationRequest
from services.metrics import MOST, Figure
from services.sessions import Client
from services.text import metadata
from services.viewer import Viewer

POSTS = 1000
GENERATIONS = 100
WARM = 5
SEED = 20_261_121
STORIES = ("agency", "harbour", "kettle", "personal")
PLATFORMS = (Platform.LINKEDIN, Platform.X)
STRATEGY: dict[StrategyPart, object] = {
    StrategyPart.VALUE_PROPOSITION: "We help small workshops to be found by those who want them.",
    StrategyPart.CONTENT_PILLARS: [
        "Craft: how it is really done, mistakes included",
        "Prices: what to know before you decide",
        "Customers: one case from start to finish",
    ],
    StrategyPart.TONE: ["Short words and one thought a sentence; no jargon"],
}


ENVIRON = {
    "DEFAULT_PLAN": "AGENCY",
    "GENERATION_WAIT_SECONDS": "120",
    "PASSWORD_MEMORY_KIB": "8",
    "PASSWORD_ROUNDS": "1",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured: so many generations with so many past pieces."""

    posts: int = POSTS
    generations: int = GENERATIONS
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes, and where."""

    made: Backend
    viewer: Viewer
    home: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of each generation, and of this process's processor for one on average."""

    times: Sequence[float]
    cpu: float

    def __str__(self) -> str:
        p50, p95 = (percentile(sorted(self.times), part) * 1000 for part in (50, 95))
        return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, processor {self.cpu * 1000:.1f} ms each"


def sentences() -> list[str]:
    """What the demo's people have said."""
    bodies = [body for story in STORIES for piece in pieces(story) for body in piece.bodies]
    return [each.strip() for body in bodies for each in body.split(". ") if len(each) > 30]


def past(home: str, total: int, now: datetime) -> list[Content]:
    """Published pieces of the last ten months, evenly spread, no two the same."""
    chance, told = random.Random(SEED), sentences()
    step = timedelta(days=300) / max(total, 1)
    found = []
    for number in range(total):
        at = now - timedelta(days=301) + step * number
        body = ". ".join(chance.sample(told, chance.randint(3, 7))) + f". (no. {number})"
        piece = Content(
            id=f"cnt_{number:026}",
            workspace_id=home,
            author_id=None,
            type=ContentType.POST,
            title=None,
            body=body,
            platforms=[PLATFORMS[number % 2]],
            tags=[chance.choice(("craft", "prices", "customers"))],
            metadata=metadata(body),
            status=ContentStatus.PUBLISHED,
            created_at=at,
            updated_at=at,
            published_at=at,
        )
        found.append(piece)
    return found


def figures(pieces: Sequence[Content]) -> list[Figure]:
    """What they came to: what is told of craft does better, and chance does the rest."""
    chance = random.Random(SEED)
    found = []
    for piece in pieces:
        seen = chance.randint(200, 2000)
        rate = 0.03 * (1.8 if "craft" in piece.tags else 1.0) * chance.lognormvariate(0, 0.5)
        platform, at = piece.platforms[0], piece.created_at + timedelta(days=1)
        found.append(Figure(piece.id, platform, Metric.IMPRESSIONS, seen, at))
        found.append(Figure(piece.id, platform, Metric.REACTIONS, int(seen * rate), at))
    return found


async def furnish(made: Backend, total: int) -> Desk:
    """Somebody with a voice, a strategy and a past that is indexed."""
    await made.migrations().run()
    signed_in = await made.services.accounts.register(
        "bench@example.com", "a long and private phrase", "Bench", Client()
    )
    viewer, home = Viewer(user_id=signed_in.user.id), signed_in.user.personal_workspace_id
    services, now = made.services, datetime.now(UTC)
    brand = await services.brands.create(viewer, home, "Bench", None)
    await services.strategies.edit(viewer, brand.id, brand.version, STRATEGY, None)
    said = [piece.bodies[-1] for piece in pieces("personal")]
    samples = [body for body in said if len(body.split()) > 15]
    await services.voice.add(viewer, home, samples)
    written = past(home, total, now)
    await made.stores.contents.insert_many(written)
    told = figures(written)
    for start in range(0, len(told), MOST):
        await services.metrics.record(viewer, told[start : start + MOST])
    await services.indexing.rebuild()
    return Desk(made, viewer, home)


async def measure(desk: Desk, count: int) -> Figures:
    """One after the other, each on a topic of its own, once a few have warmed everything up."""
    chance, told = random.Random(SEED + 1), sentences()
    times: list[float] = []
    began = time.process_time()
    for number in range(-WARM, count):
        if number == 0:
            began = time.process_time()
        topic = " ".join(chance.choice(told).split()[:6]) + f", {number}"
        start = time.perf_counter()
        await generate(desk, topic)
        if number >= 0:
            times.append(time.perf_counter() - start)
    return Figures(times, (time.process_time() - began) / max(count, 1))


async def generate(desk: Desk, topic: str) -> Content:
    """The piece, as `generateContent` brings it."""
    generation = desk.made.services.generation
    request = GenerationRequest.checked(topic, Platform.LINKEDIN, tone="warm")
    job = await generation.start(desk.viewer, desk.home, request)
    return (await generation.pieces(desk.viewer, job))[0]


@asynccontextmanager
async def desk(settings: Settings, options: Options) -> AsyncIterator[Desk]:
    """A server's backend with its worker, furnished."""
    words = " ".join(sentences()).split()
    choice = models_of if options.offline else partial(instant, words=words)
    async with backend(settings, models=choice) as made:
        yield_to = await furnish(made, options.posts)
        async with worker(made):
            yield yield_to


async def run(settings: Settings, options: Options) -> Figures:
    """All of it."""
    async with desk(settings, options) as made:
        settled()
        return await measure(made, options.generations)


def main(arguments: Sequence[str] | None = None) -> None:
    """On engines of its own."""
    options = Options(**vars(parser().parse_args(arguments)))
    with tempfile.TemporaryDirectory(prefix="bg-bench-") as folder:
        engines = Engines(Path(folder))
        try:
            urls = engines.start()
            given = {"DATA_DIR": folder, **ENVIRON}
            settings = replace(read(given), mongodb_url=urls.mongodb, redis_url=urls.redis)
            found = uvloop.run(run(settings, options))
        finally:
            engines.stop()
    models = "the offline models, their time included" if options.offline else "instant models"
    print(f"{options.generations} generations, {options.posts} past pieces, {models}")
    print(f"{found}; {load()}")


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m bench.generation", description=__doc__)
    made.add_argument("--posts", type=int, default=POSTS, help="published pieces of the past")
    made.add_argument("--generations", type=int, default=GENERATIONS, help="how many are timed")
    made.add_argument("--offline", action="store_true", help="the real offline models")
    return made


if __name__ == "__main__":
    main()
