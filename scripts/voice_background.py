"""Measure how people in general write: makes services/voice_background.npz.

    python scripts/voice_background.py

It reads what `scripts/voice_material.py` finds. Nothing of a text is kept but frequencies: of
words, of pairs of words, masked and not, and of runs of letters. What is measured is in
`scripts/voice_measures.py`, what it is weighed by in `scripts/voice_weights.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.voice_material import material, posts, whole  # noqa: E402
from scripts.voice_measures import Material, ground_of, names_of  # noqa: E402
from scripts.voice_weights import judged  # noqa: E402
from services.voice_background import FILE, LETTERS_THERE, TOKENS, Background  # noqa: E402


def made(found: Material) -> Background:
    """All that is known of how people in general write."""
    names = names_of(found.found)
    return replace(ground_of(found, names), weights=judged(names, found))


def kept(ground: Background) -> None:
    """Write the file: rows as bytes, the rest as half precision where that is enough."""
    np.savez_compressed(
        FILE,
        names=np.array("\n".join(ground.places)),
        mean=ground.mean.astype(np.float32),
        spread=ground.spread.astype(np.float32),
        between=ground.between.astype(np.float32),
        topics=small(ground.topics),
        centre=ground.centre.astype(np.float16),
        others=small(ground.others),
        damping=ground.damping,
        phrases=np.array(list(ground.phrases), np.uint32),
        phrased=np.log(list(ground.phrases.values())).astype(np.float16),
        weights=np.array(ground.weights),
    )


def small(rows: np.ndarray) -> np.ndarray:
    """In bytes: each row has length 1 again when it is read."""
    return np.round(rows / np.abs(rows).max(axis=1, keepdims=True) * 127).astype(np.int8)


def main() -> None:
    """Make the file and say what it was made from."""
    found = Material(list(material()), list(posts()), list(whole()))
    ground = made(found)
    kept(ground)
    writers = len({each.writer for each in found.found})
    sizes = [(each.counts.tokens, each.counts.letters) for each in found.found]
    tokens, letters = np.array(sizes).mean(0)
    print(f"{len(sizes)} passages of {writers} writers, {tokens:.0f} tokens, {letters:.0f} letters")
    print(f"taken for {TOKENS} and {LETTERS_THERE}")
    print(f"weights {[round(each, 2) for each in ground.weights]}")


if __name__ == "__main__":
    main()
