"""From the text of a request to an operation that may run."""

import re
from functools import partial
from hashlib import sha256

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)

from execution import codes
from execution.admission import admit
from execution.beside import Beside
from execution.cache import OperationCache, OperationKey, PreparedOperation
from execution.caching import policy
from execution.errors import Report, RequestRejected, failure, rejected
from execution.introspection import answers_of
from execution.limits import Limits
from execution.pricing import pricing
from execution.request import GraphQLRequest
from execution.rules import validation_rules
from execution.variables import event_variables

SUGGESTION = re.compile(r" Did you mean .*$", re.DOTALL)
BYTES_PER_TOKEN = 700
"""Memory that the syntax tree takes for each token, as measured with graphql-core 3.3."""

LONG = 1_000
"""The characters from which a document may take longer than a thread does to be asked."""


def sent(request: GraphQLRequest) -> tuple[str, OperationKey]:
    """The text of a request's document, and its key in the cache. Raises RequestRejected."""
    if not request.query:
        raise RequestRejected([failure("The request has no 'query' to run.", codes.BAD_REQUEST)])
    digest = sha256(request.query.encode(errors="surrogatepass")).digest()
    return request.query, (digest, request.operation_name)


class Preparation:
    """Admits, parses and validates documents for one schema, each only once."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        cache: OperationCache,
        report: Report,
        *,
        introspection: bool = True,
        suggestions: bool = True,
    ) -> None:
        self.schema = schema
        self.limits = limits
        self.cache = cache
        self.report = report
        self.suggestions = suggestions
        self.rules = validation_rules(limits.merge_steps, introspection)

    def prepare(self, request: GraphQLRequest) -> PreparedOperation:
        """The operation of a request, from the cache where it was seen before.

        Raises RequestRejected with every reason found.
        """
        text, key = sent(request)
        prepared = self.cache.get(key)
        if prepared is None:
            prepared = self._prepare(text, request.operation_name)
            self.cache.put(key, prepared)
        return prepared

    async def prepared(self, request: GraphQLRequest, beside: Beside) -> PreparedOperation:
        """The same, with a long document that was never seen read beside the loop."""
        text, key = sent(request)
        if len(text) < LONG:
            return self.prepare(request)
        prepared = self.cache.get(key)
        if prepared is None:
            prepared = await beside.run(partial(self._prepare, text, request.operation_name))
            self.cache.put(key, prepared)
        return prepared

    def _prepare(self, text: str, name: str | None) -> PreparedOperation:
        count = admit(text, self.limits)
        document = self._parse(text)
        operation = self._choose(document, name)
        errors = validate(
            self.schema, document, self.rules, max_errors=20, hide_suggestions=not self.suggestions
        )
        if errors:
            raise self._invalid(errors)
        return PreparedOperation(
            document,
            operation,
            len(text) + count * BYTES_PER_TOKEN,
            pricing=pricing(self.schema, document, operation),
            caching=policy(self.schema, document, operation),
            event_variables=event_variables(document, operation),
            schema_answers=answers_of(text, operation),
        )

    def _invalid(self, errors: list[GraphQLError]) -> RequestRejected:
        refusal = rejected(errors, codes.VALIDATION_FAILED, self.report)
        if not self.suggestions:  # one rule of graphql-core makes them whatever it is told
            for told in refusal.errors:
                told["message"] = SUGGESTION.sub("", told["message"])
        return refusal

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text)
        except GraphQLSyntaxError as error:
            raise rejected([error], codes.PARSE_FAILED, self.report) from None

    def _choose(self, document: DocumentNode, name: str | None) -> OperationDefinitionNode:
        operations = [
            definition
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        ]
        if name is None and len(operations) == 1:
            return operations[0]
        for operation in operations:
            if name is not None and operation.name and operation.name.value == name:
                return operation
        message = _unresolved(operations, name)
        raise rejected([GraphQLError(message)], codes.OPERATION_UNRESOLVED, self.report)


def _unresolved(operations: list[OperationDefinitionNode], name: str | None) -> str:
    if not operations:
        return "The document holds no operation."
    if name is None:
        return "The document holds several operations: name one in 'operationName'."
    return "The document holds no operation with the name given in 'operationName'."
