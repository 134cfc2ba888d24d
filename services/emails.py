"""Email addresses: one account an address, however it is written."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from services.failures import BadInput

ALLOWED = "An address, as ada@example.com."
MOST = 320


@dataclass(frozen=True, slots=True)
class Email:
    """An address `as_written`, and the `key` that it is known by. Its repr shows neither."""

    as_written: str
    key: str

    def __repr__(self) -> str:
        return "Email()"


def email(field: str, value: str) -> Email:
    """The address, `BadInput` where it is none. Nobody is asked whether it exists."""
    written = value.strip()
    if len(written) > MOST:
        raise BadInput(field, "is too long.", ALLOWED)
    try:
        found = validate_email(written, check_deliverability=False, strict=True)
    except (EmailNotValidError, UnicodeError):
        raise BadInput(field, "is not an email address.", ALLOWED) from None
    return Email(written, found.normalized.casefold())
