"""`brandgraph`: the one executable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from server import commands
from server.engine_failures import EngineError
from server.setting_types import SettingError
from server.settings import Settings, read

app = typer.Typer(
    help="Brandgraph: a GraphQL API for people and agencies who manage brands.\n\n"
    "Start with `brandgraph serve`: with no settings at all it runs on embedded engines under "
    "./data and prints where to go. `brandgraph doctor` tells what is configured and what "
    "answers. Settings come from the environment and from a .env file; docs/settings.md lists "
    "them all.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

DOTENV = Path(".env")
CONFIGURATION = 78  # EX_CONFIG of sysexits.h


def stop(message: str, code: int = CONFIGURATION) -> NoReturn:
    """End with one sentence."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def with_settings(run: Callable[[Settings], int]) -> None:
    """Run a command with the settings that are written down; one sentence where they are wrong."""
    try:
        code = run(read(dotenv=DOTENV if DOTENV.exists() else None))
    except (SettingError, EngineError, commands.CommandError) as error:
        stop(str(error))
    raise typer.Exit(code)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Instead of PORT.", min=0, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Instead of HOST.")] = None,
) -> None:
    """Run the API, with a worker inside unless WORKER=false.

    Starts embedded engines for MONGODB_URL and REDIS_URL where these are not set, makes what
    indexes are missing, and prints where to go. Ctrl-C or SIGTERM drains: sockets are told to
    reconnect, running jobs are finished or released.
    """
    with_settings(lambda settings: commands.serve(settings, host, port))


@app.command()
def worker() -> None:
    """Run jobs only: for a second process, or a second machine, beside `serve`.

    With embedded engines it joins those of the `serve` that runs on the same DATA_DIR.
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
def demo() -> None:
    """Fill a new account with months of lifelike content, and print its credentials.

    Nothing that is there already is touched; each run makes another account.
    """
    with_settings(commands.demo)


@app.command()
def doctor() -> None:
    """Tell what is configured, what is embedded and what answers.

    Exits with 1 if a part that is configured does not answer.
    """
    with_settings(commands.doctor)


def main() -> None:
    """The entry point."""
    app()
