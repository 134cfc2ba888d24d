"""A subscription on a WebSocket that is answered together with others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic

from execution.errors import RequestRejected
from server.followed import Answer, Caller, Follower, ViewerT, too_slow
from server.watch import Watch
from server.ws_messages import Envelope, head_of, next_frame, text_frame
from services.places import Leave

if TYPE_CHECKING:
    from server.ws_session import Session


class SocketFollower(Follower[ViewerT], Generic[ViewerT]):
    """Writes each answer to its socket, with the id of its operation."""

    __slots__ = ("head", "id", "session")

    def __init__(
        self,
        session: Session[ViewerT],
        id: str,
        caller: Caller[ViewerT],
        watch: Watch,
        leave: Leave,
    ) -> None:
        super().__init__(caller, watch, leave)
        self.session = session
        self.id = id
        self.head = head_of(id)

    def deliver(self, answers: Sequence[Answer]) -> None:
        """Send them now, or as soon as the client reads; too many that wait end the socket."""
        channel = self.session.channel
        if not channel.post([next_frame(self.head, answer.body) for answer in answers]):
            self.end(too_slow(channel.capacity))

    def over(self, rejection: RequestRejected | None) -> None:
        """Tell the client, unless the whole socket ends with it."""
        envelope = Envelope(self.id)
        self.session.operations.over(self.id)
        if rejection is None:
            self.session.channel.post([text_frame(envelope.complete.encode())])
        elif rejection.close_code is None:
            self.session.channel.post([text_frame(envelope.error(rejection.errors).encode())])
        else:
            self.session.close(rejection.close_code, str(rejection))
