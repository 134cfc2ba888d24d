"""How an event is answered: once for all, or for each caller where the answer depends on them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias

from execution.cache import PreparedOperation
from execution.errors import RequestRejected
from execution.stream import EventStream
from server.followed import Answer, Caller, Followed, Follower, ViewerT
from server.roll import Party, Present
from services.events import Delivered, position

if TYPE_CHECKING:
    from server.edge import Edge

Answers: TypeAlias = Sequence[tuple[Answer | RequestRejected, Party[ViewerT]]]
"""Each answer, or why there is none, and whose it is."""


@dataclass(frozen=True, slots=True)
class Question(Generic[ViewerT]):
    """What an audience asks: an operation with its variables, about what it follows.

    `variables` are those that an answer may depend on, as JSON; `after` is a cursor to begin at.
    """

    prepared: PreparedOperation
    stream: EventStream
    followed: Followed[ViewerT]
    after: str | None
    variables: str

    @property
    def key(self) -> Hashable:
        """Equal where every event has the same answer, as far as it depends on no caller."""
        return id(self.prepared), self.variables, self.followed.key


class Answering(Generic[ViewerT]):
    """Answers the events of one audience.

    An answer for all is made in a context that knows nobody, and is thrown away where something
    asked that context who the caller is: then, and from then on, each caller gets their own.
    """

    __slots__ = ("_edge", "personal", "question")

    def __init__(self, edge: Edge[ViewerT], question: Question[ViewerT]) -> None:
        self.question = question
        self.personal = edge.make_shared is None
        self._edge = edge

    async def answers(self, delivered: Delivered, present: Present[ViewerT]) -> Answers[ViewerT]:
        """The answers to an event, for those who may be told. Raises what reading it raises."""
        value, allowed = await self.question.followed.tell(delivered, present.viewers)
        if value is None:
            return ()
        now = self._edge.now()
        may = zip(present.viewers, allowed, strict=True)
        party = present.of([told and self._edge.lasts(viewer, now) for viewer, told in may])
        if not party:
            return ()
        answer = None if self.personal else await self._for_all(value, delivered.cursor)
        if answer is not None:
            return [(answer, party)]
        self.personal = True
        return await self._for_each(value, delivered.cursor, party)

    async def _for_all(self, value: object, cursor: str) -> Answer | None:
        question, make = self.question, self._edge.make_shared
        if make is None:
            return None
        context = make()
        context.extensions["cursor"] = cursor
        response = await self._edge.executor.event_for_all(
            question.prepared, question.stream, value, context
        )
        return None if response is None else Answer(response.body(), cursor, position(cursor))

    async def _for_each(
        self, value: object, cursor: str, party: Party[ViewerT]
    ) -> Answers[ViewerT]:
        callers: dict[Caller[ViewerT], list[Follower[ViewerT]]] = {}
        for follower in party:
            callers.setdefault(follower.caller, []).append(follower)
        answers = await asyncio.gather(*(self._for_one(value, cursor, each) for each in callers))
        return list(zip(answers, callers.values(), strict=True))

    async def _for_one(
        self, value: object, cursor: str, caller: Caller[ViewerT]
    ) -> Answer | RequestRejected:
        edge, question = self._edge, self.question
        try:
            context = edge.make_context(caller.viewer, caller.credentials)
            context.extensions["cursor"] = cursor
            response = await edge.executor.event(question.prepared, question.stream, value, context)
        except Exception as error:
            return RequestRejected([edge.executor.masked(error)])
        return Answer(response.body(), cursor, position(cursor))
