"""What a test leaves in the engines, removed for the next one."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from datasources.migrations import STEPS, Migrations
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.stores import Stores

OF_NOTHING = hashlib.md5(usedforsecurity=False).hexdigest()
"""What the database gives as the hash of a collection without documents."""

CLEAR = """
local cursor = "0"
repeat
    local found = redis.call("SCAN", cursor, "MATCH", ARGV[1], "COUNT", 1000)
    cursor = found[1]
    for _, key in ipairs(found[2]) do redis.call("UNLINK", key) end
until cursor == "0"
"""


@asynccontextmanager
async def migrated(mongo: Mongo) -> AsyncIterator[Mongo]:
    """That database with its indexes, dropped at the end."""
    await Migrations(mongo, Stores.on(mongo).all()).run()
    try:
        yield mongo
    finally:
        await mongo.client.drop_database(mongo.database.name)
        await mongo.close()


async def emptied(mongo: Mongo) -> bool:
    """Remove every document; whether the database is as a new, migrated one would be."""
    hashes: dict[str, str] = (await mongo.database.command("dbHash"))["collections"]
    for each, found in hashes.items():
        if found != OF_NOTHING and not (each == "migrations" and await at_rest(mongo)):
            await mongo.database[each].delete_many({})
    return {each.raw.name for each in Stores.on(mongo).all() if each.indexes} <= hashes.keys()


async def at_rest(mongo: Mongo) -> bool:
    """Whether migrations left the database complete, and no test changed what they wrote."""
    found = await mongo.database.migrations.find({}, {"indexes": False}).to_list()
    return found == [{"_id": "state", "version": len(STEPS), "holder": None, "until": None}]


@asynccontextmanager
async def cleared(redis: Redis) -> AsyncIterator[Redis]:
    """That namespace, emptied at the end."""
    try:
        yield redis
    finally:
        await redis.client.eval(CLEAR, 0, f"{redis.namespace}:*")
        await redis.close()
