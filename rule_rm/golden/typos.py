"""Decide whether two texts differ only by typing errors.

A similarity is not enough: "the largest of 12 even numbers" and "the largest of 13 even numbers" are nearly
equal, as are many questions from one template. Every difference must be explained. Numbers, signs, variables,
names in capitals and LaTeX commands must be the same. A differing word must be a misspelling of the golden
one. It must be neither a word of the dataset nor a word that contrasts with the golden word.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

import Levenshtein
from rapidfuzz.distance import OSA

from rule_rm.golden.words import (
    DROPPABLE,
    FUNCTION_WORDS,
    NEGATING_PREFIXES,
    NUMBERS_AND_NEGATIONS,
    RIVALS,
    SHORT,
)

_LONGEST_STRETCH = 12
"""Tokens. A longer difference is not a typing error."""
_PUNCTUATION = frozenset('.,;:?"`$')
_MATHS_COMMANDS = frozenset(
    r"""
    \sin \cos \tan \cot \sec \csc \sinh \cosh \tanh \coth \arcsin \arccos \arctan \min \max \sup \inf \lim
    \liminf \limsup \log \ln \lg \exp \det \dim \ker \gcd \lcm \deg \arg \hom \Re \Im \alpha \beta \gamma
    \delta \epsilon \varepsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi \rho \sigma \tau
    \upsilon \phi \varphi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega
    \le \leq \ge \geq \lt \gt \ne \neq \ll \gg \in \ni \notin \subset \supset \subseteq \supseteq \cup
    \cap \land \lor \lnot \sum \prod \int \oint \pm \mp \times \div \cdot \cdots \ldots \sqrt \frac \dfrac
    \tfrac \binom \overline \underline \lfloor \rfloor \lceil \rceil \mid \nmid \parallel \perp \angle
    \equiv \approx \sim \simeq \cong \forall \exists \to \gets \uparrow \downarrow \vec \hat \bar \dot
    \ddot \tilde \mathbf \mathbb \mathrm
    """.split()  # noqa: SIM905 - as many lines as words otherwise
)


def only_typos(golden: Sequence[str], given: Sequence[str], known: Container[str]) -> bool:
    """Return True if the tokens `given` are the tokens `golden` with typing errors.

    `known` holds the words of the dataset, in lower case.

    >>> only_typos("Find the largest even number".split(), "Find teh largst even number".split(), {"number"})
    True
    >>> only_typos("Find the largest even number".split(), "Find the larger even number".split(), {"number"})
    False
    """
    return all(
        _is_typo(golden[g_begin:g_end], given[p_begin:p_end], known)
        and not _parts_digits(golden, g_begin, g_end)
        and not _parts_digits(given, p_begin, p_end)
        for g_begin, g_end, p_begin, p_end in _differences(golden, given)
    )


def _differences(golden: Sequence[str], given: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return the differing stretches of both, each as long as possible."""
    stretches: list[tuple[int, int, int, int]] = []
    for tag, g_begin, g_end, p_begin, p_end in Levenshtein.opcodes(golden, given):
        if tag == "equal":
            continue
        if stretches and stretches[-1][1] == g_begin and stretches[-1][3] == p_begin:
            g_begin, p_begin = stretches[-1][0], stretches.pop()[2]
        stretches.append((g_begin, g_end, p_begin, p_end))
    return stretches


def _parts_digits(tokens: Sequence[str], begin: int, end: int) -> bool:
    """Return True if the stretch alone separates two numbers: 1,000 differs from 1 000, and 3:4 from 34."""
    return 0 < begin < end < len(tokens) and tokens[begin - 1][-1].isdigit() and tokens[end][0].isdigit()


def _is_typo(golden: Sequence[str], given: Sequence[str], known: Container[str]) -> bool:
    """Return True if a differing stretch can be read as the golden one, word by word."""
    golden = [token for token in golden if token not in _PUNCTUATION]
    given = [token for token in given if token not in _PUNCTUATION]
    if max(len(golden), len(given)) > _LONGEST_STRETCH:
        return False

    def reads(g: int, p: int) -> bool:
        if g == len(golden) and p == len(given):
            return True
        word = golden[g] if g < len(golden) else ""
        typed = given[p] if p < len(given) else ""
        return (
            bool(
                word
                and typed
                and (word == typed or is_misspelling(word, typed, known))
                and reads(g + 1, p + 1)
            )
            or (_is_torn(word, given[p : p + 2]) and reads(g + 1, p + 2))
            or (_is_torn(typed, golden[g : g + 2]) and reads(g + 2, p + 1))
            or (word in DROPPABLE and reads(g + 1, p))
            or (typed in DROPPABLE and reads(g, p + 1))
        )

    return reads(0, 0)


def _is_torn(word: str, parts: Sequence[str]) -> bool:
    """Return True if the parts are the word, torn by a space or a sign."""
    return len(parts) > 1 and _is_prose(word) and "".join(parts).lower() == word.lower()


def _is_prose(token: str) -> bool:
    """Return True for an ordinary word; False for a variable, a name in capitals or a number."""
    if not token.replace("'", "").isalpha() or not (token.islower() or token[1:].islower()):
        return False
    return len(token) > 3 or token.lower() in SHORT


def is_misspelling(golden: str, given: str, known: Container[str]) -> bool:
    """Return True if `given` is a misspelling of the word `golden`, rather than another word.

    >>> is_misspelling("minimum", "minumum", set()), is_misspelling("minimum", "maximum", set())
    (True, False)
    """
    if golden.startswith("\\"):
        distance = OSA.distance(golden, given)
        return distance <= len(golden) // 4 and given not in known and given not in _MATHS_COMMANDS
    if not _is_prose(golden) or len(given) < 2 or not given.replace("'", "").isalpha():
        return False
    golden, given = golden.lower(), given.lower()
    if golden == given:
        return True
    distance = OSA.distance(golden, given)
    if distance > (1 if len(golden) < 5 else 2 if len(golden) < 9 else 3):
        return False
    rivals = RIVALS.get(golden, frozenset())
    if (
        given in NUMBERS_AND_NEGATIONS
        or given in rivals
        or _is_negated(golden, given)
        or _is_negated(given, golden)
    ):
        return False
    if given in known:
        return (
            not FUNCTION_WORDS.isdisjoint((golden, given)) or golden + "s" == given or golden == given + "s"
        )
    return all(OSA.distance(rival, given, score_cutoff=distance) > distance for rival in rivals)


def _is_negated(word: str, longer: str) -> bool:
    return len(word) > 3 and longer.endswith(word) and longer[: -len(word)] in NEGATING_PREFIXES
