"""A strategy from a model that fails, as OpenAI's does: tried again, told by its code, not kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.fakes.openai_site import KEY, Fault
from tests.resolvers.test_brand import GENERATE, MINE, assess
from tests.resolvers.test_generation import Studio, studio_of

PRICE = Decimal("0.000170")
"""What a completion of the site costs: 100 new tokens, 20 cached ones, 80 written."""

STRATEGY = {
    "value_proposition": "We help people to brew better coffee.",
    "audience": "People who make coffee at home.",
    "pillars": ["Brewing: how it is done", "Beans: where they come from"],
    "goals": [{"title": "Win customers", "measure": "New ones", "target": 40}],
    "tone": ["Plain, never clever"],
}
EMPTY = {**STRATEGY, "pillars": []}
BLANK = {**STRATEGY, "value_proposition": "  "}


@asynccontextmanager
async def assessed(
    settings: Settings, mongo: Mongo, redis: Redis, **told: Any
) -> AsyncIterator[Studio]:
    """A studio whose questionnaire is filled in; its model writes a good strategy."""
    async with studio_of(settings, mongo, redis, **told) as studio:
        studio.site.answer = lambda _: json.dumps(STRATEGY)
        await assess(studio.ada)
        yield studio


async def nothing_is_kept(studio: Studio, charged: int) -> None:
    """No strategy, no version of one, nothing held, and only that charged that was used."""
    assert (await studio.ada.data(MINE))["me"]["profile"]["brandStrategy"] is None
    stores = studio.server.backend.stores
    assert await stores.strategy_versions.count({}) == 0
    (brand,) = await stores.brands.find({})
    assert (brand.version, brand.strategy) == (1, None)
    assert await studio.spent() == charged * PRICE


@pytest.mark.parametrize(
    ("faults", "code", "charged"),
    [
        ([Fault(status=429, headers={"retry-after": "90"})], "MODEL_RATE_LIMITED", 0),
        ([Fault(status=401)], "MODEL_MISCONFIGURED", 0),
        ([Fault(refusal="No.")], "MODEL_REFUSED", 1),
        ([Fault(finish="content_filter", text="")], "MODEL_REFUSED", 1),
        ([Fault(text='{"pillars": 7}')] * 2, "MODEL_ANSWER_UNUSABLE", 2),
        ([Fault(text='{"pillars": ["Bre', finish="length")] * 2, "MODEL_ANSWER_UNUSABLE", 2),
        (
            [Fault(text=json.dumps(EMPTY)), Fault(text=json.dumps(BLANK))],
            "MODEL_ANSWER_UNUSABLE",
            2,
        ),
    ],
)
async def test_a_fault_that_stays_is_told_by_its_code_and_leaves_all_as_it_was(
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    faults: list[Fault],
    code: str,
    charged: int,
) -> None:
    async with assessed(settings, mongo, redis) as studio:
        studio.site.faults.extend(faults)
        answer = await studio.ada.run(GENERATE)
        assert answer.code == code
        assert KEY not in json.dumps(answer.body)
        assert len(studio.site.asked) == len(faults)
        await nothing_is_kept(studio, charged)
        made = (await studio.ada.data(GENERATE))["generateStrategy"]["strategy"]
        assert made["contentPillars"] == STRATEGY["pillars"]
        assert await studio.spent() == (charged + 1) * PRICE


@pytest.mark.parametrize(
    "fault", [Fault(delay=60.0), Fault(status=503), Fault(cut_after=0)], ids=["slow", "503", "cut"]
)
async def test_what_goes_on_failing_ends_with_the_deadline(
    settings: Settings, mongo: Mongo, redis: Redis, fault: Fault
) -> None:
    told = {"openai_timeout_seconds": 0.4, "openai_deadline_seconds": 1.0}
    async with assessed(settings, mongo, redis, **told) as studio:
        studio.site.faults.extend([fault] * 9)
        assert await studio.ada.code(GENERATE) == "MODEL_UNAVAILABLE"
        assert len(studio.site.asked) >= 1
        await nothing_is_kept(studio, 0)


async def test_a_fault_that_passes_is_borne_with_and_only_what_was_used_is_charged(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    async with assessed(settings, mongo, redis) as studio:
        busy = Fault(status=429, headers={"retry-after": "0.2"})
        studio.site.faults.extend([busy, Fault(status=500), Fault(cut_after=0), Fault(text="{}")])
        made = (await studio.ada.data(GENERATE))["generateStrategy"]["strategy"]
        assert made["modelUsed"] == "gpt-4.1-mini"
        assert made["goals"][0]["title"] == "Win customers"
        assert len(studio.site.asked) == 5
        assert await studio.spent() == 2 * PRICE


async def test_answers_to_the_questionnaire_are_fenced_as_material(
    settings: Settings, mongo: Mongo, redis: Redis
) -> None:
    async with assessed(replace(settings), mongo, redis) as studio:
        await studio.ada.data(GENERATE)
        system, user = (message["content"] for message in studio.site.asked[0]["messages"])
        assert "coffee" not in system
        assert "coffee" in user
        assert user.startswith("<<<answers")
