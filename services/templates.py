"""Templates: kept in a workspace, filled in to make content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from datasources.content import Content
from datasources.mongo import Mongo
from datasources.pages import Order, Page, Window, page
from datasources.templates import Template, Templates
from services.access import Access
from services.audit import Audit
from services.clock import Clock
from services.content import ContentService
from services.drafts import Change, Draft
from services.failures import BadInput, Conflict, NotFound
from services.ids import NewId
from services.permissions import Permission
from services.template_text import Value, check, fill, values_of
from services.validation import text
from services.viewer import Viewer

LISTED = Order()
NAME = 120


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """A change to a template: what is UNSET stays as it is. `text` is what content has as well."""

    name: str | UnsetType = UNSET
    text: Change = Change()

    def fields(self) -> dict[str, object]:
        """What changes, checked, by the record's field names."""
        changed = {} if self.text == Change() else self.text.fields()
        if self.name is not UNSET:
            changed["name"] = name_of(self.name)
        if not changed:
            raise BadInput(
                "input", "changes nothing.", "name, type, title, body, platforms or tags"
            )
        for field in ("title", "body"):
            if isinstance(value := changed.get(field), str):
                check(field, value)
        return changed


class TemplateService:
    """Whoever reads content reads templates; whoever writes content writes them."""

    def __init__(
        self,
        mongo: Mongo,
        templates: Templates,
        content: ContentService,
        access: Access,
        audit: Audit,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._mongo = mongo
        self._templates = templates
        self._content = content
        self._access = access
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    async def get(
        self, viewer: Viewer, id: str, permission: Permission = Permission.CONTENT_READ
    ) -> Template:
        """The template, if the viewer has that permission where it is."""
        viewer.id()
        template = await self._templates.get(id)
        if template is None:
            raise NotFound("template", id)
        await self._access.check(viewer, permission, template.workspace_id, of=("template", id))
        return template

    async def get_many(self, viewer: Viewer, ids: Sequence[str]) -> list[Template | None]:
        """One entry an id; None for what is not there or not the viewer's to read."""
        found = await self._templates.get_many(ids)
        readable = {
            home: await self._access.allows(viewer, Permission.CONTENT_READ, home)
            for home in {template.workspace_id for template in found if template}
        }
        return [each if each and readable[each.workspace_id] else None for each in found]

    async def page(self, viewer: Viewer, workspace_id: str, window: Window) -> Page[Template]:
        """A slice of a workspace's templates, latest first."""
        await self._access.check(viewer, Permission.CONTENT_READ, workspace_id)
        return await page(self._templates, {"workspace_id": workspace_id}, LISTED, window)

    async def create(self, viewer: Viewer, workspace_id: str, name: str, draft: Draft) -> Template:
        """A new template; `BadInput` where its text has braces that name no variable."""
        await self._access.check(viewer, Permission.CONTENT_WRITE, workspace_id)
        template = self._new(viewer, workspace_id, name, draft)

        async def change() -> Template:
            await self._templates.insert(template)
            await self._log(viewer, template, "template.created")
            return template

        return await self._mongo.transact(change)

    async def update(
        self, viewer: Viewer, id: str, expected_version: int, change: TemplateChange
    ) -> Template:
        """Change a template that is still at `expected_version`."""
        await self.get(viewer, id, Permission.CONTENT_WRITE)
        values = {**change.fields(), "updated_at": self._clock()}

        async def write() -> Template:
            template = await self._templates.update(
                {"_id": id, "version": expected_version}, {"$set": values, "$inc": {"version": 1}}
            )
            if template is None:
                current = await self._templates.get(id)
                raise Conflict("template", current.version) if current else NotFound("template", id)
            await self._log(viewer, template, "template.updated")
            return template

        return await self._mongo.transact(write)

    async def delete(self, viewer: Viewer, id: str) -> None:
        """Remove a template. What was made from it stays."""
        template = await self.get(viewer, id, Permission.CONTENT_WRITE)

        async def change() -> None:
            if not await self._templates.delete(id):
                raise NotFound("template", id)
            await self._log(viewer, template, "template.deleted")

        await self._mongo.transact(change)

    async def content(
        self, viewer: Viewer, id: str, values: Sequence[Value], title: str | None = None
    ) -> Content:
        """A new draft in the template's workspace; `title` takes the place of the template's."""
        template = await self.get(viewer, id, Permission.CONTENT_WRITE)
        texts = [text for text in (template.title, template.body) if text]
        given = values_of(texts, values)
        filled = fill(template.title, given) if template.title else None
        draft = Draft.checked(
            template.type,
            filled if title is None else title,
            fill(template.body, given),
            template.platforms,
            template.tags,
        )
        return await self._content.create(viewer, template.workspace_id, draft)

    def _new(self, viewer: Viewer, workspace_id: str, name: str, draft: Draft) -> Template:
        now = self._clock()
        check("title", draft.title or "")
        check("body", draft.body)
        return Template(
            id=self._new_id("tpl"),
            workspace_id=workspace_id,
            created_by=viewer.id(),
            name=name_of(name),
            type=draft.type,
            title=draft.title,
            body=draft.body,
            platforms=draft.platforms,
            tags=draft.tags,
            created_at=now,
            updated_at=now,
        )

    async def _log(self, viewer: Viewer, template: Template, action: str) -> None:
        await self._audit.record(
            viewer, template.workspace_id, action, template.id, version=template.version
        )


def name_of(name: str) -> str:
    """A name of one line."""
    return text("name", name, least=1, most=NAME)
