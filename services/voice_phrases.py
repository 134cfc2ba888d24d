"""Which words somebody puts side by side, and what it says that a text puts them there too.

Most pairs of words are rare, so what tells is less how often one comes than that both have it.
Rates that were seen are drawn towards the usual ones by a Dirichlet prior: a pair that everybody
has says little, and one that hardly anybody has, and the voice had once, says much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from zlib import crc32

RARE = 1e-6
"""The usual rate, in tokens, of a pair that was not seen often enough to have one."""
DRAWN = 3000.0
"""Tokens of everybody's that are added to those that are known of a voice."""
STOP = "."
"""What stands before the first word."""


def phrases(found: Sequence[str]) -> Iterator[int]:
    """The pairs of tokens that stand side by side, each as 32 bits: less to keep than its text."""
    return (crc32(f"{one} {other}".encode()) for one, other in pairwise([STOP, *found]))


def in_common(usual: Mapping[int, float], text: Mapping[int, int], own: Mapping[int, int]) -> float:
    """The log-likelihood ratio of a text's pairs, in tens of nats: the voice's, or anybody's.

    `own` are the voice's pairs, `usual` are everybody's rates. A pair counts once, however often
    the text has it: to repeat a name is no habit. 0 where no pairs are known.
    """
    tokens = sum(own.values())
    both = sum(
        math.log1p(own[pair] / DRAWN / usual.get(pair, RARE)) for pair in text if pair in own
    )
    return (both - len(text) * math.log1p(tokens / DRAWN)) / 10
