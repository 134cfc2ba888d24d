"""A headless Chromium, driven over its DevTools protocol."""

import asyncio
import itertools
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.browser.page import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1400,860",
    "--remote-debugging-port=0",
]

LISTENS = re.compile(r"^DevTools listening on (\S+)\s*$", re.MULTILINE)


def executable() -> str | None:
    """The path of a Chromium or Chrome: `CHROMIUM`, else the first one on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """A running browser as somebody uses it who shares nothing with others: see `context`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.context = ""
        """The id of what keeps cookies, storage and permissions apart."""
        self.pages: dict[str, Page] = {}
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.numbers = itertools.count(1)

    async def call(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """Call a method of the protocol; raises AssertionError with what the browser says."""
        number = next(self.numbers)
        awaited = self.answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self.socket.send(
            json.dumps({**message, "sessionId": session} if session else message)
        )
        answer = await awaited
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def open(self, url: str = "about:blank") -> Page:
        """Open a new tab."""
        target = await self.call(
            "Target.createTarget", url="about:blank", browserContextId=self.context
        )
        page = await self._attach(target["targetId"])
        await page.call("Page.navigate", url=url)
        return page

    async def opened(self, seconds: float = 10) -> Page:
        """Wait for the tab that a page opened by itself, through a link for example."""
        async with asyncio.timeout(seconds):
            while True:
                targets = (await self.call("Target.getTargets"))["targetInfos"]
                ours = [each for each in targets if each.get("browserContextId") == self.context]
                pages = [target for target in ours if target["type"] == "page"]
                new = [p["targetId"] for p in pages if not p["attached"] and p.get("openerId")]
                if new:
                    return await self._attach(new[0])
                await asyncio.sleep(0.05)

    async def _attach(self, target: str) -> Page:
        answer = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = self.pages[answer["sessionId"]] = Page(self.call, answer["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            await page.call(f"{domain}.enable")
        return page

    async def read(self) -> None:
        """Hand out what the browser sends, until it is gone."""
        with suppress(ConnectionClosed):
            async for text in self.socket:
                message = json.loads(text)
                if "id" in message:
                    answer = self.answers.pop(message["id"])
                    # Whoever gave up waiting has cancelled it.
                    if not answer.done():
                        answer.set_result(message)
                elif page := self.pages.get(message.get("sessionId", "")):
                    page.hear(message["method"], message["params"])
        for unanswered in self.answers.values():
            if not unanswered.done():
                unanswered.set_exception(AssertionError("the browser is gone"))


@contextmanager
def started(program: str, profile: Path) -> Iterator[str]:
    """Start the browser, which listens at this address; it is stopped at the end of the block.

    `profile` is an empty folder.
    """
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    said = profile / "said.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [program, *FLAGS, *sandbox, f"--user-data-dir={profile}"],
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + 40
        while not (found := LISTENS.search(said.read_text("utf-8", "replace"))):
            assert process.poll() is None, "the browser stopped before it listened"
            assert time.monotonic() < deadline, "the browser does not listen"
            time.sleep(0.02)
        yield found[1]
    finally:
        process.terminate()
        process.wait()


@asynccontextmanager
async def used(address: str) -> AsyncIterator[Chromium]:
    """The browser at this address, in a context of one's own that is gone at the end."""
    async with connect(address, max_size=None, ping_interval=None) as socket:
        browser = Chromium(socket)
        reader = asyncio.create_task(browser.read())
        try:
            made = await browser.call("Target.createBrowserContext")
            browser.context = made["browserContextId"]
            yield browser
            await browser.call("Target.disposeBrowserContext", browserContextId=browser.context)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
