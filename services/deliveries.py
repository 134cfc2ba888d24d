"""Publishing as the worker does it: claim a target, call the platform, settle what came of it.

Each step is a transaction or one atomic update, and each can be the last that a worker makes.
What the next worker finds tells it how far the last one came: see `docs/decisions/publishing.md`.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from datasources.content import Content, Contents
from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.outbox import Job
from datasources.targets import PublishState, Target, Targets
from datasources.users import Users
from services import attempts
from services.adapters import Adapters, PlatformAdapter, Post, Published
from services.attempts import Random
from services.clock import Clock
from services.platform_failures import (
    Interrupted,
    PlatformFailure,
    PlatformUnavailable,
    PossiblyPublished,
)
from services.progress import Progress, job
from services.summary import summary

SWEPT_AT_ONCE = 500
SETTLING = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)

log = logging.getLogger("brandgraph.publishing")

Outcome = Published | PlatformFailure


@dataclass(frozen=True, slots=True)
class Claim:
    """A target that this worker has, the number of its attempt, and the piece as it goes out."""

    target: Target
    number: int
    content: Content


class Deliveries:
    """`patience` is how many seconds a platform has to answer."""

    def __init__(
        self,
        mongo: Mongo,
        contents: Contents,
        targets: Targets,
        users: Users,
        progress: Progress,
        adapters: Adapters,
        clock: Clock,
        *,
        patience: float = 60.0,
        random: Random = random.random,
    ) -> None:
        self._mongo = mongo
        self._contents = contents
        self._targets = targets
        self._users = users
        self._progress = progress
        self._adapters = adapters
        self._clock = clock
        self._patience = patience
        self._random = random

    async def deliver(self, target_id: str, run: int) -> None:
        """Bring one target to its platform. Does nothing where another run, or worker, has it.

        Raises `Unavailable` when the database stays away: the job is to be done again.
        """
        claim = await self._mongo.transact(lambda: self._claim(target_id, run))
        if claim is None:
            return
        adapter = self._adapters.of(claim.target.platform)
        post = await self._post(claim)
        if not await self._targets.mark_sent(claim.target, claim.number, self._clock()):
            return
        outcome = await self._send(adapter, post)
        if not await self._settled(claim, outcome) and isinstance(outcome, Published):
            await adapter.withdraw(target_id)

    async def give_up(self, target_id: str, run: int) -> None:
        """Settle a target whose job has taken too many workers down, or failed too often."""

        async def change() -> None:
            target = await self._targets.get(target_id)
            if target is None or target.run != run or not target.in_flight:
                return
            siblings = await self._targets.take_turn(target.content_id)
            target = next(found for found in siblings if found.id == target_id)
            failure: PlatformFailure = Interrupted(target.platform)
            if self._may_be_out(target):
                failure = PossiblyPublished(target.platform)
            await self._end(siblings, target, attempts.last_number(target), failure)

        await self._mongo.transact(change)

    async def sweep(
        self, waiting: timedelta, working: timedelta, queue: Callable[[Job], Awaitable[None]]
    ) -> int:
        """Queue again what has been `waiting`, or a worker has been `working` on, for so long.

        Its job is lost if Redis lost it. A job that is still queued or running is not queued
        twice, so asking too early is harmless. How many were asked for.
        """
        now = self._clock()
        found = 0
        ages = ((PublishState.PENDING, waiting), (PublishState.PUBLISHING, working))
        for state, age in ages:
            for target in await self._targets.untouched(state, now - age, limit=SWEPT_AT_ONCE):
                await queue(job(target, now))
                found += 1
        return found

    async def _claim(self, target_id: str, run: int) -> Claim | None:
        found = await self._targets.get(target_id)
        if found is None or found.run != run or not found.in_flight:
            return None
        siblings = await self._targets.take_turn(found.content_id)
        target = next(target for target in siblings if target.id == target_id)
        content = await self._contents.get(target.content_id)
        if content is None:
            await self._targets.delete(target_id)
            return None
        if self._may_be_out(target):
            number = attempts.last_number(target)
            await self._end(siblings, target, number, PossiblyPublished(target.platform))
            return None
        if target.state is PublishState.PUBLISHING:
            target = attempts.interrupted(target, self._clock())
        target = attempts.begun(target, content.version, self._clock())
        await self._progress.save(target)
        return Claim(target, attempts.last_number(target), content)

    def _may_be_out(self, target: Target) -> bool:
        """Whether a worker died after it had called a platform that keeps what it got twice."""
        if target.state is not PublishState.PUBLISHING or target.attempts[-1].sent_at is None:
            return False
        return not self._adapters.of(target.platform).idempotent

    async def _post(self, claim: Claim) -> Post:
        content = claim.content
        author = await self._users.get(content.author_id) if content.author_id else None
        return Post(
            target_id=claim.target.id,
            content_id=content.id,
            workspace_id=content.workspace_id,
            version=content.version,
            type=content.type,
            title=content.title,
            body=content.body,
            summary=summary(content.body),
            tags=content.tags,
            author_id=author.id if author else None,
            author_name=author.profile.full_name if author else None,
            at=self._clock(),
        )

    async def _send(self, adapter: PlatformAdapter, post: Post) -> Outcome:
        try:
            async with asyncio.timeout(self._patience):
                return await adapter.publish(post)
        except PlatformFailure as failure:
            return failure
        except Unavailable:
            if adapter.idempotent:
                raise
        except Exception:
            log.exception("publishing %s to %s broke", post.target_id, adapter.platform)
        if adapter.idempotent:
            return PlatformUnavailable(adapter.platform)
        return PossiblyPublished(adapter.platform)

    async def _settled(self, claim: Claim, outcome: Outcome) -> bool:
        """Write down what came of it, however long the database is away within reason.

        What the platform said is known here and nowhere else, so it is worth some patience.
        """
        for delay in SETTLING:
            try:
                return await self._mongo.transact(lambda: self._settle(claim, outcome))
            except Unavailable:
                await asyncio.sleep(delay)
        return await self._mongo.transact(lambda: self._settle(claim, outcome))

    async def _settle(self, claim: Claim, outcome: Outcome) -> bool:
        siblings = await self._targets.take_turn(claim.target.content_id)
        target = next((found for found in siblings if found.id == claim.target.id), None)
        if target is None:
            return False
        if accepts(target, claim.number, outcome):
            await self._end(siblings, target, claim.number, outcome)
        return True

    async def _end(
        self, siblings: list[Target], target: Target, number: int, outcome: Outcome
    ) -> None:
        now = self._clock()
        if isinstance(outcome, Published):
            target = attempts.published(target, number, outcome, now)
        else:
            target = attempts.failed(target, number, outcome, now, self._random)
        await self._progress.save(target)
        others = [target if found.id == target.id else found for found in siblings]
        await self._progress.conclude(others, now)


def accepts(target: Target, number: int, outcome: Outcome) -> bool:
    """Whether the news of an attempt still counts.

    That it is out is true however late it comes, unless it is known already or a newer attempt
    is under way. That it is not out only counts while nobody else has taken over.
    """
    if target.state is PublishState.PUBLISHING:
        return attempts.last_number(target) == number
    return isinstance(outcome, Published) and target.state is not PublishState.PUBLISHED
