"""Token buckets in Redis: what callers may still spend, taken and given back atomically.

A bucket holds points and requests. Of each it keeps one number, the time at which it will be full
again, so that nothing has to be counted up, and a bucket that is full takes no memory. All takes
of one moment leave as one command, which also looks whether the callers' tokens were revoked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple, cast

from datasources.coalesce import LINGER
from datasources.failures import Unavailable, redis_failures
from datasources.redis import Redis
from datasources.revocations import REVOKED
from datasources.spans import Span, current, within

MOMENT = 0.02
"""How many seconds that which is given back waits for company."""
MOST = 200
"""How many takes go with one command, which Redis runs in one piece."""

TAKE = """
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local told = {}
for i = 1, #ARGV - 1 do
  local key, asked = KEYS[i], {}
  for number in string.gmatch(ARGV[i + 1], '%S+') do asked[#asked + 1] = tonumber(number) end
  local kept = redis.call('GET', key) or ''
  local full = {string.match(kept, '(%S+) (%S+)')}
  local wait, owed, after, size, each = 0, {}, {}, {}, {}
  for j = 1, 2 do
    local taken = asked[j]
    size[j] = asked[2 + j]
    each[j] = asked[5] / size[j]
    owed[j] = math.max(0, (tonumber(full[j]) or now) - now)
    after[j] = math.max(0, owed[j] + taken * each[j])
    if taken > 0 then wait = math.max(wait, after[j] - size[j] * each[j]) end
  end
  if asked[6] > 0 and redis.call('EXISTS', KEYS[asked[6]]) == 1 then
    wait = -1
  elseif wait <= 0.5 then
    wait, owed = 0, after
    local latest = math.max(owed[1], owed[2])
    if latest > 0 then
      local value = string.format('%.3f %.3f', now + owed[1], now + owed[2])
      redis.call('SET', key, value, 'PX', math.ceil(latest) + 1)
    else
      redis.call('DEL', key)
    end
  end
  told[#told + 1] = math.ceil(wait)
  for j = 1, 2 do told[#told + 1] = math.floor(size[j] - owed[j] / each[j] + 0.0001) end
end
return told
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much a bucket holds; what was taken comes back within `seconds`, evenly."""

    points: int
    requests: int
    seconds: float = 60.0


class Take(NamedTuple):
    """What is taken from a bucket; less than nothing is given back.

    Where `token` is given, nothing is taken if that token was revoked.
    """

    bucket: str
    size: Size
    points: int
    requests: int
    token: str | None = None


class Left(NamedTuple):
    """What is left. `wait` is 0, or the seconds to wait where nothing was taken."""

    wait: float
    points: int
    requests: int
    revoked: bool = False


class Asked(NamedTuple):
    """A take that will go with the next command; None waits for what is given back.

    `span` is that of a caller who is traced: the command is shown below the first one.
    """

    take: Take
    answer: asyncio.Future[Left] | None = None
    span: Span | None = None


class Buckets:
    """All buckets, in Redis. `clock` gives seconds, and is Redis's own where there is none."""

    def __init__(self, redis: Redis, clock: Callable[[], float] | None = None) -> None:
        self._redis = redis
        self._clock = clock
        self._script = redis.client.register_script(TAKE)
        self._next: list[Asked] = []
        self._runner: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, take: Take) -> Left:
        """Take it, or nothing where there is too little. `Unavailable` where Redis is away."""
        answer: asyncio.Future[Left] = asyncio.get_running_loop().create_future()
        span = current.get()
        if span is None:
            self._ask_for(Asked(take, answer))
            return await answer
        with within(span.child("take points")) as taking:
            self._ask_for(Asked(take, answer, taking))
            return await answer

    def give(self, take: Take) -> None:
        """Give back without waiting for it: it goes with the next take, or after a moment.

        It is lost where Redis is away.
        """
        self._next.append(Asked(take))
        if self._runner is None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(MOMENT, self._begin)

    async def flushed(self) -> None:
        """Wait until all that was given is with Redis."""
        self._begin()
        while self._runner is not None:
            await asyncio.wait([self._runner])

    def _ask_for(self, asked: Asked) -> None:
        self._next.append(asked)
        self._begin()

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._runner is None and self._next:
            self._runner = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._next:
                batch, self._next = self._next[:MOST], self._next[MOST:]
                await self._answer(batch)
                if self._next:
                    await asyncio.sleep(LINGER)
        finally:
            self._runner = None

    async def _answer(self, batch: Sequence[Asked]) -> None:
        current.set(next((asked.span for asked in batch if asked.span is not None), None))
        try:
            found: list[Left] = await self._ask([asked.take for asked in batch])
        except BaseException as error:
            told = error if isinstance(error, Exception) else Unavailable("cache")
            waiting, self._next = [*batch, *self._next], []  # to wait in turn would take longer
            for asked in waiting:
                if asked.answer is not None and not asked.answer.done():
                    asked.answer.set_exception(told)
            if not isinstance(error, Exception):
                raise
            return
        for asked, left in zip(batch, found, strict=True):
            if asked.answer is not None and not asked.answer.done():
                asked.answer.set_result(left)

    async def _ask(self, takes: Sequence[Take]) -> list[Left]:
        now = -1.0 if self._clock is None else self._clock() * 1000
        arguments: list[float | str] = [now]
        keys = [self._redis.key("bucket", take.bucket) for take in takes]
        for _, size, points, requests, token in takes:
            if token is not None:
                keys.append(self._redis.key(REVOKED, token))
            forbids = 0 if token is None else len(keys)
            sizes = f"{size.points} {size.requests} {1000 * size.seconds}"
            arguments.append(f"{points} {requests} {sizes} {forbids}")
        with redis_failures():
            told = cast(list[int], await self._script(keys=keys, args=arguments))
        return [left(*told[at : at + 3]) for at in range(0, len(told), 3)]


def left(wait: int, points: int, requests: int) -> Left:
    """As Redis tells it: milliseconds to wait, or -1 for a token that was revoked."""
    return Left(0.0, points, requests, True) if wait < 0 else Left(wait / 1000, points, requests)


class LocalBuckets:
    """The same in this process's memory, for the time that Redis is away.

    The longest unused go when there are more than `most`.
    """

    def __init__(self, clock: Callable[[], float], most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._full: dict[str, tuple[float, float]] = {}

    def take(self, take: Take) -> Left:
        """Take it, or nothing where there is too little."""
        now = self._clock()
        bucket, size, points, requests, _ = take
        paces = size.seconds / size.points, size.seconds / size.requests
        full = self._full.pop(bucket, (now, now))
        owed = [max(0.0, each - now) for each in full]
        then = [
            max(0.0, owed[0] + points * paces[0]),
            max(0.0, owed[1] + requests * paces[1]),
        ]
        over = [then[0] - size.seconds, then[1] - size.seconds]
        wait = max(0.0, over[0] if points > 0 else 0.0, over[1] if requests > 0 else 0.0)
        if wait > 0.0005:
            then = owed
        else:
            wait = 0.0
        if max(then) > 0:
            self._full[bucket] = now + then[0], now + then[1]
        if len(self._full) > self._most:
            del self._full[next(iter(self._full))]
        left = size.points - then[0] / paces[0], size.requests - then[1] / paces[1]
        return Left(ceil(wait * 1000) / 1000, int(left[0] + 0.0001), int(left[1] + 0.0001))
