"""Does an engine answer, and is it one that we can work with? For `doctor`, and before `serve`."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings

OLDEST_MONGODB = (6, 0)
OLDEST_REDIS = (7, 0)


@dataclass(frozen=True, slots=True)
class Probe:
    """What an engine said. `problem` is one sentence, "" where all is well; times are seconds."""

    name: str
    where: str
    version: str = ""
    seconds: float = 0.0
    problem: str = ""
    warning: str = ""


class Unfit(Exception):
    """The engine answers, but we cannot work with it."""


async def mongodb(settings: Settings) -> Probe:
    """Ask MongoDB."""
    mongo = Mongo(
        settings.mongodb_url, settings.mongodb_database, timeout=settings.engine_timeout_seconds
    )

    async def ask() -> tuple[str, str]:
        hello = await mongo.database.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise Unfit("is a single server, and transactions need a replica set (--replSet rs0)")
        found = (await mongo.database.command("buildInfo"))["version"]
        if numbers(found) < OLDEST_MONGODB:
            raise Unfit(f"is version {found}, and at least {dotted(OLDEST_MONGODB)} is needed")
        return f"MongoDB {found}", ""

    try:
        return await asked("MONGODB_URL", without_password(settings.mongodb_url), mongo.ping, ask)
    finally:
        await mongo.close()


async def redis(settings: Settings) -> Probe:
    """Ask Redis."""
    redis = Redis(
        settings.redis_url, settings.redis_namespace, timeout=settings.engine_timeout_seconds
    )

    async def ask() -> tuple[str, str]:
        info = await redis.client.info()
        if numbers(info["redis_version"]) < OLDEST_REDIS:
            found = info["redis_version"]
            raise Unfit(f"is version {found}, and at least {dotted(OLDEST_REDIS)} is needed")
        name = "Valkey" if "valkey_version" in info else "Redis"
        version = f"{name} {info.get('valkey_version', info['redis_version'])}"
        return version, evicting(info.get("maxmemory_policy", ""))

    try:
        return await asked("REDIS_URL", without_password(settings.redis_url), redis.ping, ask)
    finally:
        await redis.close()


async def asked(
    setting: str,
    where: str,
    ping: Callable[[], Awaitable[None]],
    ask: Callable[[], Awaitable[tuple[str, str]]],
) -> Probe:
    """The probe, whatever comes of it: nothing is raised."""
    try:
        await ping()
        began = time.perf_counter()
        await ping()
        took = time.perf_counter() - began
        version, warning = await ask()
    except Unavailable:
        return Probe(setting, where, problem=f"{setting} does not answer: start it or correct it.")
    except Unfit as unfit:
        return Probe(setting, where, problem=f"{setting} {unfit}.")
    except Exception as refusal:
        words = " ".join(str(refusal).split(", full error")[0].split()).rstrip(".")
        return Probe(setting, where, problem=f"{setting} refuses us ({words}): correct it.")
    return Probe(setting, where, version, took, warning=warning)


def evicting(policy: str) -> str:
    """A warning where Redis drops keys when its memory is full: queues and revocations are keys."""
    if policy in ("noeviction", ""):
        return ""
    return (
        f"REDIS_URL drops keys when it is full: set maxmemory-policy to noeviction, not {policy}."
    )


def numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(map(int, re.findall(r"\d+", version)[:2]))


def dotted(version: tuple[int, ...]) -> str:
    """As people write it."""
    return ".".join(map(str, version))


def without_password(url: str) -> str:
    """The address as it can be shown: no user, no password, no options."""
    scheme, _, rest = url.partition("://")
    hosts = rest.partition("?")[0].rpartition("@")[2].partition("/")[0] if "@" in rest else rest
    return f"{scheme}://{hosts.partition('?')[0]}"
