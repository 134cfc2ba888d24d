"""Admission: whether a document is worth parsing, told from one walk over its tokens.

Parsing and validation cost milliseconds, and some rules grow with the square of what a client
writes. So the counts that a document must not pass are taken first, from its tokens alone.
"""

from collections import Counter
from dataclasses import dataclass, field

from execution.limits import Limits, beyond
from execution.tokens import tokens

NAME_START = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def admit(text: str, limits: Limits) -> int:
    """Checks a document against the limits and returns its number of tokens.

    Raises RequestRejected (DOCUMENT_LIMIT_EXCEEDED) with the name of the first limit passed.
    """
    _check("bytes", len(text.encode(errors="surrogatepass")), limits.bytes)
    found = tokens(text)
    _check("tokens", len(found), limits.tokens)
    survey = Survey(limits)
    for lexeme in found:
        survey.take(lexeme)
    survey.unfold()
    return len(found)


def _check(limit: str, found: int, allowed: int) -> None:
    if found > allowed:
        raise beyond(limit, allowed)


@dataclass(slots=True)
class Definition:
    """What was counted in one operation or fragment, and what it spreads at which depth."""

    depth: int = 0
    fields: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class SelectionSet:
    """An open brace: its depth and how often each field name was met in it."""

    depth: int
    names: Counter[str]


class Survey:
    """The counts of one document, growing token by token."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.operations: list[Definition] = []
        self.fragments: dict[str, Definition] = {}
        self.current = Definition()
        self.open: list[SelectionSet] = []
        self.brackets = 0
        self.aliases = 0
        self.directives = 0
        self.field = ""
        self.inline = False
        self.previous = ""

    def take(self, lexeme: str) -> None:
        """Counts one token."""
        if lexeme[0] == "#":
            return
        if lexeme == "@":
            self.directives += 1
            _check("directives", self.directives, self.limits.directives)
        elif lexeme in "([" or (lexeme == "{" and self.brackets):
            self.brackets += 1
            _check("depth", self.brackets, self.limits.depth)
        elif self.brackets:
            self.brackets -= lexeme in ")]}"
        elif self.open:
            self._take_selection(lexeme)
        else:
            self._take_definition(lexeme)
        self.previous = lexeme

    def _take_definition(self, lexeme: str) -> None:
        if lexeme == "{":
            if self.previous in {"", "}"}:
                self._begin(Definition())
            self._enter()
        elif self.previous == "fragment":
            self._begin(self.fragments.setdefault(lexeme, Definition()), operation=False)
        elif lexeme in {"query", "mutation", "subscription"}:
            self._begin(Definition())

    def _begin(self, definition: Definition, operation: bool = True) -> None:
        self.current = definition
        if operation:
            self.operations.append(definition)

    def _take_selection(self, lexeme: str) -> None:
        if lexeme == "{":
            self._enter()
        elif lexeme == "}":
            self.open.pop()
            self.inline = False
        elif lexeme == "...":
            self.inline = True
        elif lexeme == ":":
            self._take_alias()
        elif lexeme[0] in NAME_START:
            self._take_name(lexeme)

    def _take_name(self, name: str) -> None:
        if self.previous == "@" or (self.previous == "on" and self.inline):
            return
        if self.previous == "...":
            self._take_spread(name)
            return
        self.inline = False
        self.field = name
        self.current.fields += 1
        names = self.open[-1].names
        names[name] += 1
        _check("repeats", names[name], self.limits.repeats)

    def _take_spread(self, name: str) -> None:
        if name != "on":
            self.inline = False
            self.current.spreads.append((name, self.open[-1].depth))

    def _take_alias(self) -> None:
        """The name before the colon was no field after all."""
        self.aliases += 1
        _check("aliases", self.aliases, self.limits.aliases)
        self.current.fields -= 1
        self.open[-1].names[self.field] -= 1

    def _enter(self) -> None:
        if self.inline and self.open:
            self.open.append(self.open[-1])
        else:
            depth = self.open[-1].depth + 1 if self.open else 1
            _check("depth", depth, self.limits.depth)
            self.current.depth = max(self.current.depth, depth)
            self.open.append(SelectionSet(depth, Counter()))
        self.inline = False

    def unfold(self) -> None:
        """Checks what the operations come to with their fragments written out."""
        known: dict[str, tuple[int, int]] = {}
        for operation in self.operations:
            depth, fields = self._unfolded(operation, known)
            _check("depth", depth, self.limits.depth)
            _check("fields", fields, self.limits.fields)

    def _unfolded(
        self, definition: Definition, known: dict[str, tuple[int, int]]
    ) -> tuple[int, int]:
        depth, fields = definition.depth, definition.fields
        for name, at in definition.spreads:
            if name not in known:
                known[name] = (0, 0)  # what a cycle meets; validation refuses cycles
                known[name] = self._unfolded(self.fragments.get(name, Definition()), known)
            inner_depth, inner_fields = known[name]
            depth = max(depth, at - 1 + inner_depth)
            fields += inner_fields
        return depth, fields
