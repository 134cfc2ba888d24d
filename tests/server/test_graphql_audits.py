"""What the reference implementations of the protocols, which are JavaScript, say of ours.

They are skipped until `npm ci` was run in `tests/server/audits`, which `.ci/run` does.
"""

import asyncio
import json
from pathlib import Path

import pytest

from tests.server.graphql_site import serving

AUDITS = Path(__file__).parent / "audits"

pytestmark = pytest.mark.skipif(
    not (AUDITS / "node_modules").is_dir(), reason="run 'npm ci' in tests/server/audits first"
)


async def node(script: str, url: str) -> tuple[int | None, str, str]:
    """Runs a script against a URL; returns its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(AUDITS / script),
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode().strip(), err.decode()


async def test_every_audit_of_graphql_over_http_passes() -> None:
    """All sixty-one, as graphql-http counts them."""
    async with serving() as site:
        _, out, err = await node("http.mjs", site.url)
    assert (out, err) == ("61/61", "")


async def test_the_reference_client_of_the_socket_protocol_is_served() -> None:
    """Queries, mutations, subscriptions, an early stop, and errors that end one operation."""
    async with serving() as site:
        code, out, err = await node("ws.mjs", site.url.replace("http", "ws"))
        assert (code, err) == (0, "")
        assert site.world.log[0] == "from node"
        assert "forever closed" in site.world.log
        assert [seen.authorization for seen in site.world.credentials] == ["Bearer ann"]
    received = json.loads(out)
    assert received["query"] == [{"data": {"viewer": "ann"}}]
    assert [event["data"]["count"] for event in received["subscription"]] == [1, 2, 3]
    assert [event["data"]["forever"] for event in received["stopped"]] == ["x", "x"]
    assert received["syntax"] == "GRAPHQL_PARSE_FAILED"
    assert received["unknown"] == "GRAPHQL_VALIDATION_FAILED"
    assert [len(events) for events in received["together"]] == [1, 2, 3]
