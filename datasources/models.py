"""What is asked of a model and what it answers, whichever model that is; and how it may fail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec

A = TypeVar("A", bound=msgspec.Struct)

Filled = Annotated[str, msgspec.Meta(pattern=r"\S")]
"""Text of an answer that may not be blank: an answer with a blank one is asked for again."""

Told = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Is told what is known of an answer so far: its fields, the last of them perhaps cut short."""


class Provider(StrEnum):
    """Who runs a model. OFFLINE: this server itself, with no network and for nothing."""

    OPENAI = "OPENAI"
    OFFLINE = "OFFLINE"


class ModelId(msgspec.Struct, frozen=True):
    """Which model: who runs it, and its name there."""

    provider: Provider
    name: str

    def __str__(self) -> str:
        return self.name


class Tokens(msgspec.Struct, frozen=True):
    """What a call took, in tokens: `cached` of the `read` ones cost less at some providers."""

    read: int = 0
    written: int = 0
    cached: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.read + other.read, self.written + other.written, self.cached + other.cached
        )


@dataclass(frozen=True, slots=True)
class Material:
    """Text that somebody else wrote: to be worked with, never to be obeyed."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class TextRequest(Generic[A]):
    """What is to be written, told twice: in prose for a model that reads, and as data.

    `instructions` are ours alone. `material` is fenced. `brief` holds the same as data, for the
    composer that fills templates. `answer` is what the answer has to fit; `most` bounds it, in
    tokens.
    """

    instructions: str
    brief: object
    answer: type[A]
    material: Sequence[Material] = ()
    most: int = 1500
    temperature: float = 0.7


@dataclass(frozen=True, slots=True)
class Written(Generic[A]):
    """An answer, the model that gave it, and what it took. `cached`: it had been given before."""

    answer: A
    model: ModelId
    tokens: Tokens = field(default_factory=Tokens)
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Embedded:
    """One vector of length 1 a text, in the order asked.

    Vectors of two models must never be compared: keep `model` with each.
    """

    vectors: Sequence[Sequence[float]]
    model: ModelId
    dimension: int
    tokens: Tokens = field(default_factory=Tokens)


class ModelFailure(Exception):
    """A model gave no answer that can be used.

    `tokens` were used up all the same. `transient`: trying again may help; `wait` is for how
    many seconds the provider wants to be left alone.
    """

    code: ClassVar[str] = "MODEL_FAILED"
    transient: ClassVar[bool] = False

    def __init__(
        self, message: str, *, tokens: Tokens | None = None, wait: float | None = None
    ) -> None:
        super().__init__(message)
        self.tokens = tokens or Tokens()
        self.wait = wait

    @property
    def extensions(self) -> dict[str, Any]:
        """What the client is told beside the message: seconds to wait, where they are known."""
        return {} if self.wait is None else {"retryAfter": self.wait}


class ModelUnavailable(ModelFailure):
    """It could not be reached, was too slow, failed, or broke off."""

    code = "MODEL_UNAVAILABLE"
    transient = True

    def __init__(
        self,
        why: str = "does not answer just now",
        *,
        tokens: Tokens | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(f"The model {why}. Try again in a moment.", tokens=tokens, wait=wait)


class ModelBusy(ModelFailure):
    """It takes no more requests for now."""

    code = "MODEL_RATE_LIMITED"
    transient = True

    def __init__(self, wait: float | None = None) -> None:
        super().__init__("The model takes no more requests just now. Try again later.", wait=wait)


class ModelMisconfigured(ModelFailure):
    """The provider refuses this server: its key, its account or its choice of model."""

    code = "MODEL_MISCONFIGURED"

    def __init__(self, why: str) -> None:
        super().__init__(f"The model cannot be used: {why}. Tell who runs this server.")


class ModelNotChosen(ModelFailure):
    """It runs elsewhere, and the workspace keeps its texts on this server."""

    code = "MODEL_NOT_CHOSEN"

    def __init__(self, model: ModelId) -> None:
        super().__init__(
            f"This workspace keeps its texts on this server, and {model} runs elsewhere. "
            "setModelProvider changes that."
        )


class ModelRefused(ModelFailure):
    """It will not write this."""

    code = "MODEL_REFUSED"

    def __init__(self, tokens: Tokens | None = None) -> None:
        super().__init__("The model refuses to write this. Ask for something else.", tokens=tokens)


class ModelAnswerUnusable(ModelFailure):
    """What it wrote does not have the form that was asked for."""

    code = "MODEL_ANSWER_UNUSABLE"
    transient = True

    def __init__(self, tokens: Tokens | None = None) -> None:
        super().__init__(
            "The model did not answer in the form that it was asked for. Try again.", tokens=tokens
        )
