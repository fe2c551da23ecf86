r"""Markup that only affects the look of a formula: colours, sizes, spaces, wrappers.

This is the closed list of markup that may be ignored. A macro that is not here and that the reader does not
know makes an answer unreadable: it may strike the answer out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rule_rm.math.reading.siunitx import quantities
from rule_rm.math.values.units import is_unit

_UNIT_VECTOR = re.compile(
    r"\\(?:mathbf|hat|vec|bm|boldsymbol|widehat|overrightarrow)\s*\{?\s*(?:\\(?:hat|mathbf|vec)\s*\{?\s*)?"
    r"\\?([ijk])(?:math)?(?![a-zA-Z])\s*\}{0,2}"
)
r"""Unit vectors: `\hat{\imath}`, `\mathbf{j}`."""
_SIZES = re.compile(
    r"\\(?:tiny|scriptsize|footnotesize|small|normalsize|large|Large|LARGE|huge|Huge|displaystyle|textstyle"
    r"|scriptstyle|scriptscriptstyle|limits|nolimits|nonumber|notag|hfill|noindent|centering|bfseries|itshape"
    r"|mathstrut|strut|boldmath)(?![a-zA-Z])"
)
r"""Sizes and places: `\Large`, `\displaystyle`."""
_SPACING = re.compile(
    r"\\(?:[,;:> ]|!|q?quad(?=[a-zA-Z]?(?![a-zA-Z]))|(?:neg)?thinspace\b|(?:en|med|thick)space\b)"
    r"|~|\\(?=\s|$)"
)
r"""Spaces: `\,`, `\quad`, `~`."""
_FAR_BACK = r"\s*-\s*(?:\d{2}|[1-9][\d.]*\s*(?:em|ex|cm|mm|in)|0?\.[3-9]\d*\s*(?:em|cm|in))"
"""A length that sets what follows over what precedes: `-1em`."""
_ARGUMENT_DROPPED = re.compile(
    r"\\(?:[hv]space\*?|hskip|kern|mkern|mskip|color|definecolor|label|tag\*?|h?v?phantom|hphantom|smash)"
    rf"\s*(?:\[[^\[\]]*\])?\s*\{{(?!{_FAR_BACK})[^{{}}]*\}}"
    rf"|\\(?:hskip|kern|mkern|mskip)(?!{_FAR_BACK})\s*-?[\d.]+\s*(?:mu|em|ex|pt|cm|mm)"
)
r"""Macros that are dropped with their argument: `\hspace{2pt}`, `\color{red}`, `\tag{1}`, `\kern 2pt`."""
_LAST_ARGUMENT_KEPT = re.compile(
    r"\\(?:textcolor|colorbox)\s*(?:\[[^\[\]]*\]\s*)?\{[^{}]*\}(?=\s*\{)"
    r"|\\fcolorbox\s*\{[^{}]*\}\s*\{[^{}]*\}(?=\s*\{)|\\bbox\s*(?:\[[^\[\]]*\])?(?=\s*\{)"
)
r"""Macros whose last argument is shown: `\textcolor{red}{42}`, `\bbox[5px]{42}`."""
_SIZED = re.compile(
    r"\\(?:m?left|m?right)(?![a-zA-Z])\s*\.|\\(?:m?left|m?right|middle|[bB]igg?[lrm]?|rm|bf|it|sf|tt|sl)(?![a-zA-Z])"
)
r"""Sizes of brackets, with the point that stands for none: `\left(`, `\right.`, `\middle/`."""
_FRACTION = re.compile(r"\\(?:[dtcsx]frac|nicefrac|flatfrac|genfrac\s*(?:\{[^{}]*\}\s*){4})(?![a-zA-Z])")
r"""Other fractions: `\dfrac`, `\sfrac`, `\genfrac{}{}{}{}`."""
_SLANTED = re.compile(r"(?:\{\s*\})?\s*\^\s*\{?(\d+)\}?\s*(?:\\!)*\s*/\s*_\s*\{?(\d+)\}?")
r"""A slanted fraction: `{}^{3}/_{8}`."""
_INLINE_DERIVATIVE = re.compile(r"(?<![a-zA-Z\\])d\s?([a-z]?)\s*/\s*d([a-z])(?![a-zA-Z])")
"""A derivative in one line: `dy/dx`."""
_EMPTY_BRACES = re.compile(r"(?<![\\_^a-zA-Z}\]])\{\s*\}|(?<=\\div)\s*\{\s*\}|(?<=\\times)\s*\{\s*\}")
r"""Empty braces that are not an argument: `\div{}`."""
_BRACED_SIGN = re.compile(
    r"\{\s*(\\(?:times|cdot|div|pm|mp|le|ge|leq|geq|ne|neq|approx|colon)|[-+=<>:/;])\s*\}"
)
r"""A sign in braces, which changes its spacing: `3{:}4`."""
_ORDINAL = re.compile(
    r"(?<=\d)(\}?)\s*(?:\^\s*\{?\s*\\(?:text|mathrm|mathit|textrm|textit|mbox)\s*\{\s*(st|nd|rd|th)\s*\}\s*\}?"
    r"|\\textsuperscript\s*\{\s*(st|nd|rd|th)\s*\}|\^\s*\{\s*(st|nd|rd|th)\s*\})"
)
r"""The ending of an ordinal: `7^{\text{th}}`."""
_EXPONENT = re.compile(
    r"(\d)\s*\\(?:mathrm|text|textrm|operatorname)\s*\{\s*[eE]\s*\}\s*([-+]?\d{1,3})(?!\d)"
)
r"""An exponent after an upright e: `3.2\mathrm{e}5`."""
_ANGSTROM = re.compile(r"\\AA(?![a-zA-Z])(?:\{\})?|\\(?:mathring|r)\s*\{\s*A\s*\}")
r"""The sign of the ångström: `\AA`."""
_TIMES = re.compile(r"\\(?:mathrm|text|textrm|mbox)\s*\{\s*x\s*\}(?=\s*\\?[ ,;]?\s*\d)")
r"""An upright x for times: `6\text{ x }7`."""
_PLAIN_MATRIX = re.compile(r"\\([pbvB]?matrix|cases)\s*\{")
r"""Plain TeX's matrices: `\matrix{1&2\cr3&4}`."""
_BRACE_OF_CASES = re.compile(
    r"\\(?:\{|lbrace)\s*(?:\\hspace\s*\{[^{}]*\})?\s*\\begin\s*\{\s*(?:array|aligned|matrix)\s*\}\s*(?:\{[lcr|\s]*\})?"
    r"(.*?)\\end\s*\{\s*(?:array|aligned|matrix)\s*\}(?!\s*\\(?:\}|rbrace))",
    re.DOTALL,
)
r"""A brace before an array, with none after it, is `cases`."""
_NAMES_OF_ENDS = ("checkmark", "blacksquare", "square", "Box", "qed", "qedsymbol")
_ENDED = re.compile(rf"(?:\\(?:{'|'.join(_NAMES_OF_ENDS)})(?![a-zA-Z])|[✓✔✅☑∎■□◼]|\ufe0f|\s)+$")
r"""Marks of an end: `\checkmark`, a black square."""
_ANGLES = re.compile(r"\\left\s*<(.*?)\\right\s*>", re.DOTALL)
r"""Angle brackets: `\left< 1, 2 \right>`."""
_NOT = re.compile(r"\\not\s*(=|\\in(?![a-zA-Z])|\\equiv)|\\(?:neq|ne)(?![a-zA-Z])")
r"""Denied relations: `\not=`."""
_INDEX = r"(?:\{\s*(%s)\s*\}|(%s))"
"""An index: one character, or more in braces."""
_ONE = _INDEX % (r"\w+", r"\w")
_SIGN_OF_COMBINATIONS = r"(?:\\mathrm\s*\{\s*C\s*\}|(?<![a-zA-Z\\])C)"
_COMBINATIONS = re.compile(
    rf"(?:\{{\s*\}}\s*)?[\^_]\s*{_ONE}\s*(?:\\mathrm\s*\{{\s*C\s*\}}|C)\s*_\s*{_ONE}"
    rf"|{_SIGN_OF_COMBINATIONS}\s*_\s*{_ONE}\s*\^\s*{_ONE}"
)
r"""Combinations: `^{6}C_{3}`, `{}_6C_3`, `C_6^3`."""
_PERMUTATIONS = re.compile(
    rf"(?:\{{\s*\}}\s*)?(?:[\^_]\s*{_ONE})\s*(?:\\mathrm\s*\{{\s*P\s*\}}|P)\s*_\s*{_ONE}"
)
r"""Permutations of some of many: `{}_{10}P_3`."""
_BOLD_UNDER_HAT = re.compile(
    r"\\(hat|vec|bar|tilde)\s*\{\s*\\(?:mathbf|boldsymbol|bm|mathrm)(?![a-zA-Z])\s*"
    r"(?:\{\s*([a-zA-Z])\s*\}|([a-zA-Z]))\s*\}"
)
r"""An accent over a letter in bold: `\hat{\mathbf r}`."""
_DETERMINANT = re.compile(
    r"\\det\s*\\begin\s*\{[pb]matrix\}((?:[^\\]|\\(?!begin|end))*)\\end\s*\{[pb]matrix\}"
)
r"""The determinant of a matrix that is written out: `\det\begin{pmatrix}`."""
_MOMENT = re.compile(r"\\(?:mathrm|text)\s*\{\s*(Var|Cov|Corr)\s*\}(?=\s*(?:\\left\s*)?\()")
r"""A moment of random variables: `\mathrm{Var}(X)`."""
_FACTORIAL = re.compile(
    r"(?:\\(?:mathrm|text|operatorname)\s*\{\s*factorial\s*\}|(?<![a-zA-Z\\])factorial)\s*\(([^()]*)\)"
)
r"""A factorial as code writes it: `factorial(n)`, `\operatorname{factorial}(n)`."""
_EXPECTED = re.compile(
    r"(?<![a-zA-Z\\_^])(?:\\(?:mathbb|mathrm|mathsf|operatorname|text)\s*(?:\{\s*E\s*\}|E(?![a-zA-Z]))|E)"
    r"(?=\s*(?:\\left\s*)?(?:\[[^\[\]A-Z]{0,40}[A-Z]|\([^()A-Z]{0,40}[XYZ]))"
)
r"""The sign of an expected value before a random variable: `\mathbb{E}[X]`, `E(X^2)`."""
_UNWRAPPED_TEXT = re.compile(
    r"\\(?:mathrm|mathit|mathtt|mathsf|mathbf|textbf|text|mbox|textit|texttt|operatorname|mathop)\s*\{"
)
r"""Type that may hold a formula: `\mathtt{2\sqrt{3}}`."""
_UNIT_PRODUCT = re.compile(r"\\(?:cdot|times|[,;: !])|~")
r"""A sign or a space between units: `\cdot`, `\,`."""
_NAME = re.compile(r"[^\W\d_]+")
"""A run of letters: `kg`."""
_FORMULA = re.compile(r"[\\$]|\d\s*[+*/^=]")
r"""A sign of a formula: `\`, `$`, or an operator after a digit, as in `2+`."""


def plain(text: str) -> str:
    r"""Return a text without the commands that only change its look.

    >>> plain(r"\color{red}{\Large 42} \checkmark"), plain(r"\sfrac{1}{2}"), plain(r"\left.4\middle/5\right.")
    ('{  42}', '\\frac{1}{2}', '4/5')
    """
    if not text[-1:].isalnum() or text.endswith(_NAMES_OF_ENDS):
        text = _ENDED.sub("", text)
    if "\\" not in text and "{" not in text and "^" not in text and "E" not in text and "fact" not in text:
        return text
    for macros, change in _CHANGES:
        for macro in macros:
            if macro in text:
                text = change(text)
                break
    return text


def spaced(text: str) -> str:
    r"""Return a text with plain spaces for TeX's."""
    return _SPACING.sub(" ", text)


_OLD_TYPE = re.compile(r"\\(?:rm|bf|it|sf|tt|sl)(?![a-zA-Z])")
r"""Old changes of type, which end at a brace: `{\bf 42}`."""


_SIZED_BRACE = re.compile(r"\\left\s*(?:\\\{|\\lbrace)(?=\s*(?:\\hspace\s*\{[^{}]*\})?\s*\\begin)")
r"""A brace before an environment: `\left\{\begin`."""


def _ordinal(found: re.Match[str]) -> str:
    brace, *endings = found.groups()
    ending = next(filter(None, endings))
    return rf"}}\text{{ {ending}}} " if brace else ending + " "


def _binomial(found: re.Match[str]) -> str:
    above, below = (part for part in found.groups() if part)
    if above.isdigit() and below.isdigit() and int(above) < int(below):
        return found.group()
    return rf"\binom{{{above}}}{{{below}}}"


def _permutations(found: re.Match[str]) -> str:
    above, below = (part for part in found.groups() if part)
    return rf"\operatorname{{nPr}}({above},{below})"


def _rewrapped(
    text: str, opening: re.Pattern[str], change: Callable[[re.Match[str], str], str | None]
) -> str:
    """Replace each macro and its braced argument; None leaves it."""
    position = 0
    while (found := opening.search(text, position)) is not None:
        end = closing(text, found.end() - 1)
        changed = change(found, text[found.end() : end]) if end is not None else None
        if changed is None or end is None:
            position = found.end()
            continue
        text = text[: found.start()] + changed + text[end + 1 :]
        position = found.start() + (0 if opening is _UNWRAPPED_TEXT else len(changed))
    return text


def _plain_matrices(text: str) -> str:
    return _rewrapped(
        text, _PLAIN_MATRIX, lambda found, inner: rf"\begin{{{found[1]}}}{inner}\end{{{found[1]}}}"
    )


def _unit(before: str, inner: str) -> str | None:
    r"""Return a product of units after a number, without its dots: `J/(g\cdot K)`; None for a formula."""
    after_number = before.rstrip(" ~\\,;:!")[-1:]
    if "\\" not in inner or not (after_number.isdigit() or after_number == "}"):
        return None
    plain = _UNIT_PRODUCT.sub(" ", inner)
    names = _NAME.findall(plain)
    return plain if "\\" not in plain and names and all(map(is_unit, names)) else None


def _formulas_in_type(text: str) -> str:
    """Return a text without the type around a formula; words in it keep theirs."""

    def unwrapped(found: re.Match[str], inner: str) -> str | None:
        if (unit := _unit(found.string[: found.start()], inner)) is not None:
            return rf"\text{{ {unit}}}"
        if not _FORMULA.search(inner) or re.search(
            r"[^\W\d_]{2}(?!\s*\{)", re.sub(r"\\[a-zA-Z]+", "", inner)
        ):
            return None
        return " " + inner.replace("\\$", "\0").replace("$", " ").replace("\0", "\\$") + " "

    return _rewrapped(text, _UNWRAPPED_TEXT, unwrapped)


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
r"""A brace, or an escaped character: `{`, `\{`."""


def closing(text: str, start: int) -> int | None:
    """Return where the brace that opens at `start` is closed, or None."""
    depth = 0
    for match in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.start()
    return None


def _of_cases(text: str) -> str:
    return _BRACE_OF_CASES.sub(r"\\begin{cases}\1\\end{cases}", _SIZED_BRACE.sub(r"\\{", text))


def _bare_sign(found: re.Match[str]) -> str:
    # A function: re looks a template with a backslash up at each call, which takes longer than the search.
    return f" {found[1]} "


def _plain_fraction(_: re.Match[str]) -> str:
    return "\\frac"


def _denied(text: str) -> str:
    return _NOT.sub(lambda found: r"\ne " if found[1] in (None, "=") else r"\notin ", text)


def _without_sizes(text: str) -> str:
    return _SIZED.sub(" " if _OLD_TYPE.search(text) else "", text)


_HATS = ("\\mathbf", "\\hat", "\\vec", "\\bm", "\\bold", "\\wide", "\\over")
_SIZE_NAMES = (
    *("size", "small", "arge", "LARGE", "uge", "style", "\\tiny", "limits", "\\no", "\\hfill", "\\cent"),
    *("series", "shape", "strut", "boldmath"),
)
_DROPPED_NAMES = ("space", "skip", "kern", "color", "\\label", "\\tag", "phantom", "smash")
_CHANGES: tuple[tuple[tuple[str, ...], Callable[[str], str]], ...] = (
    (("\\left",), lambda text: _ANGLES.sub(r"(\1)", text)),
    (_HATS, lambda text: _UNIT_VECTOR.sub(r"\\\1hat ", text)),
    (_SIZE_NAMES, lambda text: _SIZES.sub(" ", text)),
    (_DROPPED_NAMES, lambda text: _ARGUMENT_DROPPED.sub("", text)),
    (("color", "bbox"), lambda text: _LAST_ARGUMENT_KEPT.sub("", text)),
    (("\\mathbf", "\\bold", "\\bm", "\\mathrm"), lambda text: _BOLD_UNDER_HAT.sub(r"\\\1{\2\3}", text)),
    (("\\det",), lambda text: _DETERMINANT.sub(r"\\begin{vmatrix}\1\\end{vmatrix}", text)),
    (("Var", "Co"), lambda text: _MOMENT.sub(r"\\operatorname{\1}", text)),
    (("E",), lambda text: _EXPECTED.sub(r"\\operatorname{Expect}", text)),
    (("factorial",), lambda text: _FACTORIAL.sub(r"(\1)!", text)),
    (("\\begin",), _of_cases),
    (("matrix", "cases"), _plain_matrices),
    (("th}", "st}", "nd}", "rd}", "th }"), lambda text: _ORDINAL.sub(_ordinal, text)),
    (("e}", "E}", "e }"), lambda text: _EXPONENT.sub(r"\1e\2", text)),
    (("x}", "x }"), lambda text: _TIMES.sub(" x ", text)),
    (("\\num", "\\SI", "\\qty", "\\si", "\\unit"), quantities),
    (("\\AA", "ring", "\\r{"), lambda text: _ANGSTROM.sub("Å", text)),
    (("frac",), lambda text: _FRACTION.sub(_plain_fraction, text)),
    (("C",), lambda text: _COMBINATIONS.sub(_binomial, text)),
    (("P",), lambda text: _PERMUTATIONS.sub(_permutations, text)),
    (("/",), lambda text: _SLANTED.sub(r"\\frac{\1}{\2}", text)),
    (("/d", "/ d"), lambda text: _INLINE_DERIVATIVE.sub(r"\\frac{d\1}{d\2}", text)),
    (("{}", "{ }"), lambda text: _EMPTY_BRACES.sub("", text)),
    (("{",), lambda text: _BRACED_SIGN.sub(_bare_sign, text)),
    (("\\n",), _denied),
    (("\\math", "\\text", "\\mbox", "\\operatorname"), _formulas_in_type),
    (("\\left", "\\right", "\\m", "\\b", "\\B", "\\rm", "\\it", "\\sf", "\\tt", "\\sl"), _without_sizes),
)
"""Each change with strings of which one occurs in every text that it changes: a search for those is cheap."""
