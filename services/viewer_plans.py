"""Whose plan is which, for the limits of requests: remembered, so that no request waits for it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from datasources.billing import BillingAccounts
from datasources.failures import Unavailable
from datasources.users import Users
from datasources.workspaces import Workspaces
from services.entitlements import Entitlements
from services.viewer import Viewer

ANONYMOUS = "anonymous"
KEPT = 60.0
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """The plan of a viewer's account, until a moment of the process's clock."""

    plan: str
    account_id: str
    until: float


class ViewerPlans:
    """A person has the plan of their personal workspace, a key that of its topmost one.

    Each is looked up once a minute at most, and `forget` makes a change felt at once. `sells`:
    where nothing is sold everyone has the same plan, and nothing is ever looked up.
    """

    def __init__(
        self,
        accounts: BillingAccounts,
        users: Users,
        workspaces: Workspaces,
        entitlements: Entitlements,
        *,
        sells: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._users = users
        self._workspaces = workspaces
        self._entitlements = entitlements
        self._sells = sells
        self._clock = clock
        self._default = entitlements.plan(None).name.lower()
        self._known: OrderedDict[str, Known] = OrderedDict()

    def known(self, viewer: Viewer) -> str | None:
        """The viewer's plan, as `RATE_LIMITS` names it; None where it has to be looked up."""
        if viewer.user_id is None:
            return ANONYMOUS
        if not self._sells:
            return self._default
        found = self._known.get(name(viewer))
        return found.plan if found is not None and found.until > self._clock() else None

    async def learn(self, viewer: Viewer) -> str:
        """Look the viewer's plan up; the default one where the database does not answer."""
        try:
            account_id = await self._account_of(viewer)
            plan = self._entitlements.plan(await self._accounts.get(account_id)).name.lower()
        except Unavailable:
            return self._default
        self._known[name(viewer)] = Known(plan, account_id, self._clock() + KEPT)
        self._known.move_to_end(name(viewer))
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return plan

    def forget(self, account_id: str) -> None:
        """The account has changed: look it up again."""
        for viewer, known in list(self._known.items()):
            if known.account_id == account_id:
                del self._known[viewer]

    def forget_all(self) -> None:
        """Changes may have been missed: look everyone up again."""
        self._known.clear()

    async def _account_of(self, viewer: Viewer) -> str:
        if viewer.key is not None:
            workspace = await self._workspaces.get(viewer.key.workspace_id)
            return workspace.path[0] if workspace else ""
        user = await self._users.get(viewer.id())
        return user.personal_workspace_id if user else ""


def name(viewer: Viewer) -> str:
    """A viewer by what their plan depends on."""
    return viewer.key.id if viewer.key is not None else viewer.id()
