"""What each command of `brandgraph` does. Each takes settings and gives an exit code.

What is imported inside a function would make the others' start, or a wrong setting's sentence,
wait for it.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from server.banner import READY, banner, facts
from server.engine_room import joined, shared, starting
from server.light import settled
from server.settings import Settings

if TYPE_CHECKING:
    from server.compose import Backend


class CommandError(Exception):
    """A command that cannot be done, in one sentence."""


class SilentEngine(CommandError):
    """An engine of the settings does not answer, or is of no use."""


def say(line: str) -> None:
    """Tell the person at the terminal."""
    typer.echo(line, err=True)


def serve(
    settings: Settings,
    host: str | None = None,
    port: int | None = None,
    processes: int | None = None,
) -> int:
    """The API until it is told to stop."""
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        processes=processes or settings.processes,
    )
    # A thread starts the engines while this one imports the application.
    with starting(settings, say) as ready:
        if settings.processes == 1:
            from server.one_process import serve_here as run
        else:
            from server.processes import serve_in_processes as run
        from server.logs import configure
        from server.secrets import signing_keys
        from server.serving import listening

        configure(settings)
        complete = ready()
        refuse_silent(complete, settings.embedded)
        signing_keys(complete)
        opened = listening(complete.host, complete.port)
        complete = replace(complete, port=opened.getsockname()[1])
        served = run(
            complete,
            opened,
            ready=lambda: announce(complete, settings.embedded),
            tell=lambda line: mention(complete, line),
        )
    return 0 if served else 1


def announce(settings: Settings, embedded: tuple[bool, bool]) -> None:
    """Say that the server is ready: to a person, or in the log."""
    from server.logs import is_text, log

    settled()
    told = facts(settings, embedded)
    if is_text(settings):
        say(banner(told))
    else:
        log.info(READY, **{name.lower(): value for name, value in told.items()})


def mention(settings: Settings, line: str) -> None:
    """Say what goes on: to a person, or in the log."""
    from server.logs import is_text, log

    if is_text(settings):
        say(line)
    else:
        log.info(line)


def refuse_silent(settings: Settings, embedded: tuple[bool, bool]) -> None:
    """Raise SilentEngine where one that is not embedded does not answer."""
    from server.probes import mongodb, redis

    async def ask() -> list[str]:
        probes = zip((mongodb, redis), embedded, strict=True)
        found = [await probe(settings) for probe, ours in probes if not ours]
        return [each.problem for each in found if each.problem]

    if not all(embedded) and (problems := asyncio.run(ask())):
        raise SilentEngine(problems[0])


def worker(settings: Settings) -> int:
    """Jobs until it is told to stop."""
    from server.side_door import side_door
    from server.worker import run_worker

    async def work(made: Backend) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop.set)
        settled()
        mention(settings, "The worker is ready. Ctrl-C drains and stops it.")
        async with side_door(made):
            await run_worker(
                made.queue, made.deliveries, stop, services=made.services, runner=made.runner
            )

    return on_backend(settings, shared(settings, say), work)


def migrate(settings: Settings) -> int:
    """Indexes and schema versions."""
    from datasources.migrations import Migrations
    from datasources.mongo import Mongo
    from datasources.stores import Stores

    async def run(complete: Settings) -> None:
        mongo = Mongo(complete.mongodb_url, complete.mongodb_database)
        try:
            await Migrations(mongo, Stores.on(mongo).all()).run(say)
        finally:
            await mongo.close()

    with joined(settings, say) as complete:
        refuse_silent(complete, (settings.embedded[0], True))
        asyncio.run(run(complete))
    return 0


def demo(settings: Settings) -> int:
    """A lifelike account."""
    from server.demo import fill

    async def run(made: Backend) -> None:
        await made.migrations().run()
        typer.echo(await fill(made, say))

    with joined(settings, say) as complete:
        return on_backend(settings, complete, run)


def stripe_replay(settings: Settings, ids: Sequence[str] = ()) -> int:
    """Events of Stripe's once more."""
    from services.failures import NotFound

    async def run(made: Backend) -> None:
        try:
            found = await made.services.stripe_inbox.replay(ids)
        except NotFound as missing:
            raise CommandError(str(missing)) from None
        typer.echo(f"{found} events will be handled again.")

    with joined(settings, say) as complete:
        return on_backend(settings, complete, run)


def reindex(settings: Settings) -> int:
    """The search index, anew."""

    async def run(made: Backend) -> None:
        await made.migrations().run()
        total = await made.stores.contents.count({})

        def told(done: int) -> None:
            say(f"{done} of {max(done, total)} pieces are indexed.")

        await made.services.indexing.rebuild(told)
        typer.echo("The search index is new.")

    with joined(settings, say) as complete:
        return on_backend(settings, complete, run)


def doctor(settings: Settings) -> int:
    """What is configured, what answers."""
    from server.doctor import examine

    found = examine(settings)
    typer.echo(found.text)
    return 0 if found.well else 1


def on_backend(
    settings: Settings, complete: Settings, run: Callable[[Backend], Awaitable[None]]
) -> int:
    """Run with a connected backend. `complete` are the settings with all URLs."""
    from datasources.failures import Unavailable
    from server.clients import tracer_of
    from server.compose import backend
    from server.logs import configure

    async def connected() -> None:
        tracer = tracer_of(complete)
        try:
            async with backend(complete, tracer=tracer) as made:
                await run(made)
        finally:
            if tracer is not None:
                await tracer.close()

    configure(settings)
    refuse_silent(complete, settings.embedded)
    try:
        asyncio.run(connected())
    except Unavailable as error:
        raise SilentEngine(f"{error} `brandgraph doctor` tells which part is away.") from None
    return 0
