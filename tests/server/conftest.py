"""What several of the tests of the edge need."""

from __future__ import annotations

from tests.browser.conftest import browser, bundle

__all__ = ["browser", "bundle"]
