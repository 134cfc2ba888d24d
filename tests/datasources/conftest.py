"""The stores of the search index that contract tests are held to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from datasources.vector_files import VectorFiles
from datasources.vector_weaviate import WeaviateVectors
from datasources.vectors import VectorStore
from datasources.weaviate_client import WeaviateAccess
from tests.conftest import fast_folder
from tests.weaviate import running, server


@pytest.fixture(scope="session")
def weaviate() -> Iterator[WeaviateAccess]:
    """A Weaviate for all of these tests."""
    program = server()
    if program is None:
        pytest.skip("Weaviate is not installed: see CONTRIBUTING.md")
    with running(program, fast_folder()) as access:
        yield access


@pytest.fixture(params=["files", "weaviate"])
async def opened(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Callable[[], VectorStore]]:
    """Makes a store of the kind that is tested: each call another, on the same engine."""
    made: list[VectorStore] = []

    def open() -> VectorStore:
        if request.param == "files":
            made.append(VectorFiles(tmp_path / "search"))
        else:
            made.append(WeaviateVectors(request.getfixturevalue("weaviate")))
        return made[-1]

    yield open
    for generation in ("g1", "g2"):
        await made[0].drop(generation)
    for each in made:
        await each.close()


@pytest.fixture
def store(opened: Callable[[], VectorStore]) -> VectorStore:
    """The index of this test alone."""
    return opened()
