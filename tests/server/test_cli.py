"""The one executable: what each command does, how it ends, and what it says when it cannot."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import httpx
import pytest

from server.engine_room import NobodyServes, shared
from server.engines import EngineUrls
from server.settings import read
from tests.client import PASSWORD, Client
from tests.server.processes import Zygote, one_sentence, running, until

pytestmark = pytest.mark.timeout(150)

WRITE = """
mutation { createContent(input: {type: POST, body: "Kept", platforms: [FEED]}) { id } }
"""
PUBLISH = "mutation ($id: ID!) { publishContent(id: $id, platforms: [FEED]) { content { id } } }"
STATUS = "query ($id: ID!) { content(id: $id) { status } }"
LOGIN = """
mutation ($email: String!, $password: String!) {
  login(input: {email: $email, password: $password}) { user { email } }
}
"""
WATCH = "subscription ($id: ID!) { contentPublished(userId: $id) { id } }"
EMAIL = "ada@example.com"


@pytest.fixture
def elsewhere(engines: EngineUrls, name: str) -> dict[str, str]:
    """Settings of a server on engines that it does not own."""
    return {
        "MONGODB_URL": engines.mongodb,
        "REDIS_URL": engines.redis,
        "MONGODB_DATABASE": name,
        "REDIS_NAMESPACE": name,
    }


async def test_what_was_written_is_there_after_a_restart_on_embedded_engines(
    memory: Path, forked: Zygote
) -> None:
    async with httpx.AsyncClient() as http:
        with running(memory, "serve") as first:
            ada = await Client(first.url, http).register(EMAIL)
            await ada.data(WRITE)
            assert "embedded, in data" in first.said
            assert "INFO" not in first.said
            assert first.stop() == 0

        with forked(memory, "serve") as second:
            caller = Client(second.url, http)
            found = await caller.data(LOGIN, email=EMAIL, password=PASSWORD)
            assert found["login"]["user"]["email"] == EMAIL
            with forked(memory, "serve") as third:
                assert third.ended() == 78
                assert "already running" in one_sentence(third.said)
            with forked(memory, "doctor") as doctor:
                assert doctor.ended() == 0
                assert "embedded" in doctor.said
                assert "1 alive" in doctor.said
            assert second.stop(signal.SIGINT) == 0
            assert second.said.endswith("Stopping: finishing what runs.\n")


async def test_draining_tells_subscribers_to_reconnect_and_is_done_at_once(
    tmp_path: Path, elsewhere: dict[str, str], forked: Zygote
) -> None:
    async with httpx.AsyncClient() as http:
        with forked(tmp_path, "serve", **elsewhere) as server:
            ada = await Client(server.url, http).register(EMAIL)
            headers = {"accept": "text/event-stream", "authorization": f"Bearer {ada.token}"}
            body = {"query": WATCH, "variables": {"id": ada.user_id}}
            async with (
                ada.socket() as by_socket,
                http.stream("POST", f"{server.url}/graphql", json=body, headers=headers) as events,
            ):
                await by_socket.send({"id": "1", "type": "subscribe", "payload": body})
                await by_socket.send({"type": "ping"})
                assert (await by_socket.receive())["type"] == "pong"
                server.process.send_signal(signal.SIGTERM)
                assert (await by_socket.closed())[0] == 1012
                assert "event: complete" not in (await events.aread()).decode()
            assert server.ended() == 0
            assert "Traceback" not in server.said


async def test_a_worker_of_its_own_does_the_jobs_and_drains(
    tmp_path: Path, elsewhere: dict[str, str], forked: Zygote
) -> None:
    async with httpx.AsyncClient() as http:
        with (
            forked(tmp_path, "serve", WORKER="false", **elsewhere) as server,
            forked(tmp_path, "worker", **elsewhere) as worker,
        ):
            worker.hear("The worker is ready")
            ada = await Client(server.url, http).register(EMAIL)
            id = (await ada.data(WRITE))["createContent"]["id"]
            await ada.data(PUBLISH, id=id)
            with httpx.Client(headers={"authorization": f"Bearer {ada.token}"}) as reader:
                asked = {"query": STATUS, "variables": {"id": id}}

                def published() -> bool:
                    answer = reader.post(f"{server.url}/graphql", json=asked).json()
                    return bool(answer["data"]["content"]["status"] == "PUBLISHED")

                until(published, lambda: worker.said)
            assert worker.stop() == 0
            assert server.stop() == 0
            assert "Traceback" not in worker.said + server.said


async def test_a_worker_joins_the_engines_of_the_server_on_its_folder(
    memory: Path, forked: Zygote
) -> None:
    with forked(memory, "worker") as worker:
        worker.hear("Waiting for a server")
        with running(memory, "serve", WORKER="false") as server:
            server.hear("apart: brandgraph worker")
            worker.hear("The worker is ready")
            assert worker.stop(signal.SIGINT) == 0
            assert server.stop() == 0


def test_a_worker_does_not_wait_for_a_server_for_ever(tmp_path: Path) -> None:
    with pytest.raises(NobodyServes, match="start `brandgraph serve` first"):
        shared(read({"DATA_DIR": str(tmp_path)}), lambda _: None, patience=0.1)


def test_many_may_migrate_at_once_with_a_server_or_without(
    tmp_path: Path, memory: Path, elsewhere: dict[str, str], forked: Zygote
) -> None:
    with (
        forked(tmp_path, "migrate", **elsewhere) as first,
        forked(tmp_path, "migrate", **elsewhere) as second,
        forked(memory, "migrate") as third,
        forked(memory, "migrate") as fourth,
    ):
        commands = [first, second, third, fourth]
        assert [each.ended() for each in commands] == [0, 0, 0, 0]
        assert all("collections are there" in each.said for each in commands)


def test_a_port_that_is_taken_is_told_in_one_sentence(
    tmp_path: Path, elsewhere: dict[str, str], forked: Zygote
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with forked(tmp_path, "serve", "--port", str(port), **elsewhere) as refused:
            assert refused.ended() == 78
            assert f"Port {port} on 127.0.0.1" in one_sentence(refused.said)


def test_a_host_that_is_none_is_told_in_one_sentence(
    tmp_path: Path, elsewhere: dict[str, str], forked: Zygote
) -> None:
    with forked(tmp_path, "serve", "--host", "192.0.2.1", **elsewhere) as refused:
        assert refused.ended() == 78
        assert "192.0.2.1" in one_sentence(refused.said)


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "demo"])
def test_an_engine_that_does_not_answer_is_told_in_one_sentence(
    tmp_path: Path, elsewhere: dict[str, str], forked: Zygote, command: str
) -> None:
    away = {**elsewhere, "MONGODB_URL": "mongodb://ada:pw@127.0.0.1:9/?replicaSet=rs0"}
    with forked(tmp_path, command, **away, ENGINE_TIMEOUT_SECONDS="0.2") as refused:
        assert refused.ended() == 69
        said = one_sentence(refused.said)
        assert said.startswith("MONGODB_URL does not answer")
        assert "pw" not in said


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "demo", "doctor"])
def test_a_wrong_setting_ends_every_command_with_its_sentence(
    tmp_path: Path, forked: Zygote, command: str
) -> None:
    (tmp_path / ".env").write_text("PORT=http\n")
    with forked(tmp_path, command, PORT="") as refused:
        assert refused.ended() == 78
        assert one_sentence(refused.said).startswith("PORT has to be a whole number")


def test_help_teaches_each_command(tmp_path: Path, forked: Zygote) -> None:
    with forked(tmp_path, "--help") as general:
        assert general.ended() == 0
    for command in ("serve", "worker", "migrate", "demo", "doctor"):
        assert command in general.said
        with forked(tmp_path, command, "--help") as told:
            assert told.ended() == 0
            assert len(told.said.split()) > 30


def test_a_program_reads_json_and_nothing_else(
    tmp_path: Path, elsewhere: dict[str, str], forked: Zygote
) -> None:
    with forked(tmp_path, "serve", LOG_FORMAT="json", **elsewhere) as server:
        server.hear("Brandgraph is ready")
        with forked(tmp_path, "worker", LOG_FORMAT="json", **elsewhere) as worker:
            worker.hear("The worker is ready")
            assert worker.stop() == 0
        assert server.stop() == 0
    lines = [json.loads(line) for line in (server.said + worker.said).splitlines()]
    ready = next(line for line in lines if line["event"] == "Brandgraph is ready.")
    assert ready["graphql"].startswith("http://127.0.0.1:")
    assert ready["mongodb"] == "at MONGODB_URL"
    assert {line["level"] for line in lines} == {"info"}
