"""Bodies, frames and bytes on the wire that broke some server once, ours or another one.

What a fuzz test finds is added here. `BODIES` and `FRAMES` hold well-formed ones of our graph too:
with a piece of them damaged they get far.
"""

from __future__ import annotations

import json
from typing import Any


def asked(query: str, **variables: Any) -> bytes:
    """A request's body."""
    return json.dumps({"query": query, "variables": variables}).encode()


OPERATIONS = (
    asked("{me {id email workspaces: sessions {id}}}"),
    asked("query Q($n: Int) {contents(limit: $n) {id title author {id}}}", n=5),
    asked("query($f: ContentFilter) {contents(filter: $f) {id}}", f={"text": "a", "tag": ["b"]}),
    asked("{contentConnection(first: 3) {edges {cursor node {id}} pageInfo {hasNextPage}}}"),
    asked("query($a: String) {workspaces(first: 2, after: $a) {edges {node {id name}}}}", a="x"),
    asked("query($i: ID!) {node(id: $i) {id} content(id: $i) {id}}", i="cnt_01"),
    asked("query($i: ID!) {template(id: $i) {id} workspace(id: $i) {id}}", i="wsp_01"),
    asked("{notifications(first: 5, unreadOnly: true) {edges {node {id}}}}"),
    asked("query($i: ID!) {auditLog(workspaceId: $i, first: 2) {edges {cursor}}}", i="wsp_"),
    asked(
        "mutation($i: CreateContentInput!) {createContent(input: $i) {id body tags}}",
        i={"type": "POST", "body": "hello", "tags": ["x"], "platforms": ["FEED"]},
    ),
    asked(
        "mutation($i: UpdateContentInput!) "
        '{updateContent(id: "cnt_1", expectedVersion: 1, input: $i) {id}}',
        i={"body": "b"},
    ),
    asked(
        "mutation($i: CreateTemplateInput!) {createTemplate(input: $i) {id}}",
        i={"name": "n", "type": "POST", "body": "{{name}}"},
    ),
    asked(
        "mutation($v: [TemplateVariableInput!]) "
        '{createContentFromTemplate(templateId: "tpl_1", variables: $v) {id}}',
        v=[{"name": "name", "value": "Ada"}],
    ),
    asked("mutation($i: ID!) {publishContent(id: $i, platforms: [FEED]) {id}}", i="cnt_1"),
    asked("mutation($i: [ID!]!) {markNotificationsRead(ids: $i) {id}}", i=["ntf_1"]),
    asked('mutation {login(input: {email: "a@example.com", password: "b"}) {accessToken}}'),
    asked('mutation {updateMe(input: {fullName: "Ada"}) {id fullName}}'),
    asked("{...A} fragment A on Query {me {...B}} fragment B on User {id}"),
    asked('{__schema {types {name}} __type(name: "User") {fields {name}}}'),
)

HARD_VALUES = (
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\u202e\u0600\ufeff"',
    '"' + "a" * 5000 + '"',
    "1e999",
    "-0",
    "9223372036854775808",
    "1" + "0" * 400,
    "0.1e-999",
    "true",
    "null",
    "[]",
    "[[[[]]]]",
    "{}",
    '{"":{"":{}}}',
    '{"$where": "1", "$gt": ""}',
    '"0001-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59+24:00"',
    '"2026-02-30T00:00:00Z"',
    '"(a+)+$"',
    '"cnt_01JZZZZZZZZZZZZZZZZZZZZZZZ"',
    '"eyJ"',
)
"""Written as JSON: what resolvers, drivers and databases stumble over."""

BODIES = (
    *OPERATIONS,
    *(
        f'{{"query": "{query}", "variables": {{"v": {value}}}}}'.encode("utf-8", "surrogatepass")
        for value in HARD_VALUES
        for query in (
            "query($v: ContentFilter) {contents(filter: $v) {id}}",
            "query($v: String) {contents(filter: {text: $v, tag: [$v]}) {id}}",
            "query($v: ID!) {node(id: $v) {id}}",
            "query($v: String) {contentConnection(after: $v, first: 1) {edges {cursor}}}",
            "query($v: DateTime) {contents(filter: {createdFrom: $v}) {id}}",
            "query($v: Int) {contents(limit: $v, offset: $v) {id}}",
            "mutation($v: String!) {createContent(input: {type: POST, body: $v}) {id}}",
            "mutation($v: [String!]!) {createContent(input: {type: POST, body: 1, tags: $v}) {id}}",
            "mutation($v: String!) {login(input: {email: $v, password: $v}) {accessToken}}",
            "mutation($v: String!) {acceptInvitation(token: $v) {id}}",
        )
    ),
    b"",
    b" ",
    b"\x00",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"null",
    b"true",
    b"5",
    b'"x"',
    b"[]",
    b"[1]",
    b'[{"query": "{__typename}"}]',
    b"{",
    b"}",
    b"{}",
    b'{"query"',
    b'{"query":}',
    b'{"query": null}',
    b'{"query": 5}',
    b'{"query": ["{__typename}"]}',
    b'{"query": {"a": 1}}',
    b'{"query": ""}',
    b'{"query": " "}',
    b'{"query": "#"}',
    b'{"query": "{"}',
    b'{"query": "}"}',
    b'{"query": "{}"}',
    b'{"query": "\\u0000"}',
    b'{"query": "\\ud800"}',
    b'{"query": "{__typename\\ud800}"}',
    b'{"query": "{__typename} {__typename}"}',
    b'{"query": "query A {__typename} query A {__typename}", "operationName": "A"}',
    b'{"query": "{__typename}", "query": "{me {id}}"}',
    b'{"query": "{__typename}", "variables": []}',
    b'{"query": "{__typename}", "variables": "{}"}',
    b'{"query": "{__typename}", "variables": 0}',
    b'{"query": "{__typename}", "operationName": 5}',
    b'{"query": "{__typename}", "operationName": {}}',
    b'{"query": "{__typename}", "extensions": []}',
    b'{"query": "{__typename}", "extensions": {"persistedQuery": 1}}',
    b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}',
    b'{"extensions": {"persistedQuery": {"version": "1", "sha256Hash": null}}}',
    b'{"extensions": {"persistedQuery": {"sha256Hash": {"$gt": ""}}}}',
    b'{"query": "{__typename}", "extensions": {"persistedQuery": {"version": 1}}}',
    b'{"query": "{__typename}", "variables": {"a": NaN}}',
    b'{"query": "{__typename}", "variables": {"a": Infinity}}',
    b'{"query": "{__typename}", "variables": {"a": 1e999}}',
    b'{"query": "{__typename}", "variables": {"a": 0x1}}',
    b'{"query": "{__typename}",}',
    b"{'query': '{__typename}'}",
    b'{"query": "{__typename}"} {"query": "{__typename}"}',
    b'{"query": "\xff{__typename}"}',
    b'{"query": "\xed\xa0\x80"}',
    b"query=%7B__typename%7D",
    b"<query>{__typename}</query>",
    b'{"query": "' + b"{a" * 2000 + b'"}',
    b'{"query": "' + b"[" * 20_000 + b'"}',
    b'{"query": "{__typename(a: ' + b"[" * 5000 + b']}"}',
    b'{"query": "' + b"{...F}" * 500 + b'"}',
    b'{"query": "{' + b"__typename " * 3000 + b'}"}',
    b'{"query": "{' + b"a: __typename " * 1000 + b'}"}',
    b'{"query": "{__typename' + b" @skip(if: true)" * 500 + b'}"}',
    b'{"query": "{...A} fragment A on Query {...A}"}',
    b'{"query": "{__typename(a: \\"\\"\\"' + b"x" * 50_000 + b'\\"\\"\\")}"}',
    b'{"query": "{__typename(a: 1' + b"0" * 10_000 + b')}"}',
    b'{"variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"query": "{__typename}", "variables": {' + b'"a": 1, ' * 20_000 + b'"b": 2}}',
)


def subscribe(body: bytes, id: str = "1") -> bytes:
    """The same request on a socket."""
    return (
        b'{"type": "subscribe", "id": ' + json.dumps(id).encode() + b', "payload": ' + body + b"}"
    )


FRAMES = (
    *map(subscribe, BODIES),
    subscribe(asked("subscription {notifications {id}}")),
    subscribe(asked("subscription($a: String) {notifications(after: $a) {id}}", a="1-1")),
    subscribe(asked("subscription($i: ID!) {contentPublished(userId: $i) {id}}", i="usr_1")),
    subscribe(asked("subscription($i: ID!) {contentChanged(workspaceId: $i) {id}}", i="wsp_1")),
    subscribe(asked('subscription {publishProgress(contentId: "cnt_1") {id}}')),
    subscribe(asked("{__typename}"), ""),
    subscribe(asked("{__typename}"), "\x00\ud800"),
    b'{"type": "connection_init"}',
    b'{"type": "connection_init", "payload": {"accessToken": 5}}',
    b'{"type": "ping"}',
    b'{"type": "ping", "payload": {"accessToken": "x"}}',
    b'{"type": "ping", "payload": {"authorization": "Bearer x", "headers": {"headers": {}}}}',
    b'{"type": "ping", "payload": {"a": "\\ud800"}}',
    b'{"type": "pong", "payload": {"a": [1, 2.5, null]}}',
    b'{"type": "complete", "id": "1"}',
    b'{"type": "complete", "id": null}',
    b'{"type": "next", "id": "1", "payload": {}}',
    b'{"type": "connection_ack"}',
    b'{"type": "start", "id": "1", "payload": {"query": "{__typename}"}}',
    b'{"type": ["ping"]}',
    b'{"type": {"type": "ping"}}',
    b'{"type": "ping", "type": "pong"}',
    b'{"type": "ping"}{"type": "ping"}',
    b'{"type": "ping", "payload": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b'[{"type": "ping"}]',
    b"null",
    b"5",
    b'""',
    b"",
    b" ",
    b"ping",
    b"\x00",
)


def masked(first: int, payload: bytes = b"", *, length: bytes | None = None) -> bytes:
    """A frame of a client, masked with zeros. `length` stands in for the true one."""
    if length is None:
        short, long = len(payload), b""
        if short > 125:
            short, long = 126, short.to_bytes(2, "big")
        length = bytes([0x80 | short]) + long
    return bytes([first]) + length + bytes(4) + payload


WIRE = (
    masked(0x81, b'{"type": "ping"}')[:9],
    masked(0xC1, b'{"type": "ping"}'),  # a reserved bit, though nothing was negotiated
    masked(0xB1, b"{}"),
    masked(0x83, b"{}"),  # opcodes that nobody has defined
    masked(0x8B, b""),
    masked(0x82, b'{"type": "ping"}'),  # binary
    masked(0x80, b"{}"),  # the rest of nothing
    masked(0x01, b'{"type"') + masked(0x01, b": 1}"),  # begun twice
    masked(0x01, b'{"type"') + masked(0x80, b': "ping"}'),  # in two pieces, as it may be
    masked(0x01, b"{") + masked(0x89, b"") + masked(0x80, b"}"),  # a ping between them
    masked(0x09, b"x"),  # a control frame in pieces
    masked(0x89, b"x" * 126),  # a control frame that is too long
    masked(0x81, b"\xff\xfe"),  # no UTF-8
    masked(0x81, b"\xed\xa0\x80"),
    masked(0x01, b"\xc3") + masked(0x80, b"\xa9"),  # a character in two pieces
    b"\x81\x02{}",  # not masked
    masked(0x81, b"{}", length=b"\xff" + b"\xff" * 8),  # longer than anything
    masked(0x81, b"{}", length=b"\xff" + (1 << 40).to_bytes(8, "big")),
    masked(0x81, b"{}", length=b"\xfe\x00\x02"),  # a length written longer than it need be
    masked(0x88, b""),
    masked(0x88, b"\x03"),
    masked(0x88, b"\x03\xed"),  # 1005, which is never sent
    masked(0x88, b"\xff\xff\xff\xff"),
    masked(0x88, b"\x03\xe8\xff"),
    masked(0x8A, b"nobody asked"),
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x00" * 64,
    b"\xff" * 64,
)
"""What follows the handshake in place of frames."""
