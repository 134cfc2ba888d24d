"""The text of a template: `{{name}}` is a gap for a value, everything else stands as it is.

A value is put in once and never looked at again, so that braces in it are only braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.failures import BadInput
from services.validation import text

GAP = re.compile(r"\{\{([^{}\n]*)\}\}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,49}")
ALLOWED = "{{name}}, of letters, digits and underscores, at most 50; not beginning with a digit"
MOST = 50
VALUE = 20_000


@dataclass(frozen=True, slots=True)
class Value:
    """What a variable stands for this time."""

    name: str
    value: str


def variables(texts: Sequence[str]) -> list[str]:
    """The names in these texts, each once, in the order of first use."""
    return list(dict.fromkeys(name.strip() for each in texts for name in GAP.findall(each)))


def check(field: str, template: str) -> None:
    """BadInput where braces hold what is no name, or where there are too many variables."""
    found = variables([template])
    wrong = next((name for name in found if not NAME.fullmatch(name)), None)
    if wrong is not None:
        raise BadInput(field, f"has {{{{{wrong}}}}}, which is no variable.", ALLOWED)
    if len(found) > MOST:
        raise BadInput(field, f"has {len(found)} variables.", f"at most {MOST}")


def values_of(texts: Sequence[str], given: Sequence[Value]) -> dict[str, str]:
    """The value of each variable in these texts: each is given once, and nothing else is."""
    wanted = variables(texts)
    values: dict[str, str] = {}
    for each in given:
        if each.name not in wanted:
            raise BadInput("variables", f"has {each.name!r}, which the template has not.", wanted)
        if each.name in values:
            raise BadInput("variables", f"has {each.name!r} twice.", wanted)
        values[each.name] = text(f"variables.{each.name}", each.value, most=VALUE, lines=True)
    missing = [name for name in wanted if name not in values]
    if missing:
        raise BadInput(f"variables.{missing[0]}", "is missing.", wanted)
    return values


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with every gap filled."""
    return GAP.sub(lambda gap: values[gap[1].strip()], template)
