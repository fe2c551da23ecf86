r"""Complements of combined sets, and products of sets of numbers: `(A \cup B)^c`, `\mathbb{R}^2`."""

from __future__ import annotations

from rule_rm.math.reading.brackets import Tokens, closing, split
from rule_rm.math.reading.vocabulary import FIELDS
from rule_rm.math.values.answers import Words

_MOST_FACTORS = 16


def complemented(tokens: Tokens) -> Tokens | None:
    r"""Return what `\overline{A \cup B}`, `(A \cup B)^c` and `(A \cup B)'` are the complement of."""
    if not any(token.text in ("cup", "cap", "setminus") for token in tokens):
        return None
    if tokens[0].text in ("overline", "bar") and tokens[1].text == "{":
        return tokens[2:-1] if closing(tokens, 1) == len(tokens) - 1 else None
    if tokens[0].text != "(":
        return None
    end = closing(tokens, 0)
    mark = "".join(token.text for token in tokens[end + 1 :] if token.text not in ("{", "}"))
    return tokens[1:end] if mark in ("^c", "^C", "^complement", "'", "^'", "^prime") else None


def powers_of_fields(tokens: Tokens) -> Words | None:
    r"""Return `\mathbb{R}^2` and `\mathbb{Z} \times \mathbb{R}` as products; None for another set."""
    factors: list[str] = []
    for part in split(tokens, {"*"})[0]:
        texts = [token.text for token in part if token.text not in ("{", "}")]
        power = texts[2] if len(texts) == 3 and texts[1] == "^" else "1"
        if not texts or texts[0] not in FIELDS or len(texts) != 1 + 2 * ("^" in texts) or not power.isdigit():
            return None
        factors += [texts[0]] * min(int(power), _MOST_FACTORS)
    return Words("*".join(factors)) if len(factors) > 1 else None
