"""Publishing as the worker does it: every way that a try can end, and every place it can stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from datasources.content import ContentStatus, Platform
from datasources.failures import Unavailable
from datasources.feed import entry_id
from datasources.mongo import Mongo
from datasources.outbox import Job
from datasources.redis import Redis
from datasources.targets import PublishState, Target
from services.attempts import FAILURES
from services.platform_failures import (
    ContentRejected,
    MissingScope,
    PlatformFailure,
    PlatformUnavailable,
    PossiblyPublished,
    RateLimited,
    TokenExpired,
)
from tests.publishing_world import (
    EDITOR,
    HOME,
    PUBLIC_URL,
    ManualClock,
    Wire,
    World,
    open_world,
    populate,
)


class WorkerDied(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def world(mongo: Mongo, redis: Redis, clock: ManualClock, wire: Wire) -> AsyncIterator[World]:
    async with open_world(mongo, redis, clock=clock, adapters=[wire]) as world:
        await populate(world)
        yield world


async def publish(world: World, *platforms: Platform, title: str | None = None) -> list[Target]:
    draft = await world.write(title=title)
    _, targets = await world.publishing.publish(world.editor, draft, platforms)
    return targets


async def test_a_feed_target_ends_published_with_its_entry(
    world: World, clock: ManualClock
) -> None:
    [target] = await publish(world, Platform.FEED, title="A title")
    clock.move(5)
    out = await world.deliver(target)
    entry = await world.entries.get(entry_id(target.id))
    assert entry is not None
    assert (out.state, out.published_at) == (PublishState.PUBLISHED, clock.now)
    assert out.external_id == entry.id
    assert out.external_url == f"{PUBLIC_URL}/feeds/{HOME}/{entry.id}"
    assert (entry.title, entry.body, entry.tags) == ("A title", "Hello, world", ["news"])
    assert (entry.author_id, entry.author_name) == (EDITOR, "Ada Lovelace")
    [attempt] = out.attempts
    assert attempt.code is None
    assert attempt.started_at == attempt.sent_at == attempt.ended_at == clock.now


async def test_a_piece_is_published_once_and_told_to_author_workspace_and_watchers(
    world: World, clock: ManualClock
) -> None:
    [target] = await publish(world, Platform.FEED)
    await world.deliver(target)
    content = await world.content(target.content_id)
    assert (content.status, content.published_at) == (ContentStatus.PUBLISHED, clock.now)
    [event] = await world.told("content.published")
    assert event.topics == [f"user:{EDITOR}", f"workspace:{HOME}", f"content:{content.id}"]
    assert (event.subject, event.workspace_id) == (content.id, HOME)
    assert event.data == {"platforms": ["FEED"], "targets": [target.id]}
    await world.deliver(target)
    assert len(await world.told("content.published")) == 1
    states = [event.data["state"] for event in await world.told("publish.progress")]
    assert states == ["PENDING", "PUBLISHING", "PUBLISHED"]


async def test_a_piece_is_only_announced_when_its_last_target_has_come_to_rest(
    world: World,
) -> None:
    feed, other = await publish(world, Platform.FEED, Platform.X)
    await world.deliver(feed)
    assert (await world.content(feed.content_id)).status is ContentStatus.PUBLISHING
    assert await world.told("content.published") == []
    await world.deliver(other)
    [event] = await world.told("content.published")
    assert event.data["platforms"] == ["FEED", "X"]


async def test_two_targets_that_settle_at_once_do_not_miss_each_other(world: World) -> None:
    for _ in range(10):
        targets = await publish(world, Platform.FEED, Platform.X)
        await asyncio.gather(*(world.deliver(target) for target in targets))
        status = (await world.content(targets[0].content_id)).status
        assert status is ContentStatus.PUBLISHED
    assert len(await world.told("content.published")) == 10


async def test_a_later_success_is_announced_for_itself_and_keeps_the_first_date(
    world: World, clock: ManualClock, wire: Wire
) -> None:
    wire.answers = [TokenExpired(Platform.X)]
    feed, other = await publish(world, Platform.FEED, Platform.X)
    await world.deliver(feed)
    await world.deliver(other)
    first = (await world.content(feed.content_id)).published_at
    clock.move(60)
    await world.deliver(await world.publishing.retry_target(world.editor, other.id))
    assert (await world.content(feed.content_id)).published_at == first
    told = [event.data["platforms"] for event in await world.told("content.published")]
    assert told == [["FEED"], ["X"]]


async def test_a_platform_that_nobody_connected_fails_alone(world: World) -> None:
    feed, medium = await publish(world, Platform.FEED, Platform.MEDIUM)
    failed = await world.deliver(medium)
    assert (failed.state, failed.attempts[0].code) == (
        PublishState.FAILED,
        "PLATFORM_NOT_CONNECTED",
    )
    assert "Connect one" in (failed.attempts[0].cause or "")
    assert (await world.deliver(feed)).state is PublishState.PUBLISHED
    assert (await world.content(feed.content_id)).status is ContentStatus.PUBLISHED
    [event] = await world.told("publish.failed")
    assert (event.topics, event.subject) == ([f"user:{EDITOR}"], medium.id)


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (TokenExpired(Platform.X), PublishState.FAILED),
        (MissingScope(Platform.X, ["tweet.write"]), PublishState.FAILED),
        (ContentRejected(Platform.X, "body", "at most 280 characters"), PublishState.FAILED),
        (PossiblyPublished(Platform.X), PublishState.UNCONFIRMED),
    ],
)
async def test_a_failure_says_what_to_do_and_is_not_repeated(
    world: World, wire: Wire, failure: PlatformFailure, state: PublishState
) -> None:
    wire.answers = [failure]
    [target] = await publish(world, Platform.X)
    failed = await world.deliver(target)
    assert failed.state is state
    assert (failed.attempts[0].code, failed.attempts[0].cause) == (failure.code, str(failure))
    assert (await world.content(target.content_id)).status is ContentStatus.FAILED
    assert len(await world.due()) == 1
    assert len(await world.told("publish.failed")) == 1


async def test_a_transient_failure_is_tried_again_later_and_later_until_it_is_given_up(
    world: World, wire: Wire, clock: ManualClock
) -> None:
    wire.answers = [PlatformUnavailable(Platform.X) for _ in range(FAILURES)]
    [target] = await publish(world, Platform.X)
    delays = []
    for run in range(1, FAILURES):
        waiting = await world.deliver(target)
        assert (waiting.state, waiting.run) == (PublishState.PENDING, run + 1)
        assert waiting.due is not None
        assert (await world.due())[-1] == (target.id, run + 1, waiting.due)
        delays.append((waiting.due - clock.now).total_seconds())
        clock.now = waiting.due
    for n, delay in enumerate(delays):
        assert 2 * 4**n * 0.5 <= delay <= 2 * 4**n * 1.5
    given_up = await world.deliver(target)
    assert given_up.state is PublishState.FAILED
    assert [a.code for a in given_up.attempts] == ["PLATFORM_UNAVAILABLE"] * FAILURES
    assert len(wire.sent) == FAILURES


async def test_a_retry_by_a_person_starts_the_count_anew(world: World, wire: Wire) -> None:
    wire.answers = [PlatformUnavailable(Platform.X) for _ in range(FAILURES + 1)]
    [target] = await publish(world, Platform.X)
    for _ in range(FAILURES):
        target = await world.deliver(target)
    await world.publishing.retry_target(world.editor, target.id)
    assert (await world.deliver(target)).state is PublishState.PENDING


async def test_a_rate_limit_is_waited_out(world: World, wire: Wire, clock: ManualClock) -> None:
    free = clock.now + timedelta(minutes=15)
    wire.answers = [RateLimited(Platform.X, free)]
    [target] = await publish(world, Platform.X)
    waiting = await world.deliver(target)
    assert waiting.due is not None
    assert free <= waiting.due <= free + timedelta(seconds=10)
    assert waiting.attempts[0].code == "RATE_LIMITED"


async def test_a_job_of_an_earlier_run_does_not_jump_the_wait(world: World, wire: Wire) -> None:
    """A worker dies after it has settled, before its job is ticked off: the job comes again."""
    wire.answers = [PlatformUnavailable(Platform.X)]
    [target] = await publish(world, Platform.X)
    await world.deliver(target)
    await world.deliveries.deliver(target.id, target.run)
    assert len(wire.sent) == 1


async def test_an_error_that_nobody_foresaw_is_unconfirmed_where_repeating_would_double(
    world: World, wire: Wire
) -> None:
    wire.answers = [ValueError("surprise"), ValueError("surprise")]
    [target] = await publish(world, Platform.X)
    assert (await world.deliver(target)).state is PublishState.UNCONFIRMED
    wire.idempotent = True
    [target] = await publish(world, Platform.X)
    assert (await world.deliver(target)).state is PublishState.PENDING


async def test_a_platform_that_never_answers_is_unconfirmed(
    mongo: Mongo, redis: Redis, wire: Wire
) -> None:
    wire.hold = asyncio.Event()
    async with open_world(mongo, redis, adapters=[wire], patience=0.05) as world:
        await populate(world)
        [target] = await publish(world, Platform.X)
        unconfirmed = await world.deliver(target)
    assert unconfirmed.state is PublishState.UNCONFIRMED
    assert "Look there" in (unconfirmed.attempts[0].cause or "")


async def test_a_worker_that_dies_while_the_platform_is_asked_leaves_it_to_a_person(
    world: World, wire: Wire
) -> None:
    wire.answers = [WorkerDied()]
    [target] = await publish(world, Platform.X)
    with pytest.raises(WorkerDied):
        await world.deliver(target)
    unconfirmed = await world.deliver(target)
    assert unconfirmed.state is PublishState.UNCONFIRMED
    assert unconfirmed.attempts[0].code == "POSSIBLY_PUBLISHED"
    assert len(wire.sent) == 1
    await world.publishing.retry_target(world.editor, target.id)
    assert (await world.deliver(target)).state is PublishState.PUBLISHED


async def test_a_worker_that_dies_is_followed_by_another_where_repeating_is_harmless(
    world: World, wire: Wire
) -> None:
    wire.idempotent = True
    wire.answers = [WorkerDied()]
    [target] = await publish(world, Platform.X)
    with pytest.raises(WorkerDied):
        await world.deliver(target)
    out = await world.deliver(target)
    assert out.state is PublishState.PUBLISHED
    assert [attempt.code for attempt in out.attempts] == ["INTERRUPTED", None]


async def test_a_worker_that_dies_before_the_platform_is_asked_is_followed_by_another(
    world: World, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object) -> bool:
        raise WorkerDied

    [target] = await publish(world, Platform.X)
    with monkeypatch.context() as patch, pytest.raises(WorkerDied):
        patch.setattr(world.targets, "mark_sent", die)
        await world.deliver(target)
    assert (await world.deliver(target)).state is PublishState.PUBLISHED
    assert len(wire.sent) == 1


async def test_a_worker_that_was_thought_dead_sends_nothing_once_another_took_over(
    world: World, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    [target] = await publish(world, Platform.X)
    stalled, go = asyncio.Event(), asyncio.Event()
    mark_sent = world.targets.mark_sent

    async def stall(*arguments: object) -> bool:
        monkeypatch.undo()
        stalled.set()
        await go.wait()
        return await mark_sent(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(world.targets, "mark_sent", stall)
    slow = asyncio.create_task(world.deliveries.deliver(target.id, target.run))
    await stalled.wait()
    assert (await world.deliver(target)).state is PublishState.PUBLISHED
    go.set()
    await slow
    assert len(wire.sent) == 1
    assert len(await world.told("content.published")) == 1


async def test_a_late_answer_that_it_is_out_settles_what_was_unconfirmed(
    world: World, wire: Wire
) -> None:
    wire.hold = asyncio.Event()
    [target] = await publish(world, Platform.X)
    slow = asyncio.create_task(world.deliveries.deliver(target.id, target.run))
    await wire.asked.wait()
    assert (await world.deliver(target)).state is PublishState.UNCONFIRMED
    wire.hold.set()
    await slow
    out = await world.target(target.id)
    assert (out.state, out.external_id) == (PublishState.PUBLISHED, "x-1")
    assert (await world.content(target.content_id)).status is ContentStatus.PUBLISHED


async def test_a_late_success_leaves_a_piece_in_the_archive(world: World, wire: Wire) -> None:
    wire.hold = asyncio.Event()
    [target] = await publish(world, Platform.X)
    slow = asyncio.create_task(world.deliveries.deliver(target.id, target.run))
    await wire.asked.wait()
    await world.deliver(target)
    await world.contents.update({"_id": target.content_id}, {"$set": {"status": "ARCHIVED"}})
    wire.hold.set()
    await slow
    assert (await world.target(target.id)).state is PublishState.PUBLISHED
    assert (await world.content(target.content_id)).status is ContentStatus.ARCHIVED


async def test_a_late_failure_does_not_end_the_attempt_that_followed(
    world: World, wire: Wire
) -> None:
    wire.idempotent = True
    wire.hold = first = asyncio.Event()
    [target] = await publish(world, Platform.X)
    stalled = asyncio.create_task(world.deliveries.deliver(target.id, target.run))
    await wire.asked.wait()
    wire.asked, wire.hold = asyncio.Event(), asyncio.Event()
    second = wire.hold
    following = asyncio.create_task(world.deliveries.deliver(target.id, target.run))
    await wire.asked.wait()
    wire.answers = [TokenExpired(Platform.X)]
    first.set()
    await stalled
    assert (await world.target(target.id)).state is PublishState.PUBLISHING
    second.set()
    await following
    assert (await world.target(target.id)).state is PublishState.PUBLISHED


async def test_interruptions_do_not_count_as_failures_of_the_platform(
    world: World, wire: Wire
) -> None:
    wire.idempotent = True
    wire.answers = [WorkerDied() for _ in range(FAILURES)]
    [target] = await publish(world, Platform.X)
    for _ in range(FAILURES):
        with pytest.raises(WorkerDied):
            await world.deliver(target)
    wire.answers = [PlatformUnavailable(Platform.X)]
    assert (await world.deliver(target)).state is PublishState.PENDING


async def test_many_workers_at_one_target_publish_it_once(world: World, wire: Wire) -> None:
    [target] = await publish(world, Platform.X)
    deliver = world.deliveries.deliver
    await asyncio.gather(*(deliver(target.id, target.run) for _ in range(8)))
    assert len(wire.sent) <= 1
    state = (await world.target(target.id)).state
    assert state in (PublishState.PUBLISHED, PublishState.UNCONFIRMED)


async def test_what_went_out_for_a_target_deleted_meanwhile_is_withdrawn(
    world: World, wire: Wire
) -> None:
    wire.hold = asyncio.Event()
    [target] = await publish(world, Platform.X)
    slow = asyncio.create_task(world.deliveries.deliver(target.id, target.run))
    await wire.asked.wait()
    await world.targets.delete(target.id)
    wire.hold.set()
    await slow
    assert wire.withdrawn == [target.id]


async def test_the_job_of_a_deleted_target_or_piece_does_nothing(world: World, wire: Wire) -> None:
    await world.deliveries.deliver("tgt_gone", 1)
    [target] = await publish(world, Platform.X)
    await world.contents.delete(target.content_id)
    await world.deliveries.deliver(target.id, target.run)
    assert (wire.sent, await world.targets.count({})) == ([], 0)


async def test_what_the_platform_said_is_kept_through_a_short_absence_of_the_database(
    world: World, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    [target] = await publish(world, Platform.X)
    transact, away = world.mongo.transact, iter([False, True, True, True])

    async def sometimes(change: object) -> object:
        if next(away, False):
            raise Unavailable("database")
        return await transact(change)  # type: ignore[arg-type]

    monkeypatch.setattr(world.mongo, "transact", sometimes)
    assert (await world.deliver(target)).state is PublishState.PUBLISHED
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("died", "idempotent", "state"),
    [
        (False, False, PublishState.FAILED),
        (True, True, PublishState.FAILED),
        (True, False, PublishState.UNCONFIRMED),
    ],
)
async def test_a_job_that_is_given_up_settles_its_target(
    world: World, wire: Wire, died: bool, idempotent: bool, state: PublishState
) -> None:
    wire.idempotent = idempotent
    [target] = await publish(world, Platform.X)
    if died:
        wire.answers = [WorkerDied()]
        with pytest.raises(WorkerDied):
            await world.deliver(target)
    await world.deliveries.give_up(target.id, target.run)
    assert (await world.target(target.id)).state is state
    assert len(await world.told("publish.failed")) == 1


async def test_the_sweep_queues_what_nothing_has_touched_for_long(
    world: World, clock: ManualClock, wire: Wire
) -> None:
    queued: list[Job] = []

    async def queue(job: Job) -> None:
        queued.append(job)

    async def swept() -> list[str]:
        queued.clear()
        await world.deliveries.sweep(timedelta(minutes=1), timedelta(minutes=10), queue)
        return [job.id for job in queued]

    [waiting] = await publish(world, Platform.FEED)
    [later] = await publish(world, Platform.X)
    [working] = await publish(world, Platform.X)
    wire.answers = [RateLimited(Platform.X, clock.now + timedelta(hours=1)), WorkerDied()]
    await world.deliver(later)
    with pytest.raises(WorkerDied):
        await world.deliver(working)
    clock.move(59)
    assert await swept() == []
    clock.move(2)
    assert await swept() == [f"publish:{waiting.id}:1"]
    assert queued[0].arguments == {"target_id": waiting.id, "run": 1}
    clock.move(600)
    assert await swept() == [f"publish:{waiting.id}:1", f"publish:{working.id}:1"]
    clock.move(3600)
    assert await swept() == [
        f"publish:{waiting.id}:1",
        f"publish:{later.id}:2",
        f"publish:{working.id}:1",
    ]
