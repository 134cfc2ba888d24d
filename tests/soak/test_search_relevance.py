"""Words and meaning together rank better than either alone, beyond chance, on both stores.

`python -m tests.search.relevance` prints the same as the table of docs/search.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from datasources.vector_files import VectorFiles
from datasources.vector_weaviate import WeaviateVectors
from datasources.vectors import VectorStore
from tests.conftest import fast_folder
from tests.search.judged import distractors, judged
from tests.search.relevance import embedded, measured
from tests.weaviate import running, server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


@pytest.fixture(params=["files", "weaviate"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorStore]:
    """Each kind of store, empty."""
    if request.param == "files":
        files = VectorFiles(tmp_path)
        yield files
        await files.close()
        return
    if (program := server()) is None:
        pytest.skip("Weaviate is not installed: see CONTRIBUTING.md")
    with running(program, fast_folder()) as access:
        served = WeaviateVectors(access)
        yield served
        await served.close()


async def test_both_are_better_than_words_alone_and_than_meaning_alone(store: VectorStore) -> None:
    """nDCG@10 over all queries; the lower end of the paired bootstrap's 95% is above nothing."""
    queries, others = judged(), distractors()
    found = await measured(store, queries, others, await embedded(queries, others))
    for alone in ("words", "meaning"):
        lead, low, high = found.lead(alone)
        assert low > 0, f"better than {alone} by {lead:.3f} ({low:.3f} to {high:.3f})"
