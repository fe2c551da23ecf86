r"""Normalise a text: one way of writing for all usual ones, in golden answers and responses alike.

Unicode becomes LaTeX, spacing and sizing macros go, separators within a number go. The result is text for the
tokens; nothing is decided here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.math.reading.characters import to_latex
from rule_rm.math.reading.typography import closing, plain, spaced
from rule_rm.math.reading.vocabulary import ALIASES, COMMANDS
from rule_rm.math.values.elements import ELEMENTS

_DEGREE = re.compile(
    r"\\(?:mathrm|text|textrm|rm|mbox)\s*\{\s*\^\s*\{?\s*\\circ\s*\}?\s*\}"
    r"|\^\s*\{\s*\\(?:mathrm|text|rm)\s*\{?\s*o\s*\}?\s*\}"
    r"|\^\s*\{?\s*\\?(?:circ|degree)(?![a-zA-Z])\s*\}?|\\(?:degree|textdegree)s?(?![a-zA-Z])(?:\{\})?"
)
r"""A degree sign: `^\circ`, `^{\mathrm{o}}`, `\degree`."""
_LETTERS = re.compile(
    r"\\(?:math(?:rm|it|bf|sf|cal)|operatorname|text(?:rm|it)?|boldsymbol|bm)\s*\{\s*\\?([a-zA-Z])\s*\}"
    r"|\\math(?:rm|it|sf|cal)\s+([a-zA-Z])(?![a-zA-Z])"
)
r"""A single letter in a special type: `\mathrm{A}`, `\boldsymbol{x}`."""
_STANDARD = re.compile(
    r"(?<![a-zA-Z\\])(?<!angle )(?<!angle)([GHSEK])\s*(?:_\s*(?:\{([^{}]*)\}|(\w))\s*)?"
    r"(?:\\degree(?![a-zA-Z])|\^\s*\{?\s*\\ominus\s*\}?)\s*(?:_\s*(?:\{([^{}]*)\}|(\w)))?"
)
r"""A letter with the sign of the standard state, and perhaps an index: `E^\circ_{cell}`, `G^\ominus`."""
_OPERATOR = re.compile(r"\\operatorname\*?\s*\{\s*\\?([a-zA-Z]+)\s*\}")
r"""A named operator: `\operatorname{lcm}`."""
_WRAPPED = re.compile(
    r"\\(?:boxed|Aboxed|fbox|framebox|mathbf|boldsymbol|bm|ensuremath|mathord|underline|emph|displaylines)\s*\{"
)
r"""The beginning of a box or an emphasis: `\boxed{`, `\mathbf{`."""
_THOUSANDS = re.compile(
    r"(?<![\d.,])\d{1,3}"
    r"(?:(?:\s?\{\s*,\s*\}\s?|,(?:\s\\!\s?|\\!\s)"
    r"|\\!,|\{\\,\}|\\,|\\;|\\:|\\ |~|,|'| )(?:\\!)?\d{3})+(?!\d|,\d|\\,\d)"
)
r"""A number with separated thousands: `1,234`, `1{,}234`, `12\,345`, `1 234 567`."""
_SPACED_DECIMALS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+,\d+(?![\d,])")
r"""A number with spaces and a decimal comma: `1 234,5`."""
_TEX_DECIMALS = re.compile(r"(?<=\d)\{,\}(?=\d{1,2}(?!\d)|\d{4})")
"""A decimal comma in braces, which no three digits follow: `3{,}75`."""
_COMPOSED = re.compile(r"\(\s*([a-zA-Z])\s*\\circ\s*([a-zA-Z])\s*\)\s*\(([^()]*)\)")
r"""A composition with its argument: `(f \circ g)(x)`."""
_QUOTED = re.compile(r"'([^']+)'")
"""A text in straight quotes: `'42'`."""
_EMPHASIS = re.compile(r"^(\*{1,3})(.*)\1$", re.DOTALL)
"""Markdown's stars around the whole text: `**12**`."""
_TO = re.compile(r"(?<=\d)\s*-\s*to\s*-\s*(?=\d)")
"""The hyphens of `3-to-4`."""
_MARK = r"(?:€|EUR\b|[Ee]uros?\b|zł\b|₽|руб)"
_EUROS = re.compile(
    rf"(?<=\d),(?=\d{{1,2}}\s*(?:\\(?:text|mathrm)\s*\{{\s*|\\?[,; ]\s*)?{_MARK})|(?<=€\d),(?=\d\d(?!\d))"
    r"|(?<=€\d\d),(?=\d\d(?!\d))|(?<=€\d\d\d),(?=\d\d(?!\d))"
)
"""The decimal comma of an amount in a currency of countries that write one: `12,50 €`."""
_REAIS = re.compile(r"(?<=R)\s?\\?\$\s?(\d[\d.]*),(?=\d\d(?!\d))")
"""An amount of Brazilian reais up to its decimal comma: the `$ 1.250,` of `R$ 1.250,00`."""
_LAKHS = re.compile(r"(?<![\d.,])\d{1,2}(?:,\d{2})+,\d{3}(?![\d,])")
"""A number with Indian separators: `1,23,456`."""
_REPEATING = re.compile(r"(\d*\.\d*?)(\d{1,6}?)\2+(?:\.\.\.|\\(?:ldots|dots|cdots)(?![a-zA-Z]))")
r"""A decimal that repeats: `0.3333...`, `1.2727\ldots`."""
_PARTS_PER = re.compile(r"\b(?:parts\s+per\s+(thousand|million|billion)|per\s+mille?)\b", re.IGNORECASE)
"""A small share in words: "parts per million", "per mille"."""
_STATE = r"((?:\\(?!r?angle|langle|ket|bra)[a-zA-Z]+(?![a-zA-Z])|[\w\s+'^-]|\{[\w\s+-]*\}){1,40})"
r"""The name of a state: `\psi_1`, `01`."""
_BRACKET = re.compile(rf"\\langle(?![a-zA-Z])\s*{_STATE}\|\s*{_STATE}\\rangle(?![a-zA-Z])")
r"""A product of two states: `\langle\phi|\psi\rangle`."""
_BRA = re.compile(rf"\\langle(?![a-zA-Z])\s*{_STATE}\|")
r"""A bra: `\langle\psi|`."""
_KET = re.compile(rf"\|\s*{_STATE}\\rangle(?![a-zA-Z])")
r"""A ket: `|\psi\rangle`."""
_UNIT_FRACTION = re.compile(
    r"\\[dt]?frac\s*\{\s*\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}\s*\}\s*\{\s*\\(?:text|mathrm|mbox)\s*\{([^{}]*)\}\s*\}"
)
r"""A fraction of units: `\frac{\text{km}}{\text{h}}`."""
_CONCENTRATION = re.compile(
    r"\[\s*(?:\\(?:text|mathrm|ce)\s*\{)?\s*((?:[A-Z][a-z]?\}?(?:_?\{?\d{1,2}\}?)?\}?(?:\\(?:text|mathrm)\{)?){1,8}"
    r"(?:\}?\s*\^?\s*\{?\s*\d?[-+]\s*\}?)?)\s*\}?\s*\]"
)
r"""The concentration of a substance: `[\text{NH}_3]`, `[H^+]`."""
_TYPE_OF_SPECIES = re.compile(r"\\(?:text|mathrm)|[{}_\s^]")
r"""Type and indices in a formula: `\text{`, `_`."""
_SYMBOL = re.compile(r"[A-Z][a-z]?")
"""The symbol of an element: `Na`."""
_ELL = re.compile(r"\\ell(?![a-zA-Z])")
r"""The letter l in script: `\ell`."""
_POLAR = re.compile(
    r"(?<=[\d)}])\s*\\angle(?![a-zA-Z])\s*(-?\s*(?:[\d.]+\s*(?:\\degree(?![a-zA-Z])\s*)?"
    r"|\\frac\{[^{}]*\}\{[^{}]*\}|\d*\s*\\pi\s*(?:/\s*\d+)?))"
)
r"""The angle of a complex number: `\angle 60^\circ` in `2\angle 60^\circ`."""
_PRIMES = re.compile(r"\^\s*\{\s*(?:\\prime\s*)+\}|\^\s*\\prime(?![a-zA-Z])")
r"""Primes: `y^{\prime}`."""
_POINTS = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?:,\d+|(?<=\.\d{3}\.\d{3}))(?![\d.,])")
"""A number with points between thousands: `1.234,5`, `1.234.567`."""
_ESCAPED = re.compile(r"\\\\[a-zA-Z]")
r"""A command whose backslash was escaped once more: the beginning of `\\frac`."""
_BARE_COMMA = re.compile(r"\d,\d")
"""A comma between digits: `1,2`."""
_LONG_NUMBER = re.compile(r"\d(?:\D{1,6}\d{3}|\D{1,6}to|[,.]\d)|\.\d")
"""A possible number with separators, decimal or ratio: `1,000`, `3 to 4`."""
_WIDE_SPACE = re.compile(r"(?:\\q?quad(?![a-zA-Z])\s*)+")
r"""Wide spaces: `\quad`."""
_BRACED_LETTER = re.compile(r"(?<![a-zA-Z_^}\]\\])\s*\{\s*([a-zA-Z])\s*\}(?=\s*[_^])")
"""A letter in braces before an index: the `{g}` of `2{g}_{k}`."""
_DOLLAR = re.compile(r"(?<!\\)\$")
"""A dollar sign that is not escaped: `$`."""
_STACKED = re.compile(r"(\(|\[|\\\{)\s*\{([^{}]*)\\atop(?![a-zA-Z])([^{}]*)\}\s*(?:\)|\]|\\\})")
r"""Two numbers on each other in brackets: `\{{n \atop k}\}`."""
_OF_STACKED = {"(": "choose", "[": "brack", "\\{": "brace"}
_DOLLAR_BEFORE_NUMBER = re.compile(r"(?<!\\)\$(?=\s*-?\s*[\d.])")
"""A dollar sign before a number: that of `$ 5`."""
_DELIMITER = re.compile(r"\\[()\[\]]")
r"""A delimiter of a formula: `\(`, `\]`."""
_NOT_DIGITS = re.compile(r"\D+")
"""Everything between the digits: `,` in `1,234`."""


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    r"""Return a text in one way of writing.

    >>> normalise(r"$\left(3,\, \dfrac{\sqrt 2}{2}\right)$.")
    '(3, \\frac{\\sqrt 2}{2})'
    >>> normalise("１２√3° – 1 000"), normalise("12,345.6")
    ('12\\sqrt{3}\\degree - 1000', '12345.6')
    """
    text = to_latex(text)
    if "quad" in text and "\\begin" not in text:
        text = _equations(text)
    if "\\\\" in text:
        rows = "\\begin" in text or not _ESCAPED.search(text)
        text = text.replace("\\\\", "\\cr " if rows else "\\")
    if "{,}" in text:
        text = _TEX_DECIMALS.sub(".", text)
    text = _unwrapped(plain(text))
    if _LONG_NUMBER.search(text):
        text = _numbers(text)
    if "[" in text:
        text = _CONCENTRATION.sub(_species, text)
    if "per" in text:
        text = _PARTS_PER.sub(_share, text)
    if "\\" in text or "~" in text:
        text = _macros(text)
    text = " ".join(text.split())
    return _EDGES.sub("", text) if text[:1] in ":,;" or text[-1:] in ".:,;" else text


def _equations(text: str) -> str:
    r"""Return a text with semicolons for wide spaces between equations: `x = 1 \quad y = 2`."""
    parts = [part.strip(" ,;") for part in _WIDE_SPACE.split(text)]
    return " ; ".join(parts) if len(parts) > 1 and all("=" in part for part in parts) else text


def _numbers(text: str) -> str:
    text = _TO.sub(" to ", text)
    if "," in text:
        text = _EUROS.sub(".", text)
        text = _REAIS.sub(lambda found: f"${found[1].replace('.', '')}.", text)
    text = _SPACED_DECIMALS.sub(lambda found: found.group().replace(" ", "").replace(",", "."), text)
    text = _THOUSANDS.sub(_joined, text)
    text = _LAKHS.sub(_joined, text)
    text = _POINTS.sub(lambda found: found.group().replace(".", "").replace(",", "."), text)
    return _REPEATING.sub(r"\1\\overline{\2}", text)


_EDGES = re.compile(r"^[\s:,;]+|(?:[\s,;:]|(?<!\.)\.(?=[\s,;:]*$))+$")
"""Spaces and punctuation at either end: the `: ` and `.` of `: 12.`."""


def _letter(found: re.Match[str]) -> str:
    """Return a letter in upright type plain: a variable or a choice, but after a number maybe a unit."""
    before = found.string[: found.start()].rstrip()
    is_unit = before[-1:].isdigit() or before.endswith(("}", ")"))
    is_unit = is_unit or "{ " in found.group()
    letter = found[1] or found[2]
    return found.group() if is_unit and letter not in "ied" else f" {letter} "


def _standard(found: re.Match[str]) -> str:
    r"""Return a letter whose index has the sign of the standard state: `E_{ø cell}`."""
    return rf"{found[1]}_{{ø {next(filter(None, found.groups()[1:]), '')}}}"


def _species(found: re.Match[str]) -> str:
    r"""Return the concentration of a compound or an ion as one letter; `[A]` is `A` in brackets."""
    name = _TYPE_OF_SPECIES.sub("", found[1])
    known = _SYMBOL.findall(name)
    is_ion = name[-1] in "+-"
    if len(known) + is_ion + any(map(str.isdigit, name)) < len("NO"):
        return found.group()
    # The letter of any acid, as in `[HA]` and `[A^-]`.
    elements = [symbol for symbol in known if symbol != "A" or not (is_ion or name == "HA")]
    return rf"\species{{{name}}}" if set(elements) <= set(ELEMENTS) else found.group()


def _share(found: re.Match[str]) -> str:
    """Return the unit of a small share: ppm for "parts per million"."""
    return {"million": "ppm", "billion": "ppb"}.get((found[1] or "").lower(), "permille")


def _joined(found: re.Match[str]) -> str:
    """Return the digits of one number; in brackets a bare comma separates two."""
    text = found.group()
    if _BARE_COMMA.search(text):
        before = found.string[: found.start()]
        opened = sum(map(before.count, ("(", "[", "\\{")))
        if opened > sum(map(before.count, (")", "]", "\\}"))):
            return text
    return _NOT_DIGITS.sub("", text)


def _unwrapped(text: str) -> str:
    """Return a text without formula delimiters, emphasis, code marks and boxes around it."""
    text = text.strip().strip("`")
    text = _EMPHASIS.sub(r"\2", text).strip() if "*" in text else text.strip()
    if text[:1] == "'" and (quoted := _QUOTED.fullmatch(text)) is not None:
        text = quoted[1]
    dollars = text.count("$") - text.count("\\$")
    if dollars and dollars % 2 == 0:
        text = _DOLLAR.sub(" ", text)
    elif dollars:
        text = _DOLLAR_BEFORE_NUMBER.sub(r"\\$", text)
    if "\\" not in text:
        return text
    text = _DELIMITER.sub(" ", text)
    while (wrapped := _WRAPPED.search(text)) is not None:
        end = closing(text, wrapped.end() - 1)
        if end is None:
            break
        text = text[: wrapped.start()] + " " + text[wrapped.end() : end] + " " + text[end + 1 :]
    return text


def _degree(_: re.Match[str]) -> str:
    return "\\degree "


def _operator(found: re.Match[str]) -> str:
    r"""Return a known operator as a command: `\operatorname{lcm}`; others are words."""
    name = found[1]
    if name == "diag":
        return r"\mathrm{diag}"
    return rf"\{name} " if name in COMMANDS or name in ALIASES else found.group()


def _macros(text: str) -> str:
    if "frac" in text and "t" in text:
        text = _UNIT_FRACTION.sub(r"\\text{ \1/\2}", text)
    if "\\atop" in text:
        text = _STACKED.sub(lambda found: f"{{{found[2]}\\{_OF_STACKED[found[1]]} {found[3]}}}", text)
    if "\\ell" in text:
        text = _ELL.sub("l ", text)
    if "prime" in text:
        text = _PRIMES.sub(lambda found: "'" * found.group().count("prime"), text)
    text = spaced(text)
    if "}" in text and ("_" in text or "^" in text):
        text = _BRACED_LETTER.sub(r" \1", text)
    if "rangle" in text or "langle" in text:
        text = _BRACKET.sub(r"\\braket{\1|\2}", text)
        text = _KET.sub(r"\\ket{\1}", _BRA.sub(r"\\bra{\1}", text))
    if "circ" in text:
        text = _COMPOSED.sub(r"\1(\2(\3))", text)
    if "circ" in text or "degree" in text or "o" in text:
        text = _STANDARD.sub(_standard, _DEGREE.sub(_degree, text))
    if "\\angle" in text:
        text = _POLAR.sub(r"\\cis(\1)", text)
    if any(macro in text for macro in ("\\math", "\\text", "\\operatorname", "\\bold", "\\bm")):
        text = _OPERATOR.sub(_operator, _LETTERS.sub(_letter, text))
    return text
