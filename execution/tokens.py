"""The tokens of a document, cut at the speed of a regular expression.

Only their kinds matter here, for counting. A document that this cuts otherwise than the grammar
does is refused by the parser, which comes after.
"""

import re

TOKEN = re.compile(
    r"""
      \#[^\n\r]*+                                 # a comment
    | \"{3}(?:\\\"{3}|(?!\"{3}).)*+\"{3}          # a block string
    | "(?:[^"\\\n\r]|\\[^\n\r])*+"                # a string
    | [_A-Za-z][_0-9A-Za-z]*+                     # a name
    | -?[0-9][0-9A-Za-z_.+-]*+                    # a number
    | \.\.\.                                      # a spread
    | [^\s,\ufeff]                                # punctuation, or no GraphQL
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> list[str]:
    """The tokens of a document in their order, comments among them."""
    return TOKEN.findall(text)
