"""Words that stand side by side: what they say of whose a text is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.voice_features import Counts, count
from services.voice_phrases import in_common, phrases
from services.voice_tokens import tokens

OFTEN, SELDOM = "of the", "plain dealing"
USUAL = dict.fromkeys(phrases(tokens(OFTEN)), 0.005)
PAIRS = st.dictionaries(st.integers(0, 30), st.integers(1, 5), max_size=20)


def said(text: str) -> dict[int, int]:
    """Its pairs."""
    return count(text, known=()).phrases


def test_a_pair_that_hardly_anybody_has_says_more_than_one_that_everybody_has() -> None:
    voice = said(f"we speak {OFTEN} harbour and we like {SELDOM} here")
    rare = in_common(USUAL, said(f"they want {SELDOM} again"), voice)
    usual = in_common(USUAL, said(f"they want {OFTEN} again"), voice)
    stranger = in_common(USUAL, said("they want fresh bread again"), voice)
    assert rare > usual > stranger
    assert rare > 0 > stranger


def test_of_a_voice_without_pairs_nothing_is_said() -> None:
    assert in_common(USUAL, said("they want fresh bread again"), {}) == 0


@given(PAIRS, PAIRS)
def test_to_say_it_again_changes_nothing(text: dict[int, int], own: dict[int, int]) -> None:
    twice = {pair: 2 * n for pair, n in text.items()}
    assert in_common({}, twice, own) == in_common({}, text, own)


@given(PAIRS, PAIRS)
def test_taking_out_what_was_never_counted_leaves_no_debt(
    one: dict[int, int], other: dict[int, int]
) -> None:
    left = Counts(phrases=one).minus(Counts(phrases=other)).phrases
    assert left == {
        pair: n - other.get(pair, 0) for pair, n in one.items() if n > other.get(pair, 0)
    }


def test_pairs_are_of_whole_texts_and_begin_with_a_sentence() -> None:
    found = list(phrases(tokens("We mend. We mend.")))
    assert found[:3] == found[3:]
