"""Whole numbers, decimals, times and the order of operations."""

from itertools import count, permutations
from statistics import median

from sympy import Rational, cbrt, sqrt

from .problem import Subject

SUBJECT = Subject("Arithmetic")
problem = SUBJECT.problem


@problem(1, "183")
def rolls_on_trays():
    """A baker fills 7 trays with 24 rolls each and has 15 rolls left over. How many rolls did he bake?"""
    return 7 * 24 + 15


@problem(1, "323")
def add_and_subtract():
    """Work out $406-178+95$."""
    return 406 - 178 + 95


@problem(1, "32")
def order_of_operations():
    r"""What is the value of $18+6\times(11-4)\div 3$?"""
    return 18 + Rational(6 * (11 - 4), 3)


@problem(1, "4.2")
def halfway():
    """Which number lies exactly halfway between 3.4 and 5?"""
    return (Rational("3.4") + 5) / 2


@problem(1, "6500")
def round_to_hundreds():
    """Round 6482 to the nearest hundred."""
    return min(range(0, 10_000, 100), key=lambda hundred: abs(hundred - 6482))


@problem(1, "52")
def end_of_the_film():
    """A film begins at 18:45 and lasts 127 minutes. How many minutes after 20:00 does it end?"""
    return 18 * 60 + 45 + 127 - 20 * 60


@problem(1, "63")
def uneven_marbles():
    """Two friends share 84 marbles so that one gets three times as many as the other. How many marbles does
    the friend with the larger share get?"""
    [larger] = [a for a in range(85) if a == 3 * (84 - a)]
    return larger


@problem(1, "14")
def quarters_of_an_hour():
    """How many quarters of an hour are there in three and a half hours?"""
    return Rational(7, 2) / Rational(1, 4)


@problem(1, "986")
def largest_multiple_of_17():
    """What is the largest three-digit multiple of 17?"""
    return max(n for n in range(100, 1000) if n % 17 == 0)


@problem(1, "-3")
def winter_temperature():
    """At dawn the thermometer showed $-6$ degrees. By noon it had risen by 11 degrees, and by midnight it had
    fallen by 8 degrees again. What did it show at midnight?"""
    return -6 + 11 - 8


@problem(1, "0.37")
def tenths_and_hundredths():
    """Write three tenths plus seven hundredths as a decimal number."""
    return Rational(3, 10) + Rational(7, 100)


@problem(1, "125")
def odd_numbers_in_the_twenties():
    """What is the sum of all odd numbers between 20 and 30?"""
    return sum(n for n in range(20, 31) if n % 2)


@problem(1, "325")
def metres_to_centimetres():
    """How many centimetres make 3.25 metres?"""
    return Rational("3.25") * 100


@problem(1, "16")
def think_of_a_number():
    """I think of a number, double it and add 9. The result is 41. What was my number?"""
    [number] = [n for n in range(42) if 2 * n + 9 == 41]
    return number


@problem(1, "6")
def missing_digit():
    r"""One digit of the sum $3\square 8+245=613$ has been smudged. Which digit belongs in the square?"""
    [digit] = [d for d in range(10) if 308 + 10 * d + 245 == 613]
    return digit


@problem(1, "1944")
def roman_numeral():
    """Which number do the Roman numerals MCMXLIV stand for?"""
    worth = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
    values = [worth[letter] for letter in "MCMXLIV"]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


@problem(1, "205")
def minutes_between():
    """How many minutes pass from 9:50 in the morning until 1:15 in the afternoon of the same day?"""
    return (13 * 60 + 15) - (9 * 60 + 50)


@problem(1, "11")
def eggs_in_boxes():
    """A farmer has 128 eggs and boxes that hold 12 eggs each. What is the smallest number of boxes that holds
    all of the eggs?"""
    return next(boxes for boxes in count() if 12 * boxes >= 128)


@problem(1, "7")
def remainder_of_sharing():
    """When 151 sweets are shared equally among 16 children and each gets as many as possible, how many sweets
    are left?"""
    return 151 % 16


@problem(1, "9310")
def largest_from_digits():
    """What is the largest four-digit number that can be made from the digits 0, 1, 3 and 9, using each of
    them once?"""
    return max(int("".join(digits)) for digits in permutations("0139"))


@problem(1, r"\$7.35")
def change_from_twenty():
    r"""Mia buys 3 notebooks at \$2.95 each and a pen at \$3.80. How much change does she get from a 20-dollar
    note?"""
    return 20 - (3 * Rational("2.95") + Rational("3.80"))


@problem(1, "2.9")
def mixed_numbers():
    r"""Subtract $2\frac{3}{5}$ from $5\frac{1}{2}$ and write the result as a decimal."""
    return (5 + Rational(1, 2)) - (2 + Rational(3, 5))


@problem(1, "1200")
def near_product():
    r"""What is $25\times 48$?"""
    return 25 * 48


@problem(1, "0.06")
def decimal_product():
    r"""Compute $0.3\times 0.2$."""
    return Rational("0.3") * Rational("0.2")


@problem(2, "27")
def signs_and_powers():
    """Evaluate $-3^2+(-3)^2-(-3)^3$."""
    return -(3**2) + (-3) ** 2 - (-3) ** 3


@problem(2, "-50")
def alternating_hundred():
    r"""Find the value of $1-2+3-4+\dots+99-100$."""
    return sum(n if n % 2 else -n for n in range(1, 101))


@problem(2, r"4.32\times 10^{-5}")
def scientific_notation():
    r"""Write $0.0000432$ in scientific notation, that is, as $a\times 10^n$ with $1\le a<10$ and an integer
    $n$."""
    return Rational("0.0000432")


@problem(2, "1.5")
def roots_of_decimals():
    r"""Evaluate $\sqrt{1.44}+\sqrt[3]{0.027}$."""
    return sqrt(Rational("1.44")) + cbrt(Rational("0.027"))


@problem(2, "14")
def nearest_to_a_root():
    r"""Which integer is closest to $\sqrt{200}$?"""
    return min(range(100), key=lambda n: abs(n - sqrt(200)))


@problem(2, "27")
def fifth_number():
    """Four numbers have a mean of 17. When a fifth number joins them, the mean becomes 19. What is the fifth
    number?"""
    return 5 * 19 - 4 * 17


@problem(2, "8.5")
def median_of_six():
    """What is the median of the six numbers 12, 7, 3, 9, 15 and 8?"""
    return Rational(median([12, 7, 3, 9, 15, 8]))


@problem(2, r"\text{Thursday}")
def weekday_after_hundred_days():
    """Today is a Tuesday. Which day of the week will it be in 100 days?"""
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    return days[(days.index("Tuesday") + 100) % 7]


@problem(2, "192")
def digits_for_pages():
    """The pages of a book are numbered from 1 to 100. How many digits are printed in all the page numbers
    together?"""
    return sum(len(str(page)) for page in range(1, 101))


@problem(2, "999999")
def ones_and_nines():
    """Multiply 142857 by 7."""
    return 142857 * 7


@problem(2, "2500")
def difference_of_squares():
    """Compute $75^2-55^2-10^2$."""
    return 75**2 - 55**2 - 10**2


@problem(2, "40")
def stamped_tickets():
    """A machine stamps tickets with the numbers 1 to 120. On how many of the tickets does the digit 1
    occur?"""
    return sum("1" in str(n) for n in range(1, 121))


@problem(2, "2.54")
def weighted_mean():
    """A class of 20 pupils scored a mean of 2.3 in a test; a parallel class of 30 pupils scored a mean of
    2.7. What is the mean of all 50 pupils?"""
    return (20 * Rational("2.3") + 30 * Rational("2.7")) / 50


@problem(2, "6")
def nested_absolute_values():
    r"""Calculate $\bigl||3-10|-|{-5}-8|\bigr|$."""
    return abs(abs(3 - 10) - abs(-5 - 8))


@problem(3, "2026")
def root_of_a_product():
    r"""Compute $\sqrt{2025\cdot 2027+1}$."""
    return sqrt(2025 * 2027 + 1)
