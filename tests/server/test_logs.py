"""The log of a whole session: each line knows its request, and none tells a secret."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog

from server.access_log import NAME
from server.logs import HIDDEN, configure
from server.setting_types import LogFormat
from server.settings import Settings
from tests.client import Client
from tests.conftest import Running
from tests.resolvers.test_content import CREATE, LIST, READ, UPDATE
from tests.server.kept_logging import kept_logging
from tests.subscriptions.test_content import CHANGED

LOGIN = """
mutation Login($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }
"""


class Log:
    """What was logged so far."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each line as the object that it is."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def operations(self) -> list[dict[str, Any]]:
        """Those of the operations that ended."""
        return [line for line in self.lines if line["logger"] == NAME]


@pytest.fixture
def log(settings: Settings) -> Iterator[Log]:
    """The log from here on, in JSON; logging is put back afterwards."""
    log = Log()
    with kept_logging():
        configure(replace(settings, log_format=LogFormat.JSON), log.stream)
        yield log


async def post(client: Client, query: str, **headers: str) -> httpx.Response:
    """One operation, with headers."""
    if client.token:
        headers["authorization"] = f"Bearer {client.token}"
    return await client.http.post(f"{client.url}/graphql", json={"query": query}, headers=headers)


async def test_each_operation_leaves_one_line_that_says_whose_it_was_and_how_it_ended(
    log: Log, ada: Client
) -> None:
    await ada.data(LIST)
    await ada.run(READ, id="nothing")
    register, listed, read = log.operations
    assert (register["operation"], register["type"]) == ("Register", "mutation")
    assert (listed["operation"], listed["code"], listed["status"]) == ("List", "OK", 200)
    assert listed["user"] == ada.user_id
    assert listed["milliseconds"] > 0
    assert read["code"] not in ("OK", "unknown")
    assert len({line["request_id"] for line in log.operations}) == 3
    assert listed["level"] == "info"
    assert listed["timestamp"].endswith("+00:00")


async def test_a_request_is_called_what_the_client_calls_it(log: Log, ada: Client) -> None:
    given = uuid.uuid4().hex
    response = await post(ada, "{ __typename }", **{"x-request-id": given})
    assert response.headers["x-request-id"] == given
    assert log.operations[-1]["request_id"] == given


@pytest.mark.parametrize("bad", ["", "a b", "x" * 65, 'x","level":"error', "ada@example.com"])
async def test_what_is_no_id_is_replaced_by_one(log: Log, ada: Client, bad: str) -> None:
    response = await post(ada, "{ __typename }", **{"x-request-id": bad})
    assert response.headers["x-request-id"] != bad
    assert log.operations[-1]["request_id"] == response.headers["x-request-id"]


async def test_what_an_operation_logs_on_its_way_has_its_id(
    log: Log, server: Running, ada: Client
) -> None:
    """An unexpected error, as a damaged document makes one."""
    made = (await ada.data(CREATE, input={"type": "POST", "body": "Some text."}))["createContent"]
    raw = server.backend.stores.contents.raw
    await raw.update_one({"_id": made["id"]}, {"$set": {"body": 7}})
    answer = await ada.run(READ, id=made["id"])
    assert answer.code == "INTERNAL_SERVER_ERROR"
    # The job that indexes the piece stumbles over it too, and is no part of the operation.
    [error] = [line for line in log.lines if line["level"] == "error" and "error_id" in line]
    last = log.operations[-1]
    assert error["error_id"] == answer.error["extensions"]["errorId"]
    assert (error["request_id"], error["operation"]) == (last["request_id"], "Read")
    assert error["user"] == last["user"] == ada.user_id
    assert last["code"] == "INTERNAL_SERVER_ERROR"
    assert "Traceback" in error["exception"]


async def test_the_operations_of_a_socket_have_ids_of_their_own(log: Log, ada: Client) -> None:
    made = await ada.data(CREATE, input={"type": "POST", "body": "Some text."})
    async with ada.socket() as socket:
        await socket.send({"id": "list", "type": "subscribe", "payload": {"query": LIST}})
        assert [(await socket.receive())["type"] for _ in range(2)] == ["next", "complete"]
        stream = await socket.subscribe(CHANGED, id=made["createContent"]["workspace"]["id"])
        await ada.data(CREATE, input={"type": "POST", "body": "Other text."})
        await stream.next()
        await socket.send({"id": "1", "type": "complete"})
        while "Changed" not in [line["operation"] for line in log.operations]:
            await socket.send({"type": "ping"})
            assert (await socket.receive())["type"] == "pong"
    found = {line["operation"]: line for line in log.operations}
    assert found["Changed"]["type"] == "subscription"
    assert found["Changed"]["deliveries"] == 1
    assert found["Changed"]["user"] == found["List"]["user"] == ada.user_id
    assert found["Changed"]["request_id"] != found["List"]["request_id"]


async def test_nothing_that_is_secret_or_private_is_ever_logged(
    log: Log, server: Running, anonymous: Client
) -> None:
    """Every way in and every kind of failure, with values that are looked for afterwards."""
    mark = uuid.uuid4().hex
    email, password, body = f"canary-{mark}@example.com", f"pass-{mark} word", f"body-{mark}"
    registered = await anonymous.run(
        "mutation R($input: RegisterInput!) "
        "{ register(input: $input) { accessToken refreshToken user { id } } }",
        input={"email": email, "password": password, "fullName": f"name-{mark}"},
    )
    tokens = registered.data["register"]
    ada = anonymous.with_token(tokens["accessToken"])
    draft = (await ada.data(CREATE, input={"type": "POST", "body": body}))["createContent"]
    await ada.run(UPDATE, id=draft["id"], version=99, input={"body": body})
    await ada.run(UPDATE, id=draft["id"], version=body, input={"body": {"x": body}})
    await ada.run(f'{{ content(id: "{body}") {{ id }} }}')
    await ada.run(f'{{ nothing(token: "{body}") }}')
    await ada.run(f"{{ {body} ")
    await anonymous.run(LOGIN, input={"email": email, "password": f"wrong-{mark}"})
    await anonymous.with_token(f"bgk_{mark}_{mark}").run(LIST)
    await anonymous.with_token(f"eyJ{mark}.{mark}.{mark}").run(LIST)
    await post(ada, "{ __typename }", cookie=f"session={mark}", referer=f"https://x/?t={mark}")
    await server.backend.stores.contents.raw.update_one(
        {"_id": draft["id"]}, {"$set": {"status": f"stored-{mark}@example.com"}}
    )
    assert await ada.code(READ, id=draft["id"]) == "INTERNAL_SERVER_ERROR"
    async with ada.socket() as socket:
        await socket.send({"id": "1", "type": "subscribe", "payload": {"query": f"{{ {body} }}"}})
        assert (await socket.receive())["type"] == "error"
    said = log.stream.getvalue()
    assert len(log.operations) >= 12
    assert any(line["level"] == "error" for line in log.lines)
    assert mark not in said
    for secret in tokens["accessToken"], tokens["refreshToken"]:
        assert secret not in said


@pytest.mark.parametrize(
    "secret",
    [
        "ada@example.com",
        "Bearer abcdef",
        "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl",
        "bgr_ses_01ABCDEF_abcdefgh",
        "bgk_abcdefghij_klmnop",
        "sk_live_abcdefgh",
    ],
)
@pytest.mark.parametrize("where", ["message", "traceback", "library"])
def test_what_looks_like_a_secret_is_hidden_wherever_it_comes_from(
    log: Log, secret: str, where: str
) -> None:
    """Drivers quote values: `dup key: { email: "…" }`."""
    if where == "library":
        logging.getLogger("pymongo").warning('dup key: { key: "%s" }', secret)
    else:
        try:
            raise RuntimeError(f'dup key: {{ key: "{secret}" }}' if where == "traceback" else "")
        except RuntimeError:
            structlog.get_logger().exception(f'key: "{secret}"' if where == "message" else "failed")
    assert secret not in log.stream.getvalue()
    assert HIDDEN in log.stream.getvalue()
