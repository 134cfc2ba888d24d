"""The short way through a response: values in which nothing is unusual, shown all at once.

A null where none may be, an exception, something to be awaited, another class than was declared:
whatever is unusual makes a function written here return None, and the value is looked at again,
field by field, by the function that tells errors apart. So what is written here need only be right
about what is plain, and reads nothing but attributes.
"""

from dataclasses import dataclass
from typing import NamedTuple

from graphql import GraphQLObjectType


@dataclass(frozen=True, slots=True)
class Plain:
    """How a plain value is shown: `setup` is run first, `test` tells whether it is plain.

    Each is Python in which `{v}` is the value and `{w}` a name to be used.
    """

    shown: str
    test: str
    setup: str = ""


class Bound(NamedTuple):
    """The name of a position, the expression that shows a value `v` of it, and the short way."""

    name: str
    shown: str
    plain: Plain | None = None


def by_test(test: str, *, nullable: bool) -> Plain:
    """A value that is shown as it is, where a test of `{v}` says so."""
    return Plain("{v}", f"({{v}} is None or {test})" if nullable else test)


def by_call(call: str, *, nullable: bool) -> Plain:
    """A value that is shown as what an expression makes of it, None where it is not plain."""
    test = "({w} is not None or {v} is None)" if nullable else "{w} is not None"
    return Plain("{w}", test, f"{{w}} = {call}")


def by_serializer(serialize: str, *, nullable: bool) -> Plain:
    """A value that is shown as a scalar's serialiser says."""
    made = f"None if ODD[{{v}}.__class__] else {serialize}({{v}})"
    good = "{w} is not None and {w} is not Undefined"
    return Plain("{w}", f"({good} or {{v}} is None)" if nullable else good, f"{{w}} = {made}")


class PlainObject:
    """The plain fields of an object, in their order, and the places of those that are not."""

    def __init__(self, kind: GraphQLObjectType, guard: str | None) -> None:
        self.kind = kind
        self.guard = guard
        self.setup: list[str] = []
        self.tests: list[str] = []
        self.shown: list[str] = []
        self.whole = guard is not None

    def constant(self, key: str, value: str) -> None:
        """A field that is the same for all."""
        self.shown.append(f"{key!r}: {value!r}")

    def value(self, key: str, attribute: str, plain: Plain) -> None:
        """A field that is plain."""
        names = {"v": f"a{len(self.shown)}", "w": f"w{len(self.shown)}"}
        self.setup.append(f"{names['v']} = {{source}}.{attribute}")
        if plain.setup:
            self.setup.append(plain.setup.format_map(names))
        self.tests.append(plain.test.format_map(names))
        self.shown.append(f"{key!r}: {plain.shown.format_map(names)}")

    def later(self, key: str) -> None:
        """A field that is put in its place afterwards."""
        self.whole = False
        self.shown.append(f"{key!r}: None")

    def reading(self, source: str) -> list[str]:
        """The statements that read the fields of an object."""
        return [line.format(source=source) for line in self.setup]

    @property
    def test(self) -> str:
        """Whether all that was read is plain."""
        return " and ".join(self.tests) or "True"

    @property
    def display(self) -> str:
        """What the response shows."""
        return "{" + ", ".join(self.shown) + "}"

    def function(self, name: str) -> list[str]:
        """A function that shows an object of which every field is plain, None where one is not."""
        return [
            f"def {name}(v):",
            f'    """A plain {self.kind.name}."""',
            f"    if {self.guard}: return None",
            "    try:",
            *(f"        {line}" for line in self.reading("v")),
            f"        if {self.test}: return {self.display}",
            "    except Exception:",
            "        pass",
            "    return None",
        ]


class Selection(NamedTuple):
    """The names of the functions that show an object, and what is plain of it."""

    function: str
    short: str | None
    plain: PlainObject


def list_function(name: str, items: Plain | PlainObject) -> list[str]:
    """A function that shows a list of which every item is plain, None where one is not."""
    if isinstance(items, PlainObject):
        body = [
            f"if {items.guard}: return None",
            *items.reading("v"),
            f"if not ({items.test}): return None",
            f"d.append({items.display})",
        ]
    else:
        names = {"v": "v", "w": "w"}
        body = [items.setup.format_map(names)] if items.setup else []
        body += [
            f"if not ({items.test.format_map(names)}): return None",
            f"d.append({items.shown.format_map(names)})",
        ]
    return [
        f"def {name}(value):",
        '    """A plain list."""',
        "    if value.__class__ is not list: return None",
        "    d = []",
        "    try:",
        "        for v in value:",
        *(f"            {line}" for line in body),
        "    except Exception:",
        "        return None",
        "    return d",
    ]
