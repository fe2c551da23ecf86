"""Words that a typing error must not be mistaken for.

`_RIVALS` holds groups of words that contrast with one another: each in the place of another makes another
question, and many are spelt alike. The forms of one word ("factor", "factors") need no mention.
"""

from __future__ import annotations

from collections import defaultdict

_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
billion trillion first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth
fiftieth sixtieth seventieth eightieth ninetieth hundredth thousandth millionth thirds fourths fifths
sixths sevenths eighths ninths tenths twelfths ones tens hundreds thousands millions billions hundredths
thousandths half halves quarter quarters dozen once twice thrice single double triple doubled tripled
halved quadruple
"""
_NEGATIONS = """
no not none never neither nor without non nonzero cannot can't don't doesn't isn't aren't wasn't won't didn't
"""
_RIVALS = """
and or nor xor but / any some all with can is no not none / all any each every some both either neither
none only / if unless iff until / exactly approximately about nearly / can can't / is isn't / are aren't /
does doesn't / same different / distinct equal unequal / similar dissimilar / equal unequal / least most
more less fewer few many much fewest / last first next previous / latter former later / last least / over
under above below between within beyond before after until since on off in out into from to at / include
exclude / includes excludes / including excluding / inclusive exclusive / included excluded / larger
smaller greater lesser bigger higher lower longer shorter older younger heavier lighter faster slower /
largest smallest greatest least biggest highest lowest longest shortest oldest youngest heaviest lightest
fastest / larger largest / smaller smallest / longer longest / older oldest / higher highest / lower
lowest / earlier later / earliest latest / early late / minimum maximum / minimal maximal / minimize
maximize / minimise maximise / minimized maximized / min max / even odd / prime composite coprime /
positive negative nonnegative nonpositive nonzero / real imaginary complex rational irrational / finite
infinite / countable uncountable / bounded unbounded / increasing decreasing / increase decrease /
increases decreases / increased decreased / ascending descending / gain loss / rise fall / inside outside
/ interior exterior / inner outer / internal external / internally externally / inscribed circumscribed /
incircle circumcircle excircle / inradius circumradius exradius / incenter circumcenter orthocenter
excenter centroid / left right top bottom up down front back / north south east west / northern southern
eastern western / horizontal vertical / parallel perpendicular / convex concave / acute obtuse / open
closed / clockwise counterclockwise anticlockwise / divisible indivisible / possible impossible / likely
unlikely / probable improbable / true false / proper improper / reducible irreducible / dependent
independent / ordered unordered / adjacent opposite / linear nonlinear quadratic cubic quartic quintic /
symmetric asymmetric antisymmetric / sum difference product quotient ratio remainder / sums differences
products quotients / factor multiple divisor dividend / factors multiples divisors / numerator denominator
/ numerators denominators / mean median mode range average variance / plus minus times / add subtract
multiply divide / added subtracted multiplied divided / square cube root / squares cubes roots / squared
cubed / area perimeter volume surface radius diameter circumference width length height depth / sine
cosine tangent cotangent secant cosecant / sin cos tan cot sec csc sinh cosh tanh / domain codomain range
/ row column / rows columns / permutation combination / permutations combinations / union intersection /
triangle rectangle pentagon hexagon heptagon octagon nonagon decagon dodecagon quadrilateral / tetrahedron
pentahedron hexahedron octahedron dodecahedron icosahedron / triangular tetragonal / triangular
rectangular pentagonal hexagonal heptagonal octagonal / equilateral isosceles scalene / millimeter
centimeter decimeter meter kilometer decameter / millimeters centimeters decimeters meters kilometers /
milligram centigram gram kilogram / milligrams grams kilograms / milliliter deciliter liter / inch foot
yard mile / inches feet yards miles / cent penny nickel dime quarter dollar / cents pennies nickels dimes
quarters dollars / second minute hour day week month year / seconds minutes hours days weeks months years
/ daily weekly monthly yearly annually hourly / binary ternary decimal hexadecimal octal / today tomorrow
yesterday / morning evening afternoon night / monday tuesday wednesday thursday friday saturday sunday /
weekday weekend / weekdays weekends / january february march april may june july august september october
november december / red blue green yellow black white brown pink purple orange gray grey gold silver / boy
girl man woman son daughter mother father brother sister husband wife male female / boys girls men women
sons daughters brothers sisters males females / he she his her him / buy sell / buys sells / bought sold /
win lose / wins loses / won lost / give take / gives takes / gave took / hit miss / hits misses / pass
fail / head tail / heads tails
"""
NUMBERS_AND_NEGATIONS = frozenset((_NUMBERS + _NEGATIONS).split())
"""Words that no other word can be misspelt into."""

_ENDINGS = ("", "s", "d", "es", "ed")


def _rivals() -> dict[str, frozenset[str]]:
    groups = [group.split() for group in _RIVALS.split("/")]
    rivals: defaultdict[str, set[str]] = defaultdict(set)
    for group in [*groups, _NUMBERS.split(), _NEGATIONS.split()]:
        for word in group:
            rivals[word].update(group)
    return {
        word: frozenset(
            other
            for other in others
            if other.removeprefix(word) not in _ENDINGS and word.removeprefix(other) not in _ENDINGS
        )
        for word, others in rivals.items()
    }


RIVALS = _rivals()
"""The contrasting words of a word."""

FUNCTION_WORDS = frozenset(
    """
    the an of in is are to for that this these those with which as be by it its he she his her him they
    their them there has have had was were will would does did do you your we our how what find given such
    from then than where who into and or all any each if can on at when let some so but many may express
    answer
    """.split()  # noqa: SIM905 - as many lines as words otherwise
)
"""Words so frequent that one becoming another word is a slip, unless the two are rivals."""

SHORT = FUNCTION_WORDS | frozenset(
    """
    am my us me up put set use way why old end box bag men man boy car cup dog cat egg pay pen day own per
    out not now yes get got new off one two six ten sum odd add max min red big bus run ran cut lie lot
    map mix net pie raw row sit sun top try won age air arm art ask bad bar bed bet bit cow dry due eat
    far fit fly fun gas hat hit hot ice job key kid lay leg low mat met mud nut oil pan pet pig pot rat
    rod saw say sea see sky tie tin toy van war wet win yet zoo no go
    """.split()  # noqa: SIM905 - as many lines as words otherwise
)
"""The words of two or three letters; other short runs of letters are names or variables."""

DROPPABLE = frozenset({"the", "an", "please"})
"""Words that may be missing, or there once more."""

NEGATING_PREFIXES = frozenset(
    {
        "un",
        "in",
        "im",
        "ir",
        "il",
        "non",
        "dis",
        "de",
        "anti",
        "co",
        "counter",
        "sub",
        "semi",
        "hyper",
        "mis",
        "arc",
    }
)
"""A word with one of these before it means something else."""
