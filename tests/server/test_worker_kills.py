"""A sample of what `make soak` does at length: workers die, and nothing is lost or repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publishing_kills import besieged


async def test_kills_of_the_worker_neither_lose_nor_repeat_a_publication(
    memory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with besieged(memory) as siege:
        commands = await siege.commands()
        steps = len(commands)
        plans = [(n, how) for n in (1, steps // 2, steps) for how in ("started", "succeeded")]
        for step, how in [*plans, (0, "ack")]:
            target = await siege.publish()
            await siege.start_worker(target=target, step=step, die=how)
            assert await siege.worker_dies(how)
        await siege.finish()
        figures = await siege.check()
    with capsys.disabled():
        print(f"\n{commands}\n{figures}")
