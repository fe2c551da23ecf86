"""Unicode mathematics as LaTeX.

Digits of other scripts are left unchanged, so they do not count as digits. A policy that learns to write them
has learnt to cheat a reader. Full-width digits are usual in East Asia, so they count.
"""

from __future__ import annotations

import re
import unicodedata

_COMMANDS = """
√ sqrt ∛ sqrt[3] ∜ sqrt[4] ° degree º degree × times · cdot ⋅ cdot ∙ cdot • cdot
∞ infty π pi ∪ cup ∩ cap ∈ in ≤ le ≥ ge ≠ ne ⩽ le ⩾ ge ≦ le ≧ ge ± pm ∓ mp
∅ emptyset ≈ approx ∖ setminus ⌊ lfloor ⌋ rfloor ⌈ lceil ⌉ rceil … ldots
∑ sum ∫ int ∏ prod → to ∨ lor ∧ land ∠ angle △ triangle ℝ mathbb{R}
ℤ mathbb{Z} ℕ mathbb{N} ℂ mathbb{C} θ theta α alpha β beta γ gamma δ delta
λ lambda μ mu φ phi ϕ phi ω omega σ sigma ρ rho τ tau ε epsilon Δ Delta
∆ Delta Ω Omega ζ zeta η eta ι iota κ kappa ν nu ξ xi χ chi ψ psi υ upsilon Γ Gamma Θ Theta Λ Lambda
Ξ Xi Σ Sigma Φ Phi Ψ Psi ϑ vartheta ϱ varrho ϵ epsilon
"""
_MARKS = """
− - – - — - ‐ - ‑ - ﹣ - ÷ / ⁄ / ∕ / ∣ | ⟨ ( ⟩ ) ′ ' ’ ' ‘ ' “ " ” " ∶ : 。 . 、 , ￥ ¥ 〔 ( 〕 ) 【 ( 】 )
"""
_SPACES = "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t\r\n"


def _pairs(table: str) -> dict[str, str]:
    items = table.split()
    return dict(zip(items[::2], items[1::2], strict=True))


_TABLE = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(_SPACES, " ")
    | {character: f"\\{name} " for character, name in _pairs(_COMMANDS).items()}
    | _pairs(_MARKS)
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n")
_RAISED = re.compile(r"(?<=[a-zA-Z0-9)}\]|πθ])([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+)")
"""Raised digits after a base: `²` of `x²`."""
_LOWERED = re.compile(r"(?<=[a-zA-Z0-9)}])([₀₁₂₃₄₅₆₇₈₉₊₋ₙ]+)")
"""Lowered digits after a name: `₁` of `x₁`."""
_VULGAR = re.compile(r"[¼-¾⅐-⅞]")
"""A fraction in one character: `½`."""
_ROOT = re.compile(r"√\s*(\d+(?:\.\d+)?|[a-zA-Z])")
"""A root of one number or letter: `√2`."""
_SCALE_IN_UNIT = re.compile(r"(?<=[a-zA-Z])([/·⋅∙*( ]{0,3})°\s?([CF])(?![a-zA-Z])")
"""A temperature's scale behind another unit: the `°C` of `J/(g·°C)`."""
_SCALES = {"C": "celsius", "F": "fahrenheit"}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
"""A character that no reader sees, such as a zero-width space."""


def to_latex(text: str) -> str:
    """Return the text with LaTeX for its Unicode mathematics; an unseen character becomes a mark.

    >>> to_latex("x² ≤ 3½"), to_latex("√12")
    ('x^{2} \\\\le  3\\\\frac{1}{2}', '\\\\sqrt{12}')
    """
    if text.isascii():
        return text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    text = text.replace("℃", "°C").replace("℉", "°F")
    if "°" in text:
        text = _SCALE_IN_UNIT.sub(lambda found: f"{found[1]} {_SCALES[found[2]]}", text)
    text = _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _VULGAR.sub(_fraction, text)
    text = _RAISED.sub(lambda found: "^{" + found.group().translate(_SUPERSCRIPTS) + "}", text)
    text = _LOWERED.sub(lambda found: "_{" + found.group().translate(_SUBSCRIPTS) + "}", text)
    return _ROOT.sub(r"\\sqrt{\1}", text).translate(_TABLE)


def _fraction(found: re.Match[str]) -> str:
    above, _, below = unicodedata.normalize("NFKC", found.group()).partition("⁄")
    return rf"\frac{{{above}}}{{{below}}}"
