"""Settings: one frozen object, read once from the environment and from `.env`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from server.billing_settings import BillingSettings
from server.model_settings import ModelSettings
from server.process_settings import ProcessSettings
from server.search_settings import SearchSettings
from server.setting_checks import refuse_missing, refuse_unpriced, refuse_unsafe
from server.setting_field import setting
from server.setting_sources import lines, value_of
from server.setting_types import (
    Environment,
    LogFormat,
    LogLevel,
    boolean,
    bounds,
    choice,
    http_url,
    keys,
    mongodb_url,
    networks,
    number,
    origins,
    path,
    plain_name,
    ports,
    rates,
    redis_url,
    seconds,
    word,
)
from server.trace_settings import TraceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(BillingSettings, ModelSettings, SearchSettings, ProcessSettings, TraceSettings):
    """What this server was told. Each field is the variable of the same name in capitals."""

    brandgraph_env: Environment = setting(
        choice(Environment),
        "development",
        "`production` switches the explorer, introspection and embedded engines off, and refuses "
        "to start with unsafe settings.",
    )
    host: str = setting(word, "127.0.0.1", "The address to listen on; 0.0.0.0 for all.")
    port: int = setting(number(0, 65_535), "8000", "The port to listen on.")
    public_url: str = setting(
        http_url,
        "",
        "Where clients and feed readers reach this server, without a slash at the end. "
        "Empty: http://HOST:PORT.",
    )
    data_dir: Path = setting(
        path, "./data", "Where the embedded engines and generated keys are kept."
    )
    mongodb_url: str = setting(
        mongodb_url,
        "",
        "MongoDB, a replica set: mongodb://… or mongodb+srv://…. Empty: the embedded mongod.",
        secret=True,
    )
    mongodb_database: str = setting(plain_name, "brandgraph", "The database's name.")
    redis_url: str = setting(
        redis_url,
        "",
        "Redis or Valkey: redis://…, rediss://… or unix://…. Empty: the embedded Valkey.",
        secret=True,
    )
    redis_namespace: str = setting(plain_name, "brandgraph", "What every key in Redis starts with.")
    embedded_engines: bool = setting(
        boolean, "", "Whether embedded engines may run. Empty: yes, but not in production."
    )
    auth_keys: Mapping[str, str] = setting(
        keys,
        "",
        "Keys that sign access tokens, as `id:secret,id:secret`: the first signs, all verify. "
        "Empty: made once and kept in DATA_DIR (not in production).",
        secret=True,
    )
    access_token_seconds: float = setting(
        seconds(30, 86_400), "900", "How long an access token is good."
    )
    refresh_token_seconds: float = setting(
        seconds(60, 366 * 86_400), "2592000", "How long a session lives without being used."
    )
    secure_cookies: bool = setting(
        boolean, "", "Cookies over TLS only. Empty: yes in production, else no."
    )
    password_memory_kib: int = setting(
        number(8, 4_194_304), "19456", "argon2id: memory of one hash, in KiB (OWASP's 19 MiB)."
    )
    password_rounds: int = setting(number(1, 100), "2", "argon2id: passes over that memory.")
    allowed_origins: tuple[str, ...] = setting(
        origins,
        "",
        "Origins of single-page apps that may call with cookies, comma-separated. "
        "Our own is always allowed.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        networks,
        "",
        "Addresses, or networks, of proxies whose X-Forwarded-For is believed, comma-separated.",
    )
    explorer: bool = setting(
        boolean, "", "GraphiQL at /graphql. Empty: yes, but not in production."
    )
    introspection: bool = setting(
        boolean, "", "Introspection and suggestions. Empty: yes, but not in production."
    )
    worker: bool = setting(boolean, "true", "Whether `serve` runs the jobs too.")
    worker_concurrency: int = setting(number(1, 1000), "10", "Jobs that run at once.")
    redelivery_seconds: float = setting(
        seconds(0.5, 3600), "30", "After how long a dead worker's job is given to another."
    )
    body_limit_bytes: int = setting(
        number(1_000, 1_000_000_000), "1000000", "The largest request body."
    )
    compression: int = setting(
        number(0, 1_000_000_000),
        "0",
        "Answers of so many bytes and more are compressed with gzip, for clients that take it. "
        "0: none is; 4096 is a good least.",
    )
    deadline_seconds: float = setting(
        seconds(0.1, 3600), "30", "How long an operation may run before it is cancelled."
    )
    rate_limits: Mapping[str, int] = setting(
        rates,
        "anonymous:100,free:100,creator:300,pro:1000,agency:3000",
        "Requests a minute by plan; `off` for no limits. A plan that is not named keeps its own.",
    )
    points_per_request: int = setting(
        number(1, 1_000_000), "50", "Points that each of these requests brings along."
    )
    socket_limits: Mapping[str, int] = setting(
        bounds,
        "caller:100,address:1000",
        "Sockets that a user or API key (`caller`), and an address, may have open in all processes "
        "together; `off` for no limits.",
    )
    subscription_limits: Mapping[str, int] = setting(
        bounds, "caller:500,address:5000", "The same for subscriptions that run."
    )
    cost_limit: int = setting(
        number(1, 10**9), "10000", "The most points that one operation may cost."
    )
    node_limit: int = setting(
        number(1, 10**9), "50000", "The most objects that one operation may ask for."
    )
    cost_in_responses: bool = setting(
        boolean, "true", "Whether responses tell what they cost, in `extensions.cost`."
    )
    compiled_execution: bool = setting(
        boolean,
        "true",
        "Whether operations are compiled to Python. If not, graphql-core interprets them: the "
        "same answers, later.",
    )
    persisted_seconds: float = setting(
        seconds(1, 366 * 86_400),
        "604800",
        "How long a document that a client has registered is kept without being asked for.",
    )
    trusted_documents: str = setting(
        word,
        "",
        "A file that lists the documents of our clients, as their generators write it: all else "
        "is refused. Empty: every document is welcome.",
    )
    engine_timeout_seconds: float = setting(
        seconds(0.05, 60), "1", "How long to wait for a database that is away."
    )
    event_stream_length: int = setting(
        number(100, 10_000_000), "10000", "Events kept a topic, for those who were cut off."
    )
    subscriber_queue: int = setting(
        number(1, 1_000_000), "256", "Events that may wait for one slow subscriber."
    )
    outbound_networks: tuple[str, ...] = setting(
        networks,
        "",
        "Addresses or networks of your own that URLs given by users may lead to, comma-separated. "
        "The public internet always, all else never.",
    )
    outbound_ports: tuple[int, ...] = setting(
        ports, "80,443", "Ports that such URLs may name, comma-separated; `any` for all."
    )
    log_level: LogLevel = setting(choice(LogLevel), "info", "debug, info, warning or error.")
    log_format: LogFormat = setting(
        choice(LogFormat), "", "`json` or `text`. Empty: text on a terminal, else json."
    )
    metrics_token: str = setting(
        word,
        "",
        "What has to be sent as `Authorization: Bearer …` to read /metrics. Empty: everyone may, "
        "but in production nobody.",
        secret=True,
    )

    @property
    def production(self) -> bool:
        """Whether this is a production server."""
        return self.brandgraph_env is Environment.PRODUCTION

    @property
    def url(self) -> str:
        """Where clients reach this server."""
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return self.public_url or f"http://{shown}:{self.port}"

    @property
    def embedded(self) -> tuple[bool, bool]:
        """Whether mongod and Valkey are to be the embedded ones."""
        return not self.mongodb_url, not self.redis_url


OPEN_IN_DEVELOPMENT = ("embedded_engines", "explorer", "introspection")


def read(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """The settings in the environment, and in a `.env` file where the environment is silent.

    Raises SettingError, one sentence, for the first that cannot be used.
    """
    environ = os.environ if environ is None else environ
    named = {name: value for name, value in environ.items() if value.strip()}
    written = {**(lines(dotenv) if dotenv else {}), **named}
    values = {each.name: value_of(each, written) for each in fields(Settings)}
    production = values["brandgraph_env"] is Environment.PRODUCTION
    for name in OPEN_IN_DEVELOPMENT:
        values[name] = not production if values[name] is None else values[name]
    if values["secure_cookies"] is None:
        values["secure_cookies"] = production
    settings = Settings(**values)
    if production:
        refuse_unsafe(settings)
    refuse_missing(settings)
    refuse_unpriced(settings)
    return settings
