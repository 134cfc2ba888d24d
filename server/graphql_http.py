"""GraphQL over HTTP: one operation in, one JSON response or a stream of events out."""

from collections.abc import AsyncGenerator
from typing import Generic

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from execution import codes
from execution.cache import PreparedOperation
from execution.errors import RequestRejected, failure
from execution.response import Response
from server.caching import cache_headers, matches
from server.edge import Edge, ViewerT
from server.graphql_sse import EventStreamReply
from server.http_reply import Reply
from server.http_request import ClientGone, HttpCall, HttpRefused
from server.media import EVENT_STREAM, GRAPHQL_JSON, JSON, Wanted, negotiate
from server.operation import Operation
from server.refusals import refused_viewer
from server.refused import answer_of

NEEDS_STREAM = (
    "Subscriptions run on a WebSocket (graphql-transport-ws), "
    f"or as events with 'Accept: {EVENT_STREAM}'."
)


class GraphQLHTTP(Generic[ViewerT]):
    """The ASGI application behind `/graphql` for HTTP."""

    def __init__(self, edge: Edge[ViewerT]) -> None:
        self.edge = edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, whatever is wrong with it."""
        call = HttpCall(scope, receive)
        wanted = negotiate(call.headers.get("accept", ""))
        accepted = call.headers.get("accept-encoding", "")
        reply = Reply(send, wanted.json or JSON, accepted, self.edge.compressed_bytes)
        try:
            await self._serve(call, wanted, reply)
        except ClientGone:
            return
        except HttpRefused as refused:
            await reply.errors(refused.status, [refused.error], refused.headers)
        except Exception as error:
            told = self.edge.executor.masked(error)
            if not reply.started:
                await reply.errors(500, [told])

    async def _serve(self, call: HttpCall, wanted: Wanted, reply: Reply) -> None:
        if call.method not in {"GET", "POST"}:
            raise _not_allowed("Use GET or POST.", "GET, POST")
        if wanted.page and call.method == "GET" and self.edge.explorer is not None:
            await self.edge.explorer(Request(call.scope))(call.scope, call.receive, reply.send)
            return
        if wanted.json is None and not wanted.stream:
            raise _not_acceptable(f"We answer with {JSON}, {GRAPHQL_JSON} or {EVENT_STREAM}.")
        request = await call.request(self.edge.body_bytes, self.edge.read_seconds)
        credentials = call.credentials(self.edge.allowed_origins)
        try:
            # within a stream nobody can be refused any more: there it is asked first
            viewer = None if wanted.only_stream else self.edge.presume(credentials)
            presumed = viewer is not None
            if viewer is None:
                viewer = await self.edge.authenticate(credentials)
        except Exception as error:
            raise refused_viewer(error) from error
        operation = Operation(self.edge, request, lambda: viewer, credentials, presumed)
        exchange = Exchange(self.edge, call, reply, viewer)
        try:
            await exchange.run(operation, wanted)
        except RequestRejected as rejection:
            status, headers = answer_of(rejection, reply.media)
            await reply.errors(status, rejection.errors, headers)


class Exchange(Generic[ViewerT]):
    """One request that could be read, from a client that is known."""

    def __init__(
        self,
        edge: Edge[ViewerT],
        call: HttpCall,
        reply: Reply,
        viewer: ViewerT,
    ) -> None:
        self.edge = edge
        self.call = call
        self.reply = reply
        self.viewer = viewer

    async def run(self, operation: Operation[ViewerT], wanted: Wanted) -> None:
        """Runs the operation and answers. Raises RequestRejected where it can't be run."""
        try:
            await self._run(operation, wanted)
        except (RequestRejected, HttpRefused):
            await operation.ascertain()  # whose token was revoked is told that and nothing else
            raise

    async def _run(self, operation: Operation[ViewerT], wanted: Wanted) -> None:
        request = operation.request
        if request.query is None and not request.extensions.get("persistedQuery"):
            raise HttpRefused(400, failure("The request has no 'query'.", codes.BAD_REQUEST))
        try:
            prepared = await operation.prepare()
        except RequestRejected as rejection:
            if not wanted.only_stream:
                raise
            await self._stream(_told(rejection))
            return
        if prepared.is_mutation and self.call.method == "GET":
            raise _not_allowed("Send mutations with POST.", "POST")
        if wanted.only_stream or (prepared.is_subscription and wanted.stream):
            await operation.ascertain()
            await self._stream(operation.responses(prepared))
        elif prepared.is_subscription:
            raise _not_acceptable(NEEDS_STREAM)
        else:
            await self._respond(operation, prepared)

    async def _respond(self, operation: Operation[ViewerT], prepared: PreparedOperation) -> None:
        context = operation.context()
        response = await operation.execute(prepared, context)
        if self.call.method == "GET" and operation.named:
            await self._cacheable(operation, prepared, response)
            return
        cookies = context.set_cookies if self.call.method == "POST" else ()
        await self.reply.json(200, response.body(), operation.headers, cookies)

    async def _cacheable(
        self, operation: Operation[ViewerT], prepared: PreparedOperation, response: Response
    ) -> None:
        response.extensions.pop("cost", None)  # it differs each time; the headers tell it
        body = response.body()
        headers = {**operation.headers, **cache_headers(prepared, response, body)}
        asked = self.call.headers.get("if-none-match", "")
        if "etag" in headers and matches(asked, headers["etag"]):
            await self.reply.unchanged(headers)
        else:
            await self.reply.json(200, body, headers)

    async def _stream(self, responses: AsyncGenerator[Response, None]) -> None:
        stream = EventStreamReply(self.edge, self.viewer, self.call.receive, self.reply.send)
        await stream.run(responses)


async def _told(rejection: RequestRejected) -> AsyncGenerator[Response, None]:
    yield Response(errors=rejection.errors)


def _not_allowed(message: str, allow: str) -> HttpRefused:
    return HttpRefused(405, failure(message, "METHOD_NOT_ALLOWED"), {"allow": allow})


def _not_acceptable(message: str) -> HttpRefused:
    return HttpRefused(406, failure(message, "NOT_ACCEPTABLE"))
