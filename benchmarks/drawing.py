"""Draws lines over logarithmic axes as SVG text. (pygal, which draws the reports, has no logarithmic x-axis.)

Colours are readable on white and on black grounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH = 900
_COLOURS = ("#2f7ed8", "#d9822b", "#3a9a5b", "#a45bb5", "#8c8c8c")
_GREY = "#808080"


def _svg(height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{_GREY}">'
    )
    return "\n".join((head, *parts, "</svg>")) + "\n"


def _text(x: float, y: float, words: str, anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = _GREY, width: float = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def lines(title: str, x_words: str, y_words: str, given: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Both axes logarithmic: what grows in proportion is a straight line."""
    left, right, top, bottom, height = 80, WIDTH - 180, 50, 370, 420
    xs = [point[0] for points in given.values() for point in points]
    ys = [point[1] for points in given.values() for point in points]
    low_x, high_x = math.log10(min(xs)), math.log10(max(xs))
    low_y, high_y = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def x(value: float) -> float:
        return left + (right - left) * (math.log10(value) - low_x) / ((high_x - low_x) or 1)

    def y(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(value) - low_y) / ((high_y - low_y) or 1)

    parts = [_text(left, 24, title, more=' font-size="16" font-weight="bold"')]
    for power in range(low_y, high_y + 1):
        parts += [
            _line(left, y(10**power), right, y(10**power), width=0.4),
            _text(left - 8, y(10**power) + 4, f"{10**power:,g}", "end"),
        ]
    for value in sorted(set(xs)):
        parts.append(_text(x(value), bottom + 20, f"{value:,g}", "middle"))
    parts += [_text((left + right) / 2, bottom + 42, x_words, "middle"), _text(left, 42, y_words)]
    for (name, points), colour in zip(given.items(), _COLOURS, strict=False):
        path = " ".join(f"{x(point[0]):.1f},{y(point[1]):.1f}" for point in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(point[0]):.1f}" cy="{y(point[1]):.1f}" r="3" fill="{colour}"/>' for point in points]
        last = points[-1]
        parts.append(_text(x(last[0]) + 8, y(last[1]) + 4, name, more=f' style="fill:{colour}"'))
    return _svg(height, parts)
