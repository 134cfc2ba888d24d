"""`python -m bench.search`: how long a search takes, among 100,000 vectors in 100 workspaces.

Every search goes to another workspace, as those of many customers do. What it is measured on is
made at the first run, in a minute or two, and kept in `bench/.data`.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence

from bench.contenders import ROOT
from bench.kept import backend, engines_on, filled
from bench.processes import BenchError
from bench.results import insert, machine, warn
from bench.search_data import Corpus, corpus, make, queries
from bench.timings import HEAD, timed
from datasources.vectors import MOST
from server.compose import Backend
from server.settings import Settings
from services.search_query import SearchQuery

PIECES, WORKSPACES, ASKED = 100_000, 100, 500
GOAL_MS = 30
PAGE = ROOT / "docs" / "search.md"
MARKS = ("<!-- speed begins -->", "<!-- speed ends -->")


async def measure(settings: Settings, options: argparse.Namespace) -> list[str]:
    """The rows of the table."""
    folder = settings.data_dir
    async with backend(settings) as made:
        await filled(made, folder, lambda into: make(into, options.workspaces, options.pieces))
        found = await corpus(made)
        return [*await of_store(made, found, options.asked), *await whole(made, found, options)]


async def of_store(made: Backend, found: Corpus, asked: int) -> list[str]:
    """The index alone."""
    store, narrowed = made.services.indexing.store, SearchQuery().narrowed()
    texts, homes = queries(asked), places(found, asked)
    vectors = (await made.services.models.indexing.embed(texts)).vectors

    async def hybrid(number: int) -> object:
        at = number % asked
        home = homes[number]
        return await store.both(found.generation, home, texts[at], vectors[at], narrowed, MOST)

    async def by_words(number: int) -> object:
        at = number % asked
        return await store.words(found.generation, homes[number], texts[at], narrowed, MOST)

    async def by_meaning(number: int) -> object:
        at = number % asked
        return await store.near(found.generation, homes[number], vectors[at], narrowed, MOST)

    return [
        (await timed(asked, hybrid)).row("the index: by words and by meaning", GOAL_MS),
        (await timed(asked, by_words)).row("the index: by words"),
        (await timed(asked, by_meaning)).row("the index: by meaning"),
    ]


async def whole(made: Backend, found: Corpus, options: argparse.Namespace) -> list[str]:
    """All that `search` does: rights, the query's vector, both rankings, the pieces, highlights."""
    asked = options.asked
    texts, homes = queries(asked), places(found, asked)

    async def again(number: int) -> object:
        at = number % asked
        return await made.services.search.search(found.viewer, homes[at], texts[at])

    async def new(number: int) -> object:
        text = f"{texts[number % asked]} {random.getrandbits(32)}"
        return await made.services.search.search(found.viewer, homes[number], text)

    first = (await timed(asked, new)).row("`search`, a query that is new", GOAL_MS)
    for number in range(asked):
        await again(number)
    return [
        first,
        (await timed(asked, again)).row("`search`, a query that came before", GOAL_MS),
    ]


def places(found: Corpus, asked: int) -> list[str]:
    """A workspace for each call, and for those that warm up."""
    chance = random.Random(5)
    return chance.choices(found.workspaces, k=2 * asked)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    options = parser().parse_args(arguments)
    try:
        with engines_on(f"search-{options.pieces}-{options.workspaces}") as (settings, _):
            rows = asyncio.run(measure(settings, options))
    except BenchError as error:
        warn(str(error))
        return 1
    size = f"{options.pieces:,} pieces in {options.workspaces} workspaces"
    table = f"{machine()}; {size}, {options.asked} calls a line.\n\n" + "\n".join([HEAD, *rows])
    if options.docs:
        insert(PAGE, table, MARKS)
    print(table)
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    made.add_argument("--pieces", type=int, default=PIECES, help="in all workspaces together")
    made.add_argument("--workspaces", type=int, default=WORKSPACES)
    made.add_argument("--asked", type=int, default=ASKED, help="calls a line of the table")
    made.add_argument("--docs", action="store_true", help="put the table into docs/search.md")
    return made


if __name__ == "__main__":
    raise SystemExit(main())
