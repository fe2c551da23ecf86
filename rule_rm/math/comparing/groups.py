r"""Words, and groups named by them: `\mathbb{Z}_6` is `\mathbb{Z}/6\mathbb{Z}`."""

from __future__ import annotations

import re

from rule_rm.math.values.answers import Words

_FACTOR = re.compile(r"\(?(?:ZZ/?_?(\d{1,4})(?:ZZ)?|C_?(\d{1,4}))\)?")
"""A cyclic group: `ZZ6`, `ZZ/6ZZ`, `C_6`."""
_PRODUCT = re.compile(r"[*×]|oplus")
"""The sign of a product of groups: `×`."""


def same_words(golden: Words, answer: Words) -> bool:
    """Return True for the same words, but for spaces and the signs of an index, and for one group."""
    if golden.text == answer.text or _without_marks(golden.text) == _without_marks(answer.text):
        return True
    return bool(orders := cyclic(golden.text)) and orders == cyclic(answer.text)


def _without_marks(text: str) -> str:
    """Return words without spaces and the signs of an index: `reject H_0` is "reject H0"."""
    return "".join(mark for mark in text if mark not in " _{}")


def cyclic(text: str) -> tuple[int, ...]:
    """Return the orders of the indecomposable factors of a product of cyclic groups; nothing if it is none.

    >>> cyclic("ZZ6"), cyclic("ZZ/2ZZ*ZZ/3ZZ"), cyclic("ZZ"), cyclic("ZZ4") == cyclic("ZZ2*ZZ2")
    ((2, 3), (2, 3), (), False)
    """
    if not text.startswith(("ZZ", "C", "(ZZ")):
        return ()
    found = [_FACTOR.fullmatch(part.strip()) for part in _PRODUCT.split(text.replace(" ", ""))]
    orders = [int(factor[1] or factor[2]) for factor in found if factor]
    if len(orders) < len(found) or not all(orders):
        return ()
    return tuple(sorted(power for order in orders for power in _prime_powers(order)))


def _prime_powers(order: int) -> list[int]:
    powers, divisor = [], 2
    while order > 1:
        power = 1
        while order % divisor == 0:
            order, power = order // divisor, power * divisor
        if power > 1:
            powers.append(power)
        divisor += 1
    return powers
