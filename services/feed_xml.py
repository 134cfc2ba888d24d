"""XML of strangers, read by expat without anything that it could be made to do for them."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ParserCreate

DEEPEST = 60
MOST_ELEMENTS = 40_000
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


class Refused(Exception):
    """The document asks for something that is not done, or is larger than any feed."""


class Growing:
    """The tree, as the parser tells of it. Its entities are those of XML and HTML alone."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._depth = 0
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise Refused("The document is no feed: it has more elements than any feed has.")
        self._tree.start(name, attributes)

    def end(self, name: str) -> None:
        """It ends."""
        self._depth -= 1
        self._tree.end(name)

    def data(self, text: str) -> None:
        """Text within it."""
        self._tree.data(text)

    def entity(self, name: str, parameter: bool) -> None:
        """An entity that XML does not know: HTML may, and else it is left as it is written."""
        if not parameter and self._depth:
            self._tree.data(html.unescape(f"&{name};"))

    def declared(self, *_: object) -> None:
        """A document that declares entities wants them expanded, into billions or from files."""
        raise Refused("The feed declares entities of its own, and such documents are not read.")

    def close(self) -> Element:
        """The root."""
        return self._tree.close()


def tree(text: str) -> Element:
    """The root of a document, whose tags are `namespace}name`.

    Raises Refused, and ExpatError where it is not well-formed.
    """
    growing, parser = Growing(), ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.UseForeignDTD(True)  # unknown entities are told of then, and are no error
    parser.StartElementHandler = growing.start
    parser.EndElementHandler = growing.end
    parser.CharacterDataHandler = growing.data
    parser.SkippedEntityHandler = growing.entity
    parser.EntityDeclHandler = growing.declared
    parser.UnparsedEntityDeclHandler = growing.declared
    parser.Parse(CONTROLS.sub("", DECLARATION.sub("", text, count=1)).strip(), True)
    return growing.close()
