"""Being read-only: what it refuses, and what is allowed all the same, to set things right."""

from __future__ import annotations

from services.failures import Failure
from services.permissions import Permission

RESOLVING = frozenset(
    {
        Permission.API_KEYS_WRITE,
        Permission.BILLING_WRITE,
        Permission.MEMBERS_WRITE,
        Permission.WORKSPACE_DELETE,
    }
)


class ReadOnly(Failure):
    """The plan has no place for this any more, or was not paid for."""

    code = "READ_ONLY"

    def __init__(self) -> None:
        super().__init__(
            "This is read-only: the plan has no place for it, or was not paid for. "
            "`entitlements { toResolve }` lists what to remove; a larger plan opens all again."
        )


def is_open(permission: Permission) -> bool:
    """Whether that is allowed of what is read-only: reading, paying, and making room."""
    return permission in RESOLVING or permission.value.endswith("_READ")
