"""The account: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from schema.context import Context, Info
from schema.fields import field
from schema.inputs.account import LoginInput, RegisterInput, UpdateMeInput
from schema.permissions import anyone, person, signed_in
from schema.scalars import JSON
from schema.types.session import AuthPayload
from schema.types.user import User
from services.accounts import SignedIn
from services.sessions import Client


def client(context: Context) -> Client:
    """The device that asks."""
    return Client(address=context.address, agent=context.user_agent)


def welcome(context: Context, found: SignedIn) -> AuthPayload:
    """What someone who signed in is given, in cookies as well."""
    context.set_cookies += context.services.cookies.signed_in(found.grant)
    return AuthPayload.of(found)


@strawberry.type
class AccountQueries:
    """Reading."""

    @field("You; for an API key, the person who made it.", signed_in())
    async def me(self, info: Info) -> User:
        """The viewer."""
        context = info.context
        return User.of(await context.services.users.me(context.viewer))

    @field("Everything that is stored of you, as JSON. Secrets are not in it.", person(), cost=100)
    async def export_my_data(self, info: Info) -> JSON:
        """The export."""
        context = info.context
        return JSON(await context.services.export.of(context.viewer))


@strawberry.type
class AccountMutations:
    """Writing."""

    @field("Make an account, with a personal workspace, and sign in.", anyone())
    async def register(self, info: Info, input: RegisterInput) -> AuthPayload:
        """A new person."""
        context = info.context
        found = await context.services.accounts.register(
            input.email, input.password, input.full_name, client(context)
        )
        return welcome(context, found)

    @field("Sign in.", anyone())
    async def login(self, info: Info, input: LoginInput) -> AuthPayload:
        """A new session."""
        context = info.context
        found = await context.services.accounts.login(input.email, input.password, client(context))
        return welcome(context, found)

    @field("Change your profile.", person())
    async def update_me(self, info: Info, input: UpdateMeInput) -> User:
        """The viewer as they are then."""
        context = info.context
        return User.of(await context.services.users.update_me(context.viewer, input.change()))

    @field("Change your password. All of your other sessions end.", person())
    async def change_password(self, info: Info, current_password: str, new_password: str) -> bool:
        """Another password."""
        context = info.context
        await context.services.accounts.change_password(
            context.viewer, current_password, new_password
        )
        return True

    @field(
        "Delete your account and everything of yours, for good. What you wrote in workspaces "
        "of others stays there without your name.",
        person(),
    )
    async def delete_me(self, info: Info, password: str) -> bool:
        """The right to erasure."""
        context = info.context
        await context.services.erasure.delete_me(context.viewer, password)
        context.set_cookies += context.services.cookies.signed_out()
        return True
