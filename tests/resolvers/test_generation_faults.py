"""What lasts of a provider's faults, on every way that a text is made: a code, and nothing kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.settings import Settings
from tests.fakes.openai_site import KEY, Fault
from tests.resolvers.jobs_at_rest import rested
from tests.resolvers.test_generation import (
    CREATE,
    GENERATE,
    IDEAS,
    IMPROVE,
    JOB,
    REPURPOSE,
    Studio,
    studio_of,
)

WRITTEN = Decimal("0.000170")
"""What one completion of the fake service costs."""
MANY = 40
"""More than is tried before the deadline."""

LASTING = {
    "failing": ([Fault(status=500)] * MANY, "MODEL_UNAVAILABLE", 0),
    "cut": ([Fault(cut_after=1)] * MANY, "MODEL_UNAVAILABLE", 0),
    "slow": ([Fault(delay=2)] * MANY, "MODEL_UNAVAILABLE", 0),
    "busy": ([Fault(status=429, headers={"retry-after": "90"})], "MODEL_RATE_LIMITED", 0),
    "refusing": ([Fault(refusal="No.")], "MODEL_REFUSED", 1),
    "unfit": ([Fault(text='{"versions": 7}')] * 2, "MODEL_ANSWER_UNUSABLE", 2),
}

WAYS = ("generate", "improve", "repurpose", "ideas")
SAMPLE = ("failing", "unfit")
CASES = [
    pytest.param(way, name, marks=[] if way == "generate" or name in SAMPLE else pytest.mark.soak)
    for way in WAYS
    for name in LASTING
]


@pytest.fixture
async def hasty(settings: Settings, mongo: Mongo, redis: Redis) -> AsyncIterator[Studio]:
    """A studio that gives a provider a second, and tries it again within that."""
    limits = {"openai_timeout_seconds": 0.4, "openai_deadline_seconds": 1}
    async with studio_of(settings, mongo, redis, **limits) as studio:
        yield studio


@pytest.mark.parametrize(("way", "name"), CASES)
async def test_what_lasts_ends_with_a_code_and_nothing_half_saved(
    hasty: Studio,
    mongo: Mongo,
    redis: Redis,
    way: str,
    name: str,
) -> None:
    faults, code, charged = LASTING[name]
    given = {"type": "POST", "body": "Looms are loud because wood meets wood."}
    id = (await hasty.ada.data(CREATE, i=given))["createContent"]["id"]
    await rested(mongo, redis)  # it is indexed, which is paid for too
    before = await hasty.spent()
    hasty.site.faults.extend(faults)
    asked = {
        "generate": (GENERATE, {"input": {"topic": "Looms", "platform": "X"}}),
        "improve": (IMPROVE, {"id": id, "say": "Bolder"}),
        "repurpose": (REPURPOSE, {"id": id, "to": ["X", "LINKEDIN"]}),
        "ideas": (IDEAS, {"p": "Weaving"}),
    }
    document, variables = asked[way]
    answer = await hasty.ada.run(document, **variables)
    assert answer.code == code
    assert KEY not in str(answer.body)
    if code == "MODEL_UNAVAILABLE":
        assert len(hasty.site.asked) > 1  # tried again, for as long as there was time
    assert await hasty.spent() - before == charged * WRITTEN
    stored = await hasty.server.backend.stores.contents.get(id)
    assert stored is not None
    assert (stored.version, stored.body) == (1, given["body"])
    assert await hasty.pieces() == 1
    if way != "ideas":
        job = (await hasty.ada.data(JOB, id=answer.error["extensions"]["jobId"]))["job"]
        assert (job["state"], job["code"], job["content"]) == ("FAILED", code, None)
        assert Decimal(job["cost"]["amount"]) == charged * WRITTEN


async def test_a_piece_whose_scores_no_model_could_tell_is_kept_and_says_so(
    hasty: Studio,
) -> None:
    """It is written and paid for; what could not be compared is neither told nor charged."""
    hasty.site.faults.extend([Fault(), *[Fault(status=500)] * MANY])
    ai = (await hasty.generate(platform="X"))["aiMetadata"]
    assert hasty.site.embedded
    assert ai["modelUsed"] == "gpt-4.1-mini"
    assert ai["scores"]["brandAlignment"] == 0.5
    told = [each["text"] for each in ai["scores"]["reasons"] if each["score"] == "brandAlignment"]
    assert any("did not answer" in each for each in told)
    assert Decimal(ai["cost"]["amount"]) == WRITTEN
