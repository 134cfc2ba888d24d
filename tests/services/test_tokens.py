"""Tokens are believed only if they are ours, whole and within their time."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.failures import Unauthenticated
from services.ids import Ids
from services.tokens import CLAIMS, Keys, RefreshToken, Tokens

SECRET = "a secret that is long enough to sign with"
OTHER = "another secret that is long enough as well"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tokens(clock: Clock | None = None, keys: Keys | None = None) -> Tokens:
    clock = clock or Clock()
    return Tokens(keys or Keys({"one": SECRET}), clock, Ids(clock))


def claims(**other: Any) -> dict[str, Any]:
    """The claims of a good token, but for these."""
    now = int(NOW.timestamp())
    good = {
        "sub": "usr_1",
        "sid": "ses_1",
        "jti": "tok_1",
        "iat": now,
        "exp": now + 900,
        "iss": "brandgraph",
        "aud": "brandgraph",
    }
    return {name: value for name, value in {**good, **other}.items() if value is not None}


def signed(secret: str = SECRET, algorithm: str = "HS256", kid: Any = "one", **other: Any) -> str:
    return jwt.encode(claims(**other), secret, algorithm=algorithm, headers={"kid": kid})


def test_a_token_says_who_it_is_for_and_until_when() -> None:
    made = tokens().access("usr_1", "ses_1")
    read = tokens().read(made.text)
    assert (read.user_id, read.session_id) == ("usr_1", "ses_1")
    assert read.expires_at == NOW + timedelta(minutes=15)
    assert read == made.claims
    assert tokens().read(signed()).token_id == "tok_1"


def test_every_token_has_an_id_of_its_own() -> None:
    maker = tokens()
    assert len({maker.access("usr_1", "ses_1").claims.token_id for _ in range(100)}) == 100


def test_a_token_ends_with_its_time(clock: Clock) -> None:
    reader = tokens(clock)
    made = reader.access("usr_1", "ses_1")
    clock.now = NOW + timedelta(minutes=15, milliseconds=-1)
    assert reader.read(made.text)
    clock.now = NOW + timedelta(minutes=15)
    with pytest.raises(Unauthenticated, match="expired"):
        reader.read(made.text)


def test_any_key_verifies_and_the_first_one_signs() -> None:
    old = tokens(keys=Keys({"one": SECRET})).access("usr_1", "ses_1").text
    both = tokens(keys=Keys({"two": OTHER, "one": SECRET}))
    assert both.read(old).user_id == "usr_1"
    new = both.access("usr_1", "ses_1").text
    assert jwt.get_unverified_header(new)["kid"] == "two"
    assert tokens(keys=Keys({"two": OTHER})).read(new).user_id == "usr_1"
    with pytest.raises(Unauthenticated):
        tokens(keys=Keys({"two": OTHER})).read(old)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_token_without_a_claim_is_refused(claim: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(jwt.encode(claims(**{claim: None}), SECRET, headers={"kid": "one"}))


@pytest.mark.parametrize(
    "other",
    [
        {"sub": 7},
        {"sub": ""},
        {"sid": ["ses_1"]},
        {"jti": {}},
        {"exp": "tomorrow"},
        {"exp": 1e400},
        {"exp": 10**30},
        {"exp": True},
        {"iss": "someone else"},
        {"aud": "something else"},
        {"iat": "now"},
    ],
)
def test_a_token_whose_claims_are_not_ours_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(signed(**other))


@pytest.mark.parametrize("kid", ["two", "", None, 1, "one\x00"])
def test_a_token_of_an_unknown_key_is_refused(kid: Any) -> None:
    header = {"alg": "HS256", "kid": kid} if kid is not None else {"alg": "HS256"}
    _, body, signature = signed().split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        tokens().read(f"{head}.{body}.{signature}")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_algorithm_is_refused_even_with_our_secret(algorithm: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(signed(algorithm=algorithm))


def test_no_algorithm_at_all_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(jwt.encode(claims(), "", algorithm="none", headers={"kid": "one"}))


def test_a_token_signed_with_another_secret_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(signed(secret=OTHER))


@given(st.data())
def test_a_token_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    text = signed()
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("ABCabc019-_.="))
    changed = text[:at] + other + text[at + 1 :]
    if changed != text:
        with pytest.raises(Unauthenticated):
            tokens().read(changed)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(text)
    assert RefreshToken.parse(text) is None


def test_a_refresh_token_names_its_session_and_its_family() -> None:
    maker = tokens()
    id = Ids(Clock())("ses")
    first = maker.first_refresh(id)
    assert RefreshToken.parse(first.text) == first
    following = RefreshToken.parse(maker.next_refresh(first)[0])
    assert following is not None
    assert (following.session_id, following.family) == (id, first.family)
    assert following.text != first.text
    assert first.text.startswith(f"bgr_{id}_")


def test_the_same_token_has_the_same_successor_until_the_keys_change() -> None:
    first = tokens().first_refresh(Ids(Clock())("ses"))
    assert tokens().next_refresh(first) == tokens().next_refresh(first)
    [before] = tokens().next_refresh(first)
    after = tokens(keys=Keys({"two": OTHER, "one": SECRET})).next_refresh(first)
    assert after[0] != before
    assert before in after


def test_first_tokens_are_never_the_same() -> None:
    id = Ids(Clock())("ses")
    assert len({tokens().first_refresh(id).text for _ in range(50)}) == 50


def test_keys_are_read_from_one_line() -> None:
    keys = Keys.parse(f" two:{OTHER} , one:{SECRET}:with a colon ")
    assert keys.current == "two"
    assert keys.secret("one") == f"{SECRET}:with a colon".encode()
    assert keys.secret("three") is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "At least one"),
        (SECRET, "a name, a colon and a secret"),
        ("one:short", "shorter than 32"),
        (f"o ne:{SECRET}", "has letters"),
        (f"one:{SECRET},one:{OTHER}", "twice"),
    ],
)
def test_keys_that_cannot_be_used_are_named_in_one_sentence(line: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as refusal:
        Keys.parse(line)
    assert SECRET not in str(refusal.value)
    assert str(refusal.value).count(".") <= 2


def test_what_is_printed_of_keys_and_tokens_is_no_secret() -> None:
    made = tokens().access("usr_1", "ses_1")
    refresh = tokens().first_refresh(Ids(Clock())("ses"))
    assert SECRET not in repr(Keys({"one": SECRET}))
    assert made.text not in repr(made)
    assert refresh.family not in repr(refresh)
