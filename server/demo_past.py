"""Half a year in the life of a small agency, told by the real services to a clock of the past."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from datasources.brands import StrategyPart
from datasources.content import Content, ContentStatus, ContentType, Platform
from datasources.memberships import Role
from datasources.workspaces import Workspace
from server.compose import Backend, assemble
from server.demo_figures import THEMES, figures
from server.demo_story import Fate, Piece
from services.drafts import Change, Draft
from services.metrics import MOST
from services.sessions import Client
from services.settings_inheritance import SettingsChange
from services.template_text import Value
from services.users import ProfileChange
from services.viewer import Viewer
from services.workspaces import WorkspaceChange

WORDS = """
amber birch cedar delta ember fjord grove heron inlet juniper kelp larch maple north opal pine
quill river slate thyme umber vale willow yarrow zinc bramble cobalt dune estuary fern gorse hazel
"""
BEGAN = 180
FEEDS = {
    "agency": ("Northlight Studio", "Notes on editing and on running a very small agency."),
    "harbour": ("Harbour & Pine", "Furniture that takes its time. News from the workshop."),
    "kettle": ("Kettle Row", "A roastery and a bar with eleven stools."),
}
NEIGHBOURS = {
    "coffeepost": ("noor", "Noor Haddad", "The Coffee Post"),
    "grounds": ("ines", "Ines Duarte", "Grounds for Complaint"),
    "thirdshelf": ("per", "Per Nygaard", "Third Shelf"),
    "goodbones": ("sara", "Sara Kowalczyk", "Good Bones"),
}
"""Others of the trade, whose public feeds the story's people are recommended topics from."""

PILLARS = {
    "personal": ["Positioning", "Writing plainly", "Pricing creative work", "Listening to buyers"],
    "kettle": [*THEMES.values(), "Paying growers fairly"],
}
"""What brands want to be known for. Each plan has room for one: the FREE one is what they have."""


class Calendar:
    """A clock that stands where it is put."""

    def __init__(self, today: datetime) -> None:
        self._today = today
        self._now = today

    def __call__(self) -> datetime:
        """The time that it shows."""
        return self._now

    def turn(self, days_ago: float) -> None:
        """Go to so many days before today."""
        self._now = self._today - timedelta(days=days_ago)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the demo, with the credentials that are printed."""

    viewer: Viewer
    email: str
    password: str
    personal: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and where, by the names that the story uses."""

    people: dict[str, Person]
    workspaces: dict[str, str]
    neighbours: dict[str, str]

    def place(self, name: str) -> str:
        """The id of a workspace, by the name that the story uses."""
        return self.workspaces.get(name) or self.neighbours[name]


class Past:
    """Tells what happened, in the order in which it did."""

    def __init__(self, made: Backend, calendar: Calendar) -> None:
        self._calendar = calendar
        self._mongo = made.mongo
        past = assemble(made.settings, made.mongo, made.redis, made.queue, calendar)
        self._services, self._deliveries = past.services, past.deliveries
        self._contents = past.stores.contents

    async def cast(self) -> Cast:
        """People and workspaces, as they were at the beginning."""
        self._calendar.turn(BEGAN)
        tail = secrets.token_hex(3)
        mara = await self._person("Mara Lindqvist", f"mara-{tail}@example.com")
        tomas = await self._person("Tomás Okafor", f"tomas-{tail}@example.com")
        change = ProfileChange(
            headline="Brand strategist. I ask who would miss you.",
            bio="Fifteen years of positioning, naming and editing; four of them with Northlight.",
            industry="Marketing",
            time_zone="Europe/Stockholm",
        )
        await self._services.users.update_me(mara.viewer, change)
        there = ProfileChange(time_zone="Europe/Stockholm")
        await self._services.users.update_me(tomas.viewer, there)
        agency = await self._workspace(mara.viewer, "agency", None)
        places = {
            "personal": mara.personal,
            "agency": agency.id,
            "harbour": (await self._workspace(mara.viewer, "harbour", agency.id)).id,
            "kettle": (await self._workspace(mara.viewer, "kettle", agency.id)).id,
        }
        await self._join(mara, tomas, agency.id)
        for name, pillars in PILLARS.items():
            await self._stand_for(mara.viewer, places[name], pillars)
        people, others = {"mara": mara, "tomas": tomas}, dict[str, str]()
        for name, (who, full_name, title) in NEIGHBOURS.items():
            people[who] = await self._neighbour(full_name, title, f"{who}-{tail}@example.com")
            others[name] = people[who].personal
        return Cast(people, places, others)

    async def tell(self, cast: Cast, workspace_id: str, piece: Piece, hour: float) -> None:
        """One piece, from its first draft to what became of it, `hour` of a day before its day."""
        viewer = cast.people[piece.author].viewer
        self._calendar.turn(piece.days_ago + 1 + hour)
        first, *later = piece.bodies
        draft = Draft.checked(
            piece.type, piece.title, first, [piece.platform], piece.tags, piece.pillar
        )
        content = await self._services.content.create(viewer, workspace_id, draft)
        for version, body in enumerate(later):
            self._calendar.turn(piece.days_ago + 0.9 + hour - version / 24)
            change = Change(body=body)
            content = await self._services.content.update(
                viewer, content.id, content.version, change
            )
        self._calendar.turn(piece.days_ago + hour)
        if piece.fate in (Fate.PUBLISHED, Fate.FAILED):
            await self._publish(viewer, content, piece.platform)
        elif piece.fate is Fate.ARCHIVED:
            await self._services.lifecycle.archive(viewer, content.id)

    async def trends(self, cast: Cast) -> None:
        """What the others write about, made into topics now; the worker does so once an hour."""
        self._calendar.turn(0)
        wanted = {"workspace_id": {"$in": list(cast.neighbours.values())}}
        for piece in await self._contents.find(wanted, sort=[("_id", 1)]):
            await self._services.indexing.index(piece.id, piece.workspace_id)
        await self._services.trends.refresh_public()

    async def figures(self, cast: Cast) -> None:
        """What all that was published came to since, read now."""
        self._calendar.turn(0)
        now, chance = self._calendar(), random.Random(5)  # noqa: S311 - a story, no secret
        viewer = cast.people["mara"].viewer
        for workspace_id in cast.workspaces.values():
            wanted = {"workspace_id": workspace_id, "status": ContentStatus.PUBLISHED}
            pieces = await self._contents.find(wanted, sort=[("_id", 1)])
            found = [each for piece in pieces for each in figures(piece, now, chance)]
            for start in range(0, len(found), MOST):
                await self._services.metrics.record(viewer, found[start : start + MOST])

    async def template(self, cast: Cast) -> None:
        """A template that the team fills in, and a draft that was made from it."""
        self._calendar.turn(1)
        viewer = cast.people["tomas"].viewer
        text = (
            "Meet {{name}}, who {{does}}.\n\nAsk about {{subject}}: we did, and stayed for lunch."
        )
        draft = Draft.checked(
            ContentType.POST, "The people of {{place}}", text, [Platform.FEED], ["people"]
        )
        template = await self._services.templates.create(
            viewer, cast.workspaces["harbour"], "Portrait", draft
        )
        values = {
            "place": "Harbour & Pine",
            "name": "Ingrid",
            "does": "oils every table twice",
            "subject": "the cardamom buns",
        }
        await self._services.templates.content(
            viewer, template.id, [Value(name, value) for name, value in values.items()]
        )

    async def _person(self, full_name: str, email: str) -> Person:
        password = "-".join(secrets.choice(WORDS.split()) for _ in range(5))
        signed_in = await self._services.accounts.register(email, password, full_name, Client())
        user = signed_in.user
        return Person(Viewer(user_id=user.id), email, password, user.personal_workspace_id)

    async def _neighbour(self, full_name: str, title: str, email: str) -> Person:
        """Somebody who publishes on a feed of their own."""
        person = await self._person(full_name, email)
        workspace = await self._services.workspaces.get(person.viewer, person.personal)
        change = WorkspaceChange(settings=SettingsChange(feed_title=title))
        await self._services.workspaces.update(
            person.viewer, workspace.id, workspace.version, change
        )
        return person

    async def _workspace(self, viewer: Viewer, name: str, parent_id: str | None) -> Workspace:
        title, about = FEEDS[name]
        zone = None if parent_id else "Europe/Stockholm"
        workspace = await self._services.workspaces.create(viewer, title, parent_id, zone)
        change = WorkspaceChange(settings=SettingsChange(feed_description=about))
        return await self._services.workspaces.update(
            viewer, workspace.id, workspace.version, change
        )

    async def _stand_for(self, viewer: Viewer, workspace_id: str, pillars: list[str]) -> None:
        """A brand with these pillars, written by hand."""
        services = self._services
        brand = await services.brands.meant(viewer, workspace_id, None)
        change = {StrategyPart.CONTENT_PILLARS: pillars}
        await services.strategies.edit(viewer, brand.id, brand.version, change, None)

    async def _join(self, owner: Person, member: Person, workspace_id: str) -> None:
        invited = await self._services.invitations.invite(
            owner.viewer, workspace_id, member.email, Role.EDITOR
        )
        await self._services.invitation_answers.accept(member.viewer, invited.token)

    async def _publish(self, viewer: Viewer, content: Content, platform: Platform) -> None:
        """Ask for it and do the worker's part at once, before one of today can take the job."""

        async def both() -> None:
            publish = self._services.publishing.publish
            for target in (await publish(viewer, content, [platform]))[1]:
                await self._deliveries.deliver(target.id, target.run)

        await self._mongo.transact(both)
