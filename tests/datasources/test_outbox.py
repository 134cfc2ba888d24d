"""The outbox in the database: what waits, what was told, and what may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasources.mongo import Mongo
from datasources.outbox import Job, Jobs, Outbox
from services.clock import utc_now
from services.ids import Ids
from tests.services.telling import numbered

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def job(key: str, revision: str, **fields: Any) -> Job:
    """A job that waits."""
    return Job(id=key, task="publish", arguments={}, at=NOW, revision=revision, **fields)


async def test_waiting_events_come_in_the_order_of_their_ids(mongo: Mongo) -> None:
    """However they were written; those that were told, or are excluded, do not come."""
    outbox, events = Outbox(mongo), numbered(Ids(utc_now), 5)
    await outbox.insert_many(reversed(events))
    assert await outbox.waiting(3) == events[:3]
    await outbox.mark(events[:2], NOW)
    assert await outbox.waiting(10) == events[2:]
    assert await outbox.waiting(10, besides=[events[3].id]) == [events[2], events[4]]


async def test_what_was_told_since_a_moment_is_found_page_by_page(mongo: Mongo) -> None:
    """By id, from one id on."""
    outbox, events = Outbox(mongo), numbered(Ids(utc_now), 4)
    await outbox.insert_many(events)
    await outbox.mark(events[:1], NOW - timedelta(seconds=1))
    await outbox.mark(events[1:3], NOW)
    found = await outbox.told_since(NOW, "", 10)
    assert [event.id for event in found] == [event.id for event in events[1:3]]
    assert [event.id for event in await outbox.told_since(NOW, events[1].id, 10)] == [events[2].id]


@pytest.mark.parametrize(("store", "field"), [(Outbox, "relayed_at"), (Jobs, "queued_at")])
async def test_only_what_was_passed_on_is_removed_after_a_day(
    mongo: Mongo, store: type[Outbox | Jobs], field: str
) -> None:
    """The time to live is counted from the time that only those have which were passed on."""
    indexes = await store(mongo).raw.index_information()
    expiring = [each for each in indexes.values() if "expireAfterSeconds" in each]
    assert [each["key"] for each in expiring] == [[(field, 1)]]
    assert [each["expireAfterSeconds"] for each in expiring] == [86_400]


async def test_looking_for_what_waits_reads_nothing_else(mongo: Mongo) -> None:
    """An index serves it, in order, without a sort."""
    outbox, events = Outbox(mongo), numbered(Ids(utc_now), 60)
    await outbox.insert_many(events)
    await outbox.mark(events[:50], NOW)
    cursor = outbox.raw.find({"relayed_at": None}, sort=[("_id", 1)], limit=5)
    plan: Any = await cursor.explain()
    assert plan["executionStats"]["totalDocsExamined"] == 5
    assert "'SORT'" not in str(plan["queryPlanner"]["winningPlan"])


async def test_a_forgotten_topic_leaves_no_event_of_its_own(mongo: Mongo) -> None:
    """An event that others are told of stays for them."""
    outbox, new_id = Outbox(mongo), Ids(utc_now)
    [own] = numbered(new_id, 1, ["user:usr_1"])
    [shared] = numbered(new_id, 1, ["user:usr_1", "workspace:wsp_1"])
    [other] = numbered(new_id, 1, ["user:usr_2"])
    await outbox.insert_many([own, shared, other])
    await outbox.forget(["user:usr_1"])
    found = await outbox.waiting(10)
    assert [(event.id, event.topics) for event in found] == [
        (shared.id, ["workspace:wsp_1"]),
        (other.id, ["user:usr_2"]),
    ]


async def test_asking_for_a_job_again_replaces_what_waits(mongo: Mongo) -> None:
    """There is one job a key, the one that was asked for last."""
    jobs, later = Jobs(mongo), NOW + timedelta(hours=1)
    await jobs.ask(job("content:1", "first"))
    await jobs.ask(job("content:1", "second", due=later))
    assert await jobs.waiting("", 10) == [job("content:1", "second", due=later)]


async def test_a_job_that_was_asked_for_while_it_was_queued_waits_again(mongo: Mongo) -> None:
    """Marking what was queued does not mark what came after it."""
    jobs, first = Jobs(mongo), job("content:1", "first")
    await jobs.ask(first)
    await jobs.ask(job("content:1", "second"))
    await jobs.mark([first], NOW)
    assert [each.revision for each in await jobs.waiting("", 10)] == ["second"]
    await jobs.mark([job("content:1", "second")], NOW)
    assert await jobs.waiting("", 10) == []
    await jobs.ask(job("content:1", "third"))
    assert [each.revision for each in await jobs.waiting("", 10)] == ["third"]


async def test_asking_once_changes_nothing_of_a_job_that_is_known(mongo: Mongo) -> None:
    """Neither one that waits nor one that was queued comes again."""
    jobs = Jobs(mongo)
    await jobs.ask_once([job("a", "first"), job("b", "first")])
    await jobs.mark([job("a", "first")], NOW)
    await jobs.ask_once([job("a", "second"), job("b", "second"), job("c", "second")])
    found = await jobs.waiting("", 10)
    assert [(each.id, each.revision) for each in found] == [("b", "first"), ("c", "second")]
