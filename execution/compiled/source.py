"""The Python text of one operation, function by function, and the names it uses."""

from typing import Any

from graphql import GraphQLList, GraphQLObjectType, GraphQLOutputType, Undefined

from execution.compiled.plain import PlainObject
from execution.compiled.position import Field
from execution.compiled.values import ODD, failed, items_of, null, other


class Source:
    """Functions that were written, and the values that their names stand for."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.names: dict[str, Any] = {
            "ODD": ODD,
            "Undefined": Undefined,
            "failed": failed,
            "items_of": items_of,
            "null": null,
            "other": other,
        }

    def bind(self, prefix: str, value: Any) -> str:
        """A name of its own for a value."""
        name = f"{prefix}_{len(self.names)}"
        self.names[name] = value
        return name

    def reserve(self, prefix: str) -> str:
        """A name for a function that is yet to be written."""
        return self.bind(prefix, None)

    def write(self, lines: list[str]) -> None:
        """Adds a function."""
        self.functions.append("\n".join([*lines, ""]))

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.functions)

    def load(self, title: str) -> None:
        """Runs the text, so that the names of functions stand for them.

        One function at a time: Python lets no other thread run while it compiles.
        """
        for text in self.functions:
            exec(compile(text, f"<{title}>", "exec"), self.names)  # noqa: S102


class ObjectText:
    """One function: the fields of an object, read in their order.

    Its first part shows the plain fields at once, and puts in their places those that are not;
    the second, for an object with something unusual, goes field by field.
    """

    def __init__(self, name: str, kind: GraphQLObjectType, plain: PlainObject) -> None:
        self.name = name
        self.kind = kind
        self.plain = plain
        self.lines: list[str] = []
        self.later: list[str] = []

    def comment(self, field: Field) -> None:
        """Says which field comes."""
        self.lines.append(f"    # {field.parent.name}.{field.name}: {field.definition.type}")

    def constant(self, key: str, value: str) -> None:
        """A field that is the same for all."""
        self.plain.constant(key, value)
        self.lines.append(f"    d[{key!r}] = {value!r}")

    def value(self, key: str, position: str, read: str, shown: str) -> list[str]:
        """A field that is read, then shown."""
        return [
            "    try:",
            f"        v = {read}",
            f"        d[{key!r}] = {shown}",
            "    except Exception as error:",
            f"        d[{key!r}] = failed(run, error, {position}, d, {key!r}, place)",
        ]

    def relation(self, key: str, position: str, read: str, loader: str) -> list[str]:
        """A field that a loader will fill."""
        return [
            "    try:",
            f"        v = {read}",
            f"        d[{key!r}] = null({position}) if v is None else None",
            "        if v is not None:",
            f"            run.want({loader!r}, (v, {position}, d, {key!r}, place))",
            "    except Exception as error:",
            f"        d[{key!r}] = failed(run, error, {position}, d, {key!r}, place)",
        ]

    def add(self, key: str, lines: list[str], *, later: bool) -> None:
        """Adds a field to the function; to its first part too, if it is put in place `later`."""
        self.lines += lines
        if later:
            self.plain.later(key)
            self.later += lines

    def end(self) -> list[str]:
        """The whole function."""
        return [
            f"def {self.name}(run, source, place):",
            f'    """Fields of {self.kind.name}."""',
            *(self.shortly() if self.plain.setup else ()),
            "    d = {}",
            *self.lines,
            "    return d",
        ]

    def shortly(self) -> list[str]:
        """The first part."""
        plain = self.plain
        return [
            "    try:",
            *(f"        {line}" for line in plain.reading("source")),
            f"        plain = {plain.test}",
            "    except Exception:",
            "        plain = False",
            "    if plain:",
            f"        d = {plain.display}",
            *(f"    {line}" for line in self.later),
            "        return d",
        ]


def list_text(
    name: str,
    kind: GraphQLList[GraphQLOutputType],
    position: str,
    shown: str,
    items: str,
    plain: str | None,
) -> list[str]:
    """One function: the items of a list; `plain` is the name of the one that is tried first."""
    first = [f"    d = {plain}(value)", "    if d is not None: return d"] if plain else []
    return [
        f"def {name}(run, value, place):",
        f'    """Items of {kind}."""',
        *first,
        "    d = []",
        f"    if value.__class__ is not list: value = items_of({position}, value)",
        "    for i, v in enumerate(value):",
        "        try:",
        f"            d.append({shown})",
        "        except Exception as error:",
        f"            d.append(failed(run, error, {items}, d, i, place))",
        "    return d",
    ]
