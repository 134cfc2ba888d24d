"""Places: how many of a thing a caller holds at once, over all processes, counted in Redis.

Each process keeps what its callers hold in one hash, which lives only as long as the process
says that it does: what a process held that was killed is free again after `seconds`. Whoever
asks for a place sees the hashes of all. All that is asked of one moment leaves as one command.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, cast

import orjson

from datasources.failures import Unavailable, redis_failures
from datasources.redis import Redis
from datasources.tasks import end

LEASE = 30.0
MOST = 200
"""How many go with one command, which Redis runs in one piece."""

TAKE = """
local processes, mine, me, lease = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', processes, '-inf', now)
redis.call('ZADD', processes, now + lease, me)
if ARGV[3] ~= '' then
  redis.call('DEL', mine)
  for name, held in pairs(cjson.decode(ARGV[3])) do redis.call('HSET', mine, name, held) end
end
local hashes = {}
for i, process in ipairs(redis.call('ZRANGE', processes, 0, -1)) do
  hashes[i] = processes .. ':' .. process
end
local function held(name)
  local sum = 0
  for _, hash in ipairs(hashes) do sum = sum + (tonumber(redis.call('HGET', hash, name)) or 0) end
  return sum
end
local told = {}
for i = 4, #ARGV do
  local full, places = 0, cjson.decode(ARGV[i])
  for j, place in ipairs(places) do
    if full == 0 and place[3] > 0 and held(place[1]) + place[3] > place[2] then full = j end
  end
  if full == 0 then
    for _, place in ipairs(places) do
      if redis.call('HINCRBY', mine, place[1], place[3]) <= 0 then
        redis.call('HDEL', mine, place[1])
      end
    end
  end
  told[#told + 1] = full
end
redis.call('PEXPIRE', mine, lease)
return told
"""


class Place(NamedTuple):
    """One place among those called `name`, of which there are `limit`."""

    name: str
    limit: int


class Asked(NamedTuple):
    """Places that are taken together (`change` 1), or left (-1)."""

    places: Sequence[Place]
    change: int
    answer: asyncio.Future[Place | None]


class Places:
    """What is held, of this process in memory, of all in Redis. Lives from `start` to `close`.

    While Redis is away this process's own count decides; it is written anew once Redis is back.
    """

    def __init__(self, redis: Redis, *, seconds: float = LEASE) -> None:
        self._redis = redis
        self._seconds = seconds
        self._process = secrets.token_hex(8)
        self._processes = redis.key("places")
        self._mine = redis.key("places", self._process)
        self._script = redis.client.register_script(TAKE)
        self._held: Counter[str] = Counter()
        self._unwritten = False
        self._next: list[Asked] = []
        self._runner: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None

    def held(self, name: str) -> int:
        """How many this process holds."""
        return self._held[name]

    async def start(self) -> None:
        """Begin to say that this process lives."""
        self._keeper = asyncio.create_task(self._keep(), name="places")

    async def close(self) -> None:
        """Leave everything."""
        if self._keeper is not None:
            await end(self._keeper)
        while self._runner is not None:
            await asyncio.wait([self._runner])
        try:
            with redis_failures():
                await self._redis.client.delete(self._mine)
                await self._redis.client.zrem(self._processes, self._process)
        except Unavailable:
            return

    async def take(self, *places: Place) -> Place | None:
        """Take one of each, or none where one is full, which is returned."""
        answer = self._ask(places, 1)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            answer.add_done_callback(lambda done: self._forsaken(done, places))
            raise

    def leave(self, *places: Place) -> None:
        """Give back what was taken, without waiting for it."""
        self._ask(places, -1)

    def _forsaken(self, answer: asyncio.Future[Place | None], places: Sequence[Place]) -> None:
        """Who asked is gone: what it was given is given back."""
        if answer.exception() is None and answer.result() is None:
            self.leave(*places)

    def _ask(self, places: Sequence[Place], change: int) -> asyncio.Future[Place | None]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Place | None] = loop.create_future()
        self._next.append(Asked(places, change, answer))
        if self._runner is None:
            self._runner = loop.create_task(self._run())
        return answer

    async def _run(self) -> None:
        try:
            while self._next:
                batch, self._next = self._next[:MOST], self._next[MOST:]
                await self._answer(batch)
        finally:
            self._runner = None

    async def _answer(self, batch: Sequence[Asked]) -> None:
        """One batch at a time: so Redis has what we hold, in the order in which we came to it."""
        try:
            found = await self._told(batch)
        except Unavailable:
            self._unwritten = True
            found = None
        except Exception as error:
            self._unwritten = True
            for asked in batch:
                asked.answer.set_exception(error)
                asked.answer.exception()
            return
        for at, asked in enumerate(batch):
            full = self._full(asked) if found is None else found[at]
            if full is None:
                self._count(asked)
            asked.answer.set_result(full)

    async def _told(self, batch: Sequence[Asked]) -> list[Place | None]:
        """Which place was full for each, as Redis says."""
        held = orjson.dumps(dict(self._held)) if self._unwritten else b""
        arguments: list[bytes | str | int] = [self._process, int(self._seconds * 1000), held]
        for asked in batch:
            arguments.append(orjson.dumps([[*place, asked.change] for place in asked.places]))
        with redis_failures():
            told = cast(
                list[int], await self._script(keys=[self._processes, self._mine], args=arguments)
            )
        self._unwritten = False
        return [
            asked.places[full - 1] if full else None
            for asked, full in zip(batch, told, strict=True)
        ]

    def _full(self, asked: Asked) -> Place | None:
        if asked.change < 0:
            return None
        return next((each for each in asked.places if self._held[each.name] >= each.limit), None)

    def _count(self, asked: Asked) -> None:
        for place in asked.places:
            self._held[place.name] += asked.change
            if self._held[place.name] <= 0:
                del self._held[place.name]

    async def _keep(self) -> None:
        """Write anew what we hold, so often that it is never taken for a dead process's."""
        while True:
            await asyncio.sleep(self._seconds / 3)
            self._unwritten = True
            await asyncio.shield(self._ask((), 1))
