"""Words that a typing error must not be mistaken for.

Each line of `_RIVALS` holds words that contrast with one another, and of which some are spelt alike: one of
them in the place of another makes another question.
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
    no not none never neither nor without non nonzero cannot can't don't doesn't isn't aren't wasn't won't
    didn't couldn't
"""
_RIVALS = f"""
    {" ".join(_NUMBERS.split())}
    {" ".join(_NEGATIONS.split())} any some all with can do does is
    and or nor xor but
    all any each every some both either neither none only
    if unless iff until
    exactly approximately about nearly
    same different distinct equal unequal similar dissimilar
    least most more less fewer few many much fewest
    first last next previous latter former
    over under above below between within beyond before after until since on off in out into from to at
    include exclude includes excludes including excluding inclusive exclusive included excluded
    larger smaller largest smallest greater lesser greatest least bigger biggest higher highest lower lowest
    longer longest shorter shortest older oldest younger youngest newer newest heavier heaviest lighter lightest faster fastest slower slowest
    earlier earliest later latest early late
    minimum maximum minimal maximal minimize maximize minimise maximise minimized maximized minima maxima min max
    even odd evens odds prime composite coprime
    positive negative nonnegative nonpositive nonzero real imaginary complex rational irrational integral
    finite infinite countable uncountable bounded unbounded limited unlimited
    increasing decreasing increase decrease increases decreases increased decreased ascending descending gain loss gains loses rise fall
    inside outside interior exterior inner outer internal external inscribed circumscribed incircle circumcircle excircle inradius circumradius exradius incenter circumcenter orthocenter excenter
    left right top bottom up down front back
    north south east west northern southern eastern western
    horizontal vertical parallel perpendicular
    convex concave acute obtuse open closed
    clockwise counterclockwise anticlockwise
    divisible indivisible possible impossible likely unlikely probable improbable true false proper improper
    reducible irreducible dependent independent ordered unordered linear nonlinear quadratic cubic quartic quintic
    adjacent opposite symmetric asymmetric antisymmetric
    sum difference product quotient ratio remainder sums products
    factor factors multiple multiples divisor divisors dividend
    numerator denominator numerators denominators
    mean median mode range average variance
    plus minus times add subtract multiply divide added subtracted multiplied divided
    square cube squares cubes squared cubed root roots
    area perimeter volume surface radius diameter circumference width length height depth
    sine cosine tangent cotangent secant cosecant sin cos tan cot sec csc sinh cosh tanh
    domain codomain range image
    row rows column columns
    permutation permutations combination combinations union intersection
    triangle rectangle pentagon hexagon heptagon octagon nonagon decagon dodecagon undecagon quadrilateral
    tetrahedron pentahedron hexahedron octahedron dodecahedron icosahedron
    triangular rectangular pentagonal hexagonal heptagonal octagonal tetragonal
    equilateral isosceles scalene
    millimeter millimeters centimeter centimeters decimeter decimeters meter meters kilometer kilometers
    milligram milligrams centigram gram grams kilogram kilograms milliliter milliliters liter liters deciliter
    inch inches foot feet yard yards mile miles
    second seconds minute minutes hour hours day days week weeks month months year years
    daily weekly monthly yearly annually hourly
    cent cents penny pennies nickel nickels dime dimes quarter quarters dollar dollars
    binary ternary decimal hexadecimal octal
    monday tuesday wednesday thursday friday saturday sunday weekday weekend
    january february march april may june july august september october november december
    today tomorrow yesterday morning evening afternoon night
    red blue green yellow black white brown pink purple orange gray grey gold silver
    boy boys girl girls man men woman women son daughter mother father brother sister husband wife male female males females
    he she his her him himself herself
    buy buys sell sells bought sold win wins lose loses won lost give gives take takes gave took
    hit hits miss misses pass fail head tail heads tails black back
"""
NUMBERS_AND_NEGATIONS = frozenset((_NUMBERS + _NEGATIONS).split())
"""Words that no other word can be misspelt into."""

_sets: defaultdict[str, set[str]] = defaultdict(set)
for _line in map(str.split, _RIVALS.strip().split("\n")):
    for _word in _line:
        _sets[_word].update(_line)
_ENDINGS = frozenset({"", "s", "d", "es", "ed"})
RIVALS = {
    word: frozenset(
        rival
        for rival in rivals
        if rival.removeprefix(word) not in _ENDINGS and word.removeprefix(rival) not in _ENDINGS
    )
    for word, rivals in _sets.items()
}
"""For a word, those that contrast with it; its own forms do not."""

FUNCTION_WORDS = frozenset(
    """
    the an of in is are to for that this these those with which as be by it its he she his her him they their
    them there has have had was were will would does did do you your we our how what find given such from then
    than where who into and or all any each if can on at when let some so but if
    """.split()  # noqa: SIM905
)
"""Words so frequent that one becoming another word is a slip, unless the two are rivals."""

SHORT = FUNCTION_WORDS | frozenset(
    """
    am my us me up put set use way why old end box bag men man boy car cup dog cat egg pay pen day own per out not
    now yes get got may new off one two six ten sum odd add max min red big bus run ran cut lie lot map mix net pie
    raw row sit sun top try won age air arm art ask bad bar bed bet bit cow dry due eat far fit fly fun gas hat hit
    hot ice job key kid lay leg low mat met mud nut oil pan pet pig pot rat rod saw say sea see sky tie tin toy van
    war wet win yet zoo no go
    """.split()  # noqa: SIM905
)
"""The words of two or three letters; other short runs of letters are names or variables."""

DROPPABLE = frozenset({"the", "an", "please"})
"""Words that may be missing, or there once more."""

NEGATING_PREFIXES = frozenset(
    "un in im ir il non dis de anti co counter sub semi hyper mis re arc a mono bi tri".split()
)
"""A word with one of these before it means something else."""
