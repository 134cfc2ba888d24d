"""The image and the compose file, held against the code: no engine to build them is needed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.engines import EngineUrls
from server.setting_types import SettingError
from server.settings import Settings, read
from tests.server.processes import running

ROOT = Path(__file__).parents[2]
INSTRUCTION = re.compile(r"^([A-Z]+) (.*)$")
SETTINGS = {each.name.upper() for each in fields(Settings)}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, with continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [INSTRUCTION.match(line.strip()) for line in lines]
    assert all(found), lines
    return [(each[1], each[2]) for each in found if each]


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage, by its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value in instructions():
        if name == "FROM":
            current = found.setdefault(value.rpartition(" AS ")[2], [])
        current.append((name, value))
    return found


def only(stage: str, name: str) -> str:
    """The one instruction of that name in a stage."""
    [value] = [value for found, value in stages()[stage] if found == name]
    return value


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, with its anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded


def test_the_image_is_built_in_stages_from_images_with_a_version() -> None:
    assert list(stages()) == ["explorer", "builder", "runtime"]
    images = [value.partition(" AS ")[0] for name, value in instructions() if name == "FROM"]
    assert all(re.fullmatch(r"[a-z]+:\d[\w.-]*", image) for image in images), images


def test_what_is_copied_is_there_and_reaches_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let = [line[1:] for line in lines if line.startswith("!")]
    for name, value in instructions():
        if name != "COPY" or value.startswith("--from"):
            continue
        *sources, _ = value.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            path = source.rstrip("/")
            assert any(fnmatch(path, each) or path.startswith(f"{each}/") for each in let), source


def test_what_the_explorer_imports_from_elsewhere_is_copied_to_it() -> None:
    sources = (ROOT / "explorer" / "src").glob("*.jsx")
    imported = {
        path
        for source in sources
        for path in re.findall(r"from '\.\./\.\./(.+)/[^/]+'", source.read_text("utf-8"))
    }
    assert imported
    copied = {
        value.split()[0].rstrip("/") for name, value in stages()["explorer"] if name == "COPY"
    }
    assert imported <= copied


def test_every_package_of_the_project_is_copied() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = re.search(r"^packages = \[(.*?)\]", text, re.MULTILINE | re.DOTALL)
    assert packages
    rooms = {each.partition(".")[0] for each in re.findall(r'"([\w.]+)"', packages[1])}
    copied = " ".join(value for name, value in stages()["builder"] if name == "COPY")
    assert all(f"{room} {room}" in copied for room in rooms)


def test_dependencies_are_installed_by_their_hashes() -> None:
    first, second = [
        value for name, value in stages()["builder"] if name == "RUN" and "pip install" in value
    ]
    assert "--require-hashes --no-deps" in first
    assert "production.lock" in first
    assert "--no-deps --no-build-isolation" in second


def test_it_runs_as_nobody_special_and_ends_by_a_signal() -> None:
    assert only("runtime", "USER") == "brandgraph"
    order = [name for name, _ in stages()["runtime"]]
    assert order.index("USER") < order.index("CMD")
    assert json.loads(only("runtime", "CMD")) == ["brandgraph", "serve"]


def test_its_health_check_tells_a_server_that_lives_from_none(
    tmp_path: Path, engines: EngineUrls, name: str
) -> None:
    command = json.loads(only("runtime", "HEALTHCHECK").partition("CMD ")[2])

    def check(port: str) -> int:
        asked = [sys.executable, *command[1:]]
        done = subprocess.run(asked, check=False, env={"PORT": port}, capture_output=True)
        return done.returncode

    settings = {"MONGODB_URL": engines.mongodb, "REDIS_URL": engines.redis}
    named = {"MONGODB_DATABASE": name, "REDIS_NAMESPACE": name}
    with running(tmp_path, "serve", **settings, **named) as server:
        port = server.url.rpartition(":")[2]
        assert check(port) == 0
        assert server.stop() == 0
        assert check(port) != 0


def test_it_starts_in_production_and_refuses_to_without_a_key() -> None:
    env = dict(each.split("=", 1) for each in only("runtime", "ENV").split())
    assert set(env) - {"PATH", "PYTHONDONTWRITEBYTECODE"} <= SETTINGS
    with pytest.raises(SettingError, match="AUTH_KEYS"):
        read({name: value for name, value in env.items() if name in SETTINGS})


def test_api_and_worker_are_one_image_with_the_same_safe_settings(compose: dict[str, Any]) -> None:
    api, worker = compose["services"]["api"], compose["services"]["worker"]
    assert api["image"] == worker["image"]
    assert api["environment"] == worker["environment"]
    assert [api["command"], worker["command"]] == [
        ["brandgraph", "serve"],
        ["brandgraph", "worker"],
    ]
    assert set(api["environment"]) <= SETTINGS
    assert api["environment"]["AUTH_KEYS"].startswith("${AUTH_KEYS:?")
    given = {
        name: re.sub(r"\$\{\w+(:-)?(.*?)\}", r"\2", value)
        for name, value in api["environment"].items()
    }
    settings = read({**given, "AUTH_KEYS": "k1:Zb3xqTn8Lw0aVr5YdKfGh2JmPc7SeUi9"})
    assert settings.production
    assert settings.embedded == (False, False)
    assert settings.weaviate_url == "http://weaviate:8080"
    assert not settings.worker
    for each in (api, worker):
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert each["depends_on"] == {
            name: {"condition": "service_healthy"} for name in ("mongo", "valkey", "weaviate")
        }


def test_the_engines_are_current_kept_and_out_of_reach(compose: dict[str, Any]) -> None:
    assert compose["networks"]["engines"] == {"internal": True}
    for name in ("mongo", "valkey", "weaviate"):
        engine = compose["services"][name]
        assert "ports" not in engine
        assert engine["networks"] == ["engines"]
        assert engine["healthcheck"]["test"]
        volume = engine["volumes"][0].partition(":")[0]
        assert volume in compose["volumes"]
    assert compose["services"]["mongo"]["image"].startswith("mongo:8")
    assert "--replSet" in compose["services"]["mongo"]["command"]
    flags = compose["services"]["valkey"]["command"]
    assert flags[flags.index("--appendonly") + 1] == "yes"
    assert flags[flags.index("--maxmemory-policy") + 1] == "noeviction"
