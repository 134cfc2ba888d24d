"""What a document may ask of the server before anything of it is run."""

from dataclasses import dataclass

from execution import codes
from execution.errors import RequestRejected, failure


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one operation. All counts are inclusive: a document at the bound passes.

    The defaults let GraphiQL's introspection query and large client queries through, and keep
    the parsing and validation of the worst admitted document in the tens of milliseconds.
    """

    bytes: int = 50_000
    """Length of the document in UTF-8 bytes."""
    tokens: int = 1_500
    """Names, values, punctuation and comments."""
    depth: int = 15
    """Selection sets inside one another, fragments unfolded; nested argument values too."""
    aliases: int = 30
    """Aliases in the whole document."""
    repeats: int = 30
    """Occurrences of one field name within one selection set."""
    directives: int = 50
    """Directives in the whole document."""
    fields: int = 2_000
    """Fields of one operation, fragments unfolded."""
    merge_steps: int = 8_000
    """Comparisons that the rule of mergeable fields may take, about two microseconds each."""
    cost: int = 10_000
    """Points that one operation may cost, as told from its document and variables."""
    nodes: int = 50_000
    """Objects that the response to one operation may hold."""
    seconds: float = 30.0
    """Deadline of an execution (of each event, for a subscription), in seconds."""


def beyond(limit: str, allowed: int) -> RequestRejected:
    """The refusal of a document that passes a limit (DOCUMENT_LIMIT_EXCEEDED)."""
    message = (
        f"The document passes the limit of {limit}, which is {allowed}. "
        "Split the operation, or move values into variables."
    )
    return RequestRejected([failure(message, codes.LIMIT_EXCEEDED, limit=limit, allowed=allowed)])
