"""The pages that people read say what the code does."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest
from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    print_ast,
    validate,
)

import datasources
import services
from execution import codes
from server.explorer import first_steps
from server.settings import Settings
from server.settings_page import FILE, page

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    each.relative_to(ROOT)
    for each in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")]
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def read(name: str | Path) -> str:
    """A file of the repository."""
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [body for found, body in BLOCK.findall(text) if found == language]


def anchors(text: str) -> set[str]:
    """What links can point to within a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_page_of_settings_is_made_from_the_code() -> None:
    assert FILE.read_text("utf-8") == page(), "run `make docs`"


def test_every_variable_in_the_example_is_a_setting() -> None:
    known = {each.name.upper() for each in fields(Settings)}
    named = re.findall(r"^# ([A-Z_]+)=", read(".env.example"), re.MULTILINE)
    assert set(named) <= known
    assert {"PORT", "MONGODB_URL", "REDIS_URL", "AUTH_KEYS", "BRANDGRAPH_ENV"} <= set(named)


def codes_of(package: ModuleType) -> set[str]:
    """The codes of all exceptions that a room defines."""
    modules = (
        importlib.import_module(f"{package.__name__}.{each.name}")
        for each in pkgutil.iter_modules(package.__path__)
    )
    return {
        code
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Exception)
        if isinstance(code := getattr(found, "code", None), str)
    }


@pytest.mark.parametrize("room", [services, datasources], ids=["services", "datasources"])
def test_the_page_of_errors_names_every_code(room: ModuleType) -> None:
    told = read("docs/errors.md")
    assert {code for code in codes_of(room) if f"`{code}`" not in told and code.isupper()} == set()


def test_the_page_of_errors_names_every_code_of_execution() -> None:
    told = read("docs/errors.md")
    known = {value for name, value in vars(codes).items() if name.isupper()}
    assert known
    assert {code for code in known if f"`{code}`" not in told} == set()


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_every_link_leads_somewhere(name: Path) -> None:
    for link in LINK.findall(re.sub(BLOCK, "", read(name))):
        target, _, anchor = link.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.exists(), f"{name} links to {link}"
        if anchor:
            assert anchor in anchors(path.read_text("utf-8")), f"{name} links to {link}"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The graph as its committed file says it: half a second to build."""
    return build_schema(read("schema.graphql"))


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_every_document_of_the_graph_fits_the_schema(name: Path, schema: GraphQLSchema) -> None:
    for document in blocks(read(name), "graphql"):
        node = parse(document)
        if all(isinstance(each, OperationDefinitionNode) for each in node.definitions):
            assert validate(schema, node) == [], f"{name}:\n{document}"


def test_the_first_steps_of_the_readme_are_the_tabs_of_the_explorer() -> None:
    tabs = first_steps(read("server/static/graphiql/first_steps.graphql"))
    shown = [print_ast(parse(each)) for each in blocks(read("README.md"), "graphql")]
    assert shown == [print_ast(parse(tab["query"])) for tab in tabs]


def test_every_decision_is_in_the_index() -> None:
    pages = {each.name for each in (ROOT / "docs" / "decisions").glob("*.md")} - {"README.md"}
    assert set(LINK.findall(read("docs/decisions/README.md"))) == pages


def test_the_readme_draws_both_journeys_and_names_every_command() -> None:
    text = read("README.md")
    assert len(blocks(text, "mermaid")) == 2
    for command in ("serve", "worker", "migrate", "demo", "doctor"):
        assert f"`brandgraph {command}`" in text


def test_the_version_is_in_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"', read("pyproject.toml"), re.MULTILINE)
    assert version
    assert f"## {version[1]}\n" in read("CHANGELOG.md")
