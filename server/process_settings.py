"""Settings of processes: how many serve, and where a worker can be asked how it does."""

from __future__ import annotations

from dataclasses import dataclass

from server.setting_field import setting
from server.setting_types import number


# Without slots: Python lays out only one base that has them.
@dataclass(frozen=True, kw_only=True)
class ProcessSettings:
    """How the work is spread over processes."""

    processes: int = setting(
        number(1, 64),
        "1",
        "How many processes `serve` runs, as its `--workers`. More than one for each core are of "
        "no use.",
    )
    worker_port: int = setting(
        number(0, 65_535),
        "0",
        "The port on which `brandgraph worker` answers /metrics, /health/live and /health/ready; "
        "0: none.",
    )
