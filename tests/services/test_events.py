"""Following events: from now on, from a cursor, and to the end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from services.events import CursorExpired, SlowConsumer
from services.failures import BadInput
from tests.services.telling import TOPIC, record, subjects, take, telling, until


async def test_an_event_arrives_after_its_change_was_committed(mongo: Mongo, redis: Redis) -> None:
    """What a listener gets is what was recorded, with a cursor."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.start()

        async def change() -> None:
            await events.record(
                "content.published",
                topics=[TOPIC],
                subject="cnt_1",
                workspace_id="wsp_a",
                data={"at": datetime(2026, 1, 2, tzinfo=UTC), "platforms": ["FEED"]},
            )

        await mongo.transact(change)
        [found] = await take(listener, 1)
        assert found.event.type == "content.published"
        assert found.event.workspace_id == "wsp_a"
        assert found.event.data == {"at": "2026-01-02T00:00:00Z", "platforms": ["FEED"]}
        assert found.cursor == await events.cursor(TOPIC)
        await listener.aclose()


async def test_a_change_that_is_rolled_back_tells_nothing(mongo: Mongo, redis: Redis) -> None:
    """The event goes the way of the write that it was recorded with."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.start()

        async def change() -> None:
            await events.record("content.updated", topics=[TOPIC], subject="undone")
            raise LookupError

        with pytest.raises(LookupError):
            await mongo.transact(change)
        await record(events, mongo, ["kept"])
        assert subjects(await take(listener, 1)) == ["kept"]
        await listener.aclose()


async def test_all_listeners_of_a_topic_share_one_subscription(mongo: Mongo, redis: Redis) -> None:
    """However many listen, Redis has one subscriber a process, and none when all have gone."""
    async with telling(mongo, redis) as events:
        channel = redis.key("stream", TOPIC)
        listeners = [events.listen(TOPIC) for _ in range(300)]
        await asyncio.gather(*(listener.start() for listener in listeners))
        assert await redis.client.pubsub_numsub(channel) == [(channel, 1)]
        await record(events, mongo, ["a", "b"])
        for listener in listeners:
            assert subjects(await take(listener, 2)) == ["a", "b"]
            await listener.aclose()

        async def nobody_listens() -> bool:
            return await redis.client.pubsub_numsub(channel) == [(channel, 0)]

        await until(nobody_listens)


async def test_a_thousand_topics_can_be_listened_to_at_once(mongo: Mongo, redis: Redis) -> None:
    """As when all clients come back together: few commands, no failure, and each hears its own."""
    async with telling(mongo, redis) as events:
        topics = [f"user:usr_{number}" for number in range(1000)]
        listeners = [events.listen(topic) for topic in topics]
        await asyncio.gather(*(listener.start() for listener in listeners))
        await record(events, mongo, ["all"], topics=topics)
        for listener in listeners:
            assert subjects(await take(listener, 1)) == ["all"]
            await listener.aclose()


async def test_a_listener_gets_only_its_topic_and_its_types(mongo: Mongo, redis: Redis) -> None:
    """Other topics and types pass it by, live and replayed."""
    async with telling(mongo, redis) as events:
        start = await events.cursor(TOPIC)
        listener = events.listen(TOPIC, {"content.deleted"})
        await listener.start()
        await record(events, mongo, ["other topic"], topics=["workspace:wsp_b"])
        await record(events, mongo, ["other type"])
        await events.record("content.deleted", topics=[TOPIC], subject="wanted")
        assert subjects(await take(listener, 1)) == ["wanted"]
        replayed = events.listen(TOPIC, {"content.deleted"}, after=start)
        assert subjects(await take(replayed, 1)) == ["wanted"]
        await replayed.aclose()
        await listener.aclose()


async def test_a_cursor_replays_what_was_missed_and_goes_on_live(
    mongo: Mongo, redis: Redis
) -> None:
    """Several pages of it, then what comes after, without a seam."""
    async with telling(mongo, redis) as events:
        start = await events.cursor(TOPIC)
        missed = [f"missed {n}" for n in range(250)]
        await record(events, mongo, missed)
        listener = events.listen(TOPIC, after=start)
        assert subjects(await take(listener, 250)) == missed
        await record(events, mongo, ["live"])
        [live] = await take(listener, 1)
        assert live.event.subject == "live"
        await listener.aclose()
        again = events.listen(TOPIC, after=live.cursor)
        await again.start()
        await record(events, mongo, ["later"])
        assert subjects(await take(again, 1)) == ["later"]
        await again.aclose()


async def test_a_topic_without_events_has_a_cursor_too(mongo: Mongo, redis: Redis) -> None:
    """What happens between asking where a topic stands and listening is not missed."""
    async with telling(mongo, redis) as events:
        start = await events.cursor("user:usr_new")
        assert start == await events.cursor("user:usr_new")
        await record(events, mongo, ["first"], topics=["user:usr_new"])
        listener = events.listen("user:usr_new", after=start)
        assert subjects(await take(listener, 1)) == ["first"]
        await listener.aclose()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "1",
        "1-",
        "-1",
        "1-2-3",
        "1-x",
        "+1-0",
        "01-0",
        " 1-0",
        "１-0",
        f"{2**64}-0",
        "(1-0",
    ],
)
async def test_what_is_no_cursor_is_refused(mongo: Mongo, redis: Redis, cursor: str) -> None:
    """The field is named and what is wanted is said."""
    async with telling(mongo, redis) as events:
        with pytest.raises(BadInput) as refused:
            events.listen(TOPIC, after=cursor)
        assert refused.value.extensions["field"] == "after"


async def test_a_cursor_that_was_trimmed_has_expired(mongo: Mongo, redis: Redis) -> None:
    """A stream is capped, and a cursor from before its oldest entry could hide a gap."""
    async with telling(mongo, redis, cap=100) as events:
        start = await events.cursor(TOPIC)
        listener = events.listen(TOPIC, after=start)
        await listener.start()
        for begin in range(0, 500, 100):
            await record(events, mongo, [str(n) for n in range(begin, begin + 100)])
            await take(listener, 100)
        assert await redis.client.xlen(redis.key("stream", TOPIC)) < 300
        with pytest.raises(CursorExpired) as expired:
            await take(events.listen(TOPIC, after=start), 1)
        assert expired.value.code == "CURSOR_EXPIRED"
        await listener.aclose()


@pytest.mark.parametrize("cursor", ["0-0", "1-0", "18446744073709551615-18446744073709551615"])
async def test_a_cursor_that_was_never_given_out_has_expired(
    mongo: Mongo, redis: Redis, cursor: str
) -> None:
    """Neither the past nor the future can be guessed."""
    async with telling(mongo, redis) as events:
        await record(events, mongo, ["one"])
        with pytest.raises(CursorExpired):
            await take(events.listen(TOPIC, after=cursor), 1)


async def test_a_cursor_into_a_topic_that_is_gone_has_expired(mongo: Mongo, redis: Redis) -> None:
    """After Redis was wiped nobody can tell what followed."""
    async with telling(mongo, redis) as events:
        start = await events.cursor(TOPIC)
        await redis.client.delete(redis.key("stream", TOPIC))
        with pytest.raises(CursorExpired):
            await take(events.listen(TOPIC, after=start), 1)


async def test_a_slow_listener_is_ended_and_can_resume(mongo: Mongo, redis: Redis) -> None:
    """It does not hold up the others, nothing is kept for it, and its cursor is still good."""
    async with telling(mongo, redis, capacity=10) as events:
        slow, quick = events.listen(TOPIC), events.listen(TOPIC)
        await asyncio.gather(slow.start(), quick.start())
        await record(events, mongo, ["first"])
        [first] = await take(slow, 1)
        assert subjects(await take(quick, 1)) == ["first"]
        for number in range(20):
            await record(events, mongo, [str(number)])
            assert subjects(await take(quick, 1)) == [str(number)]
        with pytest.raises(SlowConsumer) as ended:
            await take(slow, 1)
        assert (ended.value.code, ended.value.close_code) == ("SLOW_CONSUMER", 1013)
        resumed = events.listen(TOPIC, after=first.cursor)
        assert subjects(await take(resumed, 20)) == [str(number) for number in range(20)]
        await resumed.aclose()
        await quick.aclose()


async def test_exactly_as_many_as_the_queue_holds_may_wait(mongo: Mongo, redis: Redis) -> None:
    """The limit is what it says."""
    async with telling(mongo, redis, capacity=10) as events:
        full, witness = events.listen(TOPIC), events.listen(TOPIC)
        await asyncio.gather(full.start(), witness.start())
        await record(events, mongo, [str(number) for number in range(10)])
        await take(witness, 10)
        assert len(await take(full, 10)) == 10
        await asyncio.gather(full.aclose(), witness.aclose())


async def test_what_is_published_once_more_is_not_delivered_once_more(
    mongo: Mongo, redis: Redis
) -> None:
    """As when an event is read from the stream first, and heard of afterwards."""
    async with telling(mongo, redis) as events:
        start = await events.cursor(TOPIC)
        await record(events, mongo, ["one"])
        listener = events.listen(TOPIC, after=start)
        [one] = await take(listener, 1)
        message = f"{one.cursor} {msgspec.json.encode(one.event).decode()}"
        assert await redis.client.publish(redis.key("stream", TOPIC), message) == 1
        await record(events, mongo, ["two"])
        assert subjects(await take(listener, 1)) == ["two"]
        await listener.aclose()


async def test_closing_a_listener_ends_its_iteration(mongo: Mongo, redis: Redis) -> None:
    """Whoever waits for the next event is let go, and so is whoever asks later."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.start()

        got: list[str] = []

        async def collect() -> None:
            async for found in listener:
                got.append(found.event.subject)

        collecting = asyncio.create_task(collect())
        await record(events, mongo, ["one"])

        async def had() -> bool:
            return got == ["one"]

        await until(had)
        await listener.aclose()
        await collecting
        assert [found async for found in listener] == []


async def test_the_end_of_a_process_ends_its_listeners(mongo: Mongo, redis: Redis) -> None:
    """Nobody is left waiting for an event that can't come."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.start()
        waiting = asyncio.create_task(anext(listener, None))
    assert await waiting is None


async def test_a_listener_that_was_never_started_can_be_closed(mongo: Mongo, redis: Redis) -> None:
    """It leaves nothing behind."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.aclose()
        assert [found async for found in listener] == []


async def test_a_broadcast_reaches_every_process_that_listens(mongo: Mongo, redis: Redis) -> None:
    """Each has it once, until it closes its watch; a callback that fails harms nobody."""
    async with telling(mongo, redis) as here, telling(mongo, redis) as there:
        got: list[str] = []

        def fail(payload: str) -> None:
            raise LookupError(payload)

        watches = [
            here.on_broadcast("revoked", fail),
            here.on_broadcast("revoked", lambda payload: got.append(f"here {payload}")),
            there.on_broadcast("revoked", lambda payload: got.append(f"there {payload}")),
        ]
        await asyncio.gather(*(watch.ready() for watch in watches))
        await here.broadcast("revoked", "ses_1")

        async def both() -> bool:
            return sorted(got) == ["here ses_1", "there ses_1"]

        await until(both)
        watches[1].close()
        await here.broadcast("revoked", "ses_2")

        async def only_there() -> bool:
            return "there ses_2" in got

        await until(only_there)
        assert "here ses_2" not in got


async def test_forgetting_erases_the_events_of_a_topic(mongo: Mongo, redis: Redis) -> None:
    """They are gone from both engines; other topics keep theirs."""
    async with telling(mongo, redis) as events:
        other = await events.cursor("workspace:wsp_b")
        await record(events, mongo, ["both"], topics=["user:usr_1", "workspace:wsp_b"])
        await record(events, mongo, ["one"], topics=["user:usr_1"])
        await take(listener := events.listen("workspace:wsp_b", after=other), 1)
        await events.forget(["user:usr_1"])
        assert await events.outbox.count({"topics": "user:usr_1"}) == 0
        assert await events.outbox.count({}) == 1
        assert await redis.client.exists(redis.key("stream", "user:usr_1")) == 0
        await record(events, mongo, ["late"], topics=["user:usr_1", "workspace:wsp_b"])
        assert subjects(await take(listener, 1)) == ["late"]
        assert await redis.client.exists(redis.key("stream", "user:usr_1")) == 0
        await listener.aclose()


async def test_every_key_in_redis_ends_by_itself(mongo: Mongo, redis: Redis) -> None:
    """Nothing that was written stays for ever, and what is remembered of the told is let go."""
    async with telling(mongo, redis) as events:
        listener = events.listen(TOPIC)
        await listener.start()
        topics = [TOPIC, "user:usr_1", "content:cnt_1"]
        await record(events, mongo, [str(n) for n in range(50)], topics=topics)
        await take(listener, 50)
        await events.forget(["user:usr_1"])
        await events.enqueue("publish", "job:1", {})
        keys = [key async for key in redis.client.scan_iter(redis.key("*"))]
        assert len(keys) >= 5
        assert {key: await redis.client.ttl(key) > 0 for key in keys} == dict.fromkeys(keys, True)

        async def all_to_be_let_go() -> bool:
            return await redis.client.zcount(redis.key("told"), "+inf", "+inf") == 0

        await until(all_to_be_let_go)
        await listener.aclose()
