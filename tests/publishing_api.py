"""The API's side of a publication, as a process: a line on standard input asks for so many.

Answers one line: the ids of the targets as a JSON list. Its events and jobs are handed on by
whichever process leads, this one included.
"""

from __future__ import annotations

import asyncio
import json
import sys

from datasources.content import Platform
from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.redis import Redis
from tests.publishing_world import World, open_world


async def publish(world: World) -> str:
    """Write and publish one piece, asking again while the database is away; its target."""
    draft = None
    while True:
        try:
            draft = draft or await world.write()
            _, [target] = await world.publishing.publish(world.editor, draft, [Platform.FEED])
        except Unavailable:
            await asyncio.sleep(0.1)
        else:
            return target.id


async def main(mongodb: str, redis_url: str, name: str) -> None:
    """Serve until the input ends."""
    mongo, redis = Mongo(mongodb, name, timeout=5.0), Redis(redis_url, name, timeout=5.0)
    async with open_world(mongo, redis) as world:
        await world.events.start()
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([await publish(world) for _ in range(int(line))]), flush=True)
        await world.events.close()
    await mongo.close()
    await redis.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
