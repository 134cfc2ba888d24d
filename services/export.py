"""The right to one's data: everything of a person's, as JSON, without secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from datasources.collection import Collection, document
from datasources.stores import Stores
from datasources.users import User
from services.clock import Clock
from services.erasure_rules import Rule, ruled
from services.holdings import holdings
from services.users import UserService
from services.viewer import Viewer

Json = dict[str, Any]


class Export:
    """Gathers by the same table that erasure goes by: what is erased can be exported first."""

    def __init__(self, stores: Stores, users: UserService, clock: Clock) -> None:
        self._stores = stores
        self._users = users
        self._clock = clock
        self._ruled = ruled(stores.all())

    async def of(self, viewer: Viewer) -> Json:
        """A list of records for each collection, under its name, and when that was.

        It holds the viewer's account, all of the workspaces that are theirs alone, and what
        bears their name in those of others. Names are in camel case, times in ISO 8601.
        """
        viewer.person("export an account")
        user = await self._users.me(viewer)
        stores = self._stores
        held = await holdings(stores.workspaces, stores.memberships, user.id)
        own = [workspace.id for workspace in held.own]
        found: Json = {"exportedAt": plain(self._clock())}
        for collection, rule in self._ruled:
            if rule.exported:
                records = await of_person(collection, rule, user, own)
                found[camel(collection.name)] = [shown(each, rule) for each in records]
        return found


async def of_person(
    collection: Collection[Any], rule: Rule, user: User, own: Sequence[str]
) -> list[Any]:
    """The records of one collection that are of that person, or of their own workspaces."""
    ways: list[dict[str, Any]] = [{name: user.id} for name in rule.named]
    if rule.owner is not None:
        ways.append({rule.owner: user.id})
    if rule.address is not None:
        ways.append({rule.address: user.email_key})
    if rule.workspace is not None:
        ways.append({rule.workspace: {"$in": list(own)}})
    return await collection.find({"$or": ways}, sort=[("_id", 1)]) if ways else []


def shown(record: Any, rule: Rule) -> Json:
    """A record without its secrets."""
    stored = document(record)
    open_fields = {name: value for name, value in stored.items() if name not in rule.secret}
    shown: Json = plain(open_fields)
    return shown


def plain(value: Any) -> Any:
    """A stored value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {camel(name): plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def camel(name: str) -> str:
    """`_id` is `id`, `full_name` is `fullName`."""
    first, *rest = name.lstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)
