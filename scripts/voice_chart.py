"""Ask the author test's question at length: writes docs/voice.svg and the figures in docs/voice.md.

    python scripts/voice_chart.py [passages a speaker]

Takes some minutes. Whoever changes the background or the score runs it again.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.services.author_topics import without_topics  # noqa: E402
from tests.services.author_trials import (  # noqa: E402
    OF,
    Trial,
    draws,
    in_eights,
    interval,
    share,
    trials,
)
from tests.services.speakers import held_out, speeches  # noqa: E402

CHART, PAGE = ROOT / "docs" / "voice.svg", ROOT / "docs" / "voice.md"
BEGIN, END = "<!-- figures: scripts/voice_chart.py -->\n", "<!-- end of figures -->"
LENGTHS = ((100, 124), (125, 149), (150, 174), (175, 200))
EACH, MANY = 20, 300
OF_LATE = 1923
WIDTH, HEIGHT, LEFT, TOP = 560, 300, 60, 30
Bar = tuple[str, Sequence[float]]


def main() -> None:
    """Measure, draw and write."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else EACH
    names = held_out()
    found = list(trials(names, each))
    masked = list(trials(names, each, spelling=without_topics))
    bars = [
        (f"{least} to {most}", eights(of_length(found, least, most))) for least, most in LENGTHS
    ]
    CHART.write_text(drawn(bars), "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    figures = f"{told(bars)}\n{spread(found, names)}\n{by_topic(found, masked)}"
    PAGE.write_text(f"{before}{BEGIN}\n{figures}\n{END}{after}", "utf-8")
    print(figures)


def eights(found: Sequence[Trial]) -> list[float]:
    """For each passage, in how many eights its own profile wins."""
    return [each.in_eights() for each in found]


def of_length(found: Sequence[Trial], least: int, most: int) -> list[Trial]:
    """Passages of so many words."""
    return [each for each in found if least <= each.words <= most]


def told(bars: Sequence[Bar]) -> str:
    """The table by length."""
    rows = ["| Words | Passages | Right profile wins | 95% interval |", "| --- | --- | --- | --- |"]
    whole = ("100 to 200, all", [each for _, shares in bars for each in shares])
    rows += [line(name, shares) for name, shares in (*bars, whole)]
    return "\n".join(rows) + "\n"


def line(name: str, shares: Sequence[float]) -> str:
    """A row of a table."""
    low, high = interval(shares)
    return f"| {name} | {len(shares)} | {statistics.fmean(shares):.1%} | {low:.0%} to {high:.0%} |"


def spread(found: Sequence[Trial], names: list[str]) -> str:
    """How much it depends on which eight, and who is told hardest."""
    rows = sorted(share(found, each) for each in draws(names, MANY))
    fixed = [("the first eight by year", names[:OF]), ("the last eight", names[-OF:])]
    said = ", ".join(f"{name} {share(found, among):.0%}" for name, among in fixed)
    alone = {
        name: statistics.fmean(eights([each for each in found if each.speaker == name]))
        for name in names
    }
    hard = sorted(names, key=lambda name: alone[name])
    lowest = ", ".join(f"{name} {alone[name]:.0%}" for name in hard[:4])
    highest = ", ".join(f"{name} {alone[name]:.0%}" for name in hard[-3:])
    began = {each.name: each.year for each in reversed(speeches())}
    late = [name for name in names if began[name] >= OF_LATE]
    theirs = statistics.fmean(alone[name] for name in late)
    return (
        f"Over {MANY} random draws of eight the share has a mean of {statistics.fmean(rows):.1%} "
        f"and a\nstandard deviation of {statistics.stdev(rows):.1%}; nine draws in ten lie "
        f"between {rows[MANY // 20]:.0%} and {rows[-MANY // 20]:.0%}.\nBy fixed rules: {said}; "
        f"all {len(names)} at once {share(found, names):.0%}.\nHardest to tell: {lowest}. "
        f"Easiest: {highest}.\nOf the {len(late)} who began in {OF_LATE} or later: {theirs:.0%}.\n"
    )


def by_topic(found: Sequence[Trial], masked: Sequence[Trial]) -> str:
    """What the topic does, and what is left without it."""
    elsewhere = [each for each in found if each.topic_says != each.speaker]
    against = [each.scores[each.speaker] > each.scores[each.topic_says] for each in elsewhere]
    alone = [in_eights(each.topics, each.speaker) for each in found]
    rows = ["| About the topic | Passages | Right | 95% interval |", "| --- | --- | --- | --- |"]
    rows += [
        line("the topic alone: words of substance, no others", alone),
        line("the profile, words of substance unreadable in all texts", eights(masked)),
        line("the profile, where the topic points to somebody else", eights(elsewhere)),
        line("there, against just the one that the topic points to", list(map(float, against))),
    ]
    return "\n".join(rows) + "\n"


def drawn(bars: Sequence[Bar]) -> str:
    """The SVG."""
    inner, step = HEIGHT - 90, (WIDTH - LEFT - 20) / len(bars)

    def y(share: float) -> float:
        return TOP + inner * (1 - share)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for level, name in ((0.125, "chance"), (0.85, "85%"), (1.0, "100%")):
        parts.append(
            f'<path d="M{LEFT} {y(level):.0f}H{WIDTH - 20}" stroke="#999" '
            f'stroke-dasharray="4 4"/><text x="4" y="{y(level) + 4:.0f}">{name}</text>'
        )
    for at, (name, shares) in enumerate(bars):
        part, (low, high) = statistics.fmean(shares), interval(shares)
        x = LEFT + step * at + step * 0.2
        middle = x + step * 0.3
        parts += [
            f'<rect x="{x:.0f}" y="{y(part):.0f}" width="{step * 0.6:.0f}" '
            f'height="{inner * part:.0f}" fill="#4a78b5"/>',
            f'<path d="M{middle:.0f} {y(low):.0f}V{y(high):.0f}" stroke="#111" stroke-width="2"/>',
            f'<text x="{middle:.0f}" y="{TOP + inner - 8:.0f}" fill="#fff" '
            f'text-anchor="middle">{part:.0%}</text>',
            f'<text x="{middle:.0f}" y="{TOP + inner + 20}" text-anchor="middle">{name}</text>',
        ]
    parts.append(
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">words in the passage: '
        "the right one of eight speakers wins, in another year</text></svg>\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    main()
