"""Two hundred generations while their workers are killed, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generation_kills import besiege

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


async def test_two_hundred_generations_are_made_and_charged_once_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = await besiege(tmp_path, 200, kills=20, seconds=400)
    with capsys.disabled():
        print(f"\n{figures}")
