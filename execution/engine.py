"""The executor: everything between a request's parameters and its response."""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable
from typing import Any, Protocol

import graphql
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute_root_selection_set

from execution import codes
from execution.beside import Beside
from execution.building import Building
from execution.cache import OperationCache, PreparedOperation
from execution.compiled.program import Program
from execution.deadline import DeadlineExceeded, being_cancelled, within
from execution.errors import (
    FormattedError,
    Report,
    RequestRejected,
    failure,
    mask,
    rejected,
    tell,
)
from execution.limits import Limits
from execution.preparation import Preparation
from execution.request import GraphQLRequest
from execution.response import Response
from execution.stream import EventStream

MEBIBYTE = 1024 * 1024


class OperationContext(Protocol):
    """What resolvers are handed. In `extensions` they say what goes beside the data."""

    extensions: dict[str, Any]


class SharedContext(OperationContext, Protocol):
    """A context that knows no caller. `asked` becomes true where something asks it for one."""

    asked: bool


class Executor:
    """Runs the operations of one schema.

    `report` logs an unexpected exception and returns the error id that the client is shown.
    `cache_bytes` bounds the memory of the prepared operations. `compiled` says whether operations
    are compiled to Python where that is possible, or all interpreted by graphql-core.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: Limits,
        report: Report,
        cache_bytes: int = 64 * MEBIBYTE,
        introspection: bool = True,
        suggestions: bool = True,
        compiled: bool = True,
    ) -> None:
        graphql.assert_valid_schema(schema)
        self.schema = schema
        self.limits = limits
        self.report = report
        self.suggestions = suggestions
        self.compiled = compiled
        self.cache = OperationCache(cache_bytes)
        self._beside = Beside()
        self.building = Building(schema, self.cache, self._beside, suggestions)
        self.preparation = Preparation(
            schema,
            limits,
            self.cache,
            report,
            introspection=introspection,
            suggestions=suggestions,
        )

    def prepare(self, request: GraphQLRequest) -> PreparedOperation:
        """Admits, parses and validates the operation of a request, or takes it from the cache.

        Raises RequestRejected.
        """
        return self.preparation.prepare(request)

    async def prepared(self, request: GraphQLRequest) -> PreparedOperation:
        """As `prepare`; where the document is long and new, the loop goes on meanwhile."""
        return await self.preparation.prepared(request, self._beside)

    async def run(
        self, request: GraphQLRequest, context: OperationContext, root: object = None
    ) -> Response:
        """Prepares and executes a query or mutation; a refusal is the response, too."""
        try:
            prepared = await self.prepared(request)
            return await self.execute(prepared, request.variables, context, root)
        except RequestRejected as refusal:
            return Response(errors=refusal.errors)

    async def execute(
        self,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        context: OperationContext,
        root: object = None,
    ) -> Response:
        """Runs a query or a mutation, whose fields run one after another.

        Raises RequestRejected (BAD_USER_INPUT) where the variables do not fit the operation.
        """
        if prepared.is_subscription:
            message = "A subscription answers with a stream of events, not with one response."
            raise RequestRejected([failure(message, codes.OPERATION_UNRESOLVED)])
        run = self._build(prepared, variables, context, root)
        return self._response(await self._settled(prepared, run), context.extensions)

    async def subscribe(
        self,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        context: OperationContext,
        renew: Callable[[], OperationContext],
    ) -> AsyncGenerator[Response, None]:
        """Opens a subscription and returns its responses, as `open` and `responses` do."""
        stream = await self.open(prepared, variables, context)
        return self.responses(prepared, stream, renew)

    async def open(
        self, prepared: PreparedOperation, variables: dict[str, Any], context: OperationContext
    ) -> EventStream:
        """Makes the source of a subscription, with `context`.

        Raises RequestRejected where none can be made.
        """
        run = self._build(prepared, variables, context, None)
        stream = EventStream(run, context.extensions, self.report)
        await within(self.limits.seconds, stream.open())
        return stream

    async def responses(
        self,
        prepared: PreparedOperation,
        stream: EventStream,
        renew: Callable[[], OperationContext],
    ) -> AsyncGenerator[Response, None]:
        """One response for each event, run with what `renew()` returns.

        What the source puts into its context's `extensions` before it yields goes out with that
        event. Closing the generator closes the source. Raises RequestRejected where the source
        breaks off.
        """
        async with stream:
            async for payload, extensions in stream:
                context = renew()
                context.extensions.update(extensions)
                yield await self.event(prepared, stream, payload, context)

    async def event(
        self,
        prepared: PreparedOperation,
        stream: EventStream,
        payload: object,
        context: OperationContext,
    ) -> Response:
        """The response to one event."""
        result = await self._settled(prepared, stream.event(payload, context))
        return self._response(result, context.extensions)

    async def event_for_all(
        self,
        prepared: PreparedOperation,
        stream: EventStream,
        payload: object,
        context: SharedContext,
    ) -> Response | None:
        """The response to one event that everybody gets, None where it is not the same for all.

        Nothing of a response that is not the same is told or reported.
        """
        result = await self._settled(prepared, stream.event(payload, context))
        return None if context.asked else self._response(result, context.extensions)

    def _build(
        self,
        prepared: PreparedOperation,
        variables: dict[str, Any],
        context: OperationContext,
        root: object,
    ) -> "graphql.Executor[Any]":
        run = self.building.run_of(prepared, variables, context, root)
        if isinstance(run, list):
            raise rejected(run, codes.BAD_USER_INPUT, self.report)
        return run

    async def _settled(
        self, prepared: PreparedOperation, run: "graphql.Executor[Any]"
    ) -> ExecutionResult | BaseException:
        """The result of an execution, or what ended it."""
        try:
            return await self._result(prepared, run)
        except CancelledError as error:
            if being_cancelled():
                raise
            return error
        except Exception as error:
            return error

    def _response(
        self, result: ExecutionResult | BaseException, extensions: dict[str, Any]
    ) -> Response:
        if isinstance(result, ExecutionResult):
            errors = [tell(error, self.report) for error in result.errors or ()]
            return Response(result.data, errors, dict(extensions))
        if isinstance(result, DeadlineExceeded):
            return Response(None, result.errors, dict(extensions))
        return Response(None, [self.masked(result)], dict(extensions))

    async def _result(
        self, prepared: PreparedOperation, run: "graphql.Executor[Any]"
    ) -> ExecutionResult:
        if self.compiled and prepared.is_long and not prepared.programs.known(run):
            await self.building.compile(prepared, run)
        program = self._program(prepared, run)
        result = program.start(run) if program else execute_root_selection_set(run)
        if isinstance(result, ExecutionResult):
            return result
        return await within(self.limits.seconds, result)

    def _program(self, prepared: PreparedOperation, run: "graphql.Executor[Any]") -> Program | None:
        if not self.compiled:
            return None
        size = prepared.programs.size
        program = prepared.programs.find(run)
        if prepared.programs.size != size:
            self.cache.grown(prepared.programs.size - size)
        return program

    def masked(self, error: BaseException) -> FormattedError:
        """Logs an exception that nothing foresaw, and says so with its error id alone."""
        return mask(error, GraphQLError(str(error)), self.report)
