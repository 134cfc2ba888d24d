"""A sample of what `make soak` does at length: workers die while they write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generation_kills import besiege


async def test_killed_workers_neither_write_nor_charge_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = await besiege(tmp_path, 5, kills=2, seconds=40)
    with capsys.disabled():
        print(f"\n{figures}")
