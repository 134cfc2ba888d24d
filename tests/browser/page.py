"""One tab of a browser, driven over the DevTools protocol."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Page:
    """One browser tab."""

    send: Callable[..., Awaitable[dict[str, Any]]]
    """Calls a method of the protocol: its name, the session, its parameters."""
    session: str
    complaints: list[str] = field(default_factory=list)
    """What the page wrote to its console as an error, uncaught exceptions included."""
    asked: list[str] = field(default_factory=list)
    """The addresses that `answer_all` answered."""
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a `subscribe` message was sent on a WebSocket."""
    answering: set[asyncio.Task[object]] = field(default_factory=set)

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol in this tab."""
        return await self.send(method, self.session, **params)

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

    async def answer_all(self, pattern: str) -> None:
        """Answer whatever the page asks of these addresses with a script that does nothing."""
        await self.call("Fetch.enable", patterns=[{"urlPattern": pattern}])

    def hear(self, event: str, params: dict[str, Any]) -> None:
        """Take an event of this tab."""
        self.complaints.extend(_complaints(event, params))
        if event == "Network.webSocketFrameSent" and '"subscribe"' in str(params):
            self.subscribed.set()
        if event == "Fetch.requestPaused":
            self.asked.append(params["request"]["url"])
            answer = self.call(
                "Fetch.fulfillRequest",
                requestId=params["requestId"],
                responseCode=200,
                responseHeaders=[
                    {"name": "access-control-allow-origin", "value": "*"},
                    {"name": "content-type", "value": "text/javascript"},
                ],
                body=base64.b64encode(b"// not what was pinned").decode(),
            )
            self.answering.add(task := asyncio.create_task(answer))
            task.add_done_callback(self.answering.discard)

    async def screenshot(self, path: Path) -> None:
        """Write what the tab shows as a PNG file."""
        answer = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(answer["data"]))


def _complaints(event: str, params: dict[str, Any]) -> list[str]:
    if event == "Runtime.exceptionThrown":
        return [params["exceptionDetails"].get("exception", {}).get("description", "exception")]
    if event == "Runtime.consoleAPICalled" and params["type"] == "error":
        return [" ".join(str(part.get("value", part)) for part in params["args"])]
    if event == "Log.entryAdded" and params["entry"]["level"] == "error":
        return [f"{params['entry']['text']} {params['entry'].get('url', '')}"]
    return []
