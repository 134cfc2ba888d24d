"""The public feeds over HTTP: RSS, Atom, JSON Feed and pages, for anyone, without an account."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from datasources.failures import Unavailable
from datasources.feed import Entry
from server.feed_pages import FORMATS, POLICY, entry_page, feed_page
from services.failures import NotFound
from services.feed_formats import ATOM, JSON, RSS, atom, json_feed, rss
from services.feed_reads import FeedReads, is_person
from services.feeds import Feed, Feeds

FRESH = "public, max-age=60"
RENDERERS: dict[str, Callable[[Feed], bytes]] = {RSS: rss, ATOM: atom, JSON: json_feed}
HTML = "text/html; charset=utf-8"

Endpoint = Callable[[Request], Awaitable[Response]]


def feed_routes(feeds: Feeds, reads: FeedReads | None = None) -> list[Route]:
    """The routes below `/feeds`. What nobody published is 404, whether or not it exists.

    `reads` counts what people look at, where it is given.
    """

    def format_route(name: str, kind: str) -> Route:
        async def endpoint(request: Request) -> Response:
            feed = await feeds.feed(request.path_params["workspace"])
            content_type = kind if name == JSON else f"{kind}; charset=utf-8"
            return answer(request, RENDERERS[name](feed), content_type, feed.updated_at)

        return Route(f"/feeds/{{workspace}}/{name}", guarded(endpoint), name=name)

    async def index(request: Request) -> Response:
        feed = await feeds.feed(request.path_params["workspace"])
        reply = answer(request, feed_page(feed), HTML, feed.updated_at)
        return counting(request, reply, feed.entries, opened=False)

    async def entry(request: Request) -> Response:
        names = request.path_params
        feed, found = await feeds.entry(names["workspace"], names["entry"])
        reply = answer(request, entry_page(feed, found), HTML, feed.updated_at)
        return counting(request, reply, [found], opened=True)

    def counting(
        request: Request, reply: Response, entries: Sequence[Entry], *, opened: bool
    ) -> Response:
        """The reply, which is counted once it is out: not what the reader had already."""
        if reads and reply.status_code == 200 and is_person(request.method, request.headers):
            ids = [each.content_id for each in entries]
            home = request.path_params["workspace"]
            reply.background = BackgroundTask(reads.shown, home, ids, opened=opened)
        return reply

    return [
        *(format_route(name, kind) for name, kind, _ in FORMATS),
        Route("/feeds/{workspace}", guarded(index)),
        Route("/feeds/{workspace}/{entry}", guarded(entry)),
    ]


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with an answer in words where there is no feed or no database."""

    async def call(request: Request) -> Response:
        try:
            return await endpoint(request)
        except NotFound:
            return PlainTextResponse(
                "Nothing has been published here.\n", 404, {"Cache-Control": "no-cache"}
            )
        except Unavailable as away:
            headers = {"Retry-After": str(round(away.retry_after) or 1)}
            return PlainTextResponse(f"{away}\n", 503, headers)

    return call


def answer(request: Request, body: bytes, content_type: str, changed: datetime) -> Response:
    """The document, or 304 where the reader has it. To HEAD, the headers alone."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": FRESH,
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
    }
    if content_type == HTML:
        headers |= {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    if is_known(request, etag, headers["Last-Modified"]):
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Type": content_type, "Content-Length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, headers=headers)


def is_known(request: Request, etag: str, changed: str) -> bool:
    """Whether the reader already has this document (RFC 9110, 13.2.2).

    A date has to be the very one that we sent: a feed that lost its latest entry is older than
    before, and new to the reader all the same.
    """
    tags = request.headers.get("if-none-match")
    if tags is not None:
        offered = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(offered & {etag, "*"})
    return request.headers.get("if-modified-since") == changed
