"""`brandgraph doctor`: what is configured, what is embedded, what answers, and what to do."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datasources.jobs import JobQueue
from datasources.migrations import Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.stores import Stores
from server.engine_room import filled
from server.engines import available, running
from server.probes import Probe, mongodb, redis
from server.secrets import FILE
from server.settings import Settings

BUNDLE = Path(__file__).parent / "static" / "explorer" / "page.json"
GOOD, NOTE, BAD = "ok", "note", "FAIL"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, as text for a terminal. `well`: everything that is needed is there."""

    text: str
    well: bool


@dataclass(slots=True)
class Report:
    """Lines, a part each, and sentences of what to do."""

    lines: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    well: bool = True

    def add(self, mark: str, part: str, found: str, advice: str = "") -> None:
        """A line; `advice` is told at the end."""
        self.lines.append(f"  {mark:<5} {part:<13} {found}")
        self.well = self.well and mark != BAD
        if advice:
            self.advice.append(f"  - {advice}")

    def findings(self) -> Findings:
        """All of it."""
        end = "Everything that is needed is there." if self.well else "Something is missing."
        advice = ["", "What to do:", *self.advice] if self.advice else []
        return Findings("\n".join(["", *self.lines, *advice, "", end]), self.well)


def examine(settings: Settings) -> Findings:
    """Look at every part. Starts nothing: engines of a running server are asked, if there is one.

    Takes as long as an engine that is away is waited for, ENGINE_TIMEOUT_SECONDS.
    """
    report = Report()
    report.add(GOOD, "Mode", f"{settings.brandgraph_env.value}, {settings.url}/graphql")
    report.add(GOOD, "Python", platform.python_version())
    mongod, valkey = settings.embedded
    urls = running(settings.data_dir) if mongod or valkey else None
    complete = filled(settings, urls) if urls else settings
    asyncio.run(engines(report, complete, settings.embedded))
    keys(report, settings)
    explorer(report, settings)
    return report.findings()


async def engines(report: Report, complete: Settings, embedded: tuple[bool, bool]) -> None:
    """What answers, and what is in it. `complete` lacks a URL where nothing runs."""
    programs = available() if not (complete.mongodb_url and complete.redis_url) else {}
    if complete.mongodb_url:
        answered(report, "MongoDB", await mongodb(complete), embedded[0])
    else:
        would_start(report, "MongoDB", "mongod", programs, complete)
    if complete.redis_url:
        answered(report, "Redis", await redis(complete), embedded[1])
    else:
        would_start(report, "Redis", "valkey", programs, complete)
    if not (complete.mongodb_url and complete.redis_url):
        report.add(NOTE, "Worker", "not asked: start `brandgraph serve`, then ask again")
    elif report.well:
        await database(report, complete)
        await workers(report, complete)


def answered(report: Report, part: str, probe: Probe, embedded: bool) -> None:
    """The line of an engine that was asked."""
    whose = "embedded" if embedded else "yours"
    if probe.problem:
        report.add(BAD, part, f"{whose}, {probe.where}", probe.problem)
        return
    told = f"{probe.version}, {whose}, {probe.where}, answers in {probe.seconds * 1000:.1f} ms"
    report.add(NOTE if probe.warning else GOOD, part, told, probe.warning)


def would_start(
    report: Report,
    part: str,
    program: str,
    programs: Mapping[str, str | None],
    settings: Settings,
) -> None:
    """The line of an embedded engine that does not run now."""
    setting = "MONGODB_URL" if program == "mongod" else "REDIS_URL"
    found = programs.get(program)
    version = (programs.get(f"{program}_version") or "").partition(" sha=")[0]
    if not found:
        report.add(
            BAD, part, "none here", f"Set {setting}: no {part} is packaged for this machine."
        )
    elif version.startswith("does not run"):
        report.add(BAD, part, f"{found} {version}", f"Set {setting}, or repair {found}.")
    else:
        folder = settings.data_dir.resolve()
        report.add(GOOD, part, f"would be started, embedded, in {folder} ({version})")


async def database(report: Report, settings: Settings) -> None:
    """Indexes and schema versions."""
    mongo = Mongo(settings.mongodb_url, settings.mongodb_database)
    try:
        collections = Stores.on(mongo).all()
        pending = await Migrations(mongo, collections).pending()
        missing = 0
        for collection in collections:
            there = await collection.raw.index_information()
            missing += sum(index.document["name"] not in there for index in collection.indexes)
    finally:
        await mongo.close()
    if pending or missing:
        told = f"{len(pending)} migrations and {missing} indexes are missing"
        report.add(NOTE, "Database", told, "Run `brandgraph migrate` (`serve` does so too).")
    else:
        report.add(GOOD, "Database", f"{settings.mongodb_database!r}, all indexes are there")


async def workers(report: Report, settings: Settings) -> None:
    """Who does the jobs, and which ones nobody could do."""
    redis = Redis(settings.redis_url, settings.redis_namespace)
    try:
        async with JobQueue(redis) as queue:
            alive, dead = await queue.workers(), len(await queue.dead())
    finally:
        await redis.close()
    given_up = f", {dead} jobs were given up" if dead else ""
    if alive:
        report.add(GOOD, "Worker", f"{alive} alive{given_up}")
    else:
        advice = "Start `brandgraph worker`, or `serve` without WORKER=false: jobs are waiting."
        report.add(BAD, "Worker", f"none alive{given_up}", advice)


def keys(report: Report, settings: Settings) -> None:
    """What signs access tokens."""
    kept = settings.data_dir / FILE
    if settings.auth_keys:
        first, *others = settings.auth_keys
        also = f", {', '.join(others)} verify too" if others else ""
        report.add(GOOD, "Signing keys", f"of AUTH_KEYS: {first} signs{also}")
    elif kept.exists():
        report.add(GOOD, "Signing keys", f"made for this machine, in {kept.resolve()}")
    else:
        report.add(GOOD, "Signing keys", "would be made for this machine at the first start")


def explorer(report: Report, settings: Settings) -> None:
    """Where GraphiQL's scripts come from."""
    if not settings.explorer:
        report.add(GOOD, "GraphiQL", "off")
    elif BUNDLE.exists():
        report.add(GOOD, "GraphiQL", "bundled, served by ourselves")
    else:
        advice = "Run `make explorer`, with Node.js, to serve GraphiQL without a CDN."
        report.add(NOTE, "GraphiQL", "loads its scripts from a CDN", advice)
