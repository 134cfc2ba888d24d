"""What is written whenever a target moves: the target, its piece, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from datasources.content import Content, Contents, ContentStatus
from datasources.notifications import NotificationKind
from datasources.outbox import Job
from datasources.targets import PublishState, Target, Targets
from services.events import Events
from services.notifications import NotificationService

TASK = "publish_target"
NOT_OUT = (PublishState.FAILED, PublishState.UNCONFIRMED)


def job_key(target: Target) -> str:
    """The key of a run's job: while it is queued it is not queued again."""
    return f"publish:{target.id}:{target.run}"


def job_arguments(target: Target) -> dict[str, object]:
    """What the worker is told."""
    return {"target_id": target.id, "run": target.run}


def job(target: Target, now: datetime) -> Job:
    """The job of a target's present run, to be queued again."""
    return Job(
        id=job_key(target),
        task=TASK,
        arguments=job_arguments(target),
        due=target.due,
        at=now,
        revision=str(target.run),
    )


class Progress:
    """Writes within the transaction that took the turn of the piece, and only there."""

    def __init__(
        self,
        contents: Contents,
        targets: Targets,
        events: Events,
        notifications: NotificationService,
    ) -> None:
        self._contents = contents
        self._targets = targets
        self._events = events
        self._notifications = notifications

    async def save(self, target: Target) -> None:
        """Store a target, queue its job if it waits for one, and tell who watches the piece."""
        await self._targets.save(target)
        await self.tell(target)

    async def tell(self, target: Target) -> None:
        """Queue the job of a target that waits, and tell who watches its piece."""
        if target.state is PublishState.PENDING:
            await self._events.enqueue(TASK, job_key(target), job_arguments(target), due=target.due)
        data = {"platform": target.platform, "state": target.state, "content_id": target.content_id}
        await self._events.record(
            "publish.progress",
            topics=[f"content:{target.content_id}"],
            subject=target.id,
            workspace_id=target.workspace_id,
            data=data,
        )
        if target.state in NOT_OUT and target.requested_by:
            await self._events.record(
                "publish.failed",
                topics=[f"user:{target.requested_by}"],
                subject=target.id,
                workspace_id=target.workspace_id,
                data=data,
            )
            kind, message = news_of(target)
            await self._notifications.notify(
                target.requested_by,
                kind,
                message,
                subject=target.content_id,
                workspace_id=target.workspace_id,
            )

    async def mark(self, content: Content, status: ContentStatus, now: datetime) -> Content:
        """Give the piece a status, and its first time of publication; tell its workspace."""
        values: dict[str, object] = {"status": status, "updated_at": now}
        if status is ContentStatus.PUBLISHED and content.published_at is None:
            values["published_at"] = now
        changed = await self._contents.update({"_id": content.id}, {"$set": values})
        await self._events.record(
            "content.changed",
            topics=[f"workspace:{content.workspace_id}", f"content:{content.id}"],
            subject=content.id,
            workspace_id=content.workspace_id,
            data={"version": content.version, "status": status},
        )
        return changed or content

    async def conclude(self, targets: Sequence[Target], now: datetime) -> None:
        """Once none of a piece's targets is on its way: its status, and the announcement."""
        if any(target.in_flight for target in targets):
            return
        content = await self._contents.get(targets[0].content_id)
        if content is None:
            return
        if content.status is not ContentStatus.ARCHIVED:
            await self.mark(content, resting_status(targets), now)
        await self._announce(content, [target for target in targets if is_news(target)])

    async def _announce(self, content: Content, news: Sequence[Target]) -> None:
        if not news:
            return
        for target in news:
            await self._targets.save(replace(target, announced=True))
        topics = [f"workspace:{content.workspace_id}", f"content:{content.id}"]
        if content.author_id is not None:
            topics.insert(0, f"user:{content.author_id}")
        await self._events.record(
            "content.published",
            topics=topics,
            subject=content.id,
            workspace_id=content.workspace_id,
            data={
                "platforms": [target.platform for target in news],
                "targets": [target.id for target in news],
            },
        )


def news_of(target: Target) -> tuple[NotificationKind, str]:
    """What to tell the person who published, of a target that is not out for certain."""
    platform = target.platform.value
    if target.state is PublishState.UNCONFIRMED:
        message = f"{platform} did not confirm a publication. Look there, then retry or cancel."
        return NotificationKind.PUBLISH_UNCONFIRMED, message
    cause = target.attempts[-1].cause if target.attempts else None
    return (
        NotificationKind.PUBLISH_FAILED,
        f"Publishing to {platform} failed. {cause or ''}".strip(),
    )


def is_news(target: Target) -> bool:
    """Whether it is out and nobody was told."""
    return target.state is PublishState.PUBLISHED and not target.announced


def resting_status(targets: Iterable[Target]) -> ContentStatus:
    """What a piece is once all of its targets have come to rest.

    Published if it is out anywhere, failed if it should have been, else as it was found before.
    """
    found = list(targets)
    states = {target.state for target in found}
    if PublishState.PUBLISHED in states:
        return ContentStatus.PUBLISHED
    if states.intersection(NOT_OUT):
        return ContentStatus.FAILED
    return max(found, key=lambda target: target.updated_at).found_status
