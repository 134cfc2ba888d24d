"""Whom a call of a model is for, and what."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.model_tab import Tab


@dataclass(frozen=True, slots=True)
class Purpose:
    """Whom a call is for, and what: `feature` is a stable word, as `generation`.

    `step` names one call of a job: made again after a worker died, it is answered from memory
    and charged once. Calls that share a `tab` are settled together where they can be.
    """

    workspace_id: str
    feature: str
    user_id: str | None = None
    job_id: str | None = None
    step: str | None = None
    tab: Tab | None = field(default=None, compare=False, repr=False)
