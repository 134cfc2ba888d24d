"""What a soak is judged by, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.results import machine, versions

GROWTH = 0.02
ERRORS = 0.001
P95_MS = 50.0
TENTH = 10
MARKS = ("<!-- soak begins -->", "<!-- soak ends -->")


@dataclass(frozen=True, slots=True)
class Moment:
    """The server as it was seen once: seconds since the beginning, its memory, what it had done
    since the last time, and the processor's time that it took for a request (and its events).
    """

    at: float
    mib: float
    rate: float
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    deliveries: float
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Sounding:
    """What the machine could do at one time: requests a second at most, and those that were sent
    from then on. `loop_ms` is how long a loop took that is always the same.
    """

    at: float
    capacity: float
    rate: float
    loop_ms: float


@dataclass(frozen=True, slots=True)
class Soak:
    """The whole of it. Rates are a second, medians, with the least and the most beside them;
    `deliveries_lost` never arrived.
    """

    minutes: float
    capacity: float
    capacities: tuple[float, float]
    rate: float
    rates: tuple[float, float]
    sockets: int
    requests: int
    errors: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    deliveries: int
    deliveries_lost: int
    delivery_p95_ms: float
    warm_mib: float
    end_mib: float
    loops_ms: tuple[float, float]
    first_error: str = ""

    @property
    def growth(self) -> float:
        """The part by which the memory grew after warming up."""
        return self.end_mib / self.warm_mib - 1

    @property
    def error_rate(self) -> float:
        """The part of the requests and deliveries that failed."""
        return (self.errors + self.deliveries_lost) / max(1, self.requests + self.deliveries)

    def judged(self) -> Mapping[str, bool]:
        """Each criterion, and whether it was met."""
        return {
            f"memory grew by {self.growth:+.2%} after warming up (less than {GROWTH:.0%})": (
                self.growth < GROWTH
            ),
            f"{self.error_rate:.4%} failed (less than {ERRORS:.1%})": self.error_rate < ERRORS,
            f"p95 was {self.p95_ms:.1f} ms (less than {P95_MS:.0f})": self.p95_ms < P95_MS,
        }

    @property
    def passed(self) -> bool:
        """Whether all were met."""
        return all(self.judged().values())


def memory(moments: Sequence[Moment]) -> tuple[float, float]:
    """MiB once it was warm and at the end: the medians of the first and the last tenth."""
    size = max(1, len(moments) // TENTH)
    return (
        median(each.mib for each in moments[:size]),
        median(each.mib for each in moments[-size:]),
    )


def told(
    soak: Soak, moments: Sequence[Moment], soundings: Sequence[Sounding], date: str
) -> dict[str, Any]:
    """As it is written to the file."""
    return {
        "machine": machine(),
        "date": date,
        "versions": versions(),
        "passed": soak.passed,
        "criteria": dict(soak.judged()),
        "growth": round(soak.growth, 4),
        "error_rate": round(soak.error_rate, 6),
        "figures": asdict(soak),
        "soundings": [asdict(each) for each in soundings],
        "moments": [asdict(each) for each in moments],
    }


def text(soak: Soak, date: str) -> str:
    """As the page has it."""
    verdict = "passed" if soak.passed else "FAILED"
    lines = [
        f"{machine()}; {date[:10]}: **{verdict}**.",
        "",
        "| figure | |",
        "|---|---:|",
        f"| length | {soak.minutes:g} minutes |",
        f"| capacity for this mix, with {soak.sockets} sockets | {soak.capacity:,.0f} requests/s "
        f"({span(soak.capacities)}) |",
        f"| pace (70%) | {soak.rate:,.0f} requests/s ({span(soak.rates)}) |",
        f"| a loop that is always the same | {span(soak.loops_ms)} ms |",
        f"| requests | {soak.requests:,} |",
        f"| p50, p95, p99 | {soak.p50_ms:.1f}, {soak.p95_ms:.1f}, {soak.p99_ms:.1f} ms |",
        f"| events delivered, lost | {soak.deliveries:,}, {soak.deliveries_lost:,} |",
        f"| p95 from the change to its arrival | {soak.delivery_p95_ms:.1f} ms |",
        f"| failed | {soak.errors:,} ({soak.error_rate:.4%}) |",
        f"| memory when warm, at the end | {soak.warm_mib:.1f}, {soak.end_mib:.1f} MiB "
        f"({soak.growth:+.2%}) |",
    ]
    return "\n".join(lines)


def span(between: tuple[float, float]) -> str:
    """The least and the most."""
    least, most = between
    return f"{least:,.0f} to {most:,.0f}"
