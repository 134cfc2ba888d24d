"""Streams: the last events of each topic, kept for those who were away, and told as they come."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from datasources.coalesce import Coalescer
from datasources.failures import redis_failures
from datasources.lease import Lease, LeaseLost
from datasources.outbox import Event
from datasources.redis import Redis

Position = tuple[int, int]
Entries = list[tuple[str, dict[str, str]]]

PAGE = 100
PAGES_AT_ONCE = 20
STANDS_AT_ONCE = 200

# KEYS: the lease, the told, their number by type, then a stream and its tombstone for each topic.
# ARGV: token, lease in ms, cap, seconds kept; then for each event id, body, type, count and the
# topics' numbers.
TELL = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local at = 5
while ARGV[at] do
  local id, body, count = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 3])
  if redis.call('ZADD', KEYS[2], 'NX', '+inf', id) == 1 then
    redis.call('HINCRBY', KEYS[3], ARGV[at + 2], 1)
    for n = at + 4, at + 3 + count do
      local stream, tombstone = KEYS[2 + 2 * ARGV[n]], KEYS[3 + 2 * ARGV[n]]
      if redis.call('EXISTS', tombstone) == 0 then
        local cursor = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[3], '*', 'event', body)
        redis.call('EXPIRE', stream, ARGV[4])
        redis.call('PUBLISH', stream, cursor .. ' ' .. body)
      end
    end
  end
  at = at + 4 + count
end
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('EXPIRE', KEYS[3], ARGV[4])
return 1
"""

SETTLE = """
local now = tonumber(redis.call('TIME')[1])
for n = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[n]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
"""

STAND = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last then return last[1] end
local id = redis.call('XADD', KEYS[1], '*', 'begin', '')
redis.call('EXPIRE', KEYS[1], ARGV[1])
return id
"""

TOLD_KEPT_FOR = 120
TOMBSTONE_KEPT_FOR = 3600


class Trimmed(Exception):
    """The entry to go on from is no longer in the stream: what followed it may be gone too."""


class Delivered(msgspec.Struct, frozen=True):
    """An event, and the cursor to go on after it."""

    cursor: str
    event: Event


class Page(msgspec.Struct, frozen=True):
    """A run of entries; `last` is the position behind them, `more` whether others follow."""

    entries: list[Delivered]
    last: Position
    more: bool


def position(cursor: str) -> Position:
    """A cursor as what it counts: milliseconds and a number. ValueError where it is none."""
    milliseconds, _, number = cursor.partition("-")
    found = int(milliseconds), int(number)
    if max(found) >= 2**64 or cursor != f"{found[0]}-{found[1]}":
        raise ValueError(cursor)
    return found


_event = msgspec.json.Decoder(Event)


def delivered(message: str) -> Delivered:
    """What a topic's channel says: a cursor, a space and the event."""
    cursor, _, body = message.partition(" ")
    return Delivered(cursor, _event.decode(body))


def page_of(entries: Entries) -> Page:
    """The page that a reply holds, which begins with the entry that was had before."""
    found = [
        Delivered(cursor, _event.decode(fields["event"]))
        for cursor, fields in entries[1:]
        if "event" in fields
    ]
    return Page(found, position(entries[-1][0]), len(entries) > PAGE)


def body_of(event: Event) -> bytes:
    """An event as listeners get it, without its topics: they may name people who ask to go."""
    return msgspec.json.encode(msgspec.structs.replace(event, topics=[]))


def told_by_type(redis: Redis) -> str:
    """The key that counts what was told, by type, for the whole deployment."""
    return redis.key("told-by-type")


class Streams:
    """The streams of all topics. Each keeps about `cap` entries, `keep` seconds after the last."""

    def __init__(self, redis: Redis, *, cap: int = 10_000, keep: int = 7 * 86_400) -> None:
        self._redis = redis
        self._cap = cap
        self._keep = keep
        self._told = redis.key("told")
        self._tell = redis.client.register_script(TELL)
        self._settle = redis.client.register_script(SETTLE)
        self._pages: Coalescer[str, Page] = Coalescer(self._fetch_pages, "streams")
        self._stands: Coalescer[str, str] = Coalescer(self._fetch_stands, "stands")

    def channel(self, topic: str) -> str:
        """Name of the topic's channel, and of its stream."""
        return self._redis.key("stream", topic)

    async def tell(self, lease: Lease, events: Sequence[Event]) -> None:
        """Add those that were not added yet to their streams and publish them, in one step.

        Raises `LeaseLost` and does nothing where the lease is not ours.
        """
        topics = {topic: 0 for event in events for topic in event.topics}
        keys = [lease.key, self._told, told_by_type(self._redis)]
        for number, topic in enumerate(topics, 1):
            topics[topic] = number
            keys += [self.channel(topic), self._tombstone(topic)]
        arguments: list[str | bytes | int] = [
            lease.token, lease.milliseconds, self._cap, self._keep,
        ]  # fmt: skip
        for event in events:
            numbers = [topics[topic] for topic in dict.fromkeys(event.topics)]
            arguments += [event.id, body_of(event), event.type, len(numbers), *numbers]
        with redis_failures():
            done = await self._tell(keys, arguments)
        if not done:
            lease.lost()
            raise LeaseLost
        lease.renewed()

    async def settle(self, events: Sequence[Event]) -> None:
        """Note that the outbox knows these as told: they need not be remembered much longer."""
        with redis_failures():
            await self._settle([self._told], [TOLD_KEPT_FOR, *(event.id for event in events)])

    async def stand(self, topic: str) -> str:
        """Cursor of the newest entry. A topic without any gets a first one that tells nothing."""
        [cursor] = await self._stands.get_many([topic])
        if cursor is None:
            raise LookupError(topic)
        return cursor

    async def page(self, topic: str, after: Position) -> Page:
        """The next entries behind `after`, up to `PAGE`; `Trimmed` where that one is not there.

        Calls that wait for the same reply share it: many listeners often stand at one place.
        """
        [page] = await self._pages.get_many([f"{after[0]}-{after[1]} {topic}"])
        if page is None:
            raise Trimmed(topic)
        return page

    async def _fetch_stands(self, topics: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for begin in range(0, len(topics), STANDS_AT_ONCE):
            some = topics[begin : begin + STANDS_AT_ONCE]
            with redis_failures():
                async with self._redis.client.pipeline(transaction=False) as pipe:
                    for topic in some:
                        pipe.eval(STAND, 1, self.channel(topic), self._keep)
                    found.update(zip(some, await pipe.execute(), strict=True))
        return found

    async def _fetch_pages(self, places: list[str]) -> dict[str, Page]:
        found: dict[str, Page] = {}
        for begin in range(0, len(places), PAGES_AT_ONCE):
            some = places[begin : begin + PAGES_AT_ONCE]
            with redis_failures():
                async with self._redis.client.pipeline(transaction=False) as pipe:
                    for place in some:
                        start, _, topic = place.partition(" ")
                        pipe.xrange(self.channel(topic), start, count=PAGE + 1)
                    replies: list[Entries] = await pipe.execute()
            for place, entries in zip(some, replies, strict=True):
                if entries and place.startswith(f"{entries[0][0]} "):
                    found[place] = page_of(entries)
        return found

    async def forget(self, topics: Sequence[str]) -> None:
        """Remove the streams; what is on its way to them is dropped."""
        with redis_failures():
            async with self._redis.client.pipeline() as pipe:
                for topic in topics:
                    pipe.set(self._tombstone(topic), "", ex=TOMBSTONE_KEPT_FOR)
                    pipe.unlink(self.channel(topic))
                await pipe.execute()

    def _tombstone(self, topic: str) -> str:
        """Its name does not tell whose topic it was: it stays when they have gone."""
        return self._redis.key("forgotten", hashlib.sha256(topic.encode()).hexdigest()[:32])
