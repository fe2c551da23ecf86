"""Counting: arrangements, selections, paths, partitions and symmetries, each by enumeration."""

from functools import cache
from itertools import combinations, pairwise, permutations, product

from sympy.utilities.iterables import multiset_permutations, partitions

from .problem import Subject

SUBJECT = Subject("Counting")
problem = SUBJECT.problem


def total(iterable):
    """How many items an iterable yields."""
    return sum(1 for _ in iterable)


@problem(1, "24")
def outfits():
    """Paul has 4 shirts, 3 pairs of trousers and 2 hats. In how many ways can he choose one of each?"""
    return total(product(range(4), range(3), range(2)))


@problem(1, "9")
def two_digit_numbers():
    """How many two-digit numbers can be written with the digits 1, 2 and 3 if a digit may be used twice?"""
    return total(product("123", repeat=2))


@problem(1, "3")
def paying_with_coins():
    """In how many ways can exactly 20 cents be paid with 5-cent and 10-cent coins? Paying with one kind alone
    counts too."""
    return sum(5 * fives + 10 * tens == 20 for fives in range(5) for tens in range(3))


@problem(1, "6")
def matches_of_four_teams():
    """Four teams play in a tournament, and each team plays once against each other team. How many games are
    played?"""
    return total(combinations(range(4), 2))


@problem(1, "6")
def books_on_a_shelf():
    """In how many different orders can a red, a green and a blue book stand on a shelf?"""
    return total(permutations("rgb"))


@problem(1, "14")
def triangles_and_squares_counted():
    """How many squares of any size can be seen in a grid of 3 rows with 3 small squares each?"""
    return sum((4 - size) ** 2 for size in (1, 2, 3))


@problem(2, "60")
def letters_of_banana():
    """How many different words, with or without meaning, can be made by rearranging all letters of BANANA?"""
    return total(multiset_permutations("BANANA"))


@problem(2, "56")
def holiday_books():
    """Eva takes 3 of her 8 new books on a journey. How many choices does she have?"""
    return total(combinations(range(8), 3))


@problem(2, "48")
def neighbours_in_a_row():
    """Five children, among them Ann and Ben, stand in a row. In how many orders are Ann and Ben next to each
    other?"""
    return sum(abs(row.index("A") - row.index("B")) == 1 for row in permutations("ABCDE"))


@problem(2, "648")
def distinct_digits():
    """How many three-digit numbers have three different digits?"""
    return sum(len(set(str(n))) == 3 for n in range(100, 1000))


@problem(2, "64")
def subsets():
    """How many subsets does a set of six elements have, counting the empty set and the set itself?"""
    return sum(total(combinations(range(6), size)) for size in range(7))


@problem(2, "500")
def number_plates():
    """A code consists of one of the letters A, B, C, D, E followed by two digits from 0 to 9. How many codes
    are there?"""
    return total(product("ABCDE", range(10), range(10)))


@problem(2, "30")
def two_offices():
    """A club of 6 members elects a president and a treasurer, who must be two different people. How many
    outcomes are possible?"""
    return total(permutations(range(6), 2))


@problem(3, "60")
def rectangles_in_a_grid():
    """How many rectangles, squares included, are formed by the lines of a grid of 3 by 4 unit squares?"""
    return total(product(combinations(range(4), 2), combinations(range(5), 2)))


@problem(3, "35")
def lattice_paths():
    """From one corner of a grid of 4 by 3 unit squares one walks to the opposite corner, always right or up
    along the lines. How many such ways are there?"""
    return total(multiset_permutations("RRRRUUU"))


@problem(3, "150")
def committee():
    """A committee of 3 women and 2 men is chosen from 5 women and 6 men. How many committees are possible?"""
    return total(product(combinations(range(5), 3), combinations(range(6), 2)))


@problem(3, "266")
def divisible_by_none():
    """How many integers from 1 to 1000 are divisible by none of 2, 3 and 5?"""
    return sum(n % 2 != 0 and n % 3 != 0 and n % 5 != 0 for n in range(1, 1001))


@problem(3, "120")
def round_table():
    """In how many ways can six people sit around a round table, if seatings that differ by a rotation count
    as the same?"""
    return len({min(seats[i:] + seats[:i] for i in range(6)) for seats in permutations(range(6))})


@problem(3, "198")
def palindromes():
    """How many of the integers from 1 to 9999 read the same forwards and backwards?"""
    return sum(str(n) == str(n)[::-1] for n in range(1, 10_000))


@problem(3, "66")
def three_summands():
    """How many triples $(x,y,z)$ of non-negative integers have the sum 10?"""
    return sum(x + y <= 10 for x in range(11) for y in range(11))


@problem(3, "204")
def squares_on_a_chessboard():
    """A chessboard has 8 by 8 fields. How many squares made of whole fields can be found on it in all?"""
    return sum(
        x + size <= 8 and y + size <= 8 for size in range(1, 9) for x, y in product(range(8), repeat=2)
    )


@problem(4, "85")
def apples_with_limits():
    """In how many ways can 12 identical apples be given to 4 children so that each child gets at least one
    and at most five apples?"""
    return sum(sum(shares) == 12 for shares in product(range(1, 6), repeat=4))


@problem(4, "55")
def no_adjacent_ones():
    """How many strings of eight binary digits have no two ones next to each other?"""
    return sum("11" not in f"{n:08b}" for n in range(2**8))


@problem(4, "44")
def derangements():
    """Five guests leave a party, and each takes one of the five coats at random. In how many ways can it
    happen that nobody takes his own coat?"""
    return sum(all(coat != guest for guest, coat in enumerate(coats)) for coats in permutations(range(5)))


@problem(4, "150")
def surjections():
    """In how many ways can five different letters be put into three different boxes so that no box stays
    empty?"""
    return sum(len(set(boxes)) == 3 for boxes in product(range(3), repeat=5))


@problem(4, "34")
def domino_tilings():
    """In how many ways can a floor of 2 by 8 unit squares be covered by eight tiles of 1 by 2?"""

    @cache
    def tilings(covered):
        """The ways to complete the covering, field by field, from a bit mask of the covered fields."""
        if covered == 2**16 - 1:
            return 1
        free = next(i for i in range(16) if not covered >> i & 1)  # field 2 * column + row
        fits = [free + 2] * (free + 2 < 16) + [free + 1] * (free % 2 == 0)
        return sum(tilings(covered | 1 << free | 1 << other) for other in fits if not covered >> other & 1)

    return tilings(0)


@problem(4, "22")
def number_partitions():
    """In how many ways can 8 be written as a sum of positive integers when the order of the summands does not
    matter? The sum consisting of 8 alone counts."""
    return total(partitions(8))


@problem(4, "42")
def paths_below_the_diagonal():
    """A path leads from $(0,0)$ to $(5,5)$ in unit steps to the right or upwards and never goes above the
    line $y=x$. How many such paths are there?"""
    return sum(
        all(path[:i].count("U") <= path[:i].count("R") for i in range(11))
        for path in multiset_permutations("RRRRRUUUUU")
    )


@problem(4, "14")
def necklaces():
    """Six beads, each black or white, are glued in a circle onto the lid of a box. Patterns that become equal
    when the box is turned around count as the same. How many different patterns are there?"""
    return len({min(beads[i:] + beads[:i] for i in range(6)) for beads in product("bw", repeat=6)})


@problem(4, "126")
def increasing_digits():
    """How many four-digit numbers have digits that strictly increase from left to right?"""
    return sum(all(a < b for a, b in pairwise(str(n))) for n in range(1000, 10_000))


@problem(4, "76")
def triangles_of_grid_points():
    """Nine points form a square grid of 3 rows and 3 columns. How many triangles that are not degenerate have
    their corners at three of these points?"""
    points = list(product(range(3), repeat=2))
    return sum(
        (b[0] - a[0]) * (c[1] - a[1]) != (b[1] - a[1]) * (c[0] - a[0]) for a, b, c in combinations(points, 3)
    )


@problem(4, "600")
def rooks():
    """In how many ways can 4 identical rooks be placed on a board of 5 by 5 fields so that no two of them
    share a row or a column?"""
    return sum(
        len({x for x, _ in fields}) == len({y for _, y in fields}) == 4
        for fields in combinations(list(product(range(5), repeat=2)), 4)
    )


@problem(4, "106656")
def sum_of_rearrangements():
    """The digits 1, 3, 5 and 7 are arranged in all possible ways to form four-digit numbers. What is the sum
    of all these numbers?"""
    return sum(int("".join(digits)) for digits in permutations("1357"))


@problem(4, "126")
def colouring_a_ring():
    """The corners of a heptagon are coloured, each with one of three colours, so that the two ends of each
    side get different colours. In how many ways is this possible, if the corners are told apart?"""
    return sum(all(colours[i - 1] != colours[i] for i in range(7)) for colours in product(range(3), repeat=7))


@problem(4, "13")
def small_moves():
    """Six people sit in a row of six chairs. They stand up and sit down again so that each of them takes the
    old chair or one next to it. In how many ways is this possible?"""
    return sum(all(abs(i - j) <= 1 for i, j in enumerate(chairs)) for chairs in permutations(range(6)))


@problem(5, "10")
def painted_cubes():
    """Each face of a cube is painted red or blue. How many different cubes are there if cubes that can be
    rotated into each other count as the same?"""
    quarter_turns = [(0, 1, 3, 4, 5, 2), (3, 5, 2, 0, 4, 1)]  # faces: top, bottom and four around
    unseen, cubes = set(product("rb", repeat=6)), 0
    while unseen:
        cubes += 1
        orbit = {unseen.pop()}
        while new := {tuple(cube[i] for i in turn) for cube in orbit for turn in quarter_turns} - orbit:
            orbit |= new
        unseen -= orbit
    return cubes


@problem(5, "208")
def subsets_with_divisible_sum():
    r"""How many subsets of $\{1,2,\dots,10\}$, the empty set included, have a sum of elements divisible by
    5?"""
    return sum(sum(s) % 5 == 0 for size in range(11) for s in combinations(range(1, 11), size))


@problem(5, "1191")
def two_descents():
    """In how many orders can the numbers from 1 to 7 be written so that a number is followed by a smaller one
    at exactly two places?"""
    return sum(sum(a > b for a, b in pairwise(order)) == 2 for order in permutations(range(7)))


@problem(5, "125")
def road_networks():
    """Five towns are to be connected by exactly four straight roads between pairs of towns so that every town
    can be reached from every other. How many choices of the four roads are there?"""

    def connected(roads):
        reached = {0}
        for _ in range(4):
            reached |= {town for road in roads if reached & set(road) for town in road}
        return len(reached) == 5

    return sum(connected(roads) for roads in combinations(list(combinations(range(5), 2)), 4))


@problem(5, "196")
def idempotent_maps():
    r"""How many functions $f$ from $\{1,2,3,4,5\}$ to itself satisfy $f(f(x))=f(x)$ for every $x$?"""
    return sum(all(f[f[i]] == f[i] for i in range(5)) for f in product(range(5), repeat=5))


@problem(5, "92")
def eight_queens():
    """In how many ways can eight queens stand on a chessboard so that no two attack each other, where rotated
    and mirrored positions count as different?"""
    return sum(
        len({c + r for c, r in enumerate(rows)}) == len({c - r for c, r in enumerate(rows)}) == 8
        for rows in permutations(range(8))
    )
