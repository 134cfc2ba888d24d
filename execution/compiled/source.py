"""The Python text of one operation, function by function, and the names it uses."""

from typing import Any

from graphql import GraphQLList, GraphQLObjectType, GraphQLOutputType

from execution.compiled.position import Field
from execution.compiled.values import ODD, failed, items_of, null, other


class Source:
    """Functions that were written, and the values that their names stand for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "ODD": ODD,
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
        self.lines += [*lines, ""]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    def load(self, title: str) -> None:
        """Runs the text, so that the names of functions stand for them."""
        exec(compile(self.text, f"<{title}>", "exec"), self.names)  # noqa: S102


class ObjectText:
    """One function: the fields of an object, read in their order."""

    def __init__(self, name: str, kind: GraphQLObjectType) -> None:
        self.lines = [
            f"def {name}(run, source, place):",
            f'    """Fields of {kind.name}."""',
            "    d = {}",
        ]

    def comment(self, field: Field) -> None:
        """Says which field comes."""
        self.lines.append(f"    # {field.parent.name}.{field.name}: {field.definition.type}")

    def constant(self, key: str, value: str) -> None:
        """A field that is the same for all."""
        self.lines.append(f"    d[{key!r}] = {value!r}")

    def value(self, key: str, position: str, read: str, shown: str) -> None:
        """A field that is read, then shown."""
        self.lines += [
            "    try:",
            f"        v = {read}",
            f"        d[{key!r}] = {shown}",
            "    except Exception as error:",
            f"        d[{key!r}] = failed(run, error, {position}, d, {key!r}, place)",
        ]

    def relation(self, key: str, position: str, read: str, loader: str) -> None:
        """A field that a loader will fill."""
        self.lines += [
            "    try:",
            f"        v = {read}",
            f"        d[{key!r}] = null({position}) if v is None else None",
            "        if v is not None:",
            f"            run.want({loader!r}, (v, {position}, d, {key!r}, place))",
            "    except Exception as error:",
            f"        d[{key!r}] = failed(run, error, {position}, d, {key!r}, place)",
        ]

    def end(self) -> list[str]:
        """The whole function."""
        return [*self.lines, "    return d"]


def list_text(
    name: str, kind: GraphQLList[GraphQLOutputType], position: str, shown: str, items: str
) -> list[str]:
    """One function: the items of a list."""
    return [
        f"def {name}(run, value, place):",
        f'    """Items of {kind}."""',
        "    d = []",
        f"    if value.__class__ is not list: value = items_of({position}, value)",
        "    for i, v in enumerate(value):",
        "        try:",
        f"            d.append({shown})",
        "        except Exception as error:",
        f"            d.append(failed(run, error, {items}, d, i, place))",
        "    return d",
    ]
