"""Documents that are named instead of sent: what a request says, and lists of trusted ones."""

import json
from collections.abc import Mapping
from hashlib import sha256

VERSION = 1


class WrongName(Exception):
    """`extensions.persistedQuery` is not what the protocol allows."""


class UnknownVersion(Exception):
    """`extensions.persistedQuery` is of a version that is not spoken here."""


class InvalidManifest(Exception):
    """A list of trusted documents that cannot be read, in one sentence."""


def named(extensions: Mapping[str, object]) -> str | None:
    """The id that a request names a document by, None where it names none.

    Raises WrongName and UnknownVersion.
    """
    said = extensions.get("persistedQuery")
    if said is None:
        return None
    if not isinstance(said, dict):
        raise WrongName
    if type(said.get("version")) is not int or said["version"] != VERSION:
        raise UnknownVersion
    id = said.get("sha256Hash")
    if not isinstance(id, str) or not id:
        raise WrongName
    return id


def digest(text: str) -> str:
    """The SHA-256 of a document's text, in lower-case hexadecimal digits."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def documents_of(manifest: bytes) -> dict[str, str]:
    """The documents of a manifest, by their ids.

    It is what Apollo's generator writes (`format`, and a list of `operations` with `id` and
    `body`), or what Relay's and GraphQL Code Generator's do (an object of texts by their hashes).
    Raises InvalidManifest.
    """
    try:
        found = json.loads(manifest)
    except (ValueError, RecursionError):
        raise InvalidManifest("is no JSON in UTF-8") from None
    if isinstance(found, dict) and isinstance(found.get("operations"), list):
        found = _of_apollo(found)
    if not isinstance(found, dict) or not found:
        raise InvalidManifest("holds no documents")
    for id, body in found.items():
        if not isinstance(body, str) or not body.strip():
            raise InvalidManifest(f"has no document under {id!r}")
    return found


def _of_apollo(manifest: dict[str, object]) -> dict[str, object]:
    form, version = manifest.get("format"), manifest.get("version", 1)
    if form != "apollo-persisted-query-manifest" or version != 1:
        raise InvalidManifest(f"is of the unknown format {form!r} {version!r}")
    operations = manifest["operations"]
    assert isinstance(operations, list)  # noqa: S101 - which is how we came here
    found: dict[str, object] = {}
    for each in operations:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise InvalidManifest("has an operation without an `id`")
        found[each["id"]] = each.get("body")
    return found
