"""Does an engine answer, and is it one that we can work with? For `doctor`, and before `serve`."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote

from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings

OLDEST_MONGODB = (6, 0)
OLDEST_REDIS = (7, 0)

Answer = tuple[str, float, str]
"""A version, the seconds that an answer took, and a warning."""


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

    async def ask() -> Answer:
        mongo = Mongo(
            settings.mongodb_url,
            settings.mongodb_database,
            timeout=settings.engine_timeout_seconds,
        )
        try:
            took = await timed(mongo.ping)
            hello = await mongo.database.command("hello")
            found = (await mongo.database.command("buildInfo"))["version"]
        finally:
            await mongo.close()
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise Unfit("is a single server, and transactions need a replica set (--replSet rs0)")
        refuse_older(found, OLDEST_MONGODB)
        return f"MongoDB {found}", took, ""

    return await asked("MONGODB_URL", settings.mongodb_url, ask)


async def redis(settings: Settings) -> Probe:
    """Ask Redis."""

    async def ask() -> Answer:
        redis = Redis(
            settings.redis_url, settings.redis_namespace, timeout=settings.engine_timeout_seconds
        )
        try:
            took = await timed(redis.ping)
            info = await redis.client.info()
        finally:
            await redis.close()
        refuse_older(info["redis_version"], OLDEST_REDIS)
        name = "Valkey" if "valkey_version" in info else "Redis"
        version = f"{name} {info.get('valkey_version', info['redis_version'])}"
        return version, took, evicting(info.get("maxmemory_policy", ""))

    return await asked("REDIS_URL", settings.redis_url, ask)


async def timed(ping: Callable[[], Awaitable[None]]) -> float:
    """How many seconds an answer takes once there is a connection."""
    await ping()
    began = time.perf_counter()
    await ping()
    return time.perf_counter() - began


async def asked(setting: str, url: str, ask: Callable[[], Awaitable[Answer]]) -> Probe:
    """The probe, whatever comes of it: nothing is raised."""
    where = without_password(url)
    try:
        version, took, warning = await ask()
    except Unavailable:
        return Probe(setting, where, problem=f"{setting} does not answer: start it or correct it.")
    except Unfit as unfit:
        return Probe(setting, where, problem=f"{setting} {unfit}.")
    except Exception as refusal:
        words = " ".join(str(refusal).split(", full error")[0].split()).rstrip(".")
        words = words.replace(password_of(url) or "\0", "***")
        return Probe(setting, where, problem=f"{setting} cannot be used ({words}): correct it.")
    return Probe(setting, where, version, took, warning=warning)


def refuse_older(version: str, oldest: tuple[int, int]) -> None:
    """Raise Unfit for what was never tried."""
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < oldest:
        wanted = ".".join(map(str, oldest))
        raise Unfit(f"is version {version}, and at least {wanted} is needed")


def evicting(policy: str) -> str:
    """A warning where Redis drops keys when its memory is full: queues and revocations are keys."""
    if policy in ("noeviction", ""):
        return ""
    return (
        f"REDIS_URL drops keys when it is full: set maxmemory-policy to noeviction, not {policy}."
    )


def password_of(url: str) -> str:
    """The password in an address, "" where there is none."""
    return url.partition("://")[2].rpartition("@")[0].partition(":")[2]


def without_password(url: str) -> str:
    """The address as it can be shown: no user, no password, no options."""
    scheme, _, rest = url.partition("://")
    hosts = rest.partition("?")[0].rpartition("@")[2].partition("/")[0] if "@" in rest else rest
    return f"{scheme}://{unquote(hosts.partition('?')[0].rstrip('/'))}"
