"""Accounts through the API: register, sign in, change oneself and one's password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.client import PASSWORD, REGISTER, Client
from tests.conftest import Running

LOGIN = """mutation($input: LoginInput!) {
  login(input: $input) { accessToken refreshToken expiresAt user { id email } } }"""
ME = "{ me { id email timeZone createdAt profile { fullName headline bio industry } } }"
UPDATE = """mutation($input: UpdateMeInput!) { updateMe(input: $input) {
  timeZone profile { fullName headline bio industry } } }"""
CHANGE = """mutation($current: String!, $new: String!) {
  changePassword(currentPassword: $current, newPassword: $new) }"""


def credentials(client: Client, password: str = PASSWORD) -> dict[str, str]:
    return {"email": client.email, "password": password}


async def test_someone_new_is_signed_in_and_has_a_workspace_of_their_own(ada: Client) -> None:
    me = (await ada.data(ME))["me"]
    assert me["id"] == ada.user_id
    assert me["email"] == "ada@example.com"
    assert me["profile"] == {
        "fullName": "Ada Lovelace",
        "headline": None,
        "bio": None,
        "industry": None,
    }
    made = await ada.data(
        """mutation { createContent(input: {type: POST, body: "x"}) {
          author { id } workspace { name personal } } }"""
    )
    assert made["createContent"]["author"]["id"] == ada.user_id
    assert made["createContent"]["workspace"] == {"name": "Ada Lovelace", "personal": True}


async def test_signing_in_gives_tokens_and_says_when_they_end(
    ada: Client, anonymous: Client
) -> None:
    found = (await anonymous.data(LOGIN, input=credentials(ada)))["login"]
    assert found["user"] == {"id": ada.user_id, "email": ada.email}
    left = datetime.fromisoformat(found["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert (await anonymous.with_token(found["accessToken"]).data(ME))["me"]["id"] == ada.user_id


async def test_a_taken_address_is_told_however_it_is_written(
    ada: Client, anonymous: Client
) -> None:
    given = {"email": "ADA@Example.com", "password": PASSWORD, "fullName": "Another"}
    taken = await anonymous.run(REGISTER, input=given)
    assert taken.code == "EMAIL_TAKEN"
    assert taken.error["extensions"]["field"] == "email"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", ""),
        ("password", "short"),
        ("password", "x" * 300),
        ("fullName", " "),
        ("fullName", "A\u0000"),
        ("fullName", "A" * 121),
    ],
)
async def test_bad_input_is_refused_by_field_with_what_is_allowed(
    anonymous: Client, field: str, value: str
) -> None:
    given = {"email": "ada@example.com", "password": PASSWORD, "fullName": "Ada", field: value}
    refused = await anonymous.run(REGISTER, input=given)
    assert refused.code == "BAD_USER_INPUT"
    assert refused.error["extensions"]["field"] == field
    assert refused.error["extensions"]["allowed"]


async def test_strangers_are_told_nothing_and_slowed_down(ada: Client, anonymous: Client) -> None:
    wrong = await anonymous.run(LOGIN, input=credentials(ada, "not the password"))
    unknown = await anonymous.run(LOGIN, input={"email": "x@example.com", "password": PASSWORD})
    assert wrong.code == "UNAUTHENTICATED"
    assert wrong.body["errors"][0]["message"] == unknown.body["errors"][0]["message"]
    for _ in range(9):
        assert await anonymous.code(LOGIN, input=credentials(ada, "wrong")) == "UNAUTHENTICATED"
    slowed = await anonymous.run(LOGIN, input=credentials(ada))
    assert slowed.code == "RATE_LIMITED"
    assert 0 < slowed.error["extensions"]["retryAfter"] <= 900
    assert (await ada.data(ME))["me"]["id"] == ada.user_id


async def test_a_profile_is_changed_field_by_field(ada: Client) -> None:
    given = {"headline": "Enchantress of Numbers", "bio": "One.\nTwo.", "timeZone": "Europe/London"}
    changed = (await ada.data(UPDATE, input=given))["updateMe"]
    assert changed["timeZone"] == "Europe/London"
    changed = (await ada.data(UPDATE, input={"bio": None, "industry": "Engines"}))["updateMe"]
    assert changed["profile"] == {
        "fullName": "Ada Lovelace",
        "headline": "Enchantress of Numbers",
        "bio": None,
        "industry": "Engines",
    }
    refused = await ada.run(UPDATE, input={"timeZone": "Mars/Olympus"})
    assert refused.error["extensions"]["field"] == "timeZone"
    assert await ada.code(UPDATE, input={}) == "BAD_USER_INPUT"
    assert await ada.with_token(None).code(UPDATE, input=given) == "UNAUTHENTICATED"


async def test_a_new_password_takes_the_place_of_the_old_one(
    ada: Client, anonymous: Client
) -> None:
    phone = (await anonymous.data(LOGIN, input=credentials(ada)))["login"]
    wrong = await ada.run(CHANGE, current="wrong password", new="another long password")
    assert wrong.error["extensions"]["field"] == "currentPassword"
    assert (await ada.data(CHANGE, current=PASSWORD, new="another long password")) == {
        "changePassword": True
    }
    assert await ada.code(ME) is None
    assert await anonymous.with_token(phone["accessToken"]).code(ME) == "UNAUTHENTICATED"
    assert await anonymous.code(LOGIN, input=credentials(ada)) == "UNAUTHENTICATED"
    assert await anonymous.code(LOGIN, input=credentials(ada, "another long password")) is None


@pytest.fixture
def logs() -> Iterator[list[Any]]:
    with capture_logs() as logs:
        yield logs


async def test_no_password_or_token_is_ever_in_a_log_or_an_error(
    server: Running, anonymous: Client, logs: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    secret = "this is what must not be seen"
    ada = await anonymous.register("ada@example.com")
    answers = [
        await anonymous.run(LOGIN, input={"email": "ada@example.com", "password": secret}),
        await anonymous.run(LOGIN, input={"email": secret, "password": secret}),
        await anonymous.run(REGISTER, input={"email": secret, "password": secret, "fullName": "A"}),
        await ada.run(CHANGE, current=secret, new=secret),
        await ada.with_token(secret.replace(" ", "")).run(ME),
        await anonymous.run(
            "mutation($t: String) { refreshSession(refreshToken: $t) { expiresAt } }", t=secret
        ),
    ]
    told = [str(answer.body) for answer in answers]
    assert all("errors" in answer.body for answer in answers)
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("http")]
    assert len(ours) > 20, "the drivers' own debug lines should be among them"
    for text in [*told, str(logs), *ours]:
        for each in (secret, secret.replace(" ", ""), ada.token, ada.refresh_token, PASSWORD):
            assert each is not None
            assert each not in text
