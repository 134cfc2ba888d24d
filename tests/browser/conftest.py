"""A browser for the tests that need one, which say why they are skipped where there is none."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, executable, started, used

BUNDLE = Path(__file__).parents[2] / "server" / "static" / "explorer" / "page.json"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a headless browser listens, which a module starts once."""
    program = executable()
    if program is None:
        pytest.skip("no Chromium or Chrome is installed: name one in CHROMIUM")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        started(program, Path(profile)) as found,
    ):
        yield found


@pytest.fixture
async def browser(address: str) -> AsyncIterator[Chromium]:
    """A browser as if its profile was empty, that lets pages use its clipboard."""
    async with used(address) as browser:
        permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        await browser.call(
            "Browser.grantPermissions", permissions=permissions, browserContextId=browser.context
        )
        yield browser


@pytest.fixture
def bundle() -> None:
    """Skips a test of our own bundle of GraphiQL where it was not made."""
    if not BUNDLE.exists():
        pytest.skip("GraphiQL is not bundled: run `make explorer`")
