"""A traceback says where it went wrong, and never what someone's password was."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from server.logs import configure
from server.setting_types import LogFormat
from server.settings import Settings, read
from tests.server.kept_logging import kept_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was before."""
    with kept_logging():
        yield


def failing(password: str) -> None:
    reversed_password = password[::-1]
    raise RuntimeError(f"something unexpected, after {len(reversed_password)} characters")


@pytest.mark.parametrize("format", [LogFormat.TEXT, LogFormat.JSON])
@pytest.mark.parametrize("name", ["structlog", "logging"])
def test_the_values_of_variables_stay_out_of_tracebacks(format: LogFormat, name: str) -> None:
    stream = io.StringIO()
    settings: Settings = replace(read({"BRANDGRAPH_ENV": "test"}), log_format=format)
    configure(settings, stream)
    secret = "correct horse battery"
    try:
        failing(secret)
    except RuntimeError:
        if name == "structlog":
            structlog.get_logger("brandgraph").exception("it failed")
        else:
            logging.getLogger("brandgraph").exception("it failed")
    written = stream.getvalue()
    assert "it failed" in written
    assert "something unexpected" in written
    assert "in failing" in written
    assert secret not in written
    assert secret[::-1] not in written
