"""What the GraphQL transports need from the application, handed to them in one object."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response as Page

from execution.engine import Executor, SharedContext
from execution.request import GraphQLRequest
from server.audiences import Audiences
from server.followed import ViewerT
from server.limits import Limiter
from server.occupancy import Doorkeeper
from server.persisted import DocumentSource, SentDocuments
from server.sockets import Sockets
from server.watch import Watch

__all__ = ["Credentials", "Edge", "EdgeContext", "ViewerT"]


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a client says about who it is.

    `authorization` is the header, or what a socket's `connection_init` gave in its place.
    `cookies` are empty where the request may come from a page of another site. `address` is the
    client's, `last_event_id` what an interrupted event stream had received.
    """

    authorization: str | None = None
    cookies: Mapping[str, str] = {}
    address: str = ""
    connection_params: Mapping[str, Any] | None = None
    user_agent: str = ""
    last_event_id: str | None = None


class EdgeContext(Protocol):
    """What resolvers are handed, as far as the transports care.

    In `extensions` they say what goes beside the data; in `set_cookies` are values of
    Set-Cookie headers, sent with the response to a POST.
    """

    extensions: dict[str, Any]
    set_cookies: list[str]


def _identity(viewer: object) -> Hashable:
    found: Hashable = getattr(viewer, "id", None)
    return found


def _nobody(_: Credentials) -> None:
    return None


def _nothing() -> None:
    return None


def _unobserved(_: GraphQLRequest) -> AbstractContextManager[None]:
    return nullcontext()


def _count(number: int) -> None:
    return None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Edge(Generic[ViewerT]):
    """The application as the transports see it.

    `authenticate` raises an exception with a `code` for a bad token, and gives the anonymous
    viewer where there is none. `make_context` makes a fresh context, with fresh loaders, for each
    operation and each event. A viewer may have `expires_at` (aware): its streams end then.
    """

    executor: Executor
    authenticate: Callable[[Credentials], Awaitable[ViewerT]]
    make_context: Callable[[ViewerT, Credentials], EdgeContext]
    presume: Callable[[Credentials], ViewerT | None] = _nobody
    """Tells a viewer without asking any engine, who then is yet to be confirmed: by the limiter as
    it charges for the operation, or by `authenticate`. None where that cannot be told."""
    make_shared: Callable[[], SharedContext] | None = None
    """Makes a context that knows no viewer, for an event that is answered once for many."""
    watch: Callable[[], Watch] = Watch
    """Begins to note what becomes of a subscription."""
    delivered: Callable[[int], None] = _count
    """Is told of answers that were handed to subscribers."""
    sockets: Sockets = field(default_factory=Sockets)
    """The open sockets and event streams of this process."""
    explorer: Callable[[Request], Page] | None = None
    """Makes the page that a browser is shown at a GET, if any."""
    identity: Callable[[ViewerT], Hashable] = _identity
    """Who a viewer is: a socket's token can be renewed only by the same one."""
    now: Callable[[], datetime] = _now
    limiter: Limiter[ViewerT] | None = None
    """Charges callers for their operations, if any."""
    door: Doorkeeper[ViewerT] | None = None
    """Counts what callers hold open, if anybody does."""
    documents: DocumentSource = field(default_factory=SentDocuments)
    """Where documents come from that are named instead of sent."""
    body_bytes: int = 1024 * 1024
    """The largest body of a request, and the largest message on a socket."""
    compressed_bytes: int = 0
    """Answers of so many bytes and more are compressed for clients that take it; 0: none is."""
    read_seconds: float = 30.0
    """How long a client may take to send the body of a request."""
    allowed_origins: frozenset[str] = frozenset()
    """Origins, beside our own, whose pages may use the cookies of a visitor."""
    init_seconds: float = 3.0
    """How long a socket may wait before it sends `connection_init`."""
    send_seconds: float = 10.0
    """How long a client may take before it accepts more bytes."""
    ping_seconds: float = 15.0
    """The interval of the comments that keep an event stream open."""
    stalled: Callable[[], None] = _nothing
    """Is told of a socket that is closed since its client reads too slowly."""
    observing: Callable[[GraphQLRequest], AbstractContextManager[None]] = _unobserved
    """The block in which an operation of a socket runs."""
    operations_per_socket: int = 100
    """How many operations may run on one socket at the same time."""
    waiting_messages: int = 256
    """How many events may wait for a client that reads slowly."""

    @cached_property
    def audiences(self) -> Audiences[ViewerT]:
        """Those who follow the same events together."""
        return Audiences(self)

    def lasts(self, viewer: ViewerT, now: datetime) -> bool:
        """Whether the viewer's token is still good."""
        expires_at = getattr(viewer, "expires_at", None)
        return not isinstance(expires_at, datetime) or expires_at > now

    def at_expiry(self, viewer: ViewerT, end: Callable[[], object]) -> asyncio.Handle:
        """Calls `end` when the viewer's token expires. Cancel the handle when it matters no more.

        For a viewer without `expires_at` the handle is one that never fires.
        """
        expires_at = getattr(viewer, "expires_at", None)
        loop = asyncio.get_running_loop()
        if not isinstance(expires_at, datetime):
            return asyncio.Handle(end, (), loop)
        return loop.call_later(max(0.0, (expires_at - self.now()).total_seconds()), end)
