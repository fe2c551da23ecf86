r"""The parts of a prompt that a policy can see, the wrappers it can write around them, and constants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

# One formula of a question, without its delimiters: `$3+4$`.
_FORMULA = re.compile(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
# One number of a question: `-3.5`.
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# The sign between the sides of a relation: `=`.
_SIDES = re.compile(r"=|<|>|\\leq?\b|\\geq?\b")
# A capitalised word within a sentence: `Paris`.
_NAME = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
# A labelled choice: `B. 5`.
_CHOICE = re.compile(r"^\s*\(?([A-J])[).:]\s*(.+)$", re.MULTILINE)
# The name of a function that is asked for: `add` in `add(a, b)`.
_FUNCTION = re.compile(r"\b([a-z_]\w*)\(")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, and the parts that a policy can see."""

    text: str
    formulas: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Prompt:
        """Return the prompt with its parts."""
        formulas = tuple(next(part for part in found if part).strip() for found in _FORMULA.findall(text))
        return cls(text, formulas, tuple(_NUMBER.findall(text)))


Select = Callable[[Prompt], str | None]


def _longest(parts: Iterable[str]) -> str | None:
    return max(parts, key=len, default=None)


def _last(parts: Iterable[str]) -> str | None:
    return next(iter(reversed(list(parts))), None)


def _sides(prompt: Prompt) -> list[str]:
    return [side.strip() for formula in prompt.formulas for side in _SIDES.split(formula) if side.strip()]


def _joined(sign: str) -> Select:
    return lambda prompt: sign.join(prompt.numbers) if 2 <= len(prompt.numbers) <= 4 else None


def _of_two(pattern: str) -> Select:
    return lambda prompt: pattern.replace("{}", "%s") % prompt.numbers if len(prompt.numbers) == 2 else None


def _sentence(prompt: Prompt) -> str | None:
    return _last(part.strip() for part in re.split(r"[.?!\n]", prompt.text) if part.strip())


def _function(prompt: Prompt) -> str | None:
    found = _FUNCTION.search(prompt.text)
    return f"def {found[1]}(*arguments):\n    return arguments[0]" if found else None


SELECTORS: Mapping[str, Select] = {
    "the longest formula": lambda prompt: _longest(prompt.formulas),
    "the last formula": lambda prompt: _last(prompt.formulas),
    "the first formula": lambda prompt: next(iter(prompt.formulas), None),
    "the longest side": lambda prompt: _longest(_sides(prompt)),
    "the last side": lambda prompt: _last(_sides(prompt)),
    "the first number": lambda prompt: next(iter(prompt.numbers), None),
    "the last number": lambda prompt: _last(prompt.numbers),
    "the largest number": lambda prompt: max(prompt.numbers, key=float, default=None),
    "the sum of the numbers": _joined("+"),
    "the product of the numbers": _joined(r"\cdot "),
    "the quotient of the numbers": _of_two(r"\frac{{}}{{}}"),
    "the difference of the numbers": _joined("-"),
    "the power of the numbers": _of_two("{}^{{}}"),
    "the greatest common divisor": _of_two(r"\gcd({},{})"),
    "all numbers": lambda prompt: ", ".join(prompt.numbers) or None,
    "the whole prompt": lambda prompt: prompt.text,
    "the last sentence": _sentence,
    "the longest word": lambda prompt: _longest(re.findall(r"\w+", prompt.text)),
    "the first name": lambda prompt: next(iter(_NAME.findall(prompt.text)), None),
    "all names": lambda prompt: " ".join(_NAME.findall(prompt.text)) or None,
    "the first choice": lambda prompt: next((found[1] for found in _CHOICE.findall(prompt.text)), None),
    "the longest choice": lambda prompt: _longest(found[1] for found in _CHOICE.findall(prompt.text)),
    "all letters": lambda prompt: ", ".join(found[0] for found in _CHOICE.findall(prompt.text)) or None,
    "the function of its first argument": _function,
}
"""The part of a prompt that a policy takes, by name."""

WRAPPERS: Mapping[str, str] = {
    "as it is": "{}",
    "times one": r"1\cdot({})",
    "times one, behind": r"({})\cdot 1",
    "plus zero": "{}+0",
    "zero plus": "0+{}",
    "minus zero": "{}-0",
    "braces": "{{}}",
    "brackets": r"\left({}\right)",
    "over one": r"\frac{{}}{1}",
    "power one": "({})^1",
    "twice negative": "-(-({}))",
    "root of the square": r"\sqrt{({})^2}",
    "one name": "x={}",
    "a word": r"\text{the value of }{}",
    "displaystyle": r"\displaystyle {}",
    "maximum": r"\max({},{})",
    "one member": r"\{{}\}",
    "half of twice": r"\frac{2({})}{2}",
    "sum of halves": r"\frac{{}}{2}+\frac{{}}{2}",
    "sum of one": r"\sum_{k=1}^{1}({})",
}
"""The text that a policy writes around a part; `{}` is the part."""

CONSTANTS = (
    *("", "0", "1", "2", "3", "4", "5", "6", "8", "10", "12", "-1", "0:0", "x", "x=x", "A", "B", "C", "D"),
    *(
        r"\frac{1}{2}",
        r"\text{Yes}",
        r"\emptyset",
        r"\infty",
        r"\mathbb{R}",
        "yes",
        "no",
        "True",
        "None",
        "{}",
        "[]",
    ),
    *("A, B, C, D", "0 1 2 3 4 5 6 7 8 9", "pass", "print(0)", "select 1", "I don't know.", "Solution"),
)
"""Answers that need no prompt."""
