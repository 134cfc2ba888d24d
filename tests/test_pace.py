"""What the bounds of other tests are measured with."""

from __future__ import annotations

import asyncio
import time

from tests.pace import paced


async def test_no_more_seconds_are_counted_than_pass() -> None:
    began = time.monotonic()
    async with paced() as pace:
        await asyncio.sleep(0.2)  # time has to pass
    assert 0 < pace.seconds <= time.monotonic() - began


async def test_a_loop_that_is_kept_from_running_is_excused_but_for_what_it_computes() -> None:
    async with paced() as pace:
        await asyncio.sleep(0.05)
        time.sleep(0.5)  # noqa: ASYNC251 - as a machine does that has no time for it
        await asyncio.sleep(0.05)
        assert pace.seconds < 0.4
        before, begun = pace.seconds, time.thread_time()
        while time.thread_time() - begun < 0.3:
            pass
        await asyncio.sleep(0.05)
        assert pace.seconds - before > 0.25
