"""Settings as an operator writes them: read once, refused in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from server.secrets import FILE, signing_keys
from server.setting_types import RATES, SettingError
from server.settings import Settings, read

KEY = "k1:Zb3xqTn8Lw0aVr5YdKfGh2JmPc7SeUi9"
SAFE = {
    "BRANDGRAPH_ENV": "production",
    "AUTH_KEYS": KEY,
    "MONGODB_URL": "mongodb://db.internal/?replicaSet=rs0",
    "REDIS_URL": "rediss://cache.internal",
}
WRONG = {
    "BRANDGRAPH_ENV": ["staging", "prod"],
    "PORT": ["http", "-1", "65536", "80.5"],
    "PUBLIC_URL": ["example.com", "ftp://example.com", "http://", "http://example.com:http"],
    "MONGODB_URL": ["db.internal:27017", "http://db.internal", "mongodb://", "mongodb://[::1"],
    "MONGODB_DATABASE": ["my database", "a.b", "$x", "x" * 64],
    "REDIS_URL": ["localhost:6379", "redis://", "redis://cache:port"],
    "REDIS_NAMESPACE": ["a*", "a b"],
    "EMBEDDED_ENGINES": ["maybe", "2"],
    "AUTH_KEYS": ["secret", "k1:short", ":" + "x" * 40, f"my {KEY}", f"{KEY},{KEY}"],
    "ACCESS_TOKEN_SECONDS": ["0", "fifteen minutes", "nan", "1e9"],
    "REFRESH_TOKEN_SECONDS": ["-1", "inf"],
    "SECURE_COOKIES": ["on", "off?"],
    "PASSWORD_MEMORY_KIB": ["1", "19 MiB"],
    "PASSWORD_ROUNDS": ["0", "many"],
    "ALLOWED_ORIGINS": ["*", "app.example.com", "https://app.example.com/path"],
    "TRUSTED_PROXIES": ["*", "proxy.internal", "10.0.0.0/33"],
    "EXPLORER": ["ja"],
    "INTROSPECTION": ["none"],
    "WORKER": ["inside"],
    "PROCESSES": ["0", "65", "all"],
    "WORKER_PORT": ["-1", "65536", "http"],
    "WORKER_CONCURRENCY": ["0", "lots"],
    "REDELIVERY_SECONDS": ["0", "soon"],
    "BODY_LIMIT_BYTES": ["1MB", "10"],
    "COMPRESSION": ["-1", "gzip"],
    "DEADLINE_SECONDS": ["0", "never"],
    "RATE_LIMITS": ["none", "free", "free:0", "free:many", "gold:100", "free:-1"],
    "SOCKET_LIMITS": ["none", "caller", "caller:0", "plan:5", "address:-1"],
    "SUBSCRIPTION_LIMITS": ["many", "address:0"],
    "POINTS_PER_REQUEST": ["0", "some"],
    "COST_LIMIT": ["0", "off"],
    "NODE_LIMIT": ["0", "off"],
    "COST_IN_RESPONSES": ["sometimes"],
    "COMPILED_EXECUTION": ["later"],
    "PERSISTED_SECONDS": ["0", "a week"],
    "ENGINE_TIMEOUT_SECONDS": ["0", "61"],
    "EVENT_STREAM_LENGTH": ["1", "all"],
    "SUBSCRIBER_QUEUE": ["0", "unbounded"],
    "DEFAULT_PLAN": ["gold", "0"],
    "STRIPE_API_URL": ["api.stripe.com", "ftp://stripe.test"],
    "STRIPE_TRIAL_DAYS": ["-1", "two weeks", "731"],
    "STRIPE_TAX": ["vat"],
    "BILLING_RETURN_URL": ["example.com/billing"],
    "BILLING_GRACE_DAYS": ["-1", "a week", "91"],
    "OUTBOUND_NETWORKS": ["*", "feeds.internal", "10.0.0.0/33"],
    "OUTBOUND_PORTS": ["http", "0", "80;443", "65536", "-1"],
    "LOG_LEVEL": ["loud", "trace"],
    "LOG_FORMAT": ["xml"],
    "WEAVIATE_URL": ["weaviate:8080", "grpc://weaviate"],
    "WEAVIATE_GRPC_PORT": ["70000", "0", "grpc"],
    "OPENAI_BASE_URL": ["api.openai.com", "ftp://models.internal"],
    "OPENAI_EMBEDDING_DIMENSION": ["0", "many"],
    "MODEL_PRICES": ["llama3", "llama3:1", "llama3:1/2/-3", "llama3:a/b/c"],
    "JOBS_PER_WORKSPACE": ["0", "some"],
    "GENERATION_WAIT_SECONDS": ["-1", "long"],
    "OPENAI_TIMEOUT_SECONDS": ["0", "long"],
    "OPENAI_DEADLINE_SECONDS": ["0", "never"],
    "OTEL_EXPORTER_OTLP_ENDPOINT": ["collector:4318", "grpc://collector:4317"],
    "OTEL_EXPORTER_OTLP_HEADERS": ["no-value", "=value"],
    "OTEL_TRACES_SAMPLER": ["sometimes"],
    "OTEL_TRACES_SAMPLER_ARG": ["2", "half"],
}
ANY_TEXT = {
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "STRIPE_CREDITS_METER",
    "HOST",
    "DATA_DIR",
    "METRICS_TOKEN",
    "TRUSTED_DOCUMENTS",
    "OPENAI_API_KEY",
    "OPENAI_TEXT_MODEL",
    "OPENAI_EMBEDDING_MODEL",
    "OTEL_SERVICE_NAME",
    "WEAVIATE_API_KEY",
}


def refusal(environ: Mapping[str, str], dotenv: Path | None = None) -> str:
    """The sentence with which these settings are refused."""
    with pytest.raises(SettingError) as refused:
        read(environ, dotenv)
    said = str(refused.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_setting_is_named_in_one_sentence(name: str, value: str) -> None:
    said = refusal({name: value})
    assert said.startswith(f"{name} has ")
    secret = next(each for each in fields(Settings) if each.name == name.lower()).metadata["secret"]
    assert (f"It is {value!r}." in said) is not secret


def test_every_setting_that_can_be_wrong_is_tried() -> None:
    assert {each.name.upper() for each in fields(Settings)} == set(WRONG) | ANY_TEXT


def test_limits_of_plans_that_are_not_named_stay_and_off_means_none() -> None:
    assert read({"RATE_LIMITS": "free:7, pro : 9"}).rate_limits == {**RATES, "free": 7, "pro": 9}
    assert read({"RATE_LIMITS": "off"}).rate_limits == {}
    assert read({}).rate_limits == RATES


def test_outgoing_requests_reach_the_usual_ports_unless_told_otherwise() -> None:
    assert read({}).outbound_ports == (80, 443)
    assert read({"OUTBOUND_PORTS": "8080, 80"}).outbound_ports == (8080, 80)
    assert read({"OUTBOUND_PORTS": "any"}).outbound_ports == ()


def test_nothing_has_to_be_set() -> None:
    settings = read({})
    assert not settings.production
    assert settings.embedded == (True, True)
    assert settings.url == "http://127.0.0.1:8000"
    assert (settings.explorer, settings.introspection, settings.secure_cookies) == (
        True,
        True,
        False,
    )


def test_settings_cannot_be_changed_and_do_not_tell_their_secrets() -> None:
    settings = read(SAFE)
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    assert KEY.partition(":")[2] not in repr(settings)
    assert "db.internal" not in repr(settings)


def test_the_environment_goes_before_the_file_and_an_empty_variable_is_none(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=9001\nHOST='::1'\nREDIS_NAMESPACE=${PORT}x\nLOG_LEVEL=debug # all\n")
    said = refusal({}, dotenv)
    assert said.startswith("REDIS_NAMESPACE")
    settings = read({"REDIS_NAMESPACE": "mine", "PORT": "9002", "LOG_LEVEL": ""}, dotenv)
    assert (settings.port, settings.host) == (9002, "::1")
    assert settings.log_level.value == "debug"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"PORT=\xff\xfe\n")
    assert str(dotenv) in refusal({}, dotenv)


def test_lists_are_separated_by_commas() -> None:
    origins = read({"ALLOWED_ORIGINS": "https://a.example, http://localhost:3000,"}).allowed_origins
    assert origins == ("https://a.example", "http://localhost:3000")
    proxies = read({"TRUSTED_PROXIES": "10.0.0.0/8,::1"}).trusted_proxies
    assert proxies == ("10.0.0.0/8", "::1")


def test_the_first_key_signs_and_the_order_is_kept() -> None:
    second = "k0:" + KEY[3:][::-1]
    assert list(read({"AUTH_KEYS": f"{KEY},{second}"}).auth_keys) == ["k1", "k0"]


def test_production_starts_on_safe_settings_with_its_doors_closed() -> None:
    settings = read(SAFE)
    assert settings.production
    assert (settings.explorer, settings.introspection, settings.embedded_engines) == (
        False,
        False,
        False,
    )
    assert settings.secure_cookies


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"AUTH_KEYS": ""}, "AUTH_KEYS"),
        ({"AUTH_KEYS": "k1:" + "a" * 40}, "AUTH_KEYS"),
        ({"AUTH_KEYS": "k1:" + "changeme" * 5}, "AUTH_KEYS"),
        ({"SECURE_COOKIES": "false"}, "SECURE_COOKIES"),
        ({"MONGODB_URL": ""}, "MONGODB_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(change: dict[str, str], named: str) -> None:
    said = refusal({**SAFE, **change})
    assert said.startswith(named)
    assert "production" in said


def test_production_runs_on_embedded_engines_if_it_is_told_to() -> None:
    told = {**SAFE, "MONGODB_URL": "", "REDIS_URL": "", "EMBEDDED_ENGINES": "true"}
    assert read(told).embedded == (True, True)


def test_engines_that_are_forbidden_have_to_be_given_elsewhere_too() -> None:
    assert refusal({"EMBEDDED_ENGINES": "no"}).startswith("MONGODB_URL has to be set")


def test_development_makes_its_own_key_once_and_keeps_it_private(tmp_path: Path) -> None:
    settings = read({"DATA_DIR": str(tmp_path / "data")})
    first = signing_keys(settings)
    assert signing_keys(settings) == first
    assert len(first["local"]) >= 43
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o077 == 0
    assert [file.name for file in (tmp_path / "data").iterdir()] == [FILE]


def test_a_key_file_that_was_spoilt_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("")
    with pytest.raises(SettingError, match="holds no key: remove it"):
        signing_keys(read({"DATA_DIR": str(tmp_path)}))


def test_a_data_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match=r"DATA_DIR .* cannot be used"):
        signing_keys(read({"DATA_DIR": str(tmp_path / "file" / "data")}))


def test_a_model_whose_price_nobody_knows_is_refused_until_it_is_named() -> None:
    own = {"OPENAI_API_KEY": "key", "OPENAI_TEXT_MODEL": "llama3"}
    assert "llama3:0.40/0.10/1.60" in refusal(own)
    priced = read({**own, "MODEL_PRICES": "llama3:0/0/0.25"})
    assert priced.model_prices["llama3"].written == 250_000
