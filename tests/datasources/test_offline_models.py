"""The models that need no network: what means the same is close, and nothing is pretended."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from datasources.minilm import DIMENSION, MiniLM, checked
from datasources.models import ModelMisconfigured, TextRequest
from datasources.template_model import TemplateText


class Brief(msgspec.Struct):
    """What is to be said."""

    topic: str


class Answer(msgspec.Struct):
    """What is said."""

    body: str


def closeness(one: list[float], other: list[float]) -> float:
    """The cosine of two vectors of length 1."""
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_texts_of_one_meaning_are_closer_than_texts_of_one_word() -> None:
    texts = [
        "The bank of the river flooded.",
        "The stream burst its shores.",
        "My bank raised fees.",
    ]
    found = await MiniLM().embed(texts)
    river, stream, money = (list(vector) for vector in found.vectors)
    assert (found.dimension, len(river)) == (DIMENSION, DIMENSION)
    assert found.model.name == "all-MiniLM-L6-v2-onnx-int8"
    assert closeness(river, river) == pytest.approx(1, abs=1e-5)
    assert closeness(river, stream) > closeness(river, money) + 0.1


async def test_a_vector_does_not_depend_on_what_is_embedded_beside_it() -> None:
    model = MiniLM()
    (alone,) = (await model.embed(["A short text."])).vectors
    beside = (await model.embed(["word " * 900, "A short text.", ""])).vectors[1]
    assert closeness(list(alone), list(beside)) > 0.999


async def test_each_text_of_many_gets_its_own_vector_whatever_their_lengths() -> None:
    model = MiniLM()
    texts = [f"{'loom ' * (number * 7 % 20)}number {number}" for number in range(20)]
    for text, vector in zip(texts, (await model.embed(texts)).vectors, strict=True):
        (alone,) = (await model.embed([text])).vectors
        assert closeness(list(alone), list(vector)) > 0.999


def test_a_file_that_is_not_the_tested_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"something else")
    with pytest.raises(ModelMisconfigured, match="not the file that was tested"):
        checked(file, "0" * 64)


async def test_the_composer_says_that_it_fills_templates_and_refuses_what_it_cannot() -> None:
    model = TemplateText({Brief: lambda brief: Answer(f"On {brief.topic}.")})
    written = await model.write(TextRequest("", Brief("looms"), Answer))
    assert (written.answer, str(written.model)) == (Answer("On looms."), "template")
    with pytest.raises(ModelMisconfigured):
        await model.write(TextRequest("", None, Answer))
