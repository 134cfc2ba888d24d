"""The driver of Redis, whose commands and pipelines show in a trace by their names."""

from __future__ import annotations

from typing import Any

import redis.asyncio
from redis.asyncio.client import Pipeline

from datasources.spans import Facts, Kind, Span, current, within

SYSTEM = "db.system.name"
OPERATION = "db.operation.name"


class Client(redis.asyncio.Redis):
    """The driver's client."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command."""
        span = current.get()
        if span is None:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        with within(calling(span, str(args[0]))):
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Commands:
        """Commands that go together."""
        return Commands(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class Commands(Pipeline):
    """The driver's pipeline."""

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Run what was gathered."""
        span = current.get()
        if span is None:
            return await super().execute(raise_on_error)
        with within(calling(span, "PIPELINE", len(self.command_stack))):
            return await super().execute(raise_on_error)


def calling(span: Span, command: str, count: int = 1) -> Span:
    """A call to Redis that begins."""
    facts: Facts = {SYSTEM: "redis", OPERATION: command, "db.operation.batch.size": count}
    return span.child(f"redis {command}", Kind.CLIENT, facts)
