"""Reports: a period's figures as a file, kept for a week."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pymongo import ASCENDING, DESCENDING, IndexModel

from datasources.collection import Collection, Record


class ReportFormat(StrEnum):
    """What a report is written as: a table for programs, or a page for people, with charts."""

    CSV = "CSV"
    HTML = "HTML"


class Report(Record, frozen=True, kw_only=True):
    """What is known of a report. `period` is the name of its period, `size` is in bytes.

    It and its file, which has the same id, go at `expires_at`.
    """

    workspace_id: str
    requested_by: str | None
    period: str
    format: ReportFormat
    name: str
    size: int
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    expires_at: datetime


class ReportFile(Record, frozen=True, kw_only=True):
    """The file of a report: apart, so that a list of reports does not read them."""

    workspace_id: str
    body: bytes
    expires_at: datetime


class Reports(Collection[Report]):
    """All that are kept."""

    name = "reports"
    record = Report
    indexes = (
        IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name="of_workspace"),
        IndexModel([("requested_by", ASCENDING)], name="of_user"),
        IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
    )


class ReportFiles(Collection[ReportFile]):
    """Their files."""

    name = "report_files"
    record = ReportFile
    indexes = (
        IndexModel([("workspace_id", ASCENDING)], name="of_workspace"),
        IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
    )
