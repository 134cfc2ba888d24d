"""A browser for the tests that need one, which say why they are skipped where there is none."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium, chromium, executable

BUNDLE = Path(__file__).parents[2] / "server" / "static" / "explorer" / "page.json"


@pytest.fixture
async def browser() -> AsyncIterator[Chromium]:
    """A headless browser with an empty profile, that lets pages use its clipboard."""
    program = executable()
    if program is None:
        pytest.skip("no Chromium or Chrome is installed: name one in CHROMIUM")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        async with chromium(program, Path(profile)) as browser:
            permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"]
            await browser.call("Browser.grantPermissions", permissions=permissions)
            yield browser


@pytest.fixture
def bundle() -> None:
    """Skips a test of our own bundle of GraphiQL where it was not made."""
    if not BUNDLE.exists():
        pytest.skip("GraphiQL is not bundled: run `make explorer`")
