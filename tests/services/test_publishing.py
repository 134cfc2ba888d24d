"""Publishing as people ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from datasources.content import ContentStatus, Platform
from datasources.mongo import Mongo
from datasources.redis import Redis
from datasources.targets import PublishState
from services.content import ContentArchived
from services.failures import BadInput, Failure, Forbidden, NotFound, Unauthenticated
from services.publishing import TargetNotCancellable, TargetNotRetryable
from services.viewer import ANONYMOUS
from tests.publishing_world import HOME, ManualClock, Wire, World, open_world, populate


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


async def test_publishing_answers_at_once_with_a_waiting_target_a_platform(world: World) -> None:
    draft = await world.write()
    content, targets = await world.publishing.publish(
        world.editor, draft, [Platform.X, Platform.FEED, Platform.X]
    )
    assert content.status is ContentStatus.PUBLISHING
    assert [t.platform for t in targets] == [Platform.X, Platform.FEED]
    assert {t.state for t in targets} == {PublishState.PENDING}
    assert [(await world.target(t.id)) for t in targets] == targets
    assert await world.due() == [(t.id, 1, world.clock()) for t in targets]


async def test_the_change_is_told_to_the_workspace_and_progress_to_the_piece(world: World) -> None:
    draft = await world.write()
    _, [target] = await world.publishing.publish(world.editor, draft, [Platform.FEED])
    [changed], [progress] = (
        await world.told("content.changed"),
        await world.told("publish.progress"),
    )
    assert changed.topics == [f"workspace:{HOME}", f"content:{draft.id}"]
    assert changed.subject == draft.id
    assert (progress.topics, progress.subject) == ([f"content:{draft.id}"], target.id)


async def test_publishing_again_changes_nothing_while_it_is_on_its_way_or_out(world: World) -> None:
    service = world.publishing
    draft = await world.write()
    _, [first] = await service.publish(world.editor, draft, [Platform.FEED])
    _, [second] = await service.publish(world.editor, draft, [Platform.FEED])
    assert second.id == first.id
    out = await world.deliver(first)
    content, [third] = await service.publish(world.editor, draft, [Platform.FEED])
    assert (third.state, third.id) == (PublishState.PUBLISHED, first.id)
    assert content.status is ContentStatus.PUBLISHED
    assert (await world.target(first.id)).run == out.run == 1
    assert len(await world.due()) == 1


async def test_what_failed_or_was_cancelled_is_started_again(world: World) -> None:
    service = world.publishing
    draft = await world.write()
    _, [failed, kept] = await service.publish(world.editor, draft, [Platform.MEDIUM, Platform.X])
    assert (await world.deliver(failed)).state is PublishState.FAILED
    await service.cancel_target(world.editor, kept.id)
    _, again = await service.publish(world.editor, draft, [Platform.MEDIUM, Platform.X])
    assert [t.state for t in again] == [PublishState.PENDING] * 2
    assert [t.id for t in again] == [failed.id, kept.id]
    assert [run for _, run, _ in await world.due()][-2:] == [again[0].run, again[1].run]


async def test_ten_callers_at_once_make_one_target_and_one_job(world: World) -> None:
    draft = await world.write()
    answers = await asyncio.gather(
        *(world.publishing.publish(world.editor, draft, [Platform.FEED]) for _ in range(10))
    )
    assert len({targets[0].id for _, targets in answers}) == 1
    assert len(await world.due()) == len(await world.told("content.changed")) == 1


async def test_no_platform_at_all_is_bad_input(world: World) -> None:
    with pytest.raises(BadInput) as refusal:
        await world.publishing.publish(world.editor, await world.write(), [])
    assert refusal.value.extensions["field"] == "platforms"


async def test_an_archived_piece_is_not_published(world: World) -> None:
    draft = await world.write()
    await world.contents.update({"_id": draft.id}, {"$set": {"status": "ARCHIVED"}})
    with pytest.raises(ContentArchived):
        await world.publishing.publish(world.editor, draft, [Platform.FEED])
    assert await world.targets.count({}) == await world.outbox.count({}) == 0


async def test_a_piece_deleted_meanwhile_is_not_found(world: World) -> None:
    draft = await world.write()
    await world.contents.delete(draft.id)
    with pytest.raises(NotFound):
        await world.publishing.publish(world.editor, draft, [Platform.FEED])
    assert await world.targets.count({}) == 0


async def test_only_those_whose_role_allows_it_publish_retry_or_cancel(world: World) -> None:
    service = world.publishing
    draft = await world.write()
    _, [target] = await service.publish(world.editor, draft, [Platform.FEED])
    for viewer, refusal in (
        (world.reader, Forbidden),
        (world.stranger, NotFound),
        (ANONYMOUS, Unauthenticated),
    ):
        expected: type[Failure] = refusal
        with pytest.raises(expected):
            await service.publish(viewer, draft, [Platform.X])
        with pytest.raises(expected):
            await service.retry_target(viewer, target.id)
        with pytest.raises(expected):
            await service.cancel_target(viewer, target.id)
    assert await world.target(target.id) == target


@pytest.mark.parametrize("id", ["tgt_nowhere", "", "$ne"])
async def test_an_unknown_target_sounds_like_a_foreign_one(world: World, id: str) -> None:
    _, [target] = await world.publishing.publish(world.editor, await world.write(), [Platform.FEED])
    for call in (world.publishing.retry_target, world.publishing.cancel_target):
        with pytest.raises(NotFound) as unknown:
            await call(world.editor, id)
        with pytest.raises(NotFound) as foreign:
            await call(world.stranger, target.id)
        assert str(unknown.value).replace(repr(id), "ID") == str(foreign.value).replace(
            repr(target.id), "ID"
        )


async def test_cancelling_takes_back_what_no_worker_has_yet(world: World, wire: Wire) -> None:
    service = world.publishing
    draft = await world.write()
    _, [target] = await service.publish(world.editor, draft, [Platform.X])
    gone = await service.cancel_target(world.editor, target.id)
    assert gone.state is PublishState.CANCELLED
    assert (await world.content(draft.id)).status is ContentStatus.DRAFT
    await world.deliveries.deliver(target.id, target.run)
    assert wire.sent == []
    assert (await world.target(target.id)).state is PublishState.CANCELLED


async def test_a_piece_whose_targets_were_all_cancelled_is_what_it_was_before(world: World) -> None:
    draft = await world.write()
    await world.contents.update({"_id": draft.id}, {"$set": {"status": "APPROVED"}})
    _, [first] = await world.publishing.publish(world.editor, draft, [Platform.X])
    _, [second] = await world.publishing.publish(world.editor, draft, [Platform.FEED])
    await world.publishing.cancel_target(world.editor, first.id)
    assert (await world.content(draft.id)).status is ContentStatus.PUBLISHING
    await world.publishing.cancel_target(world.editor, second.id)
    assert (await world.content(draft.id)).status is ContentStatus.APPROVED


async def test_what_is_out_cannot_be_cancelled_nor_retried(world: World) -> None:
    service = world.publishing
    _, [target] = await service.publish(world.editor, await world.write(), [Platform.FEED])
    with pytest.raises(TargetNotRetryable, match="PENDING"):
        await service.retry_target(world.editor, target.id)
    await world.deliver(target)
    with pytest.raises(TargetNotCancellable, match="PUBLISHED"):
        await service.cancel_target(world.editor, target.id)
    with pytest.raises(TargetNotRetryable, match="PUBLISHED"):
        await service.retry_target(world.editor, target.id)


async def test_retrying_tries_that_one_target_again_and_leaves_the_others(
    world: World, wire: Wire
) -> None:
    service = world.publishing
    draft = await world.write()
    _, targets = await service.publish(world.editor, draft, [Platform.FEED, Platform.MEDIUM])
    [out, failed] = [await world.deliver(target) for target in targets]
    assert (await world.content(draft.id)).status is ContentStatus.PUBLISHED
    again = await service.retry_target(world.editor, failed.id)
    assert (again.state, again.run) == (PublishState.PENDING, failed.run + 1)
    assert (await world.content(draft.id)).status is ContentStatus.PUBLISHING
    assert (await world.target(out.id)).attempts == out.attempts
    assert (await world.deliver(again)).state is PublishState.FAILED
    assert [a.number for a in (await world.target(failed.id)).attempts] == [1, 2]
    assert (await world.content(draft.id)).status is ContentStatus.PUBLISHED


async def test_a_person_and_a_worker_do_not_both_win(world: World, wire: Wire) -> None:
    """Cancel races with the job, many times: a target is either sent or cancelled."""
    service = world.publishing

    async def race() -> bool:
        before = len(wire.sent)
        _, [target] = await service.publish(world.editor, await world.write(), [Platform.X])
        cancelled, _ = await asyncio.gather(
            service.cancel_target(world.editor, target.id),
            world.deliveries.deliver(target.id, target.run),
            return_exceptions=True,
        )
        sent = len(wire.sent) > before
        won = not isinstance(cancelled, BaseException)
        assert won != sent
        state = (await world.target(target.id)).state
        assert state is (PublishState.PUBLISHED if sent else PublishState.CANCELLED)
        return sent

    for _ in range(15):
        await race()


async def test_who_asked_is_in_the_audit_log(world: World) -> None:
    service = world.publishing
    draft = await world.write()
    _, [target] = await service.publish(world.editor, draft, [Platform.X])
    await service.cancel_target(world.editor, target.id)
    entries = await world.mongo.database["audit"].find().sort("_id").to_list()
    assert [(e["action"], e["actor_id"]) for e in entries] == [
        ("content.publish", world.editor.user_id),
        ("target.cancel", world.editor.user_id),
    ]
