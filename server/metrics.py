"""What is counted while a process works. One registry an application, none for the module."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)

from server.metrics_timings import Counts, Timings

NAMES = 200
"""As many operation names are told apart; a client that invents names fills no memory."""

ANONYMOUS = "anonymous"
OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
COMMAND_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._operations = Counts(
            "brandgraph_operations",
            "Operations that ended, by name, type, and the code of their first error or OK.",
            ("operation", "type", "code"),
        )
        self._seconds = Timings(
            "brandgraph_operation_seconds",
            "How long queries and mutations took, from the first byte to the last.",
            ("operation", "type"),
            SECONDS,
        )
        self._commands = Timings(
            "brandgraph_mongodb_command_seconds",
            "How long MongoDB took for a command.",
            ("command",),
            COMMAND_SECONDS,
        )
        self._failed_commands = Counts(
            "brandgraph_mongodb_commands_failed",
            "Commands that MongoDB refused or did not answer.",
            ("command",),
        )
        self._requested = Counts(
            "brandgraph_cost_requested",
            "Points that operations were priced at before they ran.",
            ("operation",),
        )
        self._actual = Counts(
            "brandgraph_cost_actual",
            "Points that came back: what callers were charged in the end.",
            ("operation",),
        )
        self._jobs = Counts(
            "brandgraph_jobs",
            "Attempts at jobs, by OK or the code of what they raised.",
            ("task", "code"),
        )
        self._job_seconds = Timings(
            "brandgraph_job_seconds", "How long an attempt at a job took.", ("task",), SECONDS
        )
        self.remembered = Counts(
            "brandgraph_model_lookups",
            "What would have been asked of a model: `hit` where the answer was known.",
            ("what", "result"),
        )
        self._dropped = Counter(
            "brandgraph_slow_clients_dropped",
            "Clients cut off since they read too slowly: of one subscription, or of a socket.",
            ("what",),
            registry=registry,
        )
        self.subscriptions = Gauge(
            "brandgraph_subscriptions", "Subscriptions that run.", registry=registry
        )
        self.deliveries = Counter(
            "brandgraph_deliveries", "Events handed to subscribers.", registry=registry
        )
        self.signups = Counter("brandgraph_signups", "Accounts made.", registry=registry)
        self.dropped = {what: self._dropped.labels(what) for what in ("subscription", "socket")}
        self._names: set[str] = {ANONYMOUS, OTHER}
        own = (
            *(self._operations, self._seconds, self._requested, self._actual),
            *(self._commands, self._failed_commands, self._jobs, self._job_seconds),
            self.remembered,
        )
        for each in own:
            registry.register(each)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)

    def operation(self, name: str | None, kind: str, code: str, seconds: float | None) -> None:
        """Count an operation that ended; `seconds` None where its length says nothing."""
        known = self.name(name)
        self._operations.add((known, kind, code))
        if seconds is not None:
            self._seconds.add((known, kind), seconds)

    def cost(self, name: str | None, requested: int, actual: int | None) -> None:
        """Count what an operation cost; `actual` None where it was not run, or is not charged."""
        known = (self.name(name),)
        self._requested.add(known, requested)
        if actual is not None:
            self._actual.add(known, actual)

    def job(self, task: str, code: str, seconds: float) -> None:
        """Count an attempt at a job."""
        self._jobs.add((task, code))
        self._job_seconds.add((task,), seconds)

    def name(self, name: str | None) -> str:
        """An operation's name as a label: the first ones by themselves, then `other`."""
        if name is None:
            return ANONYMOUS
        if name in self._names:
            return name
        if len(self._names) >= NAMES + 2 or len(name) > NAMES:
            return OTHER
        self._names.add(name)
        return name

    def command(self, name: str, seconds: float, done: bool) -> None:
        """Count a command of MongoDB."""
        self._commands.add((name,), seconds)
        if not done:
            self._failed_commands.add((name,))
