"""What a worker that is a process of its own tells of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from datasources.mongo import Mongo
from datasources.redis import Redis
from server.engines import EngineUrls
from server.serving import listening
from server.settings import Settings
from tests.client import Client
from tests.conftest import serving
from tests.resolvers.test_content import write
from tests.server.processes import Zygote
from tests.server.test_metrics import scrape
from tests.subscriptions.test_content import PUBLISHED, publish

pytestmark = pytest.mark.timeout(150)


def free_port() -> int:
    """A port that nobody uses just now."""
    with listening("127.0.0.1", 0) as opened:
        port: int = opened.getsockname()[1]
        return port


async def test_a_worker_apart_tells_its_health_and_the_jobs_it_did(
    tmp_path: Path,
    engines: EngineUrls,
    settings: Settings,
    mongo: Mongo,
    redis: Redis,
    name: str,
    forked: Zygote,
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    told = {
        "MONGODB_URL": engines.mongodb,
        "REDIS_URL": engines.redis,
        "MONGODB_DATABASE": name,
        "REDIS_NAMESPACE": name,
        "AUTH_KEYS": "test:" + "k" * 32,
        "WORKER_PORT": str(port),
    }
    async with (
        serving(replace(settings, worker=False)) as api,
        httpx.AsyncClient(timeout=20) as http,
    ):
        client = Client(api.url, http, listening=lambda: api.backend.events.listening)
        ada = await client.register("ada@example.com")
        made = await write(ada)
        with forked(tmp_path, "worker", **told) as worker:
            worker.hear("The worker is ready")
            async with ada.socket() as socket:
                stream = await socket.subscribe(PUBLISHED, userId=ada.user_id)
                await publish(ada, made["id"])
                await stream.next()
            assert (await http.get(f"{url}/health/live")).json() == {"status": "ok"}
            ready = (await http.get(f"{url}/health/ready")).json()
            assert ready["checks"]["worker"]["alive"] == 1
            page = await scrape(url)
            done = {"task": "publish_target", "code": "OK"}
            assert page.value("brandgraph_jobs_total", **done) == 1
            assert page.value("brandgraph_job_seconds_count", task="publish_target") == 1
            assert page.value("brandgraph_mongodb_command_seconds_count", command="insert") > 0
            assert "brandgraph_sockets" not in page.names
            here = await scrape(api.url)
            assert here.value("brandgraph_jobs_total") == 0
            with forked(tmp_path, "worker", **told) as second:
                assert second.ended() == 78
                assert f"WORKER_PORT={port + 1}" in second.said
            assert worker.stop() == 0
