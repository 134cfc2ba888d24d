"""A service that speaks OpenAI's protocol on loopback, and fails as the real one does.

Built from https://platform.openai.com/docs/api-reference: chat completions, whole or streamed,
with structured output, and embeddings.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from server.serving import listening

DIMENSION = 8
PROMPT, COMPLETION = 120, 80
KEY = "sk-test-0123456789"

Body = dict[str, Any]
Answerer = Callable[[Body], str]


@dataclass(frozen=True)
class Fault:
    """What happens to one request: a status, a delay in seconds, a cut, or an odd answer."""

    status: int = 0
    error: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut_after: int | None = None
    text: str | None = None
    refusal: str | None = None
    finish: str = "stop"


@dataclass
class OpenAISite:
    """`answer` makes the text of a completion from its request; `faults` come first, in order."""

    answer: Answerer = lambda _: "{}"
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Body] = field(default_factory=list)
    embedded: list[Body] = field(default_factory=list)
    delay: float = 0.0
    url: str = ""

    async def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        body = await request.json()
        self.asked.append(body)
        fault = self.faults.popleft() if self.faults else Fault()
        await asyncio.sleep(fault.delay or self.delay)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return refused(401, "invalid_api_key", {})
        if fault.status:
            return refused(fault.status, fault.error, fault.headers)
        text = self.answer(body) if fault.text is None else fault.text
        if body.get("stream"):
            return StreamingResponse(
                self._chunks(body, text, fault), media_type="text/event-stream"
            )
        message: Body = {"role": "assistant", "content": text, "refusal": None}
        if fault.refusal:
            message = {"role": "assistant", "content": None, "refusal": fault.refusal}
        choice = {"index": 0, "message": message, "finish_reason": fault.finish, "logprobs": None}
        whole = {**head(body, "chat.completion"), "choices": [choice], "usage": usage()}
        if fault.cut_after is not None:
            return StreamingResponse(half(whole), media_type="application/json")
        return JSONResponse(whole)

    async def _chunks(self, body: Body, text: str, fault: Fault) -> AsyncIterator[str]:
        base = head(body, "chat.completion.chunk")
        pieces = [text[start : start + 12] for start in range(0, len(text), 12)]
        field = "refusal" if fault.refusal else "content"
        for number, piece in enumerate([fault.refusal] if fault.refusal else pieces):
            if number == fault.cut_after:
                raise ConnectionResetError("cut off, as asked")
            yield event({**base, "choices": [choice({field: piece})]})
        yield event({**base, "choices": [choice({}, fault.finish)]})
        yield event({**base, "choices": [], "usage": usage()})
        yield "data: [DONE]\n\n"

    async def embeddings(self, request: Request) -> Response:
        """POST /v1/embeddings."""
        body = await request.json()
        self.embedded.append(body)
        fault = self.faults.popleft() if self.faults else Fault()
        await asyncio.sleep(fault.delay)
        if fault.status:
            return refused(fault.status, fault.error, fault.headers)
        data = [
            {"object": "embedding", "index": index, "embedding": vector(text)}
            for index, text in enumerate(body["input"])
        ]
        return JSONResponse(
            {
                "object": "list",
                "data": list(reversed(data)),
                "model": body["model"],
                "usage": {"prompt_tokens": 7 * len(data), "total_tokens": 7 * len(data)},
            }
        )


async def half(body: Body) -> AsyncIterator[str]:
    """An answer that breaks off."""
    text = json.dumps(body)
    yield text[: len(text) // 2]
    raise ConnectionResetError("cut off, as asked")


def head(body: Body, kind: str) -> Body:
    """What every completion, and every chunk of one, starts with."""
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"]}


def choice(delta: Body, finish: str | None = None) -> Body:
    """The choice of a chunk."""
    return {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}


def usage() -> Body:
    """What each completion takes."""
    return {
        "prompt_tokens": PROMPT,
        "completion_tokens": COMPLETION,
        "total_tokens": PROMPT + COMPLETION,
        "prompt_tokens_details": {"cached_tokens": 20, "audio_tokens": 0},
    }


def event(body: Body) -> str:
    """One server-sent event."""
    return f"data: {json.dumps(body)}\n\n"


def refused(status: int, code: str | None, headers: dict[str, str]) -> Response:
    """An error as the service words it, with a key in it as it does."""
    error = {"message": f"No: {KEY}", "type": "error", "param": None, "code": code}
    return JSONResponse({"error": error}, status, headers)


def vector(text: str) -> list[float]:
    """Words thrown into so many bins: texts that share words are close. Not of length 1."""
    found = [0.0] * DIMENSION
    for word in text.casefold().split():
        found[hashlib.sha256(word.encode()).digest()[0] % DIMENSION] += 1.0
    return found


@asynccontextmanager
async def openai_site(answer: Answerer | None = None) -> AsyncIterator[OpenAISite]:
    """The service, listening, until the end of the block."""
    site = OpenAISite(answer or (lambda _: "{}"))
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", site.chat, methods=["POST"]),
            Route("/v1/embeddings", site.embeddings, methods=["POST"]),
        ]
    )
    socket = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    site.url = f"http://127.0.0.1:{socket.getsockname()[1]}/v1"
    task = asyncio.create_task(server._serve([socket]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0)
    try:
        yield site
    finally:
        server.should_exit = server.force_exit = True
        await task
        socket.close()
