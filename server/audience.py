"""An audience: all who ask the same of the same events. Each event is answered once for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from contextvars import Context
from typing import TYPE_CHECKING, Generic, TypeAlias

from datasources.spans import within
from execution.errors import RequestRejected
from server.answering import Answering, Answers, Question
from server.followed import Answer, Caller, Follower, ViewerT
from server.roll import Party, Roll
from services.events import Delivered, Position
from subscriptions.listening import delivery

if TYPE_CHECKING:
    from server.edge import Edge

AT_ONCE = 16
"""Events that are answered side by side; they are told in their order."""

Answered: TypeAlias = Answers[ViewerT] | RequestRejected
"""What became of an event: its answers, or the end of the audience."""


class Audience(Generic[ViewerT]):
    """Followers, and one task that takes their events.

    `resting` is called whenever nothing is under way, `closed` when it has ended.
    """

    def __init__(
        self,
        edge: Edge[ViewerT],
        question: Question[ViewerT],
        resting: Callable[[Audience[ViewerT]], None],
        closed: Callable[[Audience[ViewerT]], None],
    ) -> None:
        self.question = question
        self.listener = question.followed.listen(question.after)
        self.listener.followers = 0
        self._roll = Roll[ViewerT]()
        self._answering = Answering(edge, question)
        self._delivered = edge.delivered
        self._resting = resting
        self._closed = closed
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way: list[asyncio.Task[Answered[ViewerT]]] = []
        self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())

    def add(self, follower: Follower[ViewerT], since: Position) -> None:
        """Tell this one, too, what lies behind a position."""
        follower.audience, follower.since = self, since
        self._roll.add(follower)
        self.listener.followers += 1

    def remove(self, follower: Follower[ViewerT]) -> None:
        """Tell this one no more. The last one to go ends the audience."""
        self._roll.remove(follower)
        self.listener.followers -= 1
        if not self.listener.followers:
            self._close()

    def renew(self, follower: Follower[ViewerT], caller: Caller[ViewerT]) -> None:
        """Ask for this one as another caller from now on."""
        self._roll.remove(follower)
        follower.caller = caller
        self._roll.add(follower)

    def hand_over(self, other: Audience[ViewerT]) -> None:
        """Let all go on in the other audience, from where this one is, and end."""
        followers, self._roll = self._roll, Roll[ViewerT]()
        for follower in followers:
            other.add(follower, self.listener.position)
        self.listener.followers = 0
        self._close()

    def _close(self) -> None:
        self._closed(self)
        self.listener.close()
        self._task.cancel()

    async def _run(self) -> None:
        rejection = None
        try:
            await self.listener.start()
            self._rest()
            async for delivered in self.listener:
                await self._room.acquire()
                task = asyncio.create_task(self._answer(delivered))
                self._under_way.append(task)
                task.add_done_callback(self._ready)
        except Exception as error:
            rejection = self.question.stream.broken(error)
        if self._under_way:
            await asyncio.wait(tuple(self._under_way))
        self._end(rejection)

    async def _answer(self, delivered: Delivered) -> Answered[ViewerT]:
        present = self._roll.present()
        try:
            with ExitStack() as stack:
                for span in reversed(present.spans):  # what is read hangs below the first
                    stack.enter_context(within(delivery(span, delivered)))
                return await self._answering.answers(delivered, present)
        except Exception as error:
            return self.question.stream.broken(error)

    def _ready(self, _: object) -> None:
        """Tell what was answered, in its order: events that are ready together leave together."""
        ready: list[Answered[ViewerT]] = []
        while self._under_way and self._under_way[0].done():
            task = self._under_way.pop(0)
            self._room.release()
            if not task.cancelled():
                ready.append(task.result())
        for answers, followers in runs(ready):
            self._tell(answers, followers)
        for each in ready:
            if isinstance(each, RequestRejected):
                self._end(each)
        self._rest()

    def _tell(self, told: Sequence[Answer] | RequestRejected, party: Party[ViewerT]) -> None:
        """Hand answers to each of a party that is still here, without what it had before."""
        count = 0
        for follower in party:
            if follower.audience is not self:
                continue
            if isinstance(told, RequestRejected):
                follower.end(told)
                continue
            answers = told
            if follower.since >= told[0].at:
                answers = [answer for answer in told if answer.at > follower.since]
            follower.watch.deliveries += len(answers)
            count += len(answers)
            follower.deliver(answers)
        self._delivered(count)

    def _end(self, rejection: RequestRejected | None) -> None:
        for follower in self._roll:
            follower.end(rejection)

    def _rest(self) -> None:
        if not self._under_way and self.listener.idle:
            self._resting(self)


def runs(
    ready: Sequence[Answered[ViewerT]],
) -> Iterator[tuple[Sequence[Answer] | RequestRejected, Party[ViewerT]]]:
    """Answers, put together where one after the other goes to the very same followers.

    What comes after the end of the audience is left out.
    """
    run: list[Answer] = []
    whose: Party[ViewerT] = ()
    for answered in ready:
        if isinstance(answered, RequestRejected):
            break
        for answer, party in answered:
            if run and (party is not whose or isinstance(answer, RequestRejected)):
                yield run, whose
                run = []
            if isinstance(answer, RequestRejected):
                yield answer, party
            else:
                run.append(answer)
                whose = party
    if run:
        yield run, whose
