"""Generation and strategy against aimock, which others made to speak OpenAI's protocol.

Skipped until `npm ci` was run in `tests/server/aimock`, which `.ci/run` does. The same is tested
against a fake of ours in `test_generation` and `test_brand_faults`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.settings import Settings
from tests.client import Answer, Client
from tests.conftest import Running, serving
from tests.resolvers.test_brand import GENERATE as STRATEGY
from tests.resolvers.test_brand import assess
from tests.resolvers.test_brand_faults import STRATEGY as PLAN
from tests.resolvers.test_generation import GENERATE, USAGE, VERSIONS

HERE = Path(__file__).parent.parent / "server" / "aimock"
POSTS = {"versions": [{"title": None, "body": each} for each in VERSIONS]}
TOKENS = {"prompt_tokens": 120, "completion_tokens": 80, "total_tokens": 200}
PRICE = Decimal("0.000176")
REFUSED = {"finishReason": "content_filter", "content": ""}

Fault = dict[str, Any]

pytestmark = pytest.mark.skipif(
    not (HERE / "node_modules").is_dir(), reason="run 'npm ci' in tests/server/aimock first"
)


@asynccontextmanager
async def aimock(answer: object, faults: Sequence[Fault]) -> AsyncIterator[str]:
    """Where it listens; it has these faults first, and then answers so."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "serve.mjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    told = {
        "answer": json.dumps(answer),
        "faults": list(faults),
        "usage": TOKENS,
        "embedding": [0.5] * 8,
    }
    try:
        process.stdin.write(json.dumps(told).encode() + b"\n")
        async with asyncio.timeout(30):
            line = await process.stdout.readline()
        yield line.decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


@dataclass
class Desk:
    """A server whose models are aimock's, and somebody who is assessed."""

    server: Running
    ada: Client

    async def write(self) -> Answer:
        """A post."""
        return await self.ada.run(GENERATE, input={"topic": "Looms", "platform": "LINKEDIN"})

    async def plan(self) -> Answer:
        """A strategy."""
        return await self.ada.run(STRATEGY)

    async def kept(self) -> tuple[int, int]:
        """How many pieces there are, and strategies."""
        stores = self.server.backend.stores
        return await stores.contents.count({}), await stores.strategy_versions.count({})

    async def written(self) -> Decimal:
        """What completions have cost; nothing is held any more."""
        budget = (await self.ada.data(USAGE))["usage"]["budget"]
        assert Decimal(budget["reserved"]["amount"]) == 0
        calls = await self.server.backend.stores.model_calls.find({"model": "gpt-4.1-mini"})
        return Decimal(sum(call.cost for call in calls)) / 1_000_000


@asynccontextmanager
async def desk(
    settings: Settings, answer: object, faults: Sequence[Fault], **more: Any
) -> AsyncIterator[Desk]:
    """The desk."""
    async with aimock(answer, faults) as url:
        told = replace(
            settings,
            openai_api_key="sk-test",
            openai_base_url=f"{url}/v1",
            openai_embedding_dimension=8,
            **more,
        )
        async with serving(told) as server, httpx.AsyncClient(timeout=30) as http:
            ada = await Client(server.url, http).register("ada@example.com")
            await assess(ada)
            yield Desk(server, ada)


@pytest.mark.usefixtures("mongo", "redis")
@pytest.mark.parametrize(
    "faults",
    [
        [],
        [{"error": {"message": "Down."}, "status": 500}],
        [{"error": {"message": "Slowly."}, "status": 429, "retryAfter": 1}],
        [{"truncateAfterChunks": 3}],
    ],
    ids=["well", "500", "429", "cut"],
)
async def test_a_post_is_streamed_scored_and_charged_once_whatever_passes(
    settings: Settings, faults: list[Fault]
) -> None:
    async with desk(settings, POSTS, faults) as made:
        piece = (await made.write()).data["generateContent"]
        assert piece["aiMetadata"]["modelUsed"] == "gpt-4.1-mini"
        assert piece["body"] in VERSIONS
        assert len(piece["aiMetadata"]["variants"]) == 2
        assert await made.kept() == (1, 0)
        assert await made.written() == PRICE


@pytest.mark.usefixtures("mongo", "redis")
@pytest.mark.parametrize(
    "faults",
    [[], [{"error": {"message": "Down."}, "status": 500}], [{"content": '{"pillars": 7}'}]],
    ids=["well", "500", "unfit"],
)
async def test_a_strategy_is_written_whatever_passes(
    settings: Settings, faults: list[Fault]
) -> None:
    async with desk(settings, PLAN, faults) as made:
        brand = (await made.plan()).data["generateStrategy"]
        assert brand["strategy"]["contentPillars"] == PLAN["pillars"]
        assert await made.kept() == (0, 1)
        used = 1 + sum("content" in fault for fault in faults)
        assert await made.written() == used * PRICE


LASTING = [
    ([{"error": {"message": "No."}, "status": 429, "retryAfter": 900}], "MODEL_RATE_LIMITED", 0),
    ([{"error": {"message": "Who?"}, "status": 401}], "MODEL_MISCONFIGURED", 0),
    ([REFUSED], "MODEL_REFUSED", 1),
    ([{"content": '{"some": "thing"}'}] * 2, "MODEL_ANSWER_UNUSABLE", 2),
]


@pytest.mark.usefixtures("mongo", "redis")
@pytest.mark.parametrize(("faults", "code", "charged"), LASTING, ids=[each[1] for each in LASTING])
@pytest.mark.parametrize("ask", [Desk.write, Desk.plan], ids=["post", "strategy"])
async def test_what_stays_is_told_by_its_code_and_nothing_is_kept_of_it(
    settings: Settings,
    ask: Callable[[Desk], Awaitable[Answer]],
    faults: list[Fault],
    code: str,
    charged: int,
) -> None:
    async with desk(settings, POSTS, faults) as made:
        assert (await ask(made)).code == code
        assert await made.kept() == (0, 0)
        assert await made.written() == charged * PRICE


@pytest.mark.usefixtures("mongo", "redis")
@pytest.mark.parametrize("ask", [Desk.write, Desk.plan], ids=["post", "strategy"])
async def test_one_that_is_too_slow_is_given_up_at_the_deadline(
    settings: Settings, ask: Callable[[Desk], Awaitable[Answer]]
) -> None:
    told = {"openai_timeout_seconds": 0.4, "openai_deadline_seconds": 1.0}
    async with desk(settings, POSTS, [{"latency": 20_000}], **told) as made:
        assert (await ask(made)).code == "MODEL_UNAVAILABLE"
        assert await made.kept() == (0, 0)
        assert await made.written() == 0
