"""A headless Chromium, driven over its DevTools protocol."""

import asyncio
import base64
import itertools
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

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


def executable() -> str | None:
    """The path of a Chromium or Chrome: `CHROMIUM`, else the first one on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@dataclass
class Page:
    """One browser tab."""

    browser: "Chromium"
    session: str
    complaints: list[str] = field(default_factory=list)
    """What the page wrote to its console as an error, uncaught exceptions included."""

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol in this tab."""
        return await self.browser.call(method, self.session, **params)

    async def evaluate(self, expression: str) -> Any:
        """The JSON value of a JavaScript expression; a promise is awaited."""
        answer = await self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def until(self, expression: str, seconds: float = 20) -> Any:
        """Wait until the expression is truthy, and give its value."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := await self.evaluate(expression)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                return value
        except TimeoutError:
            text = await self.evaluate("document.body.innerText")
            raise AssertionError(f"never true: {expression}\n{text}\n{self.complaints}") from None

    async def click(self, selector: str) -> None:
        """Click in the middle of the first element that the selector finds."""
        place = await self.until(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " if (!e) return null; const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    async def replace(self, selector: str, text: str) -> None:
        """Paste the text over everything that is in the editor."""
        await self.click(selector)
        await self.press("a", "selectAll")
        await self.evaluate(f"navigator.clipboard.writeText({json.dumps(text)})")
        await self.press("v", "paste")

    async def press(self, key: str, command: str) -> None:
        """Press Ctrl and a key, which stands for an editing command."""
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=f"Key{key.upper()}",
                windowsVirtualKeyCode=ord(key.upper()),
                modifiers=2,
                commands=[command] if kind == "keyDown" else [],
            )

    async def screenshot(self, path: Path) -> None:
        """Write what the tab shows as a PNG file."""
        answer = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))


class Chromium:
    """A running browser with an empty profile of its own."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
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

    async def open(self, url: str) -> Page:
        """Open a new tab."""
        target = await self.call("Target.createTarget", url="about:blank")
        page = await self.attach(target["targetId"])
        await page.call("Page.navigate", url=url)
        return page

    async def attach(self, target: str) -> Page:
        """Take hold of a tab that is there, one that a link opened for example."""
        answer = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = self.pages[answer["sessionId"]] = Page(self, answer["sessionId"])
        for domain in ("Page", "Runtime", "Log"):
            await page.call(f"{domain}.enable")
        return page

    async def read(self) -> None:
        """Hand out what the browser sends, until it is gone."""
        with suppress(ConnectionClosed):
            async for text in self.socket:
                message = json.loads(text)
                if "id" in message:
                    self.answers.pop(message["id"]).set_result(message)
                elif page := self.pages.get(message.get("sessionId", "")):
                    page.complaints.extend(_complaints(message["method"], message["params"]))
        for answer in self.answers.values():
            answer.set_exception(AssertionError("the browser is gone"))


def _complaints(event: str, params: dict[str, Any]) -> list[str]:
    if event == "Runtime.exceptionThrown":
        return [params["exceptionDetails"].get("exception", {}).get("description", "exception")]
    if event == "Runtime.consoleAPICalled" and params["type"] == "error":
        return [" ".join(str(part.get("value", part)) for part in params["args"])]
    if event == "Log.entryAdded" and params["entry"]["level"] == "error":
        return [f"{params['entry']['text']} {params['entry'].get('url', '')}"]
    return []


@asynccontextmanager
async def chromium(program: str, profile: Path) -> AsyncIterator[Chromium]:
    """Start the browser; it is stopped at the end. `profile` is an empty folder."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    process = await asyncio.create_subprocess_exec(
        program,
        *FLAGS,
        *sandbox,
        f"--user-data-dir={profile}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            while b"DevTools listening on " not in (line := await process.stderr.readline()):
                assert line, "the browser stopped before it listened"
        address = line.decode().split()[-1]
        async with (
            asyncio.TaskGroup() as tasks,
            connect(address, max_size=None, ping_interval=None) as socket,
        ):
            browser = Chromium(socket)
            reader = [tasks.create_task(browser.read()), tasks.create_task(_drain(process.stderr))]
            yield browser
            for task in reader:
                task.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass
