"""Two companies that know nothing of each other, each with people in every role and with keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ulid import ULID

from datasources.brands import Brand
from datasources.memberships import Membership, Role, membership_id
from datasources.notifications import NotificationKind
from datasources.recommendations import (
    RecommendationFeedback,
    RecommendationType,
    RecommendationVerdict,
)
from datasources.reports import Report, ReportFormat
from datasources.searches import KeptFilter, SavedSearch
from datasources.targets import PublishState
from datasources.tracked_jobs import JobState
from datasources.trend_sources import TrendSource
from server.compose import Backend
from services.accounts import SignedIn
from services.clock import utc_now
from services.permissions import Permission
from services.sessions import Client as Device
from services.viewer import Viewer
from tests.client import PASSWORD, Client
from tests.services.answers import ANSWERS


@dataclass
class Tenant:
    """A company: its `mark` is in everything that is written there, so a leak is seen."""

    mark: str
    backend: Backend
    anonymous: Client
    team: str = ""
    people: dict[Role, Client] = field(default_factory=dict)
    keys: dict[Permission, Client] = field(default_factory=dict)
    made: int = 0

    @property
    def owner(self) -> Client:
        """Who owns the team."""
        return self.people[Role.OWNER]

    @property
    def viewer(self) -> Viewer:
        """The owner, as services know them."""
        return Viewer(user_id=self.owner.user_id)

    async def found(self) -> None:
        """Accounts, the team, its members, and a key a scope."""
        for role in Role:
            self.people[role] = await self.account(role.value.lower())
        services = self.backend.services
        team = await services.workspaces.create(self.viewer, f"Team {self.mark}", None, None)
        self.team = team.id
        for role, person in self.people.items():
            if role is not Role.OWNER:
                await self.join(person.user_id, role)
        for scope in Permission:
            made = await services.api_keys.create(
                self.viewer, self.team, f"{scope} {self.mark}", [scope]
            )
            self.keys[scope] = self.anonymous.with_token(made.secret)

    async def account(self, name: str) -> Client:
        """A person with an account, signed in."""
        email = f"{name}@{self.mark}.example"
        accounts = self.backend.services.accounts
        return self._client(
            await accounts.register(email, PASSWORD, f"{name} {self.mark}", Device())
        )

    async def again(self, person: Client) -> Client:
        """The same person in another session."""
        accounts = self.backend.services.accounts
        return self._client(await accounts.login(person.email, PASSWORD, Device()))

    def _client(self, signed_in: SignedIn) -> Client:
        client = self.anonymous.with_token(signed_in.grant.access_token)
        client.user_id, client.email = signed_in.user.id, signed_in.user.email
        return client

    async def join(self, user_id: str, role: Role, workspace_id: str | None = None) -> None:
        """Make that person a member of the team, or of another workspace."""
        home = workspace_id or self.team
        await self.backend.stores.memberships.insert(
            Membership(
                id=membership_id(home, user_id),
                workspace_id=home,
                user_id=user_id,
                role=role,
                created_at=utc_now(),
            )
        )

    def name(self, kind: str) -> str:
        """A name that no other thing has, with the tenant's mark in it."""
        self.made += 1
        return f"{kind} {self.made} {self.mark}"

    async def create(self, query: str, **variables: Any) -> Any:
        """What the owner makes with one mutation."""
        (made,) = (await self.owner.data(query, **variables)).values()
        return made

    async def content(self) -> str:
        """The id of a new piece."""
        given = {
            "type": "POST",
            "title": self.name("title"),
            "body": self.name("body"),
            "tags": [self.mark],
            "workspaceId": self.team,
        }
        made = await self.create(
            "mutation M($i: CreateContentInput!) { createContent(input: $i) { id } }", i=given
        )
        return str(made["id"])

    async def target(self, state: PublishState) -> str:
        """The id of a new piece's target, in that state."""
        made = await self.create(
            """mutation M($id: ID!) {
            publishContent(id: $id, platforms: [FEED]) { targets { id } } }""",
            id=await self.content(),
        )
        id = str(made["targets"][0]["id"])
        await self.backend.stores.targets.update({"_id": id}, {"$set": {"state": state}})
        return id

    async def job(self, state: JobState) -> str:
        """The id of a new job of the team's, in that state."""
        made = await self.backend.services.jobs.start(
            self.viewer, self.team, "rest", {"about": self.name("job")}
        )
        await self.backend.stores.tracked_jobs.update({"_id": made.id}, {"$set": {"state": state}})
        return made.id

    async def report(self) -> str:
        """The id of a new report."""
        now = utc_now()
        report = Report(
            id=f"rep_{ULID()}",
            workspace_id=self.team,
            requested_by=self.owner.user_id,
            period="MONTH",
            format=ReportFormat.CSV,
            name=self.name("report"),
            size=0,
            starts_at=now,
            ends_at=now,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        return (await self.backend.stores.reports.insert(report)).id

    async def saved_search(self, person: Client) -> str:
        """The id of a new saved search of that person's."""
        search = SavedSearch(
            id=f"srs_{ULID()}",
            workspace_id=self.team,
            user_id=person.user_id,
            name=self.name("search"),
            query="loom",
            filter=KeptFilter(),
            created_at=utc_now(),
        )
        return (await self.backend.stores.saved_searches.insert(search)).id

    async def key(self) -> str:
        """The id of a new API key."""
        made = await self.backend.services.api_keys.create(
            self.viewer, self.team, self.name("key"), [Permission.CONTENT_READ]
        )
        return made.key.id

    async def template(self) -> str:
        """The id of a new template."""
        given = {
            "type": "POST",
            "name": self.name("template"),
            "body": f"Hello {{{{name}}}} {self.mark}",
            "workspaceId": self.team,
        }
        made = await self.create(
            "mutation M($i: CreateTemplateInput!) { createTemplate(input: $i) { id } }", i=given
        )
        return str(made["id"])

    async def brand(self) -> str:
        """The id of a new brand, as any plan would allow it."""
        now = utc_now()
        brand = Brand(
            id=f"brd_{ULID()}",
            workspace_id=self.team,
            name=self.name("brand"),
            created_by=self.owner.user_id,
            created_at=now,
            updated_at=now,
        )
        return (await self.backend.stores.brands.insert(brand)).id

    async def assessment(self, *, done: bool = False) -> str:
        """The id of a new assessment of a new brand."""
        services, brand = self.backend.services, await self.brand()
        made = await services.assessments.start(
            self.viewer, await services.brands.get(self.viewer, brand)
        )
        if done:
            await services.assessments.answer(self.viewer, made.id, ANSWERS)
            await services.assessments.complete(self.viewer, made.id)
        return made.id

    async def assessed(self) -> str:
        """The id of a brand with a complete assessment."""
        found = await self.backend.stores.assessments.get(await self.assessment(done=True))
        assert found is not None
        return found.brand_id

    async def sample(self) -> str:
        """The id of a new text that the team's voice was learned from."""
        text = f"They had never seen a loom before, and {self.name('sample')} was their first."
        await self.backend.services.voice.add(self.viewer, self.team, [text])
        (found,) = await self.backend.stores.voice_samples.find(
            {"workspace_id": self.team}, sort=[("_id", -1)], limit=1
        )
        return found.id

    async def feedback(self) -> str:
        """The id of a recommendation that was answered."""
        now = utc_now()
        made = RecommendationFeedback(
            id=f"rec_{ULID()}",
            workspace_id=self.team,
            topic=self.name("topic"),
            type=RecommendationType.RELATED,
            verdict=RecommendationVerdict.LATER,
            vector=b"",
            model="none",
            given_by=self.owner.user_id,
            created_at=now,
            updated_at=now,
        )
        return (await self.backend.stores.recommendation_feedback.insert(made)).id

    async def trend_source(self) -> str:
        """The id of a feed, which is not looked at before the test is over."""
        now = utc_now()
        self.made += 1
        made = TrendSource(
            id=f"trs_{ULID()}",
            workspace_id=self.team,
            added_by=self.owner.user_id,
            url=f"https://feeds.example.com/{self.mark}/{self.made}.xml",
            next_check_at=now + timedelta(days=1),
            created_at=now,
        )
        return (await self.backend.stores.trend_sources.insert(made)).id

    async def invitation(self) -> tuple[str, str]:
        """The id and the token of a new invitation to the team."""
        self.made += 1
        made = await self._invite(self.owner, self.team, f"guest{self.made}@{self.mark}.example")
        return str(made["invitation"]["id"]), str(made["token"])

    async def invite(self, host: Client, email: str) -> str:
        """The token of an invitation to a new workspace of the host's."""
        given = {"name": self.name("workspace")}
        made = await host.data(
            "mutation M($i: CreateWorkspaceInput!) { createWorkspace(input: $i) { id } }", i=given
        )
        return str((await self._invite(host, made["createWorkspace"]["id"], email))["token"])

    async def _invite(self, host: Client, workspace_id: str, email: str) -> Any:
        given = {"workspaceId": workspace_id, "email": email, "role": "VIEWER"}
        made = await host.data(
            "mutation M($i: InviteMemberInput!) { inviteMember(input: $i) "
            "{ token invitation { id } } }",
            i=given,
        )
        return made["inviteMember"]

    async def shared(self) -> str:
        """The id of a new workspace that everybody is a member of, with two owners."""
        id = await self.workspace()
        for role, person in self.people.items():
            if role is not Role.OWNER:
                await self.join(person.user_id, role, id)
        await self.join((await self.account(f"owner{self.made}")).user_id, Role.OWNER, id)
        return id

    async def workspace(self) -> str:
        """The id of a new workspace below the team."""
        given = {"name": self.name("workspace"), "parentId": self.team}
        made = await self.create(
            "mutation M($i: CreateWorkspaceInput!) { createWorkspace(input: $i) { id } }", i=given
        )
        return str(made["id"])

    async def member(self) -> str:
        """The id of a person who has just joined the team as a viewer."""
        self.made += 1
        person = await self.account(f"member{self.made}")
        await self.join(person.user_id, Role.VIEWER)
        return person.user_id

    async def notification(self, person: Client) -> str:
        """The id of a new notification of that person's."""
        made = await self.backend.services.notifications.notify(
            person.user_id,
            NotificationKind.PUBLISH_FAILED,
            self.name("notification"),
            subject=self.team,
            workspace_id=self.team,
        )
        return made.id

    async def session(self, person: Client) -> str:
        """The id of another session of that person."""
        signed_in = await self.backend.services.accounts.login(person.email, PASSWORD, Device())
        return signed_in.grant.session_id


async def fingerprint(backend: Backend) -> dict[str, str]:
    """A hash a collection: what a refused call must leave as it was.

    Left out: that a key was used, and what the relay marks as told.
    """
    told: dict[str, Any] = await backend.mongo.database.command("dbHash")
    hashes: dict[str, str] = told["collections"]
    keys = sorted((key.id, str(key.revoked_at)) for key in await backend.stores.api_keys.find({}))
    busy = {"outbox", "outbox_jobs", "api_keys", "migrations"}
    return {name: each for name, each in hashes.items() if name not in busy} | {"keys": str(keys)}
