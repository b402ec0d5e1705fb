"""Charts of a campaign as SVG that loads nothing: drawn by pygal (extra `charts`).

pygal because it writes plain SVG, is pure Python with one small dependency, is kept up, and takes CSS variables for
colors, so that one picture serves light, dark and print. matplotlib brings numpy and 60 MB; altair and plotly need
scripts.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

_NOT_STATIC: Final = re.compile(
    r"<\?xml.*?\?>|<!--.*?-->|<script.*?</script>|<title>Pygal</title>", re.DOTALL
)
_XLINK: Final = re.compile(r' xmlns:xlink="[^"]*"')
_HEIGHT_OF_A_BAR: Final = 36


def is_available() -> bool:
    """Whether pygal is installed."""
    return _style(()) is not None


def bars(title: str, rows: Sequence[tuple[str, int, str]]) -> str:
    """Return a bar for each row (label, count, color). Empty if there is none, or pygal is not installed."""
    settings = _settings([color for _, _, color in rows])
    if settings is None or not rows:
        return ""
    import pygal  # type: ignore[import-untyped]

    chart: Any = pygal.HorizontalBar(
        **settings,
        height=90 + _HEIGHT_OF_A_BAR * len(rows),
        legend_at_bottom=True,
        legend_at_bottom_columns=1,
        print_values=True,
        show_y_labels=False,
        show_x_labels=False,
        show_y_guides=False,
    )
    for label, count, _ in reversed(rows):
        chart.add(label, [count])
    return _static(chart, title)


def lines(title: str, series: Mapping[str, Sequence[tuple[datetime, int]]], colors: Sequence[str]) -> str:
    """Return lines over time, one for each series. Empty if nothing happened yet, or pygal is not installed."""
    settings = _settings(colors)
    if settings is None or not any(series.values()):
        return ""
    import pygal  # pyright: ignore[reportMissingTypeStubs]

    chart: Any = pygal.DateTimeLine(
        **settings,
        height=300,
        x_label_rotation=25,
        x_value_formatter=_day_and_time,
        show_dots=max(map(len, series.values())) < 40,
        legend_at_bottom=True,
        x_labels_major_count=5,
        show_minor_x_labels=False,
        y_labels_major_count=5,
        show_minor_y_labels=False,
        show_y_guides=False,
    )
    for label, points in series.items():
        if points:
            chart.add(label, list(points))
    return _static(chart, title)


def _day_and_time(moment: datetime) -> str:
    return f"{moment:%d %H:%M}"


def _with_commas(value: float) -> str:
    return f"{value:,.0f}"


def _settings(colors: Sequence[str]) -> dict[str, Any] | None:
    style: Any = _style(tuple(colors))
    if style is None:
        return None
    return {
        "style": style,
        "width": 420,
        "margin": 6,
        "js": (),
        "value_formatter": _with_commas,
        "truncate_legend": 48,
    }


def _style(colors: tuple[str, ...]) -> Any:
    try:
        from pygal.style import Style  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        return None
    # Its import hook, for maps that we do not draw, is of a kind that Python 3.11 warns of at every later import.
    sys.meta_path[:] = [hook for hook in sys.meta_path if type(hook).__module__ != "pygal"]
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--ink)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--line)",
        value_colors=("var(--ink)",) * len(colors),
        colors=tuple(reversed(colors)) or ("var(--good)",),
        font_family="system-ui, sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        value_font_size=13,
        opacity=1,
        transition="0s",
    )


def _static(chart: Any, title: str) -> str:
    """The picture alone, with a name for those who hear the page."""
    text = _XLINK.sub("", _NOT_STATIC.sub("", chart.render(is_unicode=True)))
    return text.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
