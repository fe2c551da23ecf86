"""The names of mathematics: which commands and words are functions, letters, or other names for them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


FUNCTIONS = words(
    """
    sin cos tan cot sec csc asin acos atan sinh cosh tanh asinh acosh atanh ln log lg exp abs floor
    ceil gcd lcm max min cbrt
"""
)
GREEK = words(
    """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon
    phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell vartheta varrho hbar
"""
)
ACCENTS = words("bar hat vec overline tilde overrightarrow widehat widetilde mathbf boldsymbol")
"""Above a letter they make another name of it."""
BEYOND = words(
    """
    sum prod int iint iiint oint lim begin det partial nabla vec hat overrightarrow bar overline
    arcctg cup cap limsup liminf sup inf emptyset setminus perp parallel cong sim triangle angle Re
    Im arg deg dim ker forall exists subset subseteq supset mapsto implies iff Rightarrow
"""
)
"""What is left to math-verify."""
INVERSE = {"sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh"}
CONSTANTS = {"pi": "pi", "infinity": "infinity", "degree": "degree", "imath": "i", "e": "e"}
PLAIN_NAMES = words(
    """
    sqrt cbrt sin cos tan cot sec csc sinh cosh tanh asin acos atan asinh acosh atanh arcsin arccos
    arctan ln log lg exp abs floor ceil gcd lcm max min pi infinity theta alpha beta gamma delta
    lambda mu phi omega sigma binom mod infty inf oo union Abs tau
    rho epsilon zeta eta chi psi
"""
)
"""What is a name also without a backslash."""
LEADING = words(
    """
    option choice answer the is are approximately about exactly equals value around so therefore
    thus hence we get have roughly only usd rs point points a of statement vertex center centre at
    always just total result final
"""
)
"""Words before a value that say nothing about it."""
ALIASES = {
    new: old
    for old, names in {
        "le": "leq leqslant",
        "ge": "geq geqslant",
        "ne": "neq",
        "<": "lt",
        ">": "gt",
        r"\{": "lbrace",
        r"\}": "rbrace",
        "[": "lbrack",
        "]": "rbrack",
        "|": "vert lvert rvert mid",
        ":": "colon",
        "*": "times cdot ast",
        "/": "div",
        "abs": "Abs",
        "asin": "arcsin",
        "acos": "arccos",
        "atan": "arctan",
        "not": "lnot notin",
        "asinh": "arcsinh arsinh",
        "acosh": "arccosh arcosh",
        "atanh": "arctanh artanh",
        "emptyset": "varnothing",
        "ldots": "dots cdots dotsc",
        "phi": "varphi",
        "epsilon": "varepsilon",
        "infinity": "infin infty inf oo",
        "pi": "Pi",
        "tan": "tg",
        "csc": "cosec",
        "ceil": "ceiling",
        "cup": "union",
        "and": "land wedge",
        "or": "lor vee",
        "mod": "bmod",
        "€": "euro",
        "£": "pounds",
        "binom": "dbinom tbinom",
        "to": "rightarrow",
        "in": "isin",
        "(": "langle lparen",
        ")": "rangle rparen",
        "setminus": "backslash",
        "%": "percent",
        "e": "exponentialE",
        "factorial": "fact",
    }.items()
    for new in names.split()
}
"""Other names, with the one that is used for them here."""
