"""The operations that run on one WebSocket, each by its id."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic

from execution.deadline import being_cancelled
from execution.errors import RequestRejected
from execution.request import GraphQLRequest
from server.answering import Question
from server.followed import Caller, ViewerT
from server.observation import note_errors
from server.operation import Operation
from server.ws_channel import Closing, Gone
from server.ws_follower import SocketFollower
from server.ws_messages import Envelope

if TYPE_CHECKING:
    from server.ws_session import Session


class Operations(Generic[ViewerT]):
    """Each is a task. A subscription that is followed with others needs none once it listens."""

    __slots__ = ("_running", "_session", "_tasks")

    def __init__(self, session: Session[ViewerT]) -> None:
        self._session = session
        self._running: dict[str, asyncio.Task[None] | SocketFollower[ViewerT]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Those that were completed and have not ended yet are counted, too."""
        return len({*self._tasks, *self._running.values()})

    def __contains__(self, id: str) -> bool:
        return id in self._running

    def begin(self, id: str, request: GraphQLRequest) -> None:
        """Run an operation under an id."""
        task = self._running[id] = asyncio.create_task(self._operate(id, request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def complete(self, id: str) -> None:
        """The client wants no more of it, and may use the id for another at once."""
        operation = self._running.pop(id, None)
        if operation is not None:
            operation.cancel()

    def over(self, id: str) -> None:
        """It has ended by itself."""
        self._running.pop(id, None)

    def cancel(self) -> None:
        """End them all; what is followed is told nothing from now on."""
        for each in tuple(self._running.values()):
            each.cancel()
        for task in self._tasks:
            task.cancel()

    async def ended(self, seconds: float) -> None:
        """Wait until nothing runs any more, so long at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def renew(self) -> None:
        """From now on events are for the viewer with the fresh token."""
        session = self._session
        caller = Caller(session.current(), session.admission.credentials)
        for each in self._running.values():
            if isinstance(each, SocketFollower):
                each.renew(caller)

    async def _operate(self, id: str, request: GraphQLRequest) -> None:
        session = self._session
        try:
            with session.edge.observing(request):
                last = await self._results(id, request)
            if last is None or self._running.get(id) is not asyncio.current_task():
                return  # it goes on elsewhere; or it was completed, and the id may be another's
            del self._running[id]
            await session.channel.write(last)
        except Closing as closing:
            session.close(closing.code, closing.reason)
        except Gone:
            return

    async def _results(self, id: str, request: GraphQLRequest) -> str | None:
        """Sends the results of an operation; returns the message that ends it.

        None where it is followed with others from now on, without this task.
        """
        session, envelope = self._session, Envelope(id)
        executor = session.edge.executor
        credentials = session.admission.credentials
        operation = Operation(session.edge, request, session.current, credentials)
        try:
            prepared = await operation.prepare()
            stream = await operation.open(prepared) if prepared.is_subscription else None
            question = operation.question(prepared, stream)
            if question is not None:
                self._follow(id, question, operation)
                return None
            async with aclosing(operation.responses(prepared, stream)) as responses:
                async for response in responses:
                    await session.channel.write(envelope.next(response))
        except RequestRejected as rejection:
            note_errors(rejection.errors)
            if rejection.close_code is not None:
                raise Closing(rejection.close_code, str(rejection)) from None
            return envelope.error(rejection.errors)
        except (Closing, Gone):
            raise
        except (Exception, CancelledError) as error:
            if isinstance(error, CancelledError) and being_cancelled():
                raise
            told = [executor.masked(error)]
            note_errors(told)
            return envelope.error(told)
        return envelope.complete

    def _follow(self, id: str, question: Question[ViewerT], operation: Operation[ViewerT]) -> None:
        """Goes on without a task, unless the client has completed it meanwhile."""
        session = self._session
        if self._running.get(id) is not asyncio.current_task():
            operation.leave()
            return
        caller, watch = operation.caller(), session.edge.watch()
        follower = SocketFollower(session, id, caller, watch, operation.leave)
        self._running[id] = follower
        session.edge.audiences.join(question, follower)
