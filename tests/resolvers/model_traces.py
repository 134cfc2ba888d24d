"""What a person who uses models and jobs leaves behind."""

from __future__ import annotations

from datasources.budgets import Budget
from datasources.job_slots import Slots
from datasources.model_answers import ModelAnswer
from datasources.model_calls import ModelCall
from datasources.models import ModelId, Provider, Tokens
from datasources.prices import Price
from server.compose import Backend
from services.clock import utc_now
from services.viewer import Viewer


async def leave_traces(made: Backend, user_id: str, home: str) -> None:
    """Something in each collection of models and jobs."""
    viewer, stores, now = Viewer(user_id=user_id), made.stores, utc_now()
    await made.services.usage.set_budget(viewer, home, 1_000_000)
    job = await made.services.jobs.start(viewer, home, "none", {"by": user_id})
    await made.services.jobs.cancel(viewer, job.id)
    await stores.job_slots.delete_many({"_id": home})
    await stores.job_slots.insert(Slots(id=home, workspace_id=home))
    await stores.budgets.insert(Budget(id=f"{home}:2026-01", workspace_id=home, by={home: 1}))
    await stores.kept_vectors.keep(home, {"vector": [1.0]}, now)
    model = ModelId(Provider.OPENAI, "gpt")
    answer = ModelAnswer(
        id="answer", workspace_id=home, answer={}, model=model, tokens=Tokens(), at=now
    )
    await stores.model_answers.insert(answer)
    call = ModelCall(
        id="call",
        workspace_id=home,
        account_id=home,
        user_id=user_id,
        job_id=None,
        feature="generation",
        provider=Provider.OPENAI,
        model="gpt",
        tokens=Tokens(),
        price=Price(),
        cost=1,
        at=now,
    )
    await stores.model_calls.insert(call)
