"""Digits, number bases and equations in integers."""

from itertools import accumulate, combinations_with_replacement, count, product
from math import comb, factorial, isqrt

from sympy import solve, symbols

from .answers import InBase
from .problem import Subject

SUBJECT = Subject("Digits and Diophantine Equations")
problem = SUBJECT.problem

x = symbols("x")


def digits(n):
    return [int(digit) for digit in str(n)]


@problem(1, "20")
def digit_sum():
    """What is the sum of the digits of the number 4907?"""
    return sum(digits(4907))


@problem(1, "38")
def product_of_two_digits():
    """Which is the smallest two-digit number whose digits have the product 24?"""
    return next(n for n in range(10, 100) if digits(n)[0] * digits(n)[1] == 24)


@problem(1, "5")
def numbers_with_digit_sum_five():
    """How many two-digit numbers have the digit sum 5?"""
    return sum(sum(digits(n)) == 5 for n in range(10, 100))


@problem(2, "26")
def from_binary():
    """Which number, in ordinary decimal notation, is written 11010 in base two?"""
    return sum(2**i for i, bit in enumerate(reversed("11010")) if bit == "1")


@problem(2, "101101_{2}")
def to_binary():
    """Write the number 45 in base two, with the base as an index."""
    return InBase(45, 2)


@problem(2, "121")
def letters_for_digits():
    """Different letters stand for different digits, none of them zero: $AB+BA=CAC$, where $AB$, $BA$ and
    $CAC$ are numbers of two, two and three digits. Which number is $CAC$?"""
    [total] = {
        101 * c + 10 * a
        for a, b, c in product(range(1, 10), repeat=3)
        if len({a, b, c}) == 3 and 11 * (a + b) == 101 * c + 10 * a
    }
    return total


@problem(3, "3750_{8}")
def to_octal():
    """Write 2024 in base 8 with the base as an index."""
    return InBase(2024, 8)


@problem(3, "442_{5}")
def sum_in_base_five():
    """Compute $243_5+144_5$ and write the result in base five, with the index 5."""
    return InBase(int("243", 5) + int("144", 5), 5)


@problem(3, "7")
def unknown_base():
    """In which base is the number written as 121 equal to the decimal number 64?"""
    [base] = [b for b in range(3, 65) if b**2 + 2 * b + 1 == 64]
    return base


@problem(3, "6")
def solutions_of_a_linear_equation():
    """How many pairs $(x,y)$ of positive integers satisfy $3x+5y=100$?"""
    return sum(3 * x + 5 * y == 100 for x in range(1, 34) for y in range(1, 21))


@problem(3, "27")
def stamps():
    """With any number of stamps worth 5 cents and 8 cents, what is the largest whole number of cents that
    cannot be made exactly?"""
    possible = {5 * a + 8 * b for a in range(41) for b in range(26)}
    return max(set(range(200)) - possible)


@problem(3, "11100")
def zeros_and_ones():
    """What is the smallest positive multiple of 12 that is written, in decimal notation, with the digits 0
    and 1 alone?"""
    return next(n for n in count(12, 12) if set(str(n)) <= {"0", "1"})


@problem(3, "13501")
def all_digits_to_a_thousand():
    """Find the sum of all digits that occur when the numbers from 1 to 1000 are written down."""
    return sum(sum(digits(n)) for n in range(1, 1001))


@problem(4, "43")
def nuggets():
    """Nuggets are sold in packs of 6, 9 and 20. What is the largest number of nuggets that cannot be bought
    exactly?"""
    possible = {6 * a + 9 * b + 20 * c for a in range(40) for b in range(30) for c in range(15)}
    return max(set(range(200)) - possible)


@problem(4, r"\{153,370,371,407\}")
def cubes_of_digits():
    """Find the set of all three-digit numbers that are equal to the sum of the cubes of their digits."""
    return {n for n in range(100, 1000) if sum(d**3 for d in digits(n)) == n}


@problem(4, r"\{(4,6),(6,4)\}")
def product_and_sum():
    """Determine the set of all pairs $(x,y)$ of positive integers with $xy+x+y=34$."""
    return {(x, y) for x in range(1, 35) for y in range(1, 35) if x * y + x + y == 34}


@problem(4, "9")
def unit_fractions():
    r"""How many ordered pairs $(x,y)$ of positive integers satisfy $\frac1x+\frac1y=\frac16$?"""
    return sum(6 * (x + y) == x * y for x in range(7, 43) for y in range(7, 43))


@problem(4, "4")
def difference_of_two_squares():
    """In how many ways can 105 be written as $x^2-y^2$ with positive integers $x$ and $y$?"""
    return sum(x * x - y * y == 105 for x in range(1, 106) for y in range(1, x))


@problem(4, "(8, 3)")
def pell_equation():
    """Find the pair $(x,y)$ of positive integers with $x^2-7y^2=1$ and the smallest possible $x$."""
    return next((x, y) for x in count(1) for y in range(1, x) if x * x - 7 * y * y == 1)


@problem(4, "16")
def points_on_a_circle():
    """How many points with integer coordinates lie on the circle $x^2+y^2=65$?"""
    return sum(x * x + y * y == 65 for x in range(-8, 9) for y in range(-8, 9))


@problem(4, "1729")
def two_sums_of_cubes():
    """What is the smallest positive integer that is a sum of two cubes of positive integers in two different
    ways, the order of the summands aside?"""
    sums = [a**3 + b**3 for a, b in combinations_with_replacement(range(1, 20), 2)]
    return min(n for n in sums if sums.count(n) > 1)


@problem(4, "(1, 1, 2)")
def factorial_equation():
    r"""Find the only triple $(x,y,z)$ of positive integers with $x\le y$ and $x!+y!=z!$."""
    triples = product(range(1, 15), repeat=3)
    [triple] = [(x, y, z) for x, y, z in triples if x <= y and factorial(x) + factorial(y) == factorial(z)]
    return triple


@problem(4, "3")
def egyptian_one():
    r"""How many triples of positive integers $x\le y\le z$ have $\frac1x+\frac1y+\frac1z=1$?"""
    triples = combinations_with_replacement(range(1, 13), 3)
    return sum(y * z + x * z + x * y == x * y * z for x, y, z in triples)


@problem(4, r"\{(5,12,13),(6,8,10)\}")
def area_equals_perimeter():
    r"""In which right triangles with integer sides $a\le b<c$ are area and perimeter the same number? Give
    the set of all such triples $(a,b,c)$."""
    legs = combinations_with_replacement(range(1, 200), 2)
    triples = {(a, b, isqrt(a * a + b * b)) for a, b in legs if 2 * (a + b + isqrt(a * a + b * b)) == a * b}
    return {(a, b, c) for a, b, c in triples if a * a + b * b == c * c}


@problem(4, r"\{117,156,195\}")
def thirteen_times_the_digit_sum():
    """Which three-digit numbers are 13 times as large as the sum of their digits? Give the set of them."""
    return {n for n in range(100, 1000) if n == 13 * sum(digits(n))}


@problem(4, "7744")
def square_of_pairs():
    """A four-digit perfect square has two equal digits in front and two equal digits at the end. Which number
    is it?"""
    squares = [n * n for n in range(32, 100)]
    [square] = [s for s in squares if digits(s)[0] == digits(s)[1] and digits(s)[2] == digits(s)[3]]
    return square


@problem(4, "153846")
def moved_last_digit():
    """When the last digit of a positive integer, a 6, is moved to the front, the integer becomes four times
    as large. What is the smallest such integer?"""
    return next(n for n in count(6, 10) if int("6" + str(n)[:-1]) == 4 * n)


@problem(4, "220")
def digit_sum_nine():
    """How many integers from 1 to 9999 have the digit sum 9?"""
    return sum(sum(digits(n)) == 9 for n in range(1, 10_000))


@problem(4, r"\frac{5}{8}")
def ternary_period():
    r"""In base three a number is written $0.121212\ldots$, with the block 12 repeated without end. Which
    fraction is it in decimal notation?"""
    [value] = solve(9 * x - x - int("12", 3), x)  # shifted by one period, minus itself
    return value


@problem(5, r"\{(3,2),(-2,-3)\}")
def difference_of_cubes():
    """Find the set of all pairs $(x,y)$ of integers with $x^3-y^3=19$."""
    return {(x, y) for x in range(-30, 31) for y in range(-30, 31) if x**3 - y**3 == 19}


@problem(5, "(5, 3)")
def square_near_a_cube():
    """There is only one pair $(x,y)$ of positive integers with $x^2+2=y^3$. Find it."""
    [pair] = [(isqrt(y**3 - 2), y) for y in range(2, 5000) if isqrt(y**3 - 2) ** 2 == y**3 - 2]
    return pair


@problem(5, r"\{(1,1),(3,2)\}")
def neighbouring_powers():
    """Find the set of all pairs $(x,y)$ of positive integers with $2^x+1=3^y$."""
    return {(x, y) for x in range(1, 200) for y in range(1, 130) if 2**x + 1 == 3**y}


@problem(5, "7")
def markov_triples():
    r"""How many triples of integers satisfy $1\le x\le y\le z\le 100$ and $x^2+y^2+z^2=3xyz$?"""
    triples = combinations_with_replacement(range(1, 101), 3)
    return sum(x * x + y * y + z * z == 3 * x * y * z for x, y, z in triples)


@problem(5, "24")
def cannonballs():
    r"""What is the smallest $n>1$ for which $1^2+2^2+3^2+\dots+n^2$ is a perfect square?"""
    piles = accumulate(n * n for n in count(1))
    return next(n for n, balls in enumerate(piles, start=1) if n > 1 and isqrt(balls) ** 2 == balls)


@problem(5, r"\{(4,5),(5,11),(7,71)\}")
def factorial_and_square():
    r"""Find the set of all pairs $(n,m)$ of positive integers with $n\le 100$ and $n!+1=m^2$."""
    candidates = {(n, isqrt(factorial(n) + 1)) for n in range(1, 101)}
    return {(n, m) for n, m in candidates if factorial(n) + 1 == m * m}


@problem(5, "3003")
def often_in_pascals_triangle():
    r"""Which number between 2 and 10000 occurs eight times among the binomial coefficients $\binom nk$ with
    $0\le k\le n$?"""
    entries = [
        comb(n, k) for n in range(2, 200) for k in range(2, n - 1)
    ]  # each number n also stands at k = 1, n - 1
    [number] = {m for m in entries if 2 < m < 10_000 and entries.count(m) + 2 == 8}
    return number
