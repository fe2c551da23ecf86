"""Draw numbers as SVG: lines over time, shares over time, and a distribution.

A plot has no text inside: labels are HTML around it, so that it fits any width. Colours are classes of the
style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from rule_rm.web.viewer.formats import clock, number, shown

WIDTH, HEIGHT = 600, 180
SERIES = 6
"""Lines of one plot; that is the number of colours that are easy to tell from each other."""
BRIDGED = 4
"""Moments without a value over which a line goes on."""
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and its labels."""

    svg: Markup
    top: str = ""
    bottom: str = ""
    begin: str = ""
    end: str = ""
    legend: Sequence[tuple[str, int, str]] = field(default_factory=tuple)
    """Name, colour and latest value of each series."""


def lines(
    series: Mapping[str, Values], since: float, until: float, *, low: float | None = None
) -> Plot | None:
    """Return a plot of lines over time; None if there is nothing to draw. Long gaps stay gaps."""
    known = [value for values in series.values() for value in values if value is not None]
    if not known:
        return None
    least, most = _bounds(min(known), max(known), low)
    paths, legend = [], []
    for colour, (name, values) in enumerate(series.items()):
        points = _points(values, least, most)
        paths.append(f'<path class="line c{colour}" d="{_path(points)}"/>')
        if lone := _alone(points):
            dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in lone)
            paths.append(f'<path class="dot c{colour}" d="{dots}"/>')
        latest = next((value for value in reversed(values) if value is not None), None)
        legend.append((name, colour, number(latest)))
    zero = ""
    if least < 0 < most:
        [point] = _points([0.0], least, most)
        zero = f'<path class="zero" d="M0 {point[1]:.1f}H{WIDTH}"/>' if point else ""
    hovers = _hovers(series, since, until)
    return Plot(
        _svg(zero + "".join(paths) + hovers),
        number(most),
        number(least),
        *_ends(since, until),
        legend,
    )


def _ends(since: float, until: float) -> tuple[str, str]:
    """Return the labels of both ends of a time: with the day, unless they are on the same one."""
    begin, end = clock(since), clock(until)
    if begin[:6] == end[:6]:
        return begin[7:12], end[7:12]
    return begin[:12], end[:12]


def shares(series: Mapping[str, Sequence[float]], since: float, until: float) -> Plot | None:
    """Return bars over time that are divided by the shares of the series."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    if not any(totals):
        return None
    step = WIDTH / len(totals)
    parts = []
    for place, total in enumerate(totals):
        bottom = float(HEIGHT)
        for colour, values in enumerate(series.values()):
            height = HEIGHT * values[place] / total if total else 0.0
            if height:
                bottom -= height
                parts.append(
                    f'<rect class="bar g{colour}" x="{place * step + 0.5:.1f}" y="{bottom:.1f}" '
                    f'width="{max(step - 1, 0.5):.1f}" height="{height:.1f}"/>'
                )
    percents = {
        name: [100 * value / total if total else None for value, total in zip(values, totals, strict=True)]
        for name, values in series.items()
    }
    overall = sum(totals)
    legend = [
        (name, colour, f"{100 * sum(values) / overall:.0f} %")
        for colour, (name, values) in enumerate(series.items())
    ]
    return Plot(
        _svg("".join(parts) + _hovers(percents, since, until, " %")),
        "100 %",
        "0",
        *_ends(since, until),
        legend,
    )


def distribution(counts: Mapping[float, float], bars: int = 24) -> Plot | None:
    """Return bars with the number of rollouts by reward."""
    if not counts:
        return None
    least, most = min(*counts, 0.0), max(*counts, 1.0)
    width = (most - least) / bars
    heights = [0.0] * bars
    for value, count in counts.items():
        heights[min(int((value - least) / width), bars - 1)] += count
    step, highest = WIDTH / bars, max(heights)
    parts = []
    for place, count in enumerate(heights):
        height = HEIGHT * count / highest
        begin = least + place * width
        title = f"{number(begin)} to {number(begin + width)}: {number(count)} rollouts"
        parts.append(
            f'<g><rect class="bar c0" x="{place * step + 1:.1f}" y="{HEIGHT - height:.1f}" '
            f'width="{step - 2:.1f}" height="{height:.1f}"/><rect class="hover" x="{place * step:.1f}" y="0" '
            f'width="{step:.1f}" height="{HEIGHT}"><title>{title}</title></rect></g>'
        )
    return Plot(_svg("".join(parts)), number(highest), "0", number(least), number(most))


def _bounds(least: float, most: float, low: float | None) -> tuple[float, float]:
    """Return the ends of the axis: round numbers around the values."""
    if low is not None:
        least = min(least, low)
    if most <= least:
        most = least + (abs(least) or 1.0)
    unit = 10.0 ** math.floor(math.log10(most - least)) / 2
    return math.floor(least / unit) * unit, math.ceil(most / unit) * unit


def _points(values: Values, least: float, most: float) -> list[tuple[float, float] | None]:
    step = WIDTH / max(len(values), 1)
    return [
        None
        if value is None
        else ((place + 0.5) * step, HEIGHT - 3 - (HEIGHT - 6) * (value - least) / (most - least))
        for place, value in enumerate(values)
    ]


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Return the line through the points, which bridges short gaps."""
    parts = []
    missing = BRIDGED + 1
    for point in points:
        if point is None:
            missing += 1
            continue
        parts.append(f"{'L' if missing <= BRIDGED else 'M'}{point[0]:.1f} {point[1]:.1f}")
        missing = 0
    return "".join(parts)


def _alone(points: Sequence[tuple[float, float] | None]) -> list[tuple[float, float]]:
    """Return the points without one near, of which a line shows nothing."""
    known = [place for place, point in enumerate(points) if point is not None]
    far = BRIDGED + 1
    lone = [
        place
        for number, place in enumerate(known)
        if (number == 0 or place - known[number - 1] > far)
        and (number == len(known) - 1 or known[number + 1] - place > far)
    ]
    return [point for place in lone if (point := points[place]) is not None]


def _hovers(series: Mapping[str, Values], since: float, until: float, unit: str = "") -> str:
    """Return a column for each moment that names its values."""
    bins = max(map(len, series.values()))
    step, span = WIDTH / bins, (until - since) / bins
    columns = []
    for place in range(bins):
        said = [
            f"{shown(name)}: {number(values[place])}{unit}"
            for name, values in series.items()
            if values[place] is not None
        ]
        if said:
            title = Markup("\n").join([clock(since + (place + 0.5) * span), *said])
            columns.append(
                f'<rect class="hover" x="{place * step:.1f}" y="0" width="{step:.1f}" height="{HEIGHT}">'
                f"<title>{title}</title></rect>"
            )
    return "".join(columns)


def _svg(parts: str) -> Markup:
    rules = "".join(f'<path class="rule" d="M0 {HEIGHT * part / 4:.0f}H{WIDTH}"/>' for part in range(5))
    # Every text within was escaped where it was inserted.
    return Markup(  # noqa: S704 - numbers, class names and escaped titles
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img">{rules}{parts}</svg>'
    )
