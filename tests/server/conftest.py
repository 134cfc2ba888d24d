"""What several of the tests of the edge need."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import address, browser, bundle
from tests.conftest import fast_folder
from tests.server.processes import Zygote, zygote

__all__ = ["address", "browser", "bundle", "forked", "memory"]


@pytest.fixture(scope="session")
def forked() -> Iterator[Zygote]:
    """Starts commands for tests that are about what these do, not about how they start."""
    with zygote() as found:
        yield found


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder for engines of a test's own: in memory, where there is some."""
    with tempfile.TemporaryDirectory(prefix="bg-test-", dir=fast_folder()) as folder:
        yield Path(folder)
