"""Composes posts without a model: an angle, sentences of the topic's field, and a form.

The same brief gives the same post; another take gives another one. English only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from datasources.content import ContentType, Platform
from services.post_angles import ANGLES, Angle
from services.post_brief import Drafts, DraftText, Length, PostBrief
from services.post_field import Field
from services.post_fields import BY_NAME
from services.post_rules import fit, hashtags
from services.post_words import (
    capitalised,
    closing,
    headline,
    invitation,
    is_news,
    sentence,
    tone_of,
    whom,
)

if TYPE_CHECKING:
    from jinja2 import Template

POST = """{{ headline }}
{%- if audience %}

For {{ audience }}.{% endif %}
{%- if opening %}

{{ opening }}{% endif %}
{%- for point in points %}
{{ "\n" if loop.first or not marks -}}
{{ (marks if marks != "1" else loop.index ~ ".") ~ " " if marks }}{{ point }}{% endfor %}
{%- if turn %}

{{ turn }}{% endif %}
{%- if close %}

{{ close }}{% endif %}
{%- if call %}

{{ call }}{% endif %}"""
ARTICLE = """{{ opening }}
{%- for part in parts %}

## {{ part.title }}

{{ part.lead }}
{% for point in part.points %}
- {{ point }}
{%- endfor %}

{{ part.turn }}
{%- endfor %}

{{ close }}
{%- if call %}

{{ call }}{% endif %}"""
SCRIPT = """[Hook]
{{ headline }}

[Opening]
{{ opening }}
{%- for point in points %}

[Point {{ loop.index }}]
{{ point }}{% endfor %}

[Close]
{{ close }}
{%- if call %}
{{ call }}{% endif %}"""
COUNTS = {Length.SHORT: 1, Length.MEDIUM: 3, Length.LONG: 4}


def compose(brief: PostBrief) -> Drafts:
    """As many versions as the brief asks for, each from another angle or with other points."""
    brief = replace(brief, audience=whom(brief.audience))
    start = seed(brief.topic) + brief.take
    made = [version(brief, start + number) for number in range(brief.versions)]
    return Drafts(versions=made)


def version(brief: PostBrief, number: int) -> DraftText:
    """One version."""
    field = BY_NAME[brief.field]
    if is_news(brief.topic):
        return news(brief, number)
    angle = ANGLES[number % len(ANGLES)]
    if brief.type is ContentType.ARTICLE:
        return article(brief, field, number)
    if brief.type is ContentType.VIDEO_SCRIPT:
        return script(brief, field, angle, number)
    return DraftText(title=None, body=post(brief, field, angle, number))


def post(brief: PostBrief, field: Field, angle: Angle, number: int) -> str:
    """The longest form that fits the platform, with its hashtags."""
    tags = hashtags(brief.platform, [brief.pillar, brief.topic])
    points = chosen(angle.points(field), number // len(ANGLES), COUNTS[brief.length])
    for form in forms(brief, angle, points, number):
        body = "\n\n".join([part for part in (form, tags) if part])
        if fit(brief.platform, body):
            return body
    return "\n\n".join(part for part in (sentence(brief.topic), brief.call_to_action) if part)


def forms(brief: PostBrief, angle: Angle, points: Sequence[str], number: int) -> Iterator[str]:
    """The post in full, then with less and less in it."""
    short = brief.length is Length.SHORT
    brief_form = brief.platform is Platform.X or short
    close = closing(brief.tone, number)
    full = {
        "headline": headline(brief.topic, angle.suffix),
        "audience": "" if brief_form else brief.audience,
        "call": sentence(brief.call_to_action),
        "opening": angle.opening(tone_of(brief.tone)),
        "marks": angle.marks,
        "turn": angle.turn if brief.length is Length.LONG else "",
        "close": "" if brief_form else close,
    }
    for count in range(len(points), 1, -1):
        yield render(POST, **{**full, "points": points[:count]})
        yield render(POST, **{**full, "points": points[:count], "opening": ""})
    alone = {"points": [], "opening": points[0], "turn": ""}
    yield render(POST, **{**full, **alone})
    yield render(POST, **{**full, **alone, "close": "", "audience": ""})


def article(brief: PostBrief, field: Field, number: int) -> DraftText:
    """A piece with headings: one angle leads, two or three follow."""
    count = {Length.SHORT: 2, Length.MEDIUM: 3, Length.LONG: 4}[brief.length]
    order = [ANGLES[(number + step) % len(ANGLES)] for step in range(count)]
    tone = tone_of(brief.tone)
    parts = [
        {
            "title": angle.title,
            "lead": angle.opening(tone),
            "points": angle.points(field)[:4],
            "turn": angle.turn,
        }
        for angle in order
    ]
    whom = f" It is written for {brief.audience}." if brief.audience else ""
    body = render(
        ARTICLE,
        opening=f"This piece takes its subject in {NUMBERS[count]} parts: {contents(order)}.{whom}",
        parts=parts,
        close=closing(brief.tone, number),
        call=sentence(brief.call_to_action),
    )
    return DraftText(title=capitalised(brief.topic).rstrip("."), body=body)


NUMBERS = {2: "two", 3: "three", 4: "four"}


def contents(order: Sequence[Angle]) -> str:
    """What an article holds, as a list in a sentence."""
    names = [angle.suffix for angle in order]
    return f"{', '.join(names[:-1])}, and {names[-1]}" if len(names) > 2 else " and ".join(names)


def script(brief: PostBrief, field: Field, angle: Angle, number: int) -> DraftText:
    """Something to be spoken, scene by scene."""
    body = render(
        SCRIPT,
        headline=headline(brief.topic, angle.suffix),
        opening=angle.opening(tone_of(brief.tone)).rstrip(":") + ".",
        points=chosen(angle.points(field), number // len(ANGLES), COUNTS[brief.length] + 1),
        close=closing(brief.tone, number),
        call=sentence(brief.call_to_action),
    )
    return DraftText(title=headline(brief.topic, angle.suffix).rstrip("."), body=body)


def news(brief: PostBrief, number: int) -> DraftText:
    """Something that has happened: it is said, to whom it concerns, and where to ask."""
    brief_form = brief.platform is Platform.X or brief.length is Length.SHORT
    body = render(
        POST,
        headline=sentence(brief.topic),
        audience="" if brief_form else brief.audience,
        close="" if brief_form else invitation(brief.tone, number),
        call=sentence(brief.call_to_action),
    )
    tags = hashtags(brief.platform, [brief.pillar])
    whole = "\n\n".join(part for part in (body, tags) if part)
    titled = brief.type is not ContentType.POST
    text = whole if fit(brief.platform, whole) else body
    return DraftText(title=brief.topic.rstrip(".") if titled else None, body=text)


def chosen(found: Sequence[str], offset: int, count: int) -> list[str]:
    """So many of them, each once, from another place each time."""
    count = min(count, len(found))
    return [found[(offset + step) % len(found)] for step in range(count)]


def seed(text: str) -> int:
    """A number that is always the same for a text."""
    return hashlib.sha256(text.casefold().encode()).digest()[0]


def render(source: str, **values: object) -> str:
    """A form, filled in."""
    return template(source).render(**values).strip()


@cache
def template(source: str) -> Template:
    """A form, read once."""
    from jinja2 import Environment

    return Environment(autoescape=False, keep_trailing_newline=False).from_string(source)  # noqa: S701
