"""Fractions, ratios, percentages and proportional quantities."""

from sympy import Rational, prod, solve, symbols

from .answers import Measure
from .problem import Subject

SUBJECT = Subject("Fractions and Percentages")
problem = SUBJECT.problem


@problem(1, r"\frac{3}{4}")
def lowest_terms():
    r"""Write $\frac{18}{24}$ in lowest terms."""
    return Rational(18, 24)


@problem(1, r"\frac{11}{12}")
def thirds_and_quarters():
    r"""What is $\frac{2}{3}+\frac{1}{4}$?"""
    return Rational(2, 3) + Rational(1, 4)


@problem(1, "9")
def fifth_of_a_number():
    r"""What number is $20\%$ of 45?"""
    return Rational(20, 100) * 45


@problem(1, r"\$68")
def jacket_on_sale():
    r"""A jacket costs \$80. In the sale its price is cut by $15\%$. What does it cost now?"""
    return 80 * (1 - Rational(15, 100))


@problem(1, r"\frac{7}{12}")
def pizza_left():
    """Ben eats a quarter of a pizza and Ana eats a sixth of the same pizza. Which fraction of the pizza
    remains?"""
    return 1 - Rational(1, 4) - Rational(1, 6)


@problem(1, "0.625")
def fraction_to_decimal():
    r"""Convert $\frac{5}{8}$ to a decimal number."""
    return Rational(5, 8)


@problem(2, r"\frac{5}{7}")
def largest_fraction():
    r"""Which of the fractions $\frac{5}{7}$, $\frac{7}{10}$, $\frac{12}{17}$ and $\frac{17}{24}$ is the
    largest?"""
    return max(Rational(5, 7), Rational(7, 10), Rational(12, 17), Rational(17, 24))


@problem(1, "450")
def recipe_for_six():
    """A recipe for 4 people needs 300 grams of flour. How many grams of flour are needed for 6 people?"""
    return Rational(300, 4) * 6


@problem(1, "24")
def two_fifths_of_sixty():
    r"""Find $\frac{2}{5}$ of 60."""
    return Rational(2, 5) * 60


@problem(1, r"\frac{23}{5}")
def improper_fraction():
    r"""Write the mixed number $4\frac{3}{5}$ as an improper fraction."""
    return 4 + Rational(3, 5)


@problem(1, "20")
def tank_two_thirds_full():
    """A tank holds 60 litres when it is full. At the moment it is two thirds full. How many more litres fit
    into it?"""
    return 60 - Rational(2, 3) * 60


@problem(2, r"\frac{2}{3}")
def divide_fractions():
    r"""Simplify $\frac{3}{8}\div\frac{9}{16}$."""
    return Rational(3, 8) / Rational(9, 16)


@problem(2, r"\frac{10}{3}")
def double_fraction():
    r"""Evaluate $\dfrac{\frac{1}{2}-\frac{1}{3}}{\frac{1}{4}-\frac{1}{5}}$."""
    return (Rational(1, 2) - Rational(1, 3)) / (Rational(1, 4) - Rational(1, 5))


@problem(2, r"20\%")
def undo_a_rise():
    r"""A price has been raised by $25\%$. By what percentage must the new price be cut to return to the old
    one?"""
    return 1 - 1 / Rational(125, 100)


@problem(2, "12")
def boys_in_class():
    """In a class of 27 pupils the ratio of girls to boys is $5:4$. How many boys are there?"""
    return Rational(4, 5 + 4) * 27


@problem(2, r"1.5\text{ km}")
def distance_on_a_map():
    """On a map with scale $1:25000$ two villages are 6 cm apart. What is the real distance in kilometres?"""
    return Measure(Rational(6 * 25_000, 100_000), "km")


@problem(2, r"\frac{13}{24}")
def decimal_plus_fraction():
    r"""Express $0.125+\frac{5}{12}$ as a single fraction in lowest terms."""
    return Rational("0.125") + Rational(5, 12)


@problem(2, r"\frac{3}{11}")
def recurring_decimal():
    r"""Write the recurring decimal $0.272727\ldots$ as a fraction in lowest terms."""
    x = symbols("x")
    [value] = solve(100 * x - x - 27, x)  # shifted by one period, minus itself
    return value


@problem(2, r"\frac{7}{30}")
def delayed_recurring_decimal():
    r"""Which fraction in lowest terms has the decimal expansion $0.2333\ldots$?"""
    x = symbols("x")
    [value] = solve((100 * x - 23) - (10 * x - 2), x)
    return value


@problem(2, "336")
def simple_interest():
    r"""How many dollars of simple interest does a deposit of 2400 dollars earn in 4 years at $3.5\%$ per
    year?"""
    return sum(2400 * Rational("0.035") for _ in range(4))


@problem(2, "10648")
def growing_bacteria():
    r"""A colony of 8000 bacteria grows by $10\%$ every hour. How many bacteria does it have after three
    hours?"""
    colony = Rational(8000)
    for _ in range(3):
        colony += colony / 10
    return colony


@problem(2, r"\frac{1}{25}")
def part_of_an_hour():
    """What fraction of an hour are 2 minutes and 24 seconds?"""
    return Rational(2 * 60 + 24, 3600)


@problem(2, r"\frac{43}{30}")
def continued_fraction():
    r"""Evaluate $1+\cfrac{1}{2+\cfrac{1}{3+\cfrac{1}{4}}}$."""
    value = Rational(4)
    for term in (3, 2, 1):
        value = term + 1 / value
    return value


@problem(2, r"35\%")
def what_percentage():
    """What percentage of 80 is 28?"""
    return Rational(28, 80)


@problem(2, "9:10")
def chained_ratios():
    """If $a:b=3:4$ and $b:c=6:5$, what is the ratio $a:c$ in lowest terms?"""
    return Rational(3, 4) * Rational(6, 5)


@problem(2, r"\frac{135}{2}")
def three_quarters_of_the_same():
    """Two fifths of a certain number is 36. What is three quarters of that number?"""
    number = 36 / Rational(2, 5)
    return Rational(3, 4) * number


@problem(2, "8")
def painters():
    """Six painters need 12 days to paint a school. How many days would nine equally fast painters need?"""
    return Rational(6 * 12, 9)


@problem(2, r"44\%")
def grown_square():
    r"""Each side of a square is made $20\%$ longer. By what percentage does its area grow?"""
    return Rational(120, 100) ** 2 - 1


@problem(2, "250")
def pupils_of_a_school():
    r"""In a school $36\%$ of the pupils come by bicycle, half as many come by bus, and the remaining 115
    pupils walk. How many pupils does the school have?"""
    return 115 / (1 - Rational(36, 100) - Rational(18, 100))


@problem(3, r"\frac{1}{50}")
def telescoping_product():
    r"""Compute the product $\left(1-\frac12\right)\left(1-\frac13\right)\left(1-\frac14\right)\cdots
    \left(1-\frac1{50}\right)$."""
    return prod(1 - Rational(1, k) for k in range(2, 51))


@problem(3, "50")
def drying_mushrooms():
    r"""Fresh mushrooms consist of $99\%$ water by mass. A gardener dries 100 kilograms of them until they
    consist of $98\%$ water. How many kilograms do the mushrooms weigh then?"""
    dry_matter = 100 * Rational(1, 100)
    return dry_matter / Rational(2, 100)


@problem(3, r"\frac{2}{3}")
def girls_among_chess_players():
    r"""In a club $40\%$ of the members are girls and the others are boys. $30\%$ of the girls and $10\%$ of
    the boys play chess. Which fraction of the chess players are girls?"""
    girls, boys = Rational(40, 100) * Rational(30, 100), Rational(60, 100) * Rational(10, 100)
    return girls / (girls + boys)


@problem(3, "3:2")
def alloy_ratio():
    r"""Two gold alloys contain $70\%$ and $45\%$ gold. In which ratio, first to second, must they be melted
    together to obtain an alloy with $60\%$ gold?"""
    first, second = symbols("first second", positive=True)
    [solution] = solve(70 * first + 45 * second - 60 * (first + second), first)
    return solution / second


@problem(4, r"\frac{8}{13}")
def simplest_between():
    r"""Among all fractions $\frac{p}{q}$ with positive integers $p$, $q$ and
    $\frac{11}{18}<\frac{p}{q}<\frac{5}{8}$, which one has the smallest denominator?"""
    low, high = Rational(11, 18), Rational(5, 8)
    candidates = [(q, p) for q in range(1, 60) for p in range(1, q) if low < Rational(p, q) < high]
    q, p = min(candidates)
    return Rational(p, q)
