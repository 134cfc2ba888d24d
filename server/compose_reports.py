"""The part of the composition that writes figures down."""

from __future__ import annotations

from collections.abc import Mapping

from datasources.stores import Stores
from server.secrets import signing_keys
from server.settings import Settings
from services.access import Access
from services.analytics import AnalyticsService
from services.clock import Clock
from services.ids import NewId
from services.job_handlers import Handler
from services.jobs import Jobs
from services.report_figures import ReportGatherer
from services.report_job import KIND, ReportJob
from services.reports import ReportService
from services.tokens import Keys


def report_handlers(
    stores: Stores, analytics: AnalyticsService, clock: Clock, new_id: NewId
) -> Mapping[str, Handler]:
    """What the worker does."""
    gatherer = ReportGatherer(analytics, stores.workspaces, stores.contents)
    return {KIND: ReportJob(stores.reports, stores.report_files, gatherer, clock, new_id)}


def reports_of(
    settings: Settings,
    stores: Stores,
    analytics: AnalyticsService,
    jobs: Jobs,
    access: Access,
    clock: Clock,
) -> ReportService:
    """What people ask."""
    return ReportService(
        stores.reports,
        stores.report_files,
        analytics,
        jobs,
        access,
        Keys(dict(signing_keys(settings))),
        clock,
        settings.url,
    )
