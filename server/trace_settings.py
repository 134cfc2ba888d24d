"""Settings of traces, under the names that OpenTelemetry gives them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.setting_field import setting
from server.setting_types import choice, http_url, word


class Sampler(StrEnum):
    """Which traces are kept."""

    ALWAYS_ON = "always_on"
    ALWAYS_OFF = "always_off"
    RATIO = "traceidratio"
    PARENT_ON = "parentbased_always_on"
    PARENT_OFF = "parentbased_always_off"
    PARENT_RATIO = "parentbased_traceidratio"


def ratio(text: str) -> float:
    """A part of all."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1:
        raise ValueError("has to be a number from 0 to 1")
    return value


def headers(text: str) -> str:
    """Headers as OpenTelemetry writes them."""
    for part in text.split(","):
        name, equals, _ = part.partition("=")
        if part.strip() and not (name.strip() and equals):
            raise ValueError("has to be headers as name=value, separated by commas")
    return text


# Without slots: Python lays out only one base that has them.
@dataclass(frozen=True, kw_only=True)
class TraceSettings:
    """Where traces go."""

    otel_exporter_otlp_endpoint: str = setting(
        http_url,
        "",
        "A receiver of OpenTelemetry traces by OTLP over HTTP, as http://collector:4318. Empty: "
        "nothing is traced.",
    )
    otel_exporter_otlp_headers: str = setting(
        headers, "", "Headers that it wants, as `name=value,name=value`.", secret=True
    )
    otel_service_name: str = setting(word, "brandgraph", "What traces call this deployment.")
    otel_traces_sampler: Sampler = setting(
        choice(Sampler),
        "parentbased_always_on",
        "Which traces are kept: `always_on`, `always_off`, `traceidratio`, or one of these after "
        "`parentbased_`, which does as the client's `traceparent` says where it sends one.",
    )
    otel_traces_sampler_arg: float = setting(
        ratio, "1", "Of those that `traceidratio` decides on, the part that is kept, 0 to 1."
    )
