"""GraphiQL in a real browser, on the whole server: what a newcomer does first."""

import asyncio
import re
import shutil
import socket
from pathlib import Path

import pytest
import uvicorn
from graphql import FieldNode, OperationDefinitionNode, parse
from starlette.applications import Starlette
from starlette.routing import Route

from server.explorer import Explorer
from tests.browser.chromium import Chromium
from tests.browser.graphiql import GraphiQL
from tests.client import Client
from tests.conftest import Running

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "server" / "static"

pytestmark = pytest.mark.timeout(180)


def documents() -> list[str]:
    """The documents of the README, in their order."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.findall(r"^```graphql\n(.+?)^```", text, re.MULTILINE | re.DOTALL)


def operation(document: str) -> OperationDefinitionNode:
    """The one operation of a document."""
    [found] = parse(document).definitions
    assert isinstance(found, OperationDefinitionNode)
    return found


async def publish(author: Client, title: str) -> None:
    """Write a post and publish it, without a browser."""
    write = """mutation ($title: String!) {
      createContent(input: {type: POST, title: $title, body: "Hello", platforms: [FEED]}) { id }
    }"""
    post = (await author.data(write, title=title))["createContent"]
    send = "mutation ($id: ID!) { publishContent(id: $id, platforms: [FEED]) { content { id } } }"
    await author.data(send, id=post["id"])


@pytest.mark.usefixtures("bundle")
async def test_a_newcomer_plays_the_tabs_from_left_to_right(
    browser: Chromium, server: Running
) -> None:
    """From no account to a post that arrives in the second window, with nothing copied."""
    page = await GraphiQL.open(browser, f"{server.url}/graphql")
    await page.play()
    account = (await page.answer("accessToken"))["data"]["register"]["user"]
    await page.tab("Me")
    await page.play()
    me = (await page.answer("contents"))["data"]["me"]
    assert (me["id"], me["profile"]) == (account["id"], {"fullName": "Ada Lovelace"})

    await page.page.click(".session a")
    second = GraphiQL(await browser.opened())
    await second.ready()
    assert await second.variables() == {"userId": account["id"]}
    await second.play()
    await second.playing()

    await page.show()
    await page.tab("WritePost")
    await page.play()
    post = (await page.answer("DRAFT"))["data"]["createContent"]
    await page.tab("PublishPost")
    assert await page.variables() == {"contentId": post["id"]}
    await page.play()
    await page.answer("targets")

    event = await second.answer("contentPublished")
    assert event["data"]["contentPublished"]["id"] == post["id"]
    assert event["extensions"]["cursor"]
    assert page.page.complaints == second.page.complaints == []


@pytest.mark.usefixtures("bundle")
async def test_the_first_documents_of_the_readme_work_when_they_are_pasted(
    browser: Chromium, server: Running
) -> None:
    """Each in the order of the README, subscriptions in a second tab of the browser."""
    page = await GraphiQL.open(browser, f"{server.url}/graphql")
    second = await GraphiQL.open(browser, f"{server.url}/graphql")
    kinds = set()
    for document in documents():
        asked = operation(document)
        kinds.add(asked.operation.value)
        where = second if asked.operation.value == "subscription" else page
        names = [each.variable.name.value for each in asked.variable_definitions or ()]
        await where.show()
        await where.paste(document, dict.fromkeys(names, ""))
        await where.play()
        if where is second:
            await second.playing()
        else:
            [field, *_] = asked.selection_set.selections
            assert isinstance(field, FieldNode)
            answer = await page.answer(f'"{field.name.value}"')
            assert "errors" not in answer, answer
    event = await second.answer("contentPublished")
    assert event["data"]["contentPublished"]["id"].startswith("cnt_")
    assert kinds == {"query", "mutation", "subscription"}


@pytest.mark.usefixtures("bundle")
async def test_a_pasted_token_acts_for_its_owner(
    browser: Chromium, server: Running, bob: Client
) -> None:
    """By HTTP and by WebSocket, while the browser itself is signed in as somebody else."""
    page = await GraphiQL.open(browser, f"{server.url}/graphql")
    await page.play()
    await page.answer("ada@example.com")
    await page.page.evaluate("document.querySelector('.session input').focus()")
    await page.page.call("Input.insertText", text=f"Bearer {bob.token}")
    await page.paste("query Me { me { email } }")
    await page.play()
    assert (await page.answer('"me"'))["data"]["me"] == {"email": "bob@example.com"}

    subscription = "subscription Bob($id: ID!) { contentPublished(userId: $id) { title } }"
    await page.paste(subscription, {"id": bob.user_id})
    await page.play()
    await page.playing()
    await publish(bob, "From Bob")
    event = await page.answer("contentPublished")
    assert event["data"]["contentPublished"] == {"title": "From Bob"}
    assert page.page.complaints == []


@pytest.mark.usefixtures("bundle")
async def test_a_browser_stays_signed_in_when_its_access_token_is_gone(
    browser: Chromium, server: Running
) -> None:
    """The cookie of the session brings another one, and the query is sent again."""
    page = await GraphiQL.open(browser, f"{server.url}/graphql")
    await page.play()
    await page.answer("accessToken")
    await page.page.call("Network.deleteCookies", name="brandgraph_session", url=server.url)
    await page.tab("Me")
    await page.play()
    assert (await page.answer("contents"))["data"]["me"]["email"] == "ada@example.com"


@pytest.mark.usefixtures("bundle")
async def test_a_subscription_that_declares_after_loses_nothing_when_it_is_cut_off(
    browser: Chromium, server: Running, ada: Client
) -> None:
    """What was published while the socket was down arrives when it is back."""
    page = await GraphiQL.open(browser, f"{server.url}/graphql")
    await page.page.evaluate("document.querySelector('.session input').focus()")
    await page.page.call("Input.insertText", text=str(ada.token))
    subscription = """subscription Mine($id: ID!, $after: String) {
      contentPublished(userId: $id, after: $after) { title }
    }"""
    await page.paste(subscription, {"id": ada.user_id})
    await page.play()
    await page.playing()
    await publish(ada, "Before the cut")
    await page.answer("Before the cut")

    assert await server.app.state.edge.sockets.close_all() == 0
    await publish(ada, "During the cut")
    await page.answer("During the cut")
    await publish(ada, "After the cut")
    await page.answer("After the cut")


async def test_a_changed_file_of_the_cdn_does_not_run(browser: Chromium, tmp_path: Path) -> None:
    """The hash refuses it, and the page says what else can be done."""
    shutil.copytree(STATIC / "graphiql", tmp_path / "graphiql")
    explorer = Explorer(tmp_path)
    app = Starlette(routes=[Route("/graphql", explorer.page), *explorer.routes()])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server._serve(sockets=[listening]))
        page = await browser.open()
        await page.answer_all("https://*")
        port = listening.getsockname()[1]
        await page.call("Page.navigate", url=f"http://127.0.0.1:{port}/graphql")
        await page.until("document.body?.innerText.includes('could not be loaded')")
        assert {url.rpartition("/")[2] for url in page.asked} >= {
            "yoga-graphiql.umd.js",
            "graphiql.css",
        }
        assert [line for line in page.complaints if "integrity" in line and "umd.js" in line]
        server.should_exit = True
        await serving
