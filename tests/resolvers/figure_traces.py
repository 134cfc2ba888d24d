"""What reports and searches leave behind of a person."""

from __future__ import annotations

from datetime import timedelta

from ulid import ULID

from datasources.reports import Report, ReportFile, ReportFormat
from datasources.searches import KeptFilter, PastSearch, SavedSearch, SearchHabit
from server.compose import Backend
from services.clock import utc_now


async def leave_figure_traces(backend: Backend, user_id: str, home: str) -> None:
    """A report, a saved search, one of late, and that no more are remembered."""
    stores, now, name = backend.stores, utc_now(), "Mine"
    whose = {"workspace_id": home, "user_id": user_id}
    saved = SavedSearch(
        id=f"srs_{ULID()}", name=name, query=name, filter=KeptFilter(), created_at=now, **whose
    )
    await stores.saved_searches.insert(saved)
    past = PastSearch(id=str(ULID()), query=name, filter=KeptFilter(), at=now, **whose)
    await stores.past_searches.insert(past)
    await stores.search_habits.insert(SearchHabit(id=f"{home}:{user_id}", **whose))
    report = Report(
        id=f"rep_{ULID()}",
        workspace_id=home,
        requested_by=user_id,
        period="MONTH",
        format=ReportFormat.CSV,
        name=name,
        size=0,
        starts_at=now,
        ends_at=now,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    await stores.reports.insert(report)
    file = ReportFile(id=report.id, workspace_id=home, body=b"Mine", expires_at=report.expires_at)
    await stores.report_files.insert(file)
