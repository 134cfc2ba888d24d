"""Who is on a WebSocket: told once at its beginning, and renewed before the token expires."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Generic

import msgspec
from starlette.types import Scope

from execution.errors import expected
from server.browser import own_origin
from server.edge import Credentials, Edge, ViewerT
from server.http_request import credentials_of, headers_of
from server.sockets import FORBIDDEN, TRY_AGAIN_LATER
from server.ws_channel import Closing
from services.places import Leave, nothing

PASSING = frozenset({"UNAVAILABLE", "RATE_LIMITED"})
"""The codes of refusals that a later attempt may escape."""


class Admission(Generic[ViewerT]):
    """The viewer of one socket. `end` is called when the viewer's token expires."""

    def __init__(self, edge: Edge[ViewerT], scope: Scope, end: Callable[[], None]) -> None:
        self.edge = edge
        self.viewer: ViewerT | None = None
        self._headers = headers_of(scope)
        self.credentials = credentials_of(scope, self._headers, cookies=True)
        self._end = end
        self._expiry: asyncio.Handle | None = None
        self._leave: Leave = nothing

    async def enter(self, params: Mapping[str, Any] | None) -> None:
        """Authenticates by the handshake's headers and the payload of `connection_init`.

        Raises Closing where the client may not come in.
        """
        token = token_of(params)
        if token is None:
            self._check_origin()
        self.credentials = msgspec.structs.replace(
            self.credentials,
            authorization=token or self.credentials.authorization,
            cookies={} if token else self.credentials.cookies,
            connection_params=params or {},
        )
        self._headers = {}  # they were for this alone, and would stay as long as the socket
        viewer = await self._authenticate(self.credentials)
        if self.edge.door is not None:
            self._leave = await self.edge.door.enter(viewer)
        self._admit(viewer)

    async def renew(self, token: str) -> None:
        """Takes a fresh token of the same viewer. Raises Closing for any other."""
        credentials = msgspec.structs.replace(self.credentials, authorization=token, cookies={})
        viewer = await self._authenticate(credentials)
        known = self.viewer
        if known is None or self.edge.identity(viewer) != self.edge.identity(known):
            raise Closing(FORBIDDEN, "Forbidden: the token is of somebody else")
        self.credentials = credentials
        self._admit(viewer)

    def leave(self) -> None:
        """Stops watching for the token to expire, and gives the viewer's place back."""
        self._stop_watching()
        self._leave()

    def _stop_watching(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()

    def _admit(self, viewer: ViewerT) -> None:
        self._stop_watching()
        self.viewer = viewer
        self._expiry = self.edge.at_expiry(viewer, self._end)

    async def _authenticate(self, credentials: Credentials) -> ViewerT:
        try:
            return await self.edge.authenticate(credentials)
        except Exception as error:
            extensions = expected(error)
            if extensions is None:
                raise
            code = TRY_AGAIN_LATER if extensions["code"] in PASSING else FORBIDDEN
            raise Closing(code, str(error)) from None

    def _check_origin(self) -> None:
        origin = own_origin(self._headers, self.edge.allowed_origins)
        if origin is False and self.credentials.cookies:
            reason = "Forbidden: this origin may not use cookies, send a token in connectionParams"
            raise Closing(FORBIDDEN, reason)


def token_of(params: Mapping[str, Any] | None) -> str | None:
    """The value of an Authorization header in the parameters of a client, however it names it.

    `authorization`, also within `headers`, is taken as it is; `accessToken` and `token` are
    Bearer tokens.
    """
    given = {str(name).lower(): value for name, value in (params or {}).items()}
    for name in ("accesstoken", "token"):
        if isinstance(value := given.get(name), str) and value:
            return f"Bearer {value}"
    if isinstance(value := given.get("authorization"), str) and value:
        return value
    inner = given.get("headers")
    return token_of({**inner, "headers": None}) if isinstance(inner, Mapping) else None
