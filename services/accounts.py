"""Accounts: registering, signing in, and changing the password."""

from __future__ import annotations

from dataclasses import dataclass, field

from datasources.failures import Duplicate
from datasources.memberships import Membership, Memberships, Role, membership_id
from datasources.mongo import Mongo
from datasources.users import Profile, User, Users
from datasources.workspaces import Workspace, Workspaces
from services.audit import Audit
from services.clock import Clock
from services.emails import Email, email
from services.failures import BadInput, Failure, Unauthenticated
from services.ids import NewId
from services.passwords import Passwords, acceptable, readable
from services.sessions import Client, Grant, Sessions
from services.throttle import Throttle
from services.users import FULL_NAME
from services.validation import text
from services.viewer import Viewer

WRONG = "The email address or the password is wrong."


class EmailTaken(Failure):
    """There is an account with that address."""

    code = "EMAIL_TAKEN"

    def __init__(self) -> None:
        super().__init__(
            "There is an account with this email address already. Sign in instead.", field="email"
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Someone who has just signed in, and what their device is given."""

    user: User = field(repr=False)
    grant: Grant


class Accounts:
    """Registers people and signs them in."""

    def __init__(
        self,
        mongo: Mongo,
        users: Users,
        workspaces: Workspaces,
        memberships: Memberships,
        audit: Audit,
        *,
        sessions: Sessions,
        passwords: Passwords,
        throttle: Throttle,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._users = users
        self._workspaces = workspaces
        self._memberships = memberships
        self._audit = audit
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock
        self._new_id = new_id

    async def register(
        self, address: str, password: str, full_name: str, client: Client
    ) -> SignedIn:
        """A new person with a personal workspace, signed in. `EmailTaken` where there is one."""
        found = email("email", address)
        name = text("fullName", full_name, least=1, most=FULL_NAME)
        acceptable("password", password, found.key)
        await self._throttle.sign_up(client.address)
        if await self._users.by_email(found.key) is not None:
            raise EmailTaken
        user = self._new_user(found, await self._passwords.hash(password), name)
        try:
            return await self._mongo.transact(lambda: self._create(user, client))
        except Duplicate:
            raise EmailTaken from None

    async def login(self, address: str, password: str, client: Client) -> SignedIn:
        """Sign in. Whether it is the address or the password that is wrong is not told."""
        found = email("email", address)
        readable("password", password)
        await self._throttle.sign_in(found.key, client.address)
        user = await self._users.by_email(found.key)
        right = await self._passwords.verify(user.password_hash if user else None, password)
        if user is None or not right:
            raise Unauthenticated(WRONG)
        user = await self._renew_hash(user, password)
        await self._throttle.signed_in(found.key, client.address)
        grant = await self._sessions.open(user.id, client)
        await self._still(user, grant)
        await self._sessions.close_oldest(user.id)
        return SignedIn(user, grant)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """New tokens for a refresh token; see `Sessions.refresh`."""
        grant = await self._sessions.refresh(refresh_token)
        user = await self._users.get(grant.user_id)
        if user is None:
            raise Unauthenticated
        return SignedIn(user, grant)

    async def check_password(self, viewer: Viewer, field: str, password: str) -> User:
        """The viewer's own record, if that is their password; tries are counted as sign-ins."""
        user = await self._users.get(viewer.person("change the account"))
        if user is None:
            raise Unauthenticated
        readable(field, password)
        await self._throttle.sign_in(user.email_key, "")
        if not await self._passwords.verify(user.password_hash, password):
            raise BadInput(field, "is not your password.")
        await self._throttle.signed_in(user.email_key, "")
        return user

    async def change_password(self, viewer: Viewer, current: str, new: str) -> None:
        """Another password. All other sessions end; the one that asks goes on."""
        user = await self.check_password(viewer, "currentPassword", current)
        acceptable("newPassword", new, user.email_key)
        changed = {"password_hash": await self._passwords.hash(new), "updated_at": self._clock()}

        async def change() -> None:
            await self._users.update({"_id": user.id}, {"$set": changed})
            action = "account.password_changed"
            await self._audit.record(viewer, user.personal_workspace_id, action, user.id)

        await self._mongo.transact(change)
        await self._sessions.close_others(viewer)

    def _new_user(self, found: Email, hash: str, full_name: str) -> User:
        now = self._clock()
        return User(
            id=self._new_id("usr"),
            email=found.as_written,
            email_key=found.key,
            password_hash=hash,
            profile=Profile(full_name=full_name),
            personal_workspace_id=self._new_id("wsp"),
            created_at=now,
            updated_at=now,
        )

    async def _create(self, user: User, client: Client) -> SignedIn:
        workspace = personal(user)
        await self._users.insert(user)
        await self._workspaces.insert(workspace)
        await self._memberships.insert(owner(user, workspace))
        viewer = Viewer(user_id=user.id)
        await self._audit.record(viewer, workspace.id, "workspace.created", workspace.id)
        return SignedIn(user, await self._sessions.open(user.id, client))

    async def _renew_hash(self, user: User, password: str) -> User:
        """Hash again where the costs were changed since, unless the password was too."""
        if not self._passwords.outdated(user.password_hash):
            return user
        fresh = await self._passwords.hash(password)
        unchanged = {"_id": user.id, "password_hash": user.password_hash}
        renewed = await self._users.update(unchanged, {"$set": {"password_hash": fresh}})
        if renewed is None:
            raise Unauthenticated(WRONG)
        return renewed

    async def _still(self, user: User, grant: Grant) -> None:
        """A session opened while the password changed, or the account went, must not stay."""
        now = await self._users.get(user.id)
        if now is None or now.password_hash != user.password_hash:
            await self._sessions.close(Viewer(user_id=user.id, session_id=grant.session_id))
            raise Unauthenticated(WRONG)


def personal(user: User) -> Workspace:
    """The workspace that an account begins with."""
    return Workspace(
        id=user.personal_workspace_id,
        name=user.profile.full_name,
        path=[user.personal_workspace_id],
        personal=True,
        created_by=user.id,
        created_at=user.created_at,
        updated_at=user.created_at,
    )


def owner(user: User, workspace: Workspace) -> Membership:
    """The membership of whom it belongs to."""
    return Membership(
        id=membership_id(workspace.id, user.id),
        workspace_id=workspace.id,
        user_id=user.id,
        role=Role.OWNER,
        created_at=user.created_at,
    )
