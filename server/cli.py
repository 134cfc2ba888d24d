"""`brandgraph`: the one executable."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

import server.light  # noqa: F401 - ahead of all that is heavy
from server import commands
from server.engine_failures import EngineError
from server.setting_types import SettingError
from server.settings import Settings, read

app = typer.Typer(
    help="Brandgraph: a GraphQL API for people and agencies who manage brands.\n\n"
    "Start with `brandgraph serve`: with no settings at all it runs on embedded engines under "
    "./data and prints where to go. `brandgraph doctor` tells what is configured and what "
    "answers. Settings come from the environment and from a .env file; docs/settings.md lists "
    "them all.\n\n"
    "Exit codes: 0 done, 1 something does not answer (doctor), 2 wrong arguments, 69 an engine "
    "does not answer, 78 a setting is wrong, 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

DOTENV = Path(".env")
UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h
CONFIGURATION = 78  # EX_CONFIG
INTERRUPTED = 130  # 128 and SIGINT
TERMINATED = 143  # 128 and SIGTERM


def stop(message: str, code: int) -> NoReturn:
    """End with one sentence."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def with_settings(run: Callable[[Settings], int]) -> None:
    """Run a command with the settings that are written down; one sentence where it cannot be."""
    try:
        code = run(read(dotenv=DOTENV if DOTENV.is_file() else None))
    except commands.SilentEngine as error:
        stop(str(error), UNAVAILABLE)
    except (SettingError, EngineError, commands.CommandError) as error:
        stop(str(error), CONFIGURATION)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(code)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Instead of PORT.", min=0, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Instead of HOST.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="How many processes, instead of PROCESSES.", min=1, max=64)
    ] = None,
) -> None:
    """Run the API, with a worker inside unless WORKER=false.

    Starts embedded engines for MONGODB_URL and REDIS_URL where these are not set, makes what
    indexes are missing, and prints where to go. Ctrl-C or SIGTERM drains: sockets are told to
    reconnect, running jobs are finished or released. A second Ctrl-C stops at once. With several
    processes, one that dies is replaced.
    """
    with_settings(lambda settings: commands.serve(settings, host, port, workers))


@app.command()
def worker() -> None:
    """Run jobs only: for a second process, or a second machine, beside `serve`.

    With embedded engines it joins those of the `serve` that runs on the same DATA_DIR, and
    waits half a minute for it to come up.
    """
    with_settings(commands.worker)


@app.command()
def migrate() -> None:
    """Make missing indexes and bring stored data up to this version.

    `serve` does so too. Any number of processes may run it at the same time: one works, the
    others wait for it.
    """
    with_settings(commands.migrate)


@app.command()
def reindex() -> None:
    """Build the search index anew, with the embedding model that is configured now.

    The one that answers goes on answering until the new one is whole. Interrupted, it goes on
    where it stopped when it is called again. The server may run or not.
    """
    with_settings(commands.reindex)


@app.command()
def demo() -> None:
    """Fill a new account with months of lifelike content, and print its credentials.

    Nothing that is there already is touched; each run makes other accounts.
    """
    with_settings(commands.demo)


@app.command()
def doctor() -> None:
    """Tell what is configured, what is embedded and what answers.

    Exits with 1 if something does not answer, and says what to do about it.
    """
    with_settings(commands.doctor)


@app.command()
def stripe_replay(
    events: Annotated[
        list[str] | None, typer.Argument(help="Ids of events, as evt_…; else all given up.")
    ] = None,
) -> None:
    """Handle events of Stripe's once more: those named, or all that were given up.

    Handling one twice does nothing twice. A worker has to run.
    """
    with_settings(lambda settings: commands.stripe_replay(settings, events or []))


def terminated(_: int, __: FrameType | None) -> NoReturn:
    """Before a command handles SIGTERM itself: end as if interrupted, engines and all."""
    sys.exit(TERMINATED)


def main() -> None:
    """The entry point."""
    signal.signal(signal.SIGTERM, terminated)
    app()
