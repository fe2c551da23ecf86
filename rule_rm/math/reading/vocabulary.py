"""The names of mathematics: which commands and words are functions, letters, or other names for them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text, as a set."""
    return frozenset(text.split())


MOMENTS = words("Corr Cov Expect Var")
"""Moments of random variables, of which no more is known than their arguments."""
FUNCTIONS = MOMENTS | words(
    """
    sin cos tan cot sec csc asin acos atan acot asec acsc sinh cosh tanh coth sech csch asinh acosh
    atanh ln log lg exp erf abs floor ceil gcd lcm max min cbrt sgn cis nPr Re Im
"""
)
GREEK = words(
    """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon
    phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell vartheta varrho hbar aleph
"""
)
ACCENTS = words("bar hat vec dot ddot overline tilde overrightarrow widehat widetilde mathbf boldsymbol")
"""Above a letter they make another name of it."""
BEYOND = words(
    """
    sum prod int iint iiint oint lim begin det partial limsup liminf sup inf arg bigcup bigcap
"""
)
"""Macros that are left to math-verify."""
STATEMENTS = words(
    """
    perp parallel cong sim triangle angle forall exists subset subseteq subsetneq supset supseteq mapsto
    implies iff Rightarrow Leftrightarrow nabla deg dim ker vec hat overrightarrow bar overline cup cap
    emptyset setminus notin circ nmid
"""
)
r"""Signs of a statement that is compared as it is written: `AB \parallel CD`."""
INVERSE = {"sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh"}
CONSTANTS = {"pi": "pi", "infinity": "infinity", "degree": "degree", "imath": "i", "e": "e"}
PLAIN_NAMES = words(
    """
    sqrt cbrt sin cos tan cot sec csc sinh cosh tanh asin acos atan asinh acosh atanh arcsin arccos
    arctan ln log lg exp abs floor ceil gcd lcm max min pi infinity theta alpha beta gamma delta
    lambda mu phi omega sigma binom mod infty inf oo union Abs tau
    kappa iota upsilon Gamma Delta Theta Lambda Sigma Phi Psi Omega
    rho epsilon zeta eta chi psi arccot arcsec arccsc sech csch coth sgn sign acot
"""
)
"""Names that need no backslash."""
APPLIED = frozenset("fghFGH")
"""Letters that name functions where brackets follow."""
LEADING = words(
    """
    option choice answer the is are approximately about exactly equals value around so therefore
    thus hence we get have roughly only usd rs point points a of statement vertex center centre at
    always just total result final approx there in all all's numbers values such with vector ratio
    quadrant interval set solution solutions root roots equation line 共 点 约 答案 共有 总共 为 是 即
    of be an and that's it's its
"""
)
"""Words before a value that say nothing about it: a closed list."""
TRAILING = words(
    """
    rounded vertex minimum maximum max min value approximately approx answer final
    total in all altogether only exactly respectively such solution solutions point center centre
    inclusive simplified reduced decimal places to the nearest hundredth tenth
    thousandth whole integer number digits significant figures
"""
)
"""Words after a value that say nothing about it: a closed list."""
SEPARATORS = {
    word: joint
    for joint, names in {
        "or": "or 或 或者 oder ou или 或是 または もしくは 또는 hoặc veya lub eller",
        "and": "and 和 与 以及 及 und et y и 와 과 와/과 と 및 ve oraz och",
        "land": "且 并且 かつ 그리고",
    }.items()
    for word in names.split()
}
"""Words between two values, in many languages."""
for _letter in ("y", "e", "o"):
    SEPARATORS.pop(_letter, None)
SHORT_WORDS = words(
    """
    is it in if of to or on no at an as by be we so do am pm up us he me my vs ie go
"""
)
"""Words of two letters."""
ALIASES: dict[str, str] = {
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
        "|": "vert lvert rvert mid Vert lVert rVert",
        ":": "colon",
        "*": "times cdot ast cdotp",
        "/": "div slash",
        "abs": "Abs",
        "asin": "arcsin",
        "acos": "arccos",
        "atan": "arctan arctg",
        "acot": "arccot arcctg",
        "asec": "arcsec",
        "acsc": "arccsc",
        "cot": "ctg cotg",
        "sgn": "sign signum",
        "gcd": "GCD hcf HCF",
        "lcm": "LCM",
        "not": "lnot neg",
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
        "land": "wedge",
        "lor": "vee",
        "mod": "bmod",
        "pmod": "pod",
        "€": "euro",
        "£": "pounds",
        "binom": "dbinom tbinom",
        "to": "rightarrow",
        "in": "isin",
        "iff": "leftrightarrow longleftrightarrow Longleftrightarrow",
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

COMMANDS = (
    FUNCTIONS
    | GREEK
    | ACCENTS
    | BEYOND
    | STATEMENTS
    | frozenset(CONSTANTS)
    | words(
        """
    frac sqrt binom choose brace brack over le ge ne in notin approx equiv pmod mod land lor not cr end begin
    lfloor rfloor lceil rceil pm mp setminus ldots to text boxed hline left right degree prime
    ihat jhat khat overset underset stackrel top intercal checkmark blacksquare square therefore
    """
    )
)
"""Every known command; an unknown one is tried as a command and a letter without the space between."""
FIELDS = frozenset({"RR", "ZZ", "NN", "QQ", "CC"})
r"""The sets of numbers, as `\mathbb` gives them."""
RELATIONS = frozenset({"<", "=", ">", "approx", "equiv", "ge", "in", "le", "ne", "notin", "sim"})
"""Signs between the two sides of a relation."""

_DISTRIBUTIONS = words(
    "binomial/bin binom/bin poisson/pois pois/pois exponential/exp geometric/geom uniform/unif normal/n"
)
_OF_DISTRIBUTION = dict(pair.split("/") for pair in _DISTRIBUTIONS)


def named_distribution(word: str) -> str:
    """Return the short name of a distribution, or another word in lower case: `bin` for "Binomial"."""
    return _OF_DISTRIBUTION.get(word.lower(), word.lower())
