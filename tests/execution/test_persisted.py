"""What a request says of a document that it does not send, and lists of trusted documents."""

from __future__ import annotations

import json

import pytest

from execution.persisted import (
    InvalidManifest,
    UnknownVersion,
    WrongName,
    digest,
    documents_of,
    named,
)

APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": "a1", "name": "Me", "type": "query", "body": "query Me { me { id } }"},
        {"id": "b2", "name": "Out", "type": "mutation", "body": "mutation Out { logout }"},
    ],
}


def test_the_digest_is_the_sha_256_in_lower_case() -> None:
    assert digest("{ __typename }") == (
        "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b"
    )
    assert len(digest("{ \ud800 }")) == 64


@pytest.mark.parametrize(
    ("extensions", "found"),
    [
        ({}, None),
        ({"other": 1}, None),
        ({"persistedQuery": None}, None),
        ({"persistedQuery": {"version": 1, "sha256Hash": "ab"}}, "ab"),
    ],
)
def test_a_document_is_named_by_its_hash(extensions: dict[str, object], found: str | None) -> None:
    assert named(extensions) == found


@pytest.mark.parametrize(
    "said",
    [
        5,
        "ab",
        [],
        {"version": 1},
        {"version": 1, "sha256Hash": ""},
        {"version": 1, "sha256Hash": 5},
    ],
)
def test_a_name_of_another_form_is_wrong(said: object) -> None:
    with pytest.raises(WrongName):
        named({"persistedQuery": said})


@pytest.mark.parametrize("version", [2, "1", None, True, 1.0])
def test_other_versions_are_unknown(version: object) -> None:
    with pytest.raises(UnknownVersion):
        named({"persistedQuery": {"version": version, "sha256Hash": "ab"}})


def test_the_manifest_of_apollo_is_read() -> None:
    assert documents_of(json.dumps(APOLLO).encode()) == {
        "a1": "query Me { me { id } }",
        "b2": "mutation Out { logout }",
    }


def test_the_manifest_of_relay_and_graphql_codegen_is_read() -> None:
    assert documents_of(b'{"a1": "{ me { id } }"}') == {"a1": "{ me { id } }"}


@pytest.mark.parametrize(
    "manifest",
    [b"", b"\xff", b"[]", b"{}", b'{"a": 5}', b'{"a": " "}', b'{"operations": []}',
     json.dumps({**APOLLO, "format": "another"}).encode(),
     json.dumps({**APOLLO, "version": 2}).encode(),
     json.dumps({**APOLLO, "operations": [{"body": "{ a }"}]}).encode(),
     json.dumps({**APOLLO, "operations": [{"id": "a"}]}).encode()],
)  # fmt: skip
def test_a_manifest_of_another_form_is_refused(manifest: bytes) -> None:
    with pytest.raises(InvalidManifest):
        documents_of(manifest)
