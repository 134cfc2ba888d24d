"""Cookies that no script can read, kept as short as they are good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

from services.cookies import Cookies, refresh_token_of
from services.sessions import Grant

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GRANT = Grant(
    user_id="usr_1",
    session_id="ses_1",
    access_token="aaa.bbb.ccc",
    refresh_token="bgr_ses_1_secret",
    expires_at=NOW + timedelta(minutes=15),
    refresh_expires_at=NOW + timedelta(days=30),
)


def parsed(values: list[str]) -> SimpleCookie:
    """The cookies as a browser reads them."""
    found = SimpleCookie()
    for value in values:
        found.load(value)
    return found


def test_signing_in_sets_both_tokens_for_as_long_as_they_are_good() -> None:
    cookies = parsed(Cookies(True, lambda: NOW).signed_in(GRANT))
    session, refresh = cookies["brandgraph_session"], cookies["brandgraph_refresh"]
    assert (session.value, session["max-age"], session["path"]) == ("aaa.bbb.ccc", "900", "/")
    assert (refresh.value, refresh["max-age"]) == ("bgr_ses_1_secret", "2592000")
    assert refresh["path"] == "/graphql"
    assert (session["samesite"], refresh["samesite"]) == ("Lax", "Strict")
    for cookie in (session, refresh):
        assert cookie["httponly"]
        assert cookie["secure"]


def test_signing_out_removes_both_where_they_were_set() -> None:
    given = parsed(Cookies(True, lambda: NOW).signed_in(GRANT))
    taken = parsed(Cookies(True, lambda: NOW).signed_out())
    for name, cookie in taken.items():
        assert (cookie.value, cookie["max-age"]) == ("", "0")
        assert cookie["path"] == given[name]["path"]


def test_without_tls_only_the_secure_flag_is_missing() -> None:
    with_tls = Cookies(True, lambda: NOW).signed_in(GRANT)
    without = Cookies(False, lambda: NOW).signed_in(GRANT)
    assert [value + "; Secure" for value in without] == with_tls


def test_a_browser_sends_the_refresh_token_back() -> None:
    assert refresh_token_of({"brandgraph_refresh": "bgr_x"}) == "bgr_x"
    assert refresh_token_of({"brandgraph_refresh": ""}) is None
    assert refresh_token_of({}) is None
