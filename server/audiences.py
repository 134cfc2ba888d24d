"""All audiences of a process: who joins which, and from where on."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic

from server.answering import Question
from server.audience import Audience
from server.followed import Follower, ViewerT

if TYPE_CHECKING:
    from server.edge import Edge


class Audiences(Generic[ViewerT]):
    """The audiences by what they ask, and those on their way there."""

    def __init__(self, edge: Edge[ViewerT]) -> None:
        self._edge = edge
        self._audiences: dict[Hashable, Audience[ViewerT]] = {}

    def __len__(self) -> int:
        """How many there are, without those that are on their way."""
        return len(self._audiences)

    def join(self, question: Question[ViewerT], follower: Follower[ViewerT]) -> None:
        """Tell a follower what comes from now on, or what came after a cursor first.

        Who wants what is past, or cannot be told at once what "now" is, begins alone: with an
        audience of one, which hands over to the main one when it has got there.
        """
        audience = self._audiences.get(question.key)
        if audience is None or question.after is not None or not ready(audience):
            question.stream.share()
            begun = Audience(self._edge, question, self._resting, self._closed)
            if audience is None and question.after is None:
                self._audiences[question.key] = begun
            audience = begun
        audience.add(follower, audience.listener.position)

    def _resting(self, audience: Audience[ViewerT]) -> None:
        """Nothing is under way in an audience: one that is on its way may have arrived."""
        key = audience.question.key
        main = self._audiences.setdefault(key, audience)
        here, there = audience.listener, main.listener
        if main is not audience and there.started and there.position <= here.position:
            audience.hand_over(main)

    def _closed(self, audience: Audience[ViewerT]) -> None:
        key = audience.question.key
        if self._audiences.get(key) is audience:
            del self._audiences[key]


def ready(audience: Audience[ViewerT]) -> bool:
    """Whether who joins now is told what happens from now on, and nothing older."""
    return audience.listener.live or not audience.listener.started
