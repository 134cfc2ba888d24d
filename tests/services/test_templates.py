"""Templates: written, changed and filled in by those who may write content."""

from __future__ import annotations

import pytest

from datasources.content import ContentType, Platform
from datasources.memberships import Role
from datasources.mongo import Mongo
from datasources.pages import Window
from datasources.redis import Redis
from datasources.templates import Template
from datasources.workspaces import Workspace
from services.drafts import Change, Draft
from services.failures import BadInput, Conflict, Forbidden, NotFound, Unauthenticated
from services.template_text import Value
from services.templates import TemplateChange
from services.viewer import ANONYMOUS, Viewer
from tests.services.team import Team


@pytest.fixture
async def team(mongo: Mongo, redis: Redis) -> Team:
    """A world without anyone in it."""
    return Team(mongo, redis)


def draft(
    title: str | None = "News of {{product}}", body: str = "{{product}} is {{what}}"
) -> Draft:
    """The text of a template."""
    return Draft.checked(ContentType.POST, title, body, [Platform.FEED], ["#News"])


async def template(team: Team, viewer: Viewer, workspace: Workspace) -> Template:
    """A template that is there."""
    return await team.templates.create(viewer, workspace.id, "Launch", draft())


async def test_a_template_becomes_a_draft_like_any_other(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    made = await template(team, ada, agency)
    values = [Value("product", "Loom"), Value("what", "out.\nSee {{product}}")]
    content = await team.templates.content(ada, made.id, values)
    assert (content.title, content.body) == ("News of Loom", "Loom is out.\nSee {{product}}")
    assert (content.tags, content.platforms) == (["news"], [Platform.FEED])
    assert (content.workspace_id, content.author_id, content.version) == (agency.id, ada.id(), 1)
    assert content.metadata.word_count == 5
    stored = await team.stores.contents.get(content.id)
    assert stored == content
    assert await team.stores.versions.count({"content_id": content.id}) == 1
    assert await team.audited(agency) == [
        "workspace.created",
        "template.created",
        "content.created",
    ]


async def test_a_title_of_its_own_takes_the_place_of_the_templates(team: Team) -> None:
    ada = await team.person("ada")
    made = await template(team, ada, await team.workspace(ada))
    values = [Value("product", "Loom"), Value("what", "out")]
    content = await team.templates.content(ada, made.id, values, "{{product}}")
    assert content.title == "{{product}}"


async def test_a_variable_of_the_title_alone_needs_a_value_too(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    text = draft(title="{{headline}}", body="{{body}}")
    made = await team.templates.create(ada, agency.id, "Two", text)
    with pytest.raises(BadInput) as refusal:
        await team.templates.content(ada, made.id, [Value("body", "x")])
    assert refusal.value.extensions == {
        "field": "variables.headline",
        "allowed": ["headline", "body"],
    }
    assert await team.stores.contents.count({}) == 0


async def test_what_the_values_make_of_it_has_to_be_good_content(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    made = await team.templates.create(ada, agency.id, "T", draft("{{t}}", "{{b}}{{b}}{{b}}"))
    with pytest.raises(BadInput, match="title"):
        await team.templates.content(ada, made.id, [Value("t", "two\nlines"), Value("b", "x")])
    with pytest.raises(BadInput, match="body"):
        await team.templates.content(ada, made.id, [Value("t", "x"), Value("b", " ")])
    many = Draft.checked(ContentType.POST, None, "{{b}}" * 6, [], [])
    long = await team.templates.create(ada, agency.id, "Long", many)
    with pytest.raises(BadInput, match="too long"):
        await team.templates.content(ada, long.id, [Value("b", "x" * 20_000)])


async def test_braces_without_a_name_are_refused_when_written_and_when_changed(team: Team) -> None:
    ada = await team.person("ada")
    agency = await team.workspace(ada)
    with pytest.raises(BadInput, match="title"):
        await team.templates.create(ada, agency.id, "T", draft(title="{{not a name}}"))
    made = await template(team, ada, agency)
    with pytest.raises(BadInput, match="body"):
        change = TemplateChange(text=Change(body="{{not a name}}"))
        await team.templates.update(ada, made.id, 1, change)


async def test_a_change_makes_the_next_version_and_leaves_the_rest(team: Team) -> None:
    ada = await team.person("ada")
    made = await template(team, ada, await team.workspace(ada))
    change = TemplateChange(name="Other", text=Change(body="{{x}}"))
    changed = await team.templates.update(ada, made.id, 1, change)
    assert (changed.name, changed.body, changed.version) == ("Other", "{{x}}", 2)
    assert changed.title == made.title
    only_name = await team.templates.update(ada, made.id, 2, TemplateChange(name="Third"))
    assert (only_name.name, only_name.body) == ("Third", "{{x}}")
    with pytest.raises(Conflict) as conflict:
        await team.templates.update(ada, made.id, 2, change)
    assert conflict.value.extensions == {"currentVersion": 3}
    with pytest.raises(BadInput, match="nothing"):
        await team.templates.update(ada, made.id, 3, TemplateChange())


async def test_a_deleted_template_is_gone_and_what_was_made_from_it_stays(team: Team) -> None:
    ada = await team.person("ada")
    made = await template(team, ada, await team.workspace(ada))
    values = [Value("product", "Loom"), Value("what", "out")]
    content = await team.templates.content(ada, made.id, values)
    await team.templates.delete(ada, made.id)
    with pytest.raises(NotFound):
        await team.templates.get(ada, made.id)
    with pytest.raises(NotFound):
        await team.templates.delete(ada, made.id)
    assert await team.stores.contents.get(content.id) == content


async def test_readers_read_and_writers_write(team: Team) -> None:
    ada, eve = await team.person("ada"), await team.person("eve")
    agency = await team.workspace(ada)
    reader = await team.join(ada, agency, "reader", Role.VIEWER)
    made = await template(team, ada, agency)
    assert await team.templates.get(reader, made.id) == made
    assert await team.templates.get_many(reader, ["tpl_no", made.id]) == [None, made]
    assert await team.templates.get_many(eve, [made.id]) == [None]
    page = await team.templates.page(reader, agency.id, Window(size=5))
    assert page.records == [made]
    for viewer, failure in ((reader, Forbidden), (eve, NotFound), (ANONYMOUS, Unauthenticated)):
        with pytest.raises(failure):
            await team.templates.create(viewer, agency.id, "T", draft())
        with pytest.raises(failure):
            await team.templates.update(viewer, made.id, 1, TemplateChange(name="Mine"))
        with pytest.raises(failure):
            await team.templates.delete(viewer, made.id)
        with pytest.raises(failure):
            await team.templates.content(viewer, made.id, [])
    with pytest.raises(NotFound):
        await team.templates.page(eve, agency.id, Window(size=5))
