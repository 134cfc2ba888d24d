"""The alarm: a refresh token that was spent has come back, so two hold what one was given."""

from __future__ import annotations

import structlog

from datasources.sessions import Session
from datasources.users import Users
from services.audit import Audit
from services.viewer import ANONYMOUS

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class ReuseAlarm:
    """Tells the log, and the person in the audit log of their personal workspace."""

    def __init__(self, users: Users, audit: Audit) -> None:
        self._users = users
        self._audit = audit

    async def ring(self, session: Session) -> None:
        """Write it down. Nobody is named as the actor: it may be either of the two."""
        log.warning("a spent refresh token was used", session=session.id, user=session.user_id)
        user = await self._users.get(session.user_id)
        if user is not None:
            action = "session.refresh_token_reused"
            await self._audit.record(ANONYMOUS, user.personal_workspace_id, action, session.id)
