"""Running one operation for a transport that sends its responses one after another."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Generic

from execution.cache import PreparedOperation
from execution.request import GraphQLRequest
from execution.response import Response
from server.edge import Credentials, Edge, EdgeContext, ViewerT


class Operation(Generic[ViewerT]):
    """One operation of one client.

    `viewer` is asked again for each event, since a token may be renewed in the meantime.
    """

    def __init__(
        self,
        edge: Edge[ViewerT],
        request: GraphQLRequest,
        viewer: Callable[[], ViewerT],
        credentials: Credentials,
    ) -> None:
        self.edge = edge
        self.request = request
        self.viewer = viewer
        self.credentials = credentials

    def context(self) -> EdgeContext:
        """A fresh context, with fresh loaders."""
        return self.edge.make_context(self.viewer(), self.credentials)

    async def responses(self, prepared: PreparedOperation) -> AsyncGenerator[Response, None]:
        """One response of a query or mutation, or one for each event of a subscription.

        Raises RequestRejected where the operation can't be run, or its source breaks off.
        """
        executor, variables = self.edge.executor, self.request.variables
        if not prepared.is_subscription:
            yield await executor.execute(prepared, variables, self.context())
            return
        events = await executor.subscribe(prepared, variables, self.context(), self.context)
        async with aclosing(events):
            async for response in events:
                yield response
