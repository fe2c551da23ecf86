"""Probability and expectation, from exact enumeration, recurrences and integrals."""

from fractions import Fraction
from itertools import combinations, permutations, product

from sympy import Polygon, Rational, integrate, solve, sqrt, symbols

from .problem import Subject

SUBJECT = Subject("Probability")
problem = SUBJECT.problem

x, y, z = symbols("x y z")

DIE = range(1, 7)


def probability(event, outcomes, given=lambda outcome: True):
    """The share of equally likely outcomes in which the event happens, among those that are given."""
    possible = [outcome for outcome in outcomes if given(outcome)]
    return Fraction(sum(map(bool, map(event, possible))), len(possible))


def expectation(value, outcomes):
    """The mean of a value over equally likely outcomes."""
    values = [value(outcome) for outcome in outcomes]
    return Fraction(sum(values), len(values))


@problem(1, r"\frac{1}{3}")
def more_than_four():
    """A fair die is rolled once. What is the probability that it shows more than 4?"""
    return probability(lambda roll: roll > 4, DIE)


@problem(1, r"\frac{3}{8}")
def red_marble():
    """A bag holds 3 red and 5 blue marbles. One is taken without looking. What is the probability that it is
    red?"""
    return probability(lambda marble: marble == "r", "rrrbbbbb")


@problem(1, "50")
def expected_greens():
    """A wheel of fortune has 8 equal sectors, 2 of them green. How many greens are to be expected in 200
    spins?"""
    return 200 * probability(lambda sector: sector < 2, range(8))


@problem(1, r"\frac{2}{5}")
def card_with_an_even_number():
    """Five cards carry the numbers 1, 2, 3, 4 and 5. One card is drawn at random. With which probability is
    its number even?"""
    return probability(lambda card: card % 2 == 0, range(1, 6))


@problem(2, r"\frac{5}{36}")
def sum_of_eight():
    """Two fair dice are thrown. What is the probability of the sum 8?"""
    return probability(lambda rolls: sum(rolls) == 8, product(DIE, repeat=2))


@problem(2, r"\frac{3}{4}")
def at_least_one_head():
    """A fair coin is tossed twice. How likely is it that heads comes up at least once?"""
    return probability(lambda tosses: "h" in tosses, product("ht", repeat=2))


@problem(2, r"\frac{2}{15}")
def two_reds():
    """From an urn with 4 red and 6 white balls two are drawn without putting any back. What is the
    probability that both are red?"""
    return probability(lambda pair: pair == ("r", "r"), combinations("rrrrwwwwww", 2))


@problem(2, r"\frac{4}{11}")
def letter_of_a_long_word():
    """A letter of the word MISSISSIPPI is picked at random. What is the probability that it is an S?"""
    return probability(lambda letter: letter == "S", "MISSISSIPPI")


@problem(2, "0.7")
def complement_of_rain():
    """It rains tomorrow with probability 0.3. What is the probability that it does not rain tomorrow?"""
    return 1 - Rational("0.3")


@problem(3, r"\frac{5}{9}")
def three_different_dice():
    """Three fair dice are thrown. Find the probability that they show three different numbers."""
    return probability(lambda rolls: len(set(rolls)) == 3, product(DIE, repeat=3))


@problem(3, r"\frac{161}{36}")
def mean_of_the_larger():
    """Two fair dice are thrown. What is the expected value of the larger of the two numbers (either one if
    they are equal)?"""
    return expectation(max, product(DIE, repeat=2))


@problem(3, r"\frac{5}{16}")
def two_heads_of_five():
    """A fair coin is tossed five times. What is the probability of exactly two heads?"""
    return probability(lambda tosses: tosses.count("h") == 2, product("ht", repeat=5))


@problem(3, r"\frac{4}{17}")
def two_cards_of_a_suit():
    """Two cards are drawn from a well shuffled deck with 13 cards of each of the four suits. What is the
    probability that they belong to the same suit?"""
    return probability(lambda cards: cards[0] % 4 == cards[1] % 4, combinations(range(52), 2))


@problem(3, "0.58")
def either_of_two_events():
    """Two independent events have the probabilities 0.3 and 0.4. What is the probability that at least one of
    them happens?"""
    return 1 - (1 - Rational("0.3")) * (1 - Rational("0.4"))


@problem(3, r"\frac{5}{6}")
def six_given_a_high_sum():
    """Two fair dice have been thrown, and their sum is at least 10. Given this, what is the probability that
    at least one of them shows a 6?"""
    return probability(lambda rolls: 6 in rolls, product(DIE, repeat=2), given=lambda rolls: sum(rolls) >= 10)


@problem(3, r"\frac{2}{3}")
def three_boxes():
    """One box holds two gold coins, another two silver coins, the third one gold and one silver coin. A box
    is chosen at random and a coin is taken from it at random. It is gold. What is the probability that the
    other coin in this box is gold as well?"""
    draws = [(coins[i], coins[1 - i]) for coins in ("gg", "ss", "gs") for i in (0, 1)]
    return probability(lambda draw: draw[1] == "g", draws, given=lambda draw: draw[0] == "g")


@problem(3, r"\frac{\pi}{4}")
def point_in_a_quarter_disc():
    """Two numbers are chosen independently and uniformly from the interval from 0 to 1. What is the
    probability that the sum of their squares is less than 1?"""
    return integrate(sqrt(1 - x**2), (x, 0, 1))


@problem(3, r"\frac{9}{14}")
def a_broken_lamp_is_found():
    """Two of 8 lamps are broken. Three of the 8 lamps are picked at random. What is the probability that at
    least one of the picked lamps is broken?"""
    return probability(lambda lamps: min(lamps) < 2, combinations(range(8), 3))


@problem(4, r"\frac{1}{3}")
def medical_test():
    r"""An illness affects $1\%$ of a population. A test is positive for $99\%$ of the ill and for $2\%$ of
    the healthy people. Someone chosen at random has a positive test. What is the probability that this person
    is ill?"""
    ill = Rational(1, 100) * Rational(99, 100)
    healthy = Rational(99, 100) * Rational(2, 100)
    return ill / (ill + healthy)


@problem(4, r"\frac{7}{16}")
def close_numbers():
    r"""Two real numbers are chosen independently and uniformly from $[0,1]$. What is the probability that
    they differ by less than $\frac14$?"""
    quarter = Rational(1, 4)
    apart = Polygon((quarter, 0), (1, 0), (1, 1 - quarter)).area
    return 1 - 2 * apart


@problem(4, "6")
def waiting_for_two_heads():
    """A fair coin is tossed until heads has come up twice in a row. What is the expected number of tosses?"""
    return solve([x - (1 + x / 2 + y / 2), y - (1 + x / 2)], [x, y])[x]  # y: after one head


@problem(4, r"\frac{2}{5}")
def fair_walk():
    """A gambler owns 2 coins. In each round of a fair game he wins or loses one coin. He stops when he has 5
    coins or none. What is the probability that he ends with 5 coins?"""
    p1, p2, p3, p4 = symbols("p1:5")
    return solve([p1 - p2 / 2, p2 - (p1 + p3) / 2, p3 - (p2 + p4) / 2, p4 - (p3 + 1) / 2], [p1, p2, p3, p4])[
        p2
    ]


@problem(4, r"\frac{7}{40}")
def small_lottery():
    """In a lottery 3 of 10 numbers are drawn. What is the probability that exactly 2 of the 3 numbers on a
    ticket are among them?"""
    return probability(lambda drawn: len({0, 1, 2} & set(drawn)) == 2, combinations(range(10), 3))


@problem(4, "1")
def letters_in_their_envelopes():
    """Six letters are put at random into six addressed envelopes, one in each. What is the expected number of
    letters in the right envelope?"""
    return expectation(lambda order: sum(i == j for i, j in enumerate(order)), permutations(range(6)))


@problem(4, r"\frac{35}{12}")
def variance_of_a_die():
    """What is the variance of the number shown by a fair die?"""
    mean = expectation(lambda roll: roll, DIE)
    return expectation(lambda roll: (roll - mean) ** 2, DIE)


@problem(4, r"\frac{25}{3}")
def collecting_four_pictures():
    """Each packet of cereal contains one of four pictures, all equally likely. How many packets does one
    expect to open until all four pictures have been found?"""
    expected = symbols("expected0:5")  # still to open when this many pictures are there
    equations = [
        expected[n] - (1 + expected[n] * Rational(n, 4) + expected[n + 1] * Rational(4 - n, 4))
        for n in range(4)
    ]
    return solve([*equations, expected[4]], expected)[expected[0]]


@problem(4, "0.32805")
def one_failure_of_five():
    """A machine part works with probability 0.9, independently of the others. What is the probability that
    exactly 4 of 5 such parts work? Give the exact decimal number."""
    works = Rational("0.9")
    return sum((works**4 * (1 - works)) for parts in product([0, 1], repeat=5) if sum(parts) == 4)


@problem(4, r"\frac{6}{11}")
def first_six_wins():
    """Two players take turns in rolling a fair die, and whoever rolls a six first wins. What is the
    probability that the player who begins wins?"""
    [begins] = solve(x - (Rational(1, 6) + Rational(5, 6) * (1 - x)), x)
    return begins


@problem(5, r"\frac{4}{7}")
def unfair_walk():
    r"""A token stands on field 1 of a strip with the fields 0, 1, 2, 3. It moves one field up with
    probability $\frac23$ and one field down with probability $\frac13$, until it reaches 0 or 3. How likely
    is it to end on 3?"""
    return solve([x - Rational(2, 3) * y, y - (Rational(2, 3) + x / 3)], [x, y])[x]


@problem(5, r"\frac{1}{4}")
def acute_triangle():
    """Three points are chosen independently and uniformly on a circle. What is the probability that the
    triangle with these corners is acute?"""
    half = Rational(1, 2)  # the arcs a, b, 1 - a - b are all shorter than a half
    return Polygon((half, 0), (half, half), (0, half)).area / Polygon((0, 0), (1, 0), (0, 1)).area


@problem(5, r"\frac{31031}{7776}")
def distinct_faces():
    """Six fair dice are rolled. What is the expected number of different values that they show?"""
    return expectation(lambda rolls: len(set(rolls)), product(DIE, repeat=6))


@problem(5, r"\frac{1}{2}")
def same_cycle():
    """A permutation of the numbers from 1 to 6 is chosen at random. What is the probability that 1 and 2 lie
    in the same cycle?"""

    def cycle_of_the_first(order):
        position, cycle = order[0], {0}
        while position != 0:
            cycle.add(position)
            position = order[position]
        return cycle

    return probability(lambda order: 1 in cycle_of_the_first(order), permutations(range(6)))


@problem(4, r"\frac{1}{3}")
def random_parabola():
    """The numbers $b$ and $c$ are chosen independently and uniformly from the interval from 0 to 1. What is
    the probability that $x^2+2bx+c=0$ has a real solution?"""
    return integrate(x**2, (x, 0, 1))  # c is at most b^2


@problem(5, r"\frac{1}{2}")
def three_uniform_numbers():
    """Three numbers are chosen independently and uniformly from $[0,1]$. What is the probability that they
    are the side lengths of a triangle?"""
    too_long = integrate(1, (z, 0, x - y), (y, 0, x), (x, 0, 1))  # x is above y + z
    return 1 - 3 * too_long
