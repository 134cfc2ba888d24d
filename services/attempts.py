"""How a target moves from one state to the next. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from datasources.content import ContentStatus
from datasources.targets import Attempt, PublishState, Target
from services.adapters import Published
from services.platform_failures import Interrupted, PlatformFailure, RateLimited

FAILURES = 5
FIRST_DELAY = 2.0
LONGEST_DELAY = 3600.0
KEPT = 50

Random = Callable[[], float]


def started(target: Target, by: str, found: ContentStatus, version: int, now: datetime) -> Target:
    """Waiting for a worker, because a person asked for it."""
    return replace(
        target,
        state=PublishState.PENDING,
        content_version=version,
        requested_by=by,
        run=target.run + 1,
        due=now,
        since=last_number(target),
        found_status=found,
        updated_at=now,
    )


def begun(target: Target, version: int, now: datetime) -> Target:
    """A worker has it, in a new attempt."""
    attempt = Attempt(number=last_number(target) + 1, started_at=now)
    return replace(
        target,
        state=PublishState.PUBLISHING,
        content_version=version,
        attempts=[*target.attempts, attempt][-KEPT:],
        updated_at=now,
    )


def cancelled(target: Target, now: datetime) -> Target:
    """Taken back before a worker had it."""
    return replace(target, state=PublishState.CANCELLED, updated_at=now)


def interrupted(target: Target, now: datetime) -> Target:
    """The worker that had it is gone, and did no harm."""
    return ended(target, last_number(target), Interrupted(target.platform), now)


def published(target: Target, number: int, what: Published, now: datetime) -> Target:
    """It is out."""
    return replace(
        ended(target, number, None, now),
        state=PublishState.PUBLISHED,
        external_id=what.external_id,
        external_url=what.external_url,
        published_at=now,
    )


def failed(
    target: Target, number: int, failure: PlatformFailure, now: datetime, random: Random
) -> Target:
    """Not out: given up, waiting for another try, or waiting for a person to look."""
    target = ended(target, number, failure, now)
    if failure.doubtful:
        return replace(target, state=PublishState.UNCONFIRMED)
    count = failures(target)
    if not failure.transient or count >= FAILURES:
        return replace(target, state=PublishState.FAILED)
    due = later(failure, count, now, random)
    return replace(target, state=PublishState.PENDING, run=target.run + 1, due=due)


def ended(target: Target, number: int, failure: PlatformFailure | None, now: datetime) -> Target:
    """With that attempt closed, and why it failed if it did."""
    attempts = [
        replace(
            attempt,
            ended_at=now,
            code=failure.code if failure else None,
            cause=str(failure) if failure else None,
        )
        if attempt.number == number
        else attempt
        for attempt in target.attempts
    ]
    return replace(target, attempts=attempts, updated_at=now)


def last_number(target: Target) -> int:
    """Number of the latest attempt, 0 before the first."""
    return target.attempts[-1].number if target.attempts else 0


def failures(target: Target) -> int:
    """Tries that the platform itself refused since a person last started it."""
    counted = (attempt for attempt in target.attempts if attempt.number > target.since)
    return sum(attempt.code not in (None, Interrupted.code) for attempt in counted)


def later(failure: PlatformFailure, count: int, now: datetime, random: Random) -> datetime:
    """When to try again: four times as long each time, half to one and a half of it at random.

    A platform that says when is taken at its word, with up to ten seconds more, so that all
    that were refused do not come back in the same instant.
    """
    if isinstance(failure, RateLimited):
        return max(failure.retry_at, now) + timedelta(seconds=10 * random())
    seconds: float = min(FIRST_DELAY * 4 ** (count - 1), LONGEST_DELAY)
    return now + timedelta(seconds=seconds * (0.5 + random()))
