"""DataLoaders, made afresh for each operation and each event: they never serve stale data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from datasources.spans import current, within
from schema.enums import Role
from schema.loader import Load, Loader
from schema.types.billing import BillingSubscription
from schema.types.brand import Brand, BrandStrategy
from schema.types.content import Content
from schema.types.job import Job
from schema.types.performance import ContentPerformance
from schema.types.publishing import PublishTarget
from schema.types.report import Report
from schema.types.template import Template
from schema.types.user import User
from schema.types.workspace import Workspace
from schema.types.workspace_settings import WorkspaceSettings
from services.billing import Held
from services.services import Services
from services.viewer import Viewer

Source = Callable[[Services, list[str]], Awaitable[Sequence[Any]]]
PersonalSource = Callable[[Services, Viewer, list[str]], Awaitable[Sequence[Any]]]

R = TypeVar("R")
T = TypeVar("T")


def each(of: Callable[[R], T], found: Sequence[R | None]) -> list[T | None]:
    """The type of each record, None where there is none."""
    return [None if record is None else of(record) for record in found]


async def users(services: Services, ids: list[str]) -> Sequence[User | None]:
    """People by id, for the relations of things that the viewer was shown."""
    return each(User.of, await services.users.get_many(ids))


async def people(services: Services, viewer: Viewer, ids: list[str]) -> Sequence[User | None]:
    """People by an id that the client named: those who share a workspace with the viewer."""
    return each(User.of, await services.users.visible(viewer, ids))


async def workspaces(
    services: Services, viewer: Viewer, ids: list[str]
) -> Sequence[Workspace | None]:
    """Workspaces by id, those that the viewer belongs to."""
    return each(Workspace.of, await services.workspaces.get_many(viewer, ids))


async def workspace_settings(
    services: Services, ids: list[str]
) -> Sequence[WorkspaceSettings | None]:
    """What holds in each workspace that the viewer was shown."""
    return each(WorkspaceSettings.of, await services.workspaces.settings(ids))


async def viewer_roles(services: Services, viewer: Viewer, ids: list[str]) -> Sequence[Role | None]:
    """The viewer's role in each workspace."""
    return await services.workspaces.roles(viewer, ids)


async def templates(
    services: Services, viewer: Viewer, ids: list[str]
) -> Sequence[Template | None]:
    """Templates by id, those that the viewer may read."""
    return each(Template.of, await services.templates.get_many(viewer, ids))


async def content(services: Services, viewer: Viewer, ids: list[str]) -> Sequence[Content | None]:
    """Content by id, what the viewer may read."""
    return each(Content.of, await services.content.get_many(viewer, ids))


async def performance(
    services: Services, viewer: Viewer, ids: list[str]
) -> Sequence[ContentPerformance | None]:
    """How each piece does that the viewer was shown."""
    return each(ContentPerformance.of, await services.performance.of(viewer, ids))


async def jobs(services: Services, viewer: Viewer, ids: list[str]) -> Sequence[Job | None]:
    """Jobs by id, those that the viewer may read."""
    return each(Job.of, await services.jobs.get_many(viewer, ids))


async def reports(services: Services, viewer: Viewer, ids: list[str]) -> Sequence[Report | None]:
    """Reports by id, those that the viewer may read."""
    return each(Report.of, await services.reports.get_many(viewer, ids))


async def personal_subscriptions(
    services: Services, viewer: Viewer, ids: list[str]
) -> Sequence[BillingSubscription | Exception]:
    """What people's personal workspaces are subscribed to, for each of them alone."""
    found = await services.billing.of_people(viewer, ids)
    return [BillingSubscription.of(one) if isinstance(one, Held) else one for one in found]


async def targets_of_content(services: Services, ids: list[str]) -> Sequence[list[PublishTarget]]:
    """The targets of each piece that the viewer was shown, in the order they were made."""
    found = await services.publishing.targets_of(ids)
    return [[PublishTarget.of(target) for target in found.get(id, ())] for id in ids]


async def brand_strategies(
    services: Services, viewer: Viewer, ids: list[str]
) -> Sequence[BrandStrategy | None]:
    """What the default brand of each workspace stands for, where the viewer may see that."""
    found = await services.brands.defaults(viewer, ids)
    return [BrandStrategy.of(each.strategy) if each and each.strategy else None for each in found]


async def brands(services: Services, viewer: Viewer, ids: list[str]) -> Sequence[Brand | None]:
    """Brands by id, those that the viewer may see."""
    return each(Brand.of, await services.brands.get_many(viewer, ids))


SOURCES: dict[str, Source] = {
    "users": users,
    "workspace_settings": workspace_settings,
    "targets_of_content": targets_of_content,
}
"""Loaders of what is the same for everyone who was shown what it belongs to."""

PERSONAL_SOURCES: dict[str, PersonalSource] = {
    "people": people,
    "workspaces": workspaces,
    "viewer_roles": viewer_roles,
    "templates": templates,
    "brand_strategies": brand_strategies,
    "brands": brands,
    "content": content,
    "performance": performance,
    "jobs": jobs,
    "reports": reports,
    "personal_subscriptions": personal_subscriptions,
}
"""Loaders of what depends on who asks. Only these are given the viewer."""


class Loaders:
    """The loaders of one operation, each made when it is first asked for.

    `viewer` is called, once for each loader that is personal.
    """

    __slots__ = ("_made", "_services", "_viewer")

    def __init__(self, services: Services, viewer: Callable[[], Viewer]) -> None:
        self._services = services
        self._viewer = viewer
        self._made: dict[str, Loader] = {}

    def __getitem__(self, name: str) -> Loader:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = Loader(self._load(name))
        return made

    def _load(self, name: str) -> Load:
        source = SOURCES.get(name)
        if source is not None:
            asked: Load = partial(source, self._services)
        else:
            asked = partial(PERSONAL_SOURCES[name], self._services, self._viewer())

        async def load(ids: list[str]) -> Sequence[Any]:
            span = current.get()
            if span is None:
                return await asked(ids)
            with within(span.child(f"load {name}", facts={"keys": len(ids)})):
                return await asked(ids)

        return load
