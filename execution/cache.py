"""Operations that were prepared once, kept for the next client that sends the same text."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeAlias

from graphql import DocumentNode, OperationDefinitionNode, OperationType

from execution.caching import UNCACHED, CachePolicy
from execution.compiled.program import Programs
from execution.cost import Pricing
from execution.introspection import Answers

OperationKey: TypeAlias = tuple[bytes, str | None]
"""The SHA-256 of a document's text, and the name of the operation asked for."""


LONG = 70_000
"""Bytes of a syntax tree, which are about a hundred tokens."""


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """A document that was admitted and is valid, and the operation of it that is to run.

    `size` is an estimate of the bytes that the document holds in memory. `programs` are its
    compiled forms, which are made when they are first asked for. `pricing` tells what it costs,
    and `caching` how long its response may be kept. `event_variables` are those that the response
    to a subscription's event may depend on. `schema_answers` are what it read of the schema, None
    where it does not ask for it.
    """

    document: DocumentNode
    operation: OperationDefinitionNode
    size: int
    programs: Programs = field(default_factory=Programs)
    pricing: Pricing = field(default_factory=Pricing)
    caching: CachePolicy = UNCACHED
    event_variables: frozenset[str] = frozenset()
    schema_answers: Answers | None = None

    @property
    def total_size(self) -> int:
        """An estimate of all the bytes it holds in memory."""
        answers = self.schema_answers.size if self.schema_answers is not None else 0
        return self.size + self.programs.size + answers

    @property
    def is_long(self) -> bool:
        """Whether it may take longer to compile than a thread takes to be asked."""
        return self.size > LONG

    @property
    def name(self) -> str | None:
        """The operation's name, if it has one."""
        return self.operation.name.value if self.operation.name else None

    @property
    def is_mutation(self) -> bool:
        """Whether it changes something."""
        return self.operation.operation is OperationType.MUTATION

    @property
    def is_subscription(self) -> bool:
        """Whether it answers with a stream of events."""
        return self.operation.operation is OperationType.SUBSCRIPTION


ROOM = 0.1
"""The part of the cache that is freed at once, so that its operations are seldom counted."""


class OperationCache:
    """The least recently used operations go when `capacity` bytes are passed."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.hits = 0
        self.misses = 0
        self._operations: OrderedDict[OperationKey, PreparedOperation] = OrderedDict()
        self._at_most = 0

    def __len__(self) -> int:
        return len(self._operations)

    @property
    def size(self) -> int:
        """An estimate of the bytes that are held."""
        return sum(prepared.total_size for prepared in self._operations.values())

    def get(self, key: OperationKey) -> PreparedOperation | None:
        """The operation under a key, which counts as used now."""
        found = self._operations.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._operations.move_to_end(key)
        return found

    def put(self, key: OperationKey, prepared: PreparedOperation) -> None:
        """Keeps an operation, unless it alone is bigger than the cache."""
        if prepared.size > self.capacity or key in self._operations:
            return
        self._operations[key] = prepared
        self.grown(prepared.total_size)

    def grown(self, size: int) -> None:
        """Lets the oldest go that are too much, after one was added or has grown by so much."""
        self._at_most += size
        if self._at_most <= self.capacity:
            return
        self._at_most = self.size
        if self._at_most > self.capacity:
            self._free()

    def _free(self) -> None:
        while self._at_most > self.capacity * (1 - ROOM):
            _, oldest = self._operations.popitem(last=False)
            self._at_most -= oldest.total_size
