"""Whom a call of a model is for, and what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """Whom a call is for, and what: `feature` is a stable word, as `generation`.

    `step` names one call of a job: made again after a worker died, it is answered from memory
    and charged once.
    """

    workspace_id: str
    feature: str
    user_id: str | None = None
    job_id: str | None = None
    step: str | None = None
