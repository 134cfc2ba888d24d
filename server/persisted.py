"""Documents by name: registered by clients (Apollo's APQ), or listed by whoever runs the server."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from datasources.documents import Documents
from execution import codes
from execution.errors import RequestRejected, failure
from execution.persisted import (
    InvalidManifest,
    UnknownVersion,
    WrongName,
    digest,
    documents_of,
    named,
)
from execution.request import GraphQLRequest
from server.refused import StatusRejected
from server.setting_types import SettingError


class DocumentSource(Protocol):
    """Finds the text of a document that a request names."""

    async def found(self, request: GraphQLRequest) -> GraphQLRequest:
        """The request with its text. Raises RequestRejected where there is none, or a wrong one."""

    async def register(self, request: GraphQLRequest) -> None:
        """Keeps the document of a request that was found valid, where the request asks for it."""


class SentDocuments:
    """Nothing but what is sent along."""

    async def found(self, request: GraphQLRequest) -> GraphQLRequest:
        """The request, unless it names a document."""
        if name_of(request) is not None and request.query is None:
            message = "PersistedQueryNotSupported"
            raise RequestRejected([failure(message, codes.PERSISTED_QUERY_NOT_SUPPORTED)])
        return request

    async def register(self, request: GraphQLRequest) -> None:
        """Keeps nothing."""


class RegisteredDocuments:
    """Automatic persisted queries. What was used lately is at hand, up to `capacity` characters."""

    def __init__(self, documents: Documents, capacity: int = 16 * 1024 * 1024) -> None:
        self._documents = documents
        self._capacity = capacity
        self._size = 0
        self._texts: OrderedDict[str, str] = OrderedDict()

    async def found(self, request: GraphQLRequest) -> GraphQLRequest:
        """The request with the text it names; a text that is sent must have the hash it claims."""
        name = name_of(request)
        if name is None:
            return request
        name = name.lower()
        if request.query is not None:
            if digest(request.query) != name:
                message = "The document does not have the SHA-256 that is sent with it."
                error = failure(message, codes.PERSISTED_QUERY_HASH_MISMATCH)
                raise StatusRejected(error, 400)
            return request
        text = await self._text(name)
        if text is None:
            raise RequestRejected([not_found()])
        return msgspec.structs.replace(request, query=text)

    async def register(self, request: GraphQLRequest) -> None:
        """Keeps the text of a request that sent it together with its hash."""
        name, text = name_of(request), request.query
        if name is None or text is None or name.lower() in self._texts:
            return
        self._keep(name.lower(), text)
        await self._documents.put(name.lower(), text)

    async def _text(self, name: str) -> str | None:
        text = self._texts.get(name)
        if text is not None:
            self._texts.move_to_end(name)
        elif len(name) == 64 and (text := await self._documents.get(name)) is not None:
            self._keep(name, text)
        return text

    def _keep(self, name: str, text: str) -> None:
        if name not in self._texts:
            self._texts[name] = text
            self._size += len(text)
        while self._size > self._capacity:
            _, oldest = self._texts.popitem(last=False)
            self._size -= len(oldest)


class TrustedDocuments:
    """A list by id. All else is refused, also introspection, unless it is in the list."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._documents = dict(documents)
        self._texts = frozenset(documents.values())

    async def found(self, request: GraphQLRequest) -> GraphQLRequest:
        """The request with the text it names. A text that is sent has to be in the list."""
        name = name_of(request)
        if request.query is not None:
            if request.query not in self._texts:
                raise not_trusted()
            return request
        if name is None:
            return request
        if name not in self._documents:
            raise not_trusted()
        return msgspec.structs.replace(request, query=self._documents[name])

    async def register(self, request: GraphQLRequest) -> None:
        """Keeps nothing: the list is complete."""


def name_of(request: GraphQLRequest) -> str | None:
    """The id in a request. Raises RequestRejected where it says something else there."""
    if not request.extensions:
        return None
    try:
        return named(request.extensions)
    except WrongName:
        message = "'extensions.persistedQuery' has to be {version: 1, sha256Hash: String}."
        raise StatusRejected(failure(message, codes.BAD_REQUEST), 400) from None
    except UnknownVersion:
        message = "'extensions.persistedQuery' is spoken in version 1 only."
        raise StatusRejected(failure(message, codes.BAD_REQUEST), 400) from None


def not_found() -> dict[str, object]:
    """What Apollo's clients answer by sending the text."""
    return failure("PersistedQueryNotFound", codes.PERSISTED_QUERY_NOT_FOUND)


def not_trusted() -> RequestRejected:
    """The refusal of a document that is not in the list."""
    message = "This server runs listed documents only, and this is none of them."
    return RequestRejected([failure(message, codes.DOCUMENT_NOT_TRUSTED)])


def trusted(file: str) -> TrustedDocuments:
    """The list in a file. Raises SettingError."""
    try:
        return TrustedDocuments(documents_of(Path(file).expanduser().read_bytes()))
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    except InvalidManifest as error:
        problem = str(error)
    raise SettingError(f"TRUSTED_DOCUMENTS: {file} {problem}.")
