"""The ledger: what models take is written down, and no budget is ever overdrawn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import msgspec
import pytest

from datasources.model_calls import ModelCall
from datasources.models import (
    Embedded,
    Material,
    ModelAnswerUnusable,
    ModelFailure,
    ModelId,
    ModelUnavailable,
    Provider,
    TextRequest,
    Tokens,
    Told,
    Written,
)
from datasources.mongo import Mongo
from datasources.notifications import NotificationKind
from datasources.redis import Redis
from datasources.stores import Stores
from services.budget_warnings import BudgetWarnings
from services.events import Events
from services.ids import Ids
from services.model_ledger import HELD_FOR, BudgetExceeded, ModelLedger
from services.model_memory import ModelMemory
from services.model_tab import Tab
from services.models import A, ModelChoice, Models, Purpose
from services.notifications import NotificationService
from services.prices import Prices
from tests.publishing_world import ManualClock

HOME = "wsp_home"
PURPOSE = Purpose(HOME, "generation", "usr_ada")
TAKEN = Tokens(1_000, 500)
COST = 1_200
"""Of those tokens, in millionths of a dollar, at gpt-4.1-mini's price."""


class Line(msgspec.Struct):
    """An answer."""

    text: str


@dataclass
class Writer:
    """A model that takes the same for everything, and can be told to fail or to wait."""

    id: ModelId = ModelId(Provider.OPENAI, "gpt-4.1-mini")
    languages: frozenset[str] | None = None
    fails: ModelFailure | None = None
    asked: int = 0
    dimension: int = 2
    embedded: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    embedding_gate: asyncio.Event | None = None

    async def write(self, request: TextRequest[A], told: Told | None = None) -> Written[A]:
        """An answer."""
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.fails is not None:
            raise self.fails
        return Written(request.answer("Looms."), self.id, TAKEN)

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Vectors."""
        self.embedded += texts
        if self.embedding_gate is not None:
            await self.embedding_gate.wait()
        return Embedded([[1.0, len(text)] for text in texts], self.id, 2, Tokens(len(texts)))


@dataclass
class Bench:
    """Models with a ledger on real engines; `plan` is what the account may spend."""

    models: Models
    ledger: ModelLedger
    stores: Stores
    writer: Writer
    clock: ManualClock
    plan: list[int | None]

    async def write(self, text: str, purpose: Purpose = PURPOSE) -> Written[Line]:
        """Have something written about a text."""
        request = TextRequest("Write.", None, Line, [Material("topic", text)], most=500)
        return await self.models.write(purpose, request)

    async def spent(self) -> int:
        """What the account has spent this month, and that nothing is held any more."""
        (budget,) = await self.stores.budgets.find({})
        assert budget.reservations == []
        return budget.spent


async def nobody_pays(call: ModelCall) -> None:
    """Credits are not sold here."""


@pytest.fixture
async def bench(mongo: Mongo, redis: Redis) -> AsyncIterator[Bench]:
    """A dollar to spend."""
    async with made(mongo, redis) as bench:
        yield bench


@asynccontextmanager
async def made(mongo: Mongo, redis: Redis) -> AsyncIterator[Bench]:
    """The ledger, wired."""
    clock = ManualClock()
    stores, new_id = Stores.on(mongo), Ids(clock)
    plan: list[int | None] = [1_000_000]

    async def account_of(workspace_id: str) -> str:
        return "wsp_top"

    async def allowance(workspace_id: str) -> tuple[str, int | None]:
        return "wsp_top", plan[0]

    notifications = NotificationService(
        stores.notifications, Events(mongo, redis, new_id), clock, new_id
    )
    ledger = ModelLedger(
        mongo,
        stores.model_calls,
        stores.budgets,
        stores.ai_settings,
        Prices({}),
        account_of,
        allowance,
        nobody_pays,
        BudgetWarnings(stores.budgets, stores.memberships, notifications),
        clock,
        new_id,
    )
    memory = ModelMemory(stores.model_answers, stores.kept_vectors, clock)
    writer = Writer()
    free = Writer(ModelId(Provider.OFFLINE, "template"))

    async def close() -> None:
        """Nothing to give back."""

    choice = ModelChoice(writer, writer, free, free, close)
    models = Models(choice, ledger, memory, stores.ai_settings)
    yield Bench(models, ledger, stores, writer, clock, plan)


async def test_a_call_is_written_down_with_what_it_took_and_its_price(bench: Bench) -> None:
    written = await bench.write("looms", replace(PURPOSE, job_id="job_1"))
    assert (written.tokens, written.cached) == (TAKEN, False)
    (call,) = await bench.stores.model_calls.find({})
    assert (call.cost, call.price.written, call.model) == (COST, 1_600_000, "gpt-4.1-mini")
    assert (call.workspace_id, call.user_id, call.job_id) == (HOME, "usr_ada", "job_1")
    assert call.feature == "generation"
    assert await bench.spent() == COST
    assert await bench.ledger.cost_of_job("job_1") == COST


async def test_fifty_callers_at_the_limit_spend_at_most_the_limit(bench: Bench) -> None:
    bench.plan[0] = 100_000
    done = await asyncio.gather(
        *(bench.write(f"looms {number}") for number in range(50)), return_exceptions=True
    )
    wrong = [each for each in done if isinstance(each, Exception)]
    assert wrong
    assert {type(each) for each in wrong} == {BudgetExceeded}
    assert bench.writer.asked == 50 - len(wrong)
    assert await bench.spent() == COST * bench.writer.asked <= 100_000
    assert await bench.stores.model_calls.count({}) == bench.writer.asked


async def test_the_least_of_the_plan_and_of_ones_own_budget_holds(bench: Bench) -> None:
    await bench.stores.ai_settings.set(HOME, budget=100)
    with pytest.raises(BudgetExceeded) as refused:
        await bench.write("looms")
    assert refused.value.extensions["limitMicros"] == 100
    await bench.stores.ai_settings.set(HOME, budget=None)
    await bench.write("looms")
    bench.plan[0] = None
    await bench.write("more looms")
    bench.plan[0] = COST
    with pytest.raises(BudgetExceeded) as refused:
        await bench.write("other looms")
    assert refused.value.extensions["usedMicros"] == 2 * COST


async def test_each_month_has_a_budget_of_its_own(bench: Bench) -> None:
    bench.plan[0] = 20_000
    while True:
        try:
            await bench.write(f"looms {bench.writer.asked}")
        except BudgetExceeded:
            break
    bench.clock.now += timedelta(days=31)
    await bench.write("looms again")


async def test_what_failed_costs_what_it_used_up_and_nothing_else(bench: Bench) -> None:
    bench.writer.fails = ModelUnavailable()
    with pytest.raises(ModelUnavailable):
        await bench.write("looms")
    assert await bench.spent() == 0
    assert await bench.stores.model_calls.count({}) == 0
    bench.writer.fails = ModelAnswerUnusable(TAKEN)
    with pytest.raises(ModelAnswerUnusable):
        await bench.write("looms")
    assert await bench.spent() == COST
    (call,) = await bench.stores.model_calls.find({})
    assert call.code == "MODEL_ANSWER_UNUSABLE"


async def test_a_call_that_is_cancelled_gives_back_what_was_held(bench: Bench) -> None:
    bench.writer.gate = asyncio.Event()
    task = asyncio.create_task(bench.write("looms"))
    async with asyncio.timeout(40):
        while not bench.writer.asked:  # noqa: ASYNC110
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await bench.spent() == 0


async def test_what_a_killed_worker_held_is_free_again_after_a_while(bench: Bench) -> None:
    bench.plan[0] = 10_000
    model = bench.writer.id
    await bench.ledger.hold(PURPOSE, model, Tokens(20_000))
    with pytest.raises(BudgetExceeded):
        await bench.ledger.hold(PURPOSE, model, Tokens(20_000))
    bench.clock.now += HELD_FOR
    hold = await bench.ledger.hold(PURPOSE, model, Tokens(20_000))
    await bench.ledger.settle(hold, TAKEN)
    assert await bench.spent() == COST


async def test_the_same_request_is_answered_from_memory_for_nothing(bench: Bench) -> None:
    await bench.write("looms")
    again = await bench.write("looms")
    assert (again.cached, again.answer.text, again.tokens) == (True, "Looms.", Tokens())
    assert bench.writer.asked == 1
    assert await bench.spent() == COST
    await bench.write("looms", replace(PURPOSE, workspace_id="wsp_other"))
    assert bench.writer.asked == 2


async def test_a_step_of_a_job_is_charged_once_however_often_it_is_made(bench: Bench) -> None:
    step = replace(PURPOSE, job_id="job_1", step="write")
    await bench.write("looms", step)
    again = await bench.write("looms, worded otherwise", step)
    assert again.cached
    await bench.write("looms", replace(step, step="rewrite"))
    assert await bench.ledger.cost_of_job("job_1") == 2 * COST


async def test_a_meaning_is_charged_for_and_kept_when_its_block_ends(bench: Bench) -> None:
    model = await bench.models.embedding(HOME)
    for _ in range(2):
        with pytest.raises(LookupError):
            async with bench.models.meaning(PURPOSE, "loom", model) as vector:
                assert vector == [1.0, 4.0]
                raise LookupError
    assert bench.writer.embedded == ["loom"]
    (call,) = await bench.stores.model_calls.find({})
    assert (call.tokens, call.account_id) == (Tokens(1), "wsp_top")
    assert await bench.stores.budgets.count({"reservations": {"$ne": []}}) == 0


async def test_known_texts_are_not_embedded_again(bench: Bench) -> None:
    first = await bench.models.embed(PURPOSE, ["a", "bb", "a"])
    second = await bench.models.embed(PURPOSE, ["bb", "ccc"])
    assert bench.writer.embedded == ["a", "bb", "ccc"]
    assert [list(vector) for vector in first.vectors] == [[1, 1], [1, 2], [1, 1]]
    assert [list(vector) for vector in second.vectors] == [[1, 2], [1, 3]]


async def test_calls_of_one_tab_are_settled_together_and_known_to_each_other(bench: Bench) -> None:
    async with bench.ledger.tab(PURPOSE) as purpose:
        await bench.models.embed(purpose, ["a", "bb"])
        await bench.models.embed(purpose, ["bb", "ccc"])
        (budget,) = await bench.stores.budgets.find({})
        assert (budget.spent, len(budget.reservations)) == (0, 2)
        assert await bench.stores.model_calls.count({}) == 0
        await bench.write("looms", purpose)
        assert await bench.spent() == COST + 2
        assert await bench.stores.model_calls.count({}) == 3
        await bench.models.embed(purpose, ["dddd"])
    assert bench.writer.embedded == ["a", "bb", "ccc", "dddd"]
    assert await bench.spent() == COST + 3
    assert await bench.stores.model_calls.count({}) == 4
    await bench.models.embed(PURPOSE, ["a", "ccc", "dddd"])
    assert len(bench.writer.embedded) == 4


@pytest.mark.parametrize("ends", [RuntimeError, asyncio.CancelledError])
async def test_what_is_on_a_tab_is_settled_however_the_work_ends(
    bench: Bench, ends: type[BaseException]
) -> None:
    with pytest.raises(ends):
        async with bench.ledger.tab(PURPOSE) as purpose:
            await bench.models.embed(purpose, ["a", "bb"])
            raise ends
    assert await bench.spent() == 1
    assert await bench.stores.model_calls.count({}) == 1


async def test_a_call_that_ends_after_its_tab_is_settled_by_itself(bench: Bench) -> None:
    """Another part of the work failed, and nobody waited for this one."""
    bench.writer.embedding_gate = asyncio.Event()
    late: list[asyncio.Task[Embedded]] = []
    with pytest.raises(RuntimeError):
        async with bench.ledger.tab(PURPOSE) as purpose:
            late.append(asyncio.create_task(bench.models.embed(purpose, ["a", "bb"])))
            async with asyncio.timeout(40):
                while not bench.writer.embedded:  # noqa: ASYNC110
                    await asyncio.sleep(0)
            raise RuntimeError
    bench.writer.embedding_gate.set()
    await asyncio.gather(*late)
    assert await bench.spent() == 1
    assert await bench.stores.model_calls.count({}) == 1


async def test_a_tab_that_dies_with_its_worker_is_not_charged_and_frees_what_it_held(
    bench: Bench,
) -> None:
    """Who embeds again is charged for that, once: never for both."""
    lost = Tab(await bench.ledger.limits(HOME), offline=False)
    await bench.models.embed(replace(PURPOSE, tab=lost), ["a" * 20_000])
    (budget,) = await bench.stores.budgets.find({})
    assert len(budget.reservations) == 1
    bench.clock.now += HELD_FOR
    async with bench.ledger.tab(PURPOSE) as purpose:
        await bench.models.embed(purpose, ["a" * 20_000])
    assert await bench.spent() == 1
    assert await bench.stores.model_calls.count({}) == 1


async def test_a_tab_over_the_end_of_a_month_charges_each_month(bench: Bench) -> None:
    async with bench.ledger.tab(PURPOSE) as purpose:
        await bench.models.embed(purpose, ["a"])
        bench.clock.now += timedelta(days=31)
        await bench.write("looms", purpose)
    budgets = await bench.stores.budgets.find({}, sort=[("_id", 1)])
    assert [each.spent for each in budgets] == [1, COST]
    assert [each.reservations for each in budgets] == [[], []]


async def test_callers_with_tabs_spend_at_most_the_limit(bench: Bench) -> None:
    """What is on a tab is held, however many have one."""
    bench.plan[0] = 60_000

    async def work(number: int) -> None:
        async with bench.ledger.tab(PURPOSE) as purpose:
            await bench.models.embed(purpose, [f"{number} looms"])
            await bench.write(f"looms {number}", purpose)
            await bench.models.embed(purpose, [f"{number} more"])

    done = await asyncio.gather(*(work(number) for number in range(50)), return_exceptions=True)
    refused = [each for each in done if each is not None]
    assert refused
    assert {type(each) for each in refused} == {BudgetExceeded}
    calls = await bench.stores.model_calls.find({})
    assert await bench.spent() == sum(call.cost for call in calls) <= 60_000


async def test_a_workspace_can_choose_the_offline_models(bench: Bench) -> None:
    await bench.stores.ai_settings.set(HOME, provider=Provider.OFFLINE)
    bench.plan[0] = 0
    written = await bench.write("looms")
    assert str(written.model) == "template"
    (call,) = await bench.stores.model_calls.find({})
    assert (call.cost, call.provider) == (0, Provider.OFFLINE)


async def test_who_runs_the_workspace_is_told_once_when_four_fifths_are_spent(
    bench: Bench, mongo: Mongo
) -> None:
    await mongo.database["memberships"].insert_many(
        [
            {
                "_id": f"{HOME}:{role}",
                "workspace_id": HOME,
                "user_id": f"usr_{role.lower()}",
                "role": role,
                "created_at": bench.clock(),
            }
            for role in ("OWNER", "ADMIN", "EDITOR")
        ]
    )
    await bench.stores.ai_settings.set(HOME, budget=100 * COST)
    for number in range(79):
        hold = await bench.ledger.hold(PURPOSE, bench.writer.id, Tokens(100))
        await bench.ledger.settle(hold, TAKEN)
        assert await bench.stores.notifications.count({}) == 0, number
    for _ in range(3):
        hold = await bench.ledger.hold(PURPOSE, bench.writer.id, Tokens(100))
        await bench.ledger.settle(hold, TAKEN)
    told = await bench.stores.notifications.find({})
    assert sorted(each.user_id for each in told) == ["usr_admin", "usr_owner"]
    assert {each.kind for each in told} == {NotificationKind.BUDGET_NEARLY_SPENT}
