"""The right to erasure: everything of a person goes, in every engine.

The account ends in one transaction, which also writes down what has to be swept. The sweep
follows at once, and a last one a little later: see docs/decisions/sessions-and-tokens.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

import structlog

from datasources.erasures import Erasure as Record
from datasources.failures import Unavailable
from datasources.mongo import Mongo
from datasources.stores import Stores
from datasources.users import User
from datasources.workspaces import Workspace
from services.accounts import Accounts
from services.api_keys import ApiKeys
from services.clock import Clock
from services.erasure_rules import ruled, sweep_person, sweep_workspaces
from services.failures import Failure, Unauthenticated
from services.holdings import Holdings, holdings
from services.ids import NewId
from services.sessions import Sessions
from services.viewer import Viewer

log: structlog.stdlib.BoundLogger = structlog.get_logger()

Forget = Callable[[Sequence[str]], Awaitable[None]]
ForgetVoice = Callable[[str, Sequence[str]], Awaitable[None]]

SETTLED = timedelta(minutes=2)
CHUNK = 500


class OwnsSharedWorkspace(Failure):
    """The only owner of a workspace that others are in can't just go."""

    code = "OWNS_SHARED_WORKSPACE"

    def __init__(self, workspaces: Sequence[Workspace]) -> None:
        names = ", ".join(f"{workspace.name!r}" for workspace in workspaces)
        super().__init__(
            f"You are the only owner of {names}, where there are other members. Make one of them "
            "an OWNER, remove them, or delete the workspace; then delete your account.",
            workspaceIds=[workspace.id for workspace in workspaces],
        )


class Erasure:
    """Deletes accounts, and what workspaces leave behind.

    `forget` erases the events of topics, in every engine; `forget_indexed` what the search index
    holds of workspaces; `forget_voice` what voices have learned from a person, but for those of
    workspaces that end. `ending` is told, within the transaction, of workspaces that end.
    """

    def __init__(
        self,
        mongo: Mongo,
        stores: Stores,
        forget: Forget,
        forget_indexed: Forget,
        forget_voice: ForgetVoice,
        *,
        ending: Forget,
        accounts: Accounts,
        sessions: Sessions,
        api_keys: ApiKeys,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._stores = stores
        self._forget = forget
        self._forget_indexed = forget_indexed
        self._forget_voice = forget_voice
        self._ending = ending
        self._accounts = accounts
        self._sessions = sessions
        self._api_keys = api_keys
        self._clock = clock
        self._new_id = new_id
        self._ruled = ruled(stores.all())

    async def delete_me(self, viewer: Viewer, password: str) -> None:
        """End the viewer's account for good, and sweep.

        Where an engine is away the account has ended all the same, and the sweep is made up for
        by `finish`. Raises `OwnsSharedWorkspace` before anything is done.
        """
        user = await self._accounts.check_password(viewer, "password", password)
        await self.sweep(await self._mongo.transact(lambda: self._end(user)))

    async def end_workspaces(self, ids: Sequence[str], user_id: str | None = None) -> Record:
        """Within a transaction: nobody finds these workspaces any more; `sweep` does the rest."""
        erasure = Record(
            id=self._new_id("ers"),
            user_id=user_id,
            workspace_ids=list(ids),
            due=self._clock() + SETTLED,
        )
        await self._stores.erasures.insert(erasure)
        await self._ending(ids)
        await self._stores.memberships.delete_many({"workspace_id": {"$in": list(ids)}})
        await self._stores.workspaces.delete_many({"_id": {"$in": list(ids)}})
        return erasure

    async def sweep(self, erasure: Record) -> None:
        """Erase what was ended; where an engine is away, `finish` makes up for it."""
        try:
            await self._sweep(erasure)
        except Unavailable:
            log.warning("an erasure waits for an engine", erasure=erasure.id)

    async def finish(self) -> int:
        """The last sweep of those that are due; how many. The worker calls it."""
        found = await self._stores.erasures.due(self._clock())
        for erasure in found:
            await self._sweep(erasure)
            await self._stores.erasures.delete(erasure.id)
        return len(found)

    async def _end(self, user: User) -> Record:
        """Within a transaction: nobody can sign in, and nobody finds the workspaces."""
        stores = self._stores
        held = await self._settled(user.id)
        erasure = await self.end_workspaces([workspace.id for workspace in held.own], user.id)
        if not await stores.users.delete(user.id):
            raise Unauthenticated
        await stores.memberships.delete_many({"user_id": user.id})
        for collection, rule in self._ruled:
            if rule.address is not None:
                await collection.delete_many({rule.address: user.email_key})
        return erasure

    async def _settled(self, user_id: str) -> Holdings:
        """What they hold, when no other transaction can change it any more."""
        stores = self._stores
        held = await holdings(stores.workspaces, stores.memberships, user_id)
        for workspace in held.touched:
            await stores.workspaces.take_turn(workspace.id)
        if held.orphaned:
            raise OwnsSharedWorkspace(held.orphaned)
        return held

    async def _sweep(self, erasure: Record) -> None:
        ids, user_id = await self._late(erasure), erasure.user_id
        topics = [f"workspace:{id}" for id in ids]
        pieces = await self._stores.contents.find({"workspace_id": {"$in": ids}}) if ids else []
        topics += [f"content:{piece.id}" for piece in pieces]
        jobs = await self._stores.tracked_jobs.find({"workspace_id": {"$in": ids}}) if ids else []
        topics += [f"job:{job.id}" for job in jobs]
        await self._api_keys.end(await self._stores.api_keys.find({"workspace_id": {"$in": ids}}))
        if user_id is not None:
            topics.append(f"user:{user_id}")
            await self._sessions.close_all(user_id)
            await self._api_keys.end(await self._stores.api_keys.find({"user_id": user_id}))
        for chunk in chunks(topics):
            await self._forget(chunk)
        await self._forget_indexed(ids)
        if user_id is not None:
            await self._forget_voice(user_id, ids)
        for collection, rule in self._ruled:
            await sweep_workspaces(collection, rule, ids)
            if user_id is not None:
                await sweep_person(collection, rule, user_id)

    async def _late(self, erasure: Record) -> Sequence[str]:
        """The workspaces, and those that a request which was under way made after the end."""
        ids, user_id = erasure.workspace_ids, erasure.user_id
        if user_id is None:
            return ids
        held = await holdings(self._stores.workspaces, self._stores.memberships, user_id)
        return [*ids, *(workspace.id for workspace in held.own)]


def chunks(topics: Sequence[str]) -> Iterator[Sequence[str]]:
    """A few hundred at a time."""
    for start in range(0, len(topics), CHUNK):
        yield topics[start : start + CHUNK]
