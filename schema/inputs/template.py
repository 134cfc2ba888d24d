"""What is sent to write, change and fill in templates."""

from __future__ import annotations

import strawberry
from msgspec import UNSET as LEFT

from schema.enums import ContentType, Platform
from schema.inputs.content import given
from services.drafts import Change, Draft
from services.template_text import Value
from services.templates import TemplateChange


@strawberry.input(description="A new template. Title and body may have gaps, as `{{name}}`.")
class CreateTemplateInput:
    """`workspace_id` is the personal workspace where it is left out."""

    name: str
    type: ContentType
    body: str
    title: str | None = None
    platforms: list[Platform] = strawberry.field(default_factory=list)
    tags: list[str] = strawberry.field(default_factory=list)
    workspace_id: strawberry.ID | None = None

    def draft(self) -> Draft:
        """Checked."""
        return Draft.checked(self.type, self.title, self.body, self.platforms, self.tags)


@strawberry.input(description="A change to a template: what is left out stays as it is.")
class UpdateTemplateInput:
    """A title that is null is taken away."""

    name: str | None = strawberry.UNSET
    type: ContentType | None = strawberry.UNSET
    title: str | None = strawberry.UNSET
    body: str | None = strawberry.UNSET
    platforms: list[Platform] | None = strawberry.UNSET
    tags: list[str] | None = strawberry.UNSET

    def change(self) -> TemplateChange:
        """As the service takes it."""
        return TemplateChange(
            name=given(self.name),
            text=Change(
                type=given(self.type),
                title=LEFT if self.title is strawberry.UNSET else self.title,
                body=given(self.body),
                platforms=given(self.platforms),
                tags=given(self.tags),
            ),
        )


@strawberry.input(description="What a gap of a template is filled with.")
class TemplateVariableInput:
    """The value is put in as it is: braces in it are only braces."""

    name: str
    value: str

    def variable(self) -> Value:
        """As the service takes it."""
        return Value(self.name, self.value)
