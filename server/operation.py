"""Running one operation for a transport that sends its responses one after another."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Generic

from execution.cache import PreparedOperation
from execution.cost import Price, affordable
from execution.errors import RequestRejected
from execution.request import GraphQLRequest
from execution.response import Response
from execution.stream import EventStream
from server.answering import Question
from server.edge import Credentials, Edge, EdgeContext, ViewerT
from server.followed import Caller, Following
from server.limits import Charge, Limiter
from server.observation import note_cost
from server.refusals import refused_viewer
from server.stream_follower import StreamFollower
from services.places import Leave, nothing


class Operation(Generic[ViewerT]):
    """One operation of one client.

    `viewer` is asked again for each event, since a token may be renewed in the meantime. It is
    `presumed` where it has still to be asked whether the token was revoked.
    """

    def __init__(
        self,
        edge: Edge[ViewerT],
        request: GraphQLRequest,
        viewer: Callable[[], ViewerT],
        credentials: Credentials,
        presumed: bool = False,
    ) -> None:
        self.edge = edge
        self.request = request
        self.viewer = viewer
        self.credentials = credentials
        self.presumed = presumed
        self.headers: dict[str, str] = {}
        """What the charge adds to an HTTP response."""
        self.leave: Leave = nothing
        """Gives the place of an open subscription back."""

    def context(self) -> EdgeContext:
        """A fresh context, with fresh loaders."""
        return self.edge.make_context(self.viewer(), self.credentials)

    @property
    def named(self) -> bool:
        """Whether the request names its document, so that its URL is short and always the same."""
        return bool(self.request.extensions.get("persistedQuery"))

    async def ascertain(self) -> None:
        """Ask what is yet to be asked of the viewer. HttpRefused for a token that was revoked."""
        presumed, self.presumed = self.presumed, False
        if not presumed:
            return
        try:
            await self.edge.authenticate(self.credentials)
        except Exception as error:
            raise refused_viewer(error) from error

    async def prepare(self) -> PreparedOperation:
        """The operation, its document found by its name where one is given.

        Raises RequestRejected.
        """
        self.request = await self.edge.documents.found(self.request)
        return await self.edge.executor.prepared(self.request)

    async def charge(self, prepared: PreparedOperation) -> Charge | None:
        """Reserves the price of the operation. Raises RequestRejected where there is too little."""
        edge = self.edge
        price = affordable(prepared.pricing.price(self.request.variables), edge.executor.limits)
        note_cost(price.cost)
        charge = None
        if edge.limiter is None:
            await self.ascertain()
        else:
            charge = await self._reserve(edge.limiter, price)
        if self.named:
            await edge.documents.register(self.request)
        return charge

    async def _reserve(self, limiter: Limiter[ViewerT], price: Price) -> Charge:
        viewer, address = self.viewer(), self.credentials.address
        if not self.presumed:
            return await limiter.reserve(viewer, address, price)
        try:
            charge = await limiter.reserve(viewer, address, price, presumed=True)
        except RequestRejected:
            raise
        except Exception as error:
            self.presumed = False
            raise refused_viewer(error) from error
        self.presumed = False
        return charge

    async def admitted(self) -> Leave:
        """A place for a subscription. Raises RequestRejected where the caller has too many."""
        door = self.edge.door
        if door is None:
            return nothing
        return await door.subscribe(self.viewer(), self.credentials.address)

    async def execute(self, prepared: PreparedOperation, context: EdgeContext) -> Response:
        """The response of a query or a mutation, charged by what it came to.

        Raises RequestRejected, also where the caller has to wait.
        """
        executor, variables = self.edge.executor, self.request.variables
        charge = await self.charge(prepared)
        if charge is None:
            return await executor.execute(prepared, variables, context)
        try:
            response = await executor.execute(prepared, variables, context)
        except RequestRejected:
            charge.settle(0)
            raise
        spent = prepared.pricing.spent(response.data)
        note_cost(charge.price.cost, spent)
        response.extensions.update(charge.settle(spent))
        self.headers = charge.headers()
        return response

    async def open(self, prepared: PreparedOperation) -> EventStream:
        """The source of a subscription, charged, and a place for it until `leave` is called.

        Raises RequestRejected where there is none.
        """
        await self.charge(prepared)
        leave = await self.admitted()
        try:
            stream = await self.edge.executor.open(prepared, self.request.variables, self.context())
        except BaseException:
            leave()
            raise
        self.leave = leave
        return stream

    def question(
        self, prepared: PreparedOperation, stream: EventStream | None
    ) -> Question[ViewerT] | None:
        """What is asked of a source that many follow together; None where it is not such a one."""
        if stream is None or not isinstance(stream.source, Following):
            return None
        variables = self.request.variables
        used = {name: variables[name] for name in prepared.event_variables if name in variables}
        key = json.dumps(used, sort_keys=True)
        return Question(prepared, stream, stream.source.followed, stream.source.after, key)

    def caller(self) -> Caller[ViewerT]:
        """Who asks, as contexts know it."""
        return Caller(self.viewer(), self.credentials)

    async def responses(
        self, prepared: PreparedOperation, stream: EventStream | None = None
    ) -> AsyncGenerator[Response, None]:
        """One response of a query or mutation, or one for each event of a subscription.

        `stream` is its source, where that was opened before. Raises RequestRejected where the
        operation can't be run, or its source breaks off.
        """
        if not prepared.is_subscription:
            yield await self.execute(prepared, self.context())
            return
        stream = stream or await self.open(prepared)
        try:
            async with aclosing(self._events(prepared, stream)) as events:
                async for response in events:
                    yield response
        finally:
            self.leave()

    def _events(
        self, prepared: PreparedOperation, stream: EventStream
    ) -> AsyncGenerator[Response, None]:
        edge, question = self.edge, self.question(prepared, stream)
        if question is None:
            return edge.executor.responses(prepared, stream, self.context)
        follower = StreamFollower(self.caller(), edge.watch(), nothing, edge.waiting_messages)
        edge.audiences.join(question, follower)
        return follower.responses()
