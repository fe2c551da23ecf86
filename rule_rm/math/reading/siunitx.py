r"""Numbers and quantities of the LaTeX package siunitx: `\num{1.5e3}`, `\SI{20}{\meter\per\second}`."""

from __future__ import annotations

import re

from rule_rm.math.values.unit_table import WORD_PREFIXES

_NUM = re.compile(r"\\num\s*\{([^{}]*)\}")
r"""A number of siunitx: `\num{1.5e3}`."""
_ARGUMENT = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
"""An argument with braces one level deep: `{m^{2}}`."""
_SI = re.compile(rf"\\(?:SI|qty)\s*\{{([^{{}}]*)\}}\s*{_ARGUMENT}|\\(?:si|unit)\s*{_ARGUMENT}")
r"""A quantity of siunitx: `\SI{5}{m/s}`."""
_MACRO = re.compile(r"\\([a-zA-Z]+)\s*(?:\{(-?\d+)\})?")
r"""A unit's macro, or the one of a power with its number: `\meter`."""
_SIGNS = {
    "per": "/",
    "squared": "^2",
    "cubed": "^3",
    "percent": "%",
    "celsius": "°C",
    "degreeCelsius": "°C",
    "degree": "°",
    "angstrom": "Å",
    "ohm": "Ω",
    "square": "square ",
    "cubic": "cubic ",
    "cdot": " ",
}
"""Macros that are not a unit's own name."""
_OF_PLUS_MINUS = re.compile(r"\+-|\\pm(?![a-zA-Z])")
r"""The sign before an uncertainty: `\num{9.8 +- 0.1}`."""


def quantities(text: str) -> str:
    r"""Return a text with plain numbers and units for those of siunitx.

    >>> quantities(r"\SI{20}{\meter\per\second\squared}"), quantities(r"\qty{3}{\kilo\gram}")
    ('20\\text{ meter / second ^2}', '3\\text{ kilogram}')
    """
    return _SI.sub(_quantity, _NUM.sub(lambda found: _number(found[1]), text))


def _quantity(found: re.Match[str]) -> str:
    unit = found[2] if found[2] is not None else found[3]
    if "\\" in unit and "text" not in unit and "rm" not in unit:
        unit = _joined(_MACRO.sub(_sign, unit.replace("{}", "")))
    return rf"{_number(found[1] or '')}\text{{ {unit}}}"


def _number(text: str) -> str:
    return _OF_PLUS_MINUS.sub(r"\\pm ", text)


def _sign(found: re.Match[str]) -> str:
    if found[2] and found[1].startswith("tot"):
        return f"^{found[2]} "
    return f" {_SIGNS.get(found[1], found[1])} "


def _joined(text: str) -> str:
    """Return the words of a unit with each prefix joined to its unit: `kilo gram` is kilogram."""
    words = text.split()
    for at in range(len(words) - 2, -1, -1):
        if words[at] in WORD_PREFIXES:
            words[at : at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)
