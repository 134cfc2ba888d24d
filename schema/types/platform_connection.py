"""An account on a platform that content can be published to."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from schema.enums import Platform


@strawberry.enum
class ConnectionState(Enum):
    """Whether a connection can be used."""

    CONNECTED = "CONNECTED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


@strawberry.type(description="An account on a platform.")
class PlatformConnection:
    """The connection."""

    id: strawberry.ID
    platform: Platform
    state: ConnectionState
    account_name: str
    connected_at: datetime
    expires_at: datetime | None
