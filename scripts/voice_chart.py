"""Draw docs/voice.svg: how often the right voice wins, by length, with 95% intervals.

    python scripts/voice_chart.py

It asks what tests/services/test_voice_authors.py asks, of more passages.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.services.author_trials import interval, profiles, trials  # noqa: E402

FILE = ROOT / "docs" / "voice.svg"
LENGTHS = ((40, 60), (80, 110), (110, 150), (160, 200))
EACH = 30
WIDTH, HEIGHT, LEFT, TOP = 560, 300, 60, 30


def main() -> None:
    """Measure, print and draw."""
    known = profiles()
    bars = []
    for least, most in LENGTHS:
        found = list(trials(known, EACH, least, most))
        right = sum(each.right for each in found)
        low, high = interval(right, len(found))
        print(f"{least}-{most} words: {right}/{len(found)}, {low:.3f} to {high:.3f}")
        bars.append((f"{least} to {most}", right / len(found), low, high))
    FILE.write_text(drawn(bars), "utf-8")


def drawn(bars: list[tuple[str, float, float, float]]) -> str:
    """The SVG."""
    inner, step = HEIGHT - 90, (WIDTH - LEFT - 20) / len(bars)

    def y(share: float) -> float:
        return TOP + inner * (1 - share)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for share, name in ((0.125, "chance"), (0.85, "85%"), (1.0, "100%")):
        parts.append(
            f'<path d="M{LEFT} {y(share):.0f}H{WIDTH - 20}" stroke="#999" '
            f'stroke-dasharray="4 4"/><text x="4" y="{y(share) + 4:.0f}">{name}</text>'
        )
    for at, (name, share, low, high) in enumerate(bars):
        x = LEFT + step * at + step * 0.2
        middle = x + step * 0.3
        parts += [
            f'<rect x="{x:.0f}" y="{y(share):.0f}" width="{step * 0.6:.0f}" '
            f'height="{inner * share:.0f}" fill="#4a78b5"/>',
            f'<path d="M{middle:.0f} {y(low):.0f}V{y(high):.0f}" stroke="#111" stroke-width="2"/>',
            f'<text x="{middle:.0f}" y="{TOP + inner - 8:.0f}" fill="#fff" '
            f'text-anchor="middle">{share:.0%}</text>',
            f'<text x="{middle:.0f}" y="{TOP + inner + 20}" text-anchor="middle">{name}</text>',
        ]
    parts.append(
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">words in the passage: '
        "the right one of eight speakers wins, in other years</text></svg>\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    main()
