"""GraphiQL as a person uses it: editors to paste into, a button to press, an answer to read."""

import asyncio
import json
from typing import Any

from tests.browser.chromium import Chromium
from tests.browser.page import Page

QUERY = ".graphiql-query-editor .monaco-editor"
VARIABLES = "section[aria-label=Variables] .monaco-editor"
RUN = ".graphiql-execute-button"
TEXT = "__MONACO.editor.getModels().find((model) => model.uri.path.endsWith({})).getValue()"


class GraphiQL:
    """The page in one browser tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def open(cls, browser: Chromium, url: str) -> "GraphiQL":
        """Open the page in a new tab, and wait until it knows the schema."""
        opened = cls(await browser.open(url))
        await opened.ready()
        return opened

    async def ready(self) -> None:
        """Wait until the editors are there."""
        editors = f"document.querySelector({json.dumps(QUERY + ' .view-line')})"
        await self.page.until(f"Boolean({editors} && document.querySelector('{RUN}'))", 40)

    async def tab(self, title: str) -> None:
        """Change to the tab of that title."""
        await self.page.evaluate(
            f"[...document.querySelectorAll('.graphiql-tab button')]"
            f".find((button) => button.title === {json.dumps(title)}).click()"
        )

    async def paste(self, document: str, variables: dict[str, object] | None = None) -> None:
        """Paste over the operation, and over the variables where there are some."""
        await self._paste(QUERY, "operation.graphql", document)
        if variables is not None:
            await self._paste(VARIABLES, "variables.json", json.dumps(variables))

    async def _paste(self, editor: str, model: str, text: str) -> None:
        await self.page.replace(editor, text)
        await self.page.until(f"{TEXT.format(json.dumps(model))} === {json.dumps(text)}")

    async def variables(self) -> dict[str, object]:
        """The variables, once GraphiQL has put in those of the tab."""
        text = await self.page.until(TEXT.format("'variables.json'"))
        found: dict[str, object] = json.loads(text)
        return found

    async def show(self) -> None:
        """Bring this tab of the browser to the front."""
        await self.page.call("Page.bringToFront")

    async def playing(self) -> None:
        """Wait until the subscription was sent, on a socket that the server has accepted."""
        async with asyncio.timeout(20):
            await self.page.subscribed.wait()

    async def play(self) -> None:
        """Press the button that runs the operation."""
        await self.page.click(RUN)

    async def answer(self, containing: str) -> dict[str, Any]:
        """Wait for an answer that contains the text, and give it as it is shown."""
        shown = TEXT.format("'response.json'")
        text = await self.page.until(f"(t => t.includes({json.dumps(containing)}) && t)({shown})")
        answer: dict[str, Any] = json.loads(text)
        return answer
