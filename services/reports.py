"""Reports as people ask for them: started as a job, listed, and handed out by a link."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.pages import Order, Page, Window, page
from datasources.reports import Report, ReportFiles, ReportFormat, Reports
from datasources.tracked_jobs import TrackedJob
from services.access import Access
from services.analytics import AnalyticsService, Question
from services.clock import Clock
from services.failures import Failure, NotFound
from services.jobs import Jobs
from services.permissions import Permission
from services.report_job import KIND
from services.tokens import Keys
from services.viewer import Viewer

LISTED = Order()
LINKED = timedelta(minutes=15)
"""How long a link is good."""
PURPOSE = "report"


class LinkNotGood(Failure):
    """The link to a report was changed, has expired, or was made for somebody who has left."""

    code = "LINK_NOT_GOOD"

    def __init__(self) -> None:
        super().__init__("This link is not, or no longer, good. Ask for the report's url again.")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a report's file is, for whoever has this, and until when."""

    url: str
    expires_at: datetime


class ReportService:
    """Whoever has ANALYTICS_READ in a workspace has its figures written down, and reads that.

    A link carries the id of the person that it was made for, and is good for as long as they
    may read the report. `public_url` is where this server is reached from outside.
    """

    def __init__(
        self,
        reports: Reports,
        files: ReportFiles,
        analytics: AnalyticsService,
        jobs: Jobs,
        access: Access,
        keys: Keys,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._reports = reports
        self._files = files
        self._analytics = analytics
        self._jobs = jobs
        self._access = access
        self._keys = keys
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    async def start(
        self, viewer: Viewer, workspace_id: str, asked: Question, format: ReportFormat
    ) -> TrackedJob:
        """Have a report written. The place whose days count is settled now."""
        await self._analytics.allow(viewer, workspace_id, asked.period)
        arguments = {
            "period": asked.period.value,
            "zone": await self._analytics.zone(viewer, asked.zone),
            "interval": asked.interval.value if asked.interval else None,
            "format": format.value,
        }
        return await self._jobs.start(
            viewer, workspace_id, KIND, arguments, Permission.ANALYTICS_READ
        )

    async def get(self, viewer: Viewer, id: str) -> Report:
        """The report, if the viewer may see the figures of its workspace."""
        viewer.id()
        report = await self._reports.get(id)
        if report is None or report.expires_at <= self._clock():
            raise NotFound("report", id)
        permission, home = Permission.ANALYTICS_READ, report.workspace_id
        await self._access.check(viewer, permission, home, of=("report", id))
        return report

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[Report | None]:
        """One entry an id; None for what is not there, or not the viewer's to read."""
        found, now = await self._reports.get_many(ids), self._clock()
        readable = {
            home: await self._access.allows(viewer, Permission.ANALYTICS_READ, home)
            for home in {report.workspace_id for report in found if report}
        }
        return [
            each if each and each.expires_at > now and readable[each.workspace_id] else None
            for each in found
        ]

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[Report]:
        """A slice of a workspace's reports, latest first."""
        await self._access.check(viewer, Permission.ANALYTICS_READ, workspace_id)
        kept = {"workspace_id": workspace_id, "expires_at": {"$gt": self._clock()}}
        return await page(self._reports, kept, LISTED, window)

    def link(self, viewer: Viewer, report_id: str, report_expires_at: datetime) -> Link:
        """A link to a report that the viewer was shown."""
        user_id, now = viewer.id(), self._clock().replace(microsecond=0)
        until = min(now + LINKED, report_expires_at)
        seconds = int(until.timestamp())
        mark = self._marks(report_id, user_id, seconds)[0]
        url = f"{self._public_url}/reports/{report_id}/{user_id}.{seconds}.{mark}"
        return Link(url, until)

    async def file(self, report_id: str, token: str) -> tuple[Report, bytes]:
        """The report and its file. Raises `LinkNotGood` for a token that is not."""
        user_id, _, rest = token.partition(".")
        seconds, _, mark = rest.partition(".")
        if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12 and mark.isascii()):
            raise LinkNotGood
        wanted = self._marks(report_id, user_id, int(seconds))
        good = any(hmac.compare_digest(mark, each) for each in wanted)
        if not good or int(seconds) <= self._clock().timestamp():
            raise LinkNotGood
        try:
            report = await self.get(Viewer(user_id=user_id), report_id)
        except Failure:
            raise LinkNotGood from None
        file = await self._files.get(report_id)
        if file is None:
            raise LinkNotGood
        return report, file.body

    def _marks(self, report_id: str, user_id: str, seconds: int) -> list[str]:
        """What only this server can say of a report, a person and a time; by each of its keys."""
        made = self._keys.derive(PURPOSE, f"{report_id}:{user_id}:{seconds}")
        return [urlsafe_b64encode(each).decode().rstrip("=") for each in made]
