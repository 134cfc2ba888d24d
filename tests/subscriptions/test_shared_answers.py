"""What many are told together is what each would be told alone."""

from __future__ import annotations

from random import Random

import pytest

from services.permissions import Permission
from tests.client import Client
from tests.conftest import Running
from tests.subscriptions.shared_answers import compare, scene


@pytest.mark.parametrize(
    "questions", [20, pytest.param(1500, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])]
)
async def test_random_questions_have_the_same_answer_shared_or_alone(
    server: Running, ada: Client, bob: Client, questions: int
) -> None:
    """Of random viewers with random roles, to whom a query is asked for comparison."""
    shown = await scene(server, ada, bob)
    asked = [await compare(shown, seed) for seed in range(questions)]
    assert sum(asked) > questions // 2


async def test_who_may_is_the_same_asked_for_all_or_for_each(
    server: Running, ada: Client, bob: Client
) -> None:
    shown = await scene(server, ada, bob)
    access, rng = server.backend.services.access, Random(1)
    for permission in Permission:
        await shown.shuffle(rng)
        for place in (shown.home, "wsp_nowhere"):
            together = await access.allowed(shown.viewers, permission, place)
            alone = [await access.allows(each, permission, place) for each in shown.viewers]
            assert together == alone
