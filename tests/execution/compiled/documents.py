"""Random documents that are valid for a schema, with variables to run them with."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)


class Writer:
    """Writes one document."""

    def __init__(self, schema: GraphQLSchema, rng: Random, *, unknown: bool = False) -> None:
        self.schema, self.rng, self.unknown = schema, rng, unknown
        self.asked: dict[str, str] = {}
        self.fragments: list[str] = []
        self.spreadable: list[tuple[Any, str]] = []
        self.declared: list[str] = []
        self.variables: dict[str, Any] = {}
        self.left = 30

    def document(self, operation: str) -> str:
        """A document with one operation of a kind: query, mutation or subscription."""
        root = getattr(self.schema, f"{operation}_type")
        body = self.selections(root, 0, single=operation == "subscription")
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return "\n".join([f"{operation} Wild{declared} {body}", *self.fragments])

    def selections(self, kind: Any, depth: int, *, single: bool = False) -> str:
        """What is asked of a type, in braces."""
        count = 1 if single else self.rng.randint(1, 5)
        if single:
            return f"{{ {self.field(kind, depth, conditions=False)} }}"
        return "{ " + " ".join(self.selection(kind, depth) for _ in range(count)) + " }"

    def selection(self, kind: Any, depth: int) -> str:
        """A field, a fragment, or the name of the type."""
        self.left -= 1
        number = self.rng.random()
        if number < 0.08 or (not hasattr(kind, "fields") and number < 0.3):
            return f"{self.alias('__typename', '')}__typename{self.condition()}"
        if (number < 0.22 or not hasattr(kind, "fields")) and depth < 7:
            return self.fragment(kind, depth)
        return self.field(kind, depth) if hasattr(kind, "fields") else "__typename"

    def fragment(self, kind: Any, depth: int) -> str:
        """A fragment of a type that may be met there: written here, written once, or again."""
        usable = [name for on, name in self.spreadable if self.overlaps(kind, on)]
        if usable and self.rng.random() < 0.4:
            return f"...{self.rng.choice(usable)}{self.condition()}"
        on = self.rng.choice(self.related(kind))
        body = self.selections(on, depth + 1)
        if self.rng.random() < 0.6:
            named = f" on {on.name}" if on is not kind or self.rng.random() < 0.5 else ""
            return f"...{named}{self.condition()} {body}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {on.name} {body}")
        self.spreadable.append((on, name))
        return f"...{name}{self.condition()}"

    def overlaps(self, one: Any, other: Any) -> bool:
        """Whether some object is of both types."""
        return bool({*self.concrete(one)} & {*self.concrete(other)})

    def concrete(self, kind: Any) -> list[GraphQLObjectType]:
        """The object types behind a type."""
        return list(self.schema.get_possible_types(kind)) if is_abstract_type(kind) else [kind]

    def related(self, kind: Any) -> list[Any]:
        """The types that a fragment may have there."""
        return [
            each
            for each in self.schema.type_map.values()
            if is_composite_type(each)
            and not each.name.startswith("__")
            and self.overlaps(kind, each)
        ]

    def field(self, kind: Any, depth: int, *, conditions: bool = True) -> str:
        """A field, with whatever belongs to it."""
        fields = kind.fields
        names = list(fields)
        if depth > 5 or self.left < 0:
            names = [n for n in names if not is_composite_type(get_named_type(fields[n].type))]
        if not names:
            return "__typename"
        name = self.rng.choice(names)
        field = fields[name]
        alias = self.alias(name, str(field.type))
        key = f"{kind.name if is_object_type(kind) else ''}{alias}{name}"
        if key not in self.asked:
            self.asked[key] = self.arguments(field)
        body = ""
        if is_composite_type(get_named_type(field.type)):
            body = " " + self.selections(get_named_type(field.type), depth + 1)
        condition = self.condition() if conditions else ""
        return f"{alias}{name}{self.asked[key]}{condition}{body}"

    def alias(self, name: str, kind: str) -> str:
        """Nothing, or a name that always means the same."""
        number = self.rng.randrange(6)
        return f"{name.strip('_')}{number}: " if number < 2 else ""

    def condition(self) -> str:
        """A directive, now and then."""
        if self.unknown and self.rng.random() < 0.05:
            return ""
        if self.rng.random() > 0.12:
            return ""
        value = self.rng.choice(("true", "false", None, None))
        if value is None:
            value = self.variable("Boolean!", self.rng.random() < 0.5, None)
        return f" @{self.rng.choice(('skip', 'include'))}(if: {value})"

    def arguments(self, field: Any) -> str:
        """Arguments in brackets: literals, variables, or both."""
        parts = [
            f"{name}: {self.argument(argument.type)}"
            for name, argument in field.args.items()
            if self.rng.random() < 0.5 or (is_non_null_type(argument.type) and not argument.default)
        ]
        return f"({', '.join(parts)})" if parts else ""

    def argument(self, kind: Any) -> str:
        """A literal or a variable."""
        return self.literal(kind, self.rng.random() < 0.5)

    def literal(self, kind: Any, variable: bool, depth: int = 0) -> str:
        """A value as it is written; parts of it may be variables."""
        if variable and self.rng.random() < 0.6:
            return self.variable(str(kind), self.value(kind), kind)
        if is_non_null_type(kind):
            return self.literal(kind.of_type, False, depth)
        if self.rng.random() < 0.1 and depth == 0 and not variable:
            return self.plain(kind, depth)
        return self.plain(kind, depth, variable)

    def plain(self, kind: Any, depth: int, variable: bool = False) -> str:
        """A value that is no variable itself."""
        if is_list_type(kind):
            items = [self.literal(kind.of_type, variable, 9) for _ in range(self.rng.randrange(3))]
            return f"[{', '.join(items)}]"
        if is_input_object_type(kind):
            parts = [
                f"{name}: {self.literal(field.type, variable, depth + 1)}"
                for name, field in kind.fields.items()
                if self.rng.random() < (0.5 if depth < 2 else 0) or is_non_null_type(field.type)
            ]
            return f"{{{', '.join(parts)}}}"
        if is_enum_type(kind):
            return str(self.rng.choice(list(kind.values)))
        return {"Int": "4", "Float": "1.5", "Boolean": "true"}.get(kind.name, '"written"')

    def variable(self, kind: str, value: Any, typed: Any) -> str:
        """A variable of a type: given, with a default, or left out."""
        name = f"v{len(self.declared)}"
        number = self.rng.random()
        default = ""
        if number < 0.3 and typed is not None:
            default = f" = {self.literal(typed, False)}"
        self.declared.append(f"${name}: {kind}{default}")
        if (kind.endswith("!") and not default) or self.rng.random() < 0.7:
            self.variables[name] = value
        return f"${name}"

    def value(self, kind: Any, depth: int = 0) -> Any:
        """A variable's value, as JSON would bring it."""
        if is_non_null_type(kind):
            return self.value(kind.of_type, depth)
        if is_list_type(kind):
            return [self.value(kind.of_type, depth + 1) for _ in range(self.rng.randrange(3))]
        if is_input_object_type(kind):
            return {
                name: self.value(field.type, depth + 1)
                for name, field in kind.fields.items()
                if self.rng.random() < (0.5 if depth < 2 else 0) or is_non_null_type(field.type)
            }
        if is_enum_type(kind):
            return self.rng.choice(list(kind.values))
        return {"Int": 5, "Float": 2.5, "Boolean": False}.get(kind.name, "given")
