"""What can be said of a subject without knowing it: sentences by field, each true by itself.

The composer chooses among them. None claims an experience, a figure or a fact about the author.
"""

from __future__ import annotations

from services.post_field import Field
from services.post_fields_making import MARKETING, PRODUCT, SOFTWARE
from services.post_fields_running import LEADING, LEARNING, MONEY, PEOPLE

GENERAL = Field(
    "general",
    "",
    (
        "The interesting part usually starts where the obvious advice ends.",
        "What looks like a detail from far away is often the whole job up close.",
        "Most disagreements are about words that nobody has defined.",
        "Small and finished teaches more than large and planned.",
        "The people who do the work know where it hurts: ask them first.",
    ),
    (
        "Who is affected by it, and who has been asked?",
        "What would be lost if everything stayed as it is?",
        "Which part can be tried next week, at no risk?",
        "What do people believe about it that is no longer true?",
        "What would a newcomer find strange?",
    ),
    (
        "Starting with the solution and looking for a problem.",
        "Taking the loudest opinion for the common one.",
        "Doing all of it at once, so that nobody can tell what helped.",
        "Asking experts only, and never those who live with the result.",
    ),
    (
        "Write down what you know, what you assume, and what you can find out.",
        "Talk to one person who sees it differently.",
        "Try the smallest version that could disappoint you.",
        "Keep what worked, and say openly what did not.",
    ),
)

FIELDS = (MONEY, PEOPLE, PRODUCT, SOFTWARE, MARKETING, LEADING, LEARNING)
BY_NAME = {field.name: field for field in (*FIELDS, GENERAL)}
