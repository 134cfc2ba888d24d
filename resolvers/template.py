"""Templates: Query and Mutation fields."""

from __future__ import annotations

import strawberry

from resolvers.content import home
from schema.context import Info
from schema.enums import Permission
from schema.fields import field
from schema.inputs.template import (
    CreateTemplateInput,
    TemplateVariableInput,
    UpdateTemplateInput,
)
from schema.permissions import needs
from schema.types.content import Content
from schema.types.template import Template, TemplateConnection
from services.cursors import window
from services.templates import LISTED


@strawberry.type
class TemplateQueries:
    """Reading."""

    @field(
        "One template; null where there is none that you can see.", needs(Permission.CONTENT_READ)
    )
    async def template(self, info: Info, id: strawberry.ID) -> Template | None:
        """By its id."""
        context = info.context
        return Template.of(await context.services.templates.get(context.viewer, id))

    @field(
        "A workspace's templates, latest first; the personal one's where none is named.",
        needs(Permission.CONTENT_READ),
    )
    async def templates(
        self,
        info: Info,
        workspace_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> TemplateConnection:
        """A page."""
        context = info.context
        slice = window(LISTED, first=first, after=after, last=last, before=before)
        workspace = await home(context, workspace_id)
        found = await context.services.templates.page(context.viewer, workspace, slice)
        return TemplateConnection.of(found)


@strawberry.type
class TemplateMutations:
    """Writing."""

    @field("Write a template.", needs(Permission.CONTENT_WRITE))
    async def create_template(self, info: Info, input: CreateTemplateInput) -> Template:
        """A template in the workspace."""
        context = info.context
        workspace = await home(context, input.workspace_id)
        return Template.of(
            await context.services.templates.create(
                context.viewer, workspace, input.name, input.draft()
            )
        )

    @field(
        "Change a template. CONFLICT, with `currentVersion`, if it was changed since you read "
        "`expectedVersion`.",
        needs(Permission.CONTENT_WRITE),
    )
    async def update_template(
        self, info: Info, id: strawberry.ID, expected_version: int, input: UpdateTemplateInput
    ) -> Template:
        """As it is now."""
        context = info.context
        return Template.of(
            await context.services.templates.update(
                context.viewer, id, expected_version, input.change()
            )
        )

    @field("Delete a template. What was made from it stays.", needs(Permission.CONTENT_WRITE))
    async def delete_template(self, info: Info, id: strawberry.ID) -> bool:
        """Gone."""
        context = info.context
        await context.services.templates.delete(context.viewer, id)
        return True

    @field(
        "Write a draft from a template, in its workspace. Each of its variables needs a value; "
        "`title` takes the place of the template's.",
        needs(Permission.CONTENT_WRITE),
    )
    async def create_content_from_template(
        self,
        info: Info,
        template_id: strawberry.ID,
        variables: list[TemplateVariableInput] | None = None,
        title: str | None = None,
    ) -> Content:
        """The draft."""
        context = info.context
        values = [each.variable() for each in variables or ()]
        return Content.of(
            await context.services.templates.content(context.viewer, template_id, values, title)
        )
