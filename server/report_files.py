"""The files of reports: `/reports/<id>/<token>`, for whoever holds a link that is still good."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from datasources.failures import Unavailable
from datasources.reports import ReportFormat
from services.report_html import POLICY
from services.reports import LinkNotGood, ReportService

KINDS = {
    ReportFormat.CSV: ("text/csv; charset=utf-8", "attachment"),
    ReportFormat.HTML: ("text/html; charset=utf-8", "inline"),
}
PRIVATE = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def report_routes(reports: ReportService) -> list[Route]:
    """The route. A link that is not good is 404, whether or not there is such a report."""

    async def endpoint(request: Request) -> Response:
        names = request.path_params
        try:
            report, body = await reports.file(names["id"], names["token"])
        except LinkNotGood as failure:
            return PlainTextResponse(f"{failure}\n", 404, {"Cache-Control": "no-store"})
        except Unavailable as away:
            headers = {"Retry-After": str(round(away.retry_after) or 1)}
            return PlainTextResponse(f"{away}\n", 503, headers)
        kind, shown = KINDS[report.format]
        return Response(
            body,
            headers={
                **PRIVATE,
                "Content-Type": kind,
                "Content-Disposition": f'{shown}; filename="{report.name}"',
            },
        )

    return [Route("/reports/{id}/{token}", endpoint)]
