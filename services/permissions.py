"""What can be allowed, and what each role allows: the one table of who may do what."""

from __future__ import annotations

from enum import StrEnum

from datasources.memberships import Role


class Permission(StrEnum):
    """One kind of action in a workspace. Each is a scope that an API key can have, too."""

    WORKSPACE_READ = "WORKSPACE_READ"
    WORKSPACE_WRITE = "WORKSPACE_WRITE"
    WORKSPACE_DELETE = "WORKSPACE_DELETE"
    MEMBERS_WRITE = "MEMBERS_WRITE"
    API_KEYS_WRITE = "API_KEYS_WRITE"
    AUDIT_READ = "AUDIT_READ"
    BILLING_READ = "BILLING_READ"
    BILLING_WRITE = "BILLING_WRITE"
    BRAND_READ = "BRAND_READ"
    BRAND_WRITE = "BRAND_WRITE"
    CONTENT_READ = "CONTENT_READ"
    CONTENT_WRITE = "CONTENT_WRITE"
    CONTENT_PUBLISH = "CONTENT_PUBLISH"
    ANALYTICS_READ = "ANALYTICS_READ"
    ANALYTICS_WRITE = "ANALYTICS_WRITE"


_VIEWER = frozenset(
    {
        Permission.WORKSPACE_READ,
        Permission.BRAND_READ,
        Permission.CONTENT_READ,
        Permission.ANALYTICS_READ,
    }
)
_EDITOR = _VIEWER | {
    Permission.BRAND_WRITE,
    Permission.CONTENT_WRITE,
    Permission.CONTENT_PUBLISH,
    Permission.ANALYTICS_WRITE,
}
_ADMIN = _EDITOR | {
    Permission.WORKSPACE_WRITE,
    Permission.MEMBERS_WRITE,
    Permission.API_KEYS_WRITE,
    Permission.AUDIT_READ,
    Permission.BILLING_READ,
}
_OWNER = _ADMIN | {Permission.WORKSPACE_DELETE, Permission.BILLING_WRITE}

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _OWNER,
}

RANK: dict[Role, int] = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2, Role.OWNER: 3}


def least_role(permission: Permission) -> Role:
    """The lowest role that has this permission."""
    return min((role for role, has in ALLOWED.items() if permission in has), key=RANK.__getitem__)
