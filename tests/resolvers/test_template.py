"""Templates through the API: written, changed, filled in, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client import Client
from tests.resolvers.team import join, workspace
from tests.resolvers.test_workspace import nodes

CREATE = """
mutation Create($input: CreateTemplateInput!) {
  createTemplate(input: $input) { id name type title body tags platforms variables version
    workspace { id personal } createdBy { id } }
}
"""
UPDATE = """
mutation Update($id: ID!, $version: Int!, $input: UpdateTemplateInput!) {
  updateTemplate(id: $id, expectedVersion: $version, input: $input) {
    name title body variables version }
}
"""
DELETE = "mutation Delete($id: ID!) { deleteTemplate(id: $id) }"
FILL = """
mutation Fill($id: ID!, $variables: [TemplateVariableInput!], $title: String) {
  createContentFromTemplate(templateId: $id, variables: $variables, title: $title) {
    id title body tags platforms status version author { id } workspace { id }
    metadata { wordCount } }
}
"""
READ = "query Read($id: ID!) { template(id: $id) { id name } }"
LIST = """
query List($id: ID, $first: Int, $after: String) {
  templates(workspaceId: $id, first: $first, after: $after) {
    edges { node { name variables } } pageInfo { hasNextPage endCursor } }
}
"""
NODE = "query Node($id: ID!) { node(id: $id) { __typename ... on Template { name variables } } }"


async def template(client: Client, **more: Any) -> Any:
    """A new template."""
    given = {
        "name": "Launch",
        "type": "POST",
        "title": "News of {{product}}",
        "body": "{{product}} is {{ what }}",
        "tags": ["#News"],
        "platforms": ["FEED"],
        **more,
    }
    return (await client.data(CREATE, input=given))["createTemplate"]


def given(**values: str) -> list[dict[str, str]]:
    """Variables as a client sends them."""
    return [{"name": name, "value": value} for name, value in values.items()]


async def test_a_template_is_filled_in_to_make_a_draft(ada: Client) -> None:
    made = await template(ada)
    assert made["variables"] == ["product", "what"]
    assert made["workspace"]["personal"] is True
    assert made["createdBy"] == {"id": ada.user_id}
    values = given(product="Loom", what="out.\nSee {{product}}")
    draft = (await ada.data(FILL, id=made["id"], variables=values))["createContentFromTemplate"]
    assert draft["title"] == "News of Loom"
    assert draft["body"] == "Loom is out.\nSee {{product}}"
    assert (draft["status"], draft["version"], draft["tags"]) == ("DRAFT", 1, ["news"])
    assert draft["author"] == {"id": ada.user_id}
    values = given(product="Loom", what="out")
    titled = await ada.data(FILL, id=made["id"], variables=values, title="My own")
    assert titled["createContentFromTemplate"]["title"] == "My own"
    node = (await ada.data(NODE, id=made["id"]))["node"]
    assert node == {
        "__typename": "Template",
        "name": "Launch",
        "variables": ["product", "what"],
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"product": "Loom"}, "variables.what"),
        ({"product": "Loom", "what": "x", "other": "y"}, "variables"),
        ({"product": "Loom", "what": "a\u0000b"}, "variables.what"),
        ({"product": "two\nlines", "what": "x"}, "title"),
    ],
)
async def test_values_that_do_not_fit_name_their_field(
    ada: Client, values: dict[str, str], field: str
) -> None:
    made = await template(ada)
    answer = await ada.run(FILL, id=made["id"], variables=given(**values))
    assert answer.code == "BAD_USER_INPUT"
    assert answer.error["extensions"]["field"] == field


async def test_braces_without_a_name_are_refused(ada: Client) -> None:
    answer = await ada.run(
        CREATE, input={"name": "T", "type": "POST", "body": "Dear {{first name}}"}
    )
    assert answer.code == "BAD_USER_INPUT"
    assert answer.error["extensions"]["field"] == "body"


async def test_a_change_makes_the_next_version(ada: Client) -> None:
    made = await template(ada)
    change = {"body": "{{x}}", "title": None}
    changed = (await ada.data(UPDATE, id=made["id"], version=1, input=change))["updateTemplate"]
    assert changed == {
        "name": "Launch",
        "title": None,
        "body": "{{x}}",
        "variables": ["x"],
        "version": 2,
    }
    answer = await ada.run(UPDATE, id=made["id"], version=1, input={"name": "Other"})
    assert answer.code == "CONFLICT"
    assert answer.error["extensions"]["currentVersion"] == 2


async def test_templates_are_listed_latest_first_page_by_page(ada: Client) -> None:
    agency = await workspace(ada)
    for name in ("One", "Two", "Three"):
        await template(ada, name=name, workspaceId=agency["id"])
    page = (await ada.data(LIST, id=agency["id"], first=2))["templates"]
    assert [each["name"] for each in nodes(page)] == ["Three", "Two"]
    after = page["pageInfo"]["endCursor"]
    rest = (await ada.data(LIST, id=agency["id"], first=2, after=after))["templates"]
    assert [each["name"] for each in nodes(rest)] == ["One"]
    assert nodes((await ada.data(LIST))["templates"]) == []


async def test_readers_read_writers_write_and_strangers_learn_nothing(
    ada: Client, bob: Client, anonymous: Client
) -> None:
    agency = await workspace(ada)
    made = await template(ada, workspaceId=agency["id"])
    id, values = made["id"], given(product="Loom", what="out")
    writes: list[tuple[str, dict[str, Any]]] = [
        (UPDATE, {"id": id, "version": 1, "input": {"name": "Mine"}}),
        (DELETE, {"id": id}),
        (FILL, {"id": id, "variables": values}),
    ]
    for query, variables in [(READ, {"id": id}), *writes]:
        assert await bob.code(query, **variables) == "NOT_FOUND"
        assert await anonymous.code(query, **variables) == "UNAUTHENTICATED"
    assert (await bob.data(NODE, id=id))["node"] is None
    await join(ada, agency["id"], bob, "VIEWER")
    assert (await bob.data(READ, id=id))["template"]["name"] == "Launch"
    for query, variables in writes:
        assert await bob.code(query, **variables) == "FORBIDDEN"
    assert (await ada.data(DELETE, id=id))["deleteTemplate"] is True
    assert await ada.code(READ, id=id) == "NOT_FOUND"
