"""A report as the worker writes it: gathered, written, kept with the end of its job."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from datasources.reports import Report, ReportFile, ReportFiles, ReportFormat, Reports
from services.analytics import Overview, Question
from services.clock import Clock
from services.ids import NewId
from services.job_handlers import Attempt, Outcome, Result
from services.periods import AnalyticsPeriod, Interval
from services.report_csv import report_csv
from services.report_figures import ReportGatherer
from services.report_html import report_html
from services.viewer import Viewer

KIND = "report"
KEPT = timedelta(days=7)


class ReportJob:
    """The handler. It sees what the person who asked may see when it runs."""

    def __init__(
        self,
        reports: Reports,
        files: ReportFiles,
        gatherer: ReportGatherer,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._reports = reports
        self._files = files
        self._gatherer = gatherer
        self._clock = clock
        self._new_id = new_id

    async def __call__(self, attempt: Attempt) -> Outcome:
        """Do it."""
        job, told = attempt.job, attempt.job.arguments
        interval = told["interval"]
        asked = Question(
            AnalyticsPeriod(told["period"]), told["zone"], Interval(interval) if interval else None
        )
        format, viewer = ReportFormat(told["format"]), Viewer(user_id=job.user_id)
        await attempt.stage("gathering", 0.1)
        figures = await self._gatherer.gather(viewer, job.workspace_id, asked)
        await attempt.stage("writing", 0.6)
        now, overview = self._clock(), figures.overview
        csv = format is ReportFormat.CSV
        body = report_csv(figures) if csv else report_html(figures, now)
        report = Report(
            id=self._new_id("rep"),
            workspace_id=job.workspace_id,
            requested_by=job.user_id,
            period=asked.period.value,
            format=format,
            name=name_of(overview, format),
            size=len(body),
            starts_at=overview.starts_at,
            ends_at=overview.ends_at,
            created_at=now,
            expires_at=now + KEPT,
        )

        async def keep() -> Result:
            await self._reports.insert(report)
            file = ReportFile(
                id=report.id,
                workspace_id=report.workspace_id,
                body=body,
                expires_at=report.expires_at,
            )
            await self._files.insert(file)
            return {"report_id": report.id}

        return Outcome(keep)


def name_of(overview: Overview, format: ReportFormat) -> str:
    """What the file is called, as `figures-month-2026-11-21.csv`; safe in a header."""
    last = (overview.ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(overview.zone))
    period, ending = overview.period.value.lower(), format.value.lower()
    return f"figures-{period}-{last.date().isoformat()}.{ending}"
