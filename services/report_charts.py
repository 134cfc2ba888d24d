"""Charts as inline SVG: bars with axes and labels. No script, no style but classes of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from services.report_numbers import short

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 12, 30
TICKS = 4
LABELS = 13
"""How many labels fit below; where there are more bars, some have none."""
FILLED = 0.68
"""How much of its place a bar takes."""
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what stands below it, what it tells when pointed at, and how high it is."""

    label: str
    told: str
    value: float


@dataclass(frozen=True, slots=True)
class Scale:
    """The values from the lowest to the highest line across, and where they are."""

    lines: Sequence[float]

    def y(self, value: float) -> float:
        """How far from the top, in units of the drawing."""
        low, high = self.lines[0], self.lines[-1]
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)


def chart(bars: Sequence[Bar], about: str, kind: str = "one") -> str:
    """The drawing. `about` says what it shows, to those who do not see it too; `kind` a colour."""
    scale = scaled([each.value for each in bars])
    parts = [*across(scale), *columns(bars, scale, kind), *below(bars)]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(about)}">'
        f"<title>{escape(about)}</title>{''.join(parts)}</svg>"
    )


def scaled(values: Sequence[float]) -> Scale:
    """About four lines at round numbers, 0 among them, that hold all values."""
    low, high = min(0, *values), max(0, *values)
    if low == high:
        return Scale([0, 1])
    step = rounded((high - low) / TICKS)
    first, last = math.floor(low / step), math.ceil(high / step)
    return Scale([step * each for each in range(first, last + 1)])


def rounded(rough: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten; at least 1, as things are counted."""
    power = 10.0 ** math.floor(math.log10(rough))
    step: float = next(each * power for each in STEPS if each * power >= rough * 0.999)
    return max(1.0, step)


def across(scale: Scale) -> Iterator[str]:
    """The lines across, with their numbers; that of 0 is an axis."""
    for value in scale.lines:
        y = scale.y(value)
        kind = "axis" if value == 0 else "line"
        yield f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="y" x="{LEFT - 8}" y="{y + 4:.1f}">{short(value)}</text>'


def columns(bars: Sequence[Bar], scale: Scale, kind: str) -> Iterator[str]:
    """The bars, from 0 up or down."""
    place = (WIDTH - LEFT - RIGHT) / max(1, len(bars))
    zero = scale.y(0)
    for number, bar in enumerate(bars):
        top, width = scale.y(bar.value), min(place * FILLED, 64)
        x = LEFT + place * number + (place - width) / 2
        yield (
            f'<rect class="{kind}" x="{x:.1f}" y="{min(top, zero):.1f}" width="{width:.1f}" '
            f'height="{abs(zero - top):.1f}" rx="1.5"><title>{escape(bar.told)}</title></rect>'
        )


def below(bars: Sequence[Bar]) -> Iterator[str]:
    """The labels: every one, or every second, third and so on, the last of all among them."""
    place = (WIDTH - LEFT - RIGHT) / max(1, len(bars))
    every = math.ceil(len(bars) / LABELS)
    for number, bar in enumerate(bars):
        if (len(bars) - 1 - number) % every == 0:
            x = LEFT + place * (number + 0.5)
            yield f'<text class="x" x="{x:.1f}" y="{HEIGHT - 10}">{escape(bar.label)}</text>'
