"""Divisors, primes, remainders and congruences."""

from itertools import count
from math import comb, factorial, gcd, isqrt, lcm, prod

from sympy import (
    divisor_count,
    divisor_sigma,
    divisors,
    factorint,
    isprime,
    n_order,
    primefactors,
    primerange,
    totient,
)

from .problem import Subject

SUBJECT = Subject("Number Theory")
problem = SUBJECT.problem


@problem(1, "42")
def largest_common_divisor():
    """What is the largest number that divides both 84 and 126 without remainder?"""
    return max(n for n in range(1, 85) if 84 % n == 0 and 126 % n == 0)


@problem(1, "4")
def primes_in_a_range():
    """How many prime numbers are there between 20 and 40?"""
    return sum(all(n % d for d in range(2, n)) for n in range(21, 40))


@problem(1, "60")
def smallest_common_multiple():
    """Which is the smallest positive number that is a multiple of 4, of 6 and of 10?"""
    return next(n for n in count(1) if n % 4 == n % 6 == n % 10 == 0)


@problem(1, "6")
def divisors_of_twelve():
    """How many positive divisors does 12 have?"""
    return sum(12 % d == 0 for d in range(1, 13))


@problem(1, "63")
def next_common_multiple():
    """What is the smallest number above 50 that is divisible by 3 and by 7?"""
    return next(n for n in count(51) if n % 3 == 0 and n % 7 == 0)


@problem(1, "36")
def flashing_lights():
    """One lamp flashes every 12 seconds, another every 18 seconds. They have just flashed together. After how
    many seconds do they flash together again?"""
    return next(t for t in count(1) if t % 12 == t % 18 == 0)


@problem(2, r"2^3\cdot 3^2\cdot 5")
def prime_factorisation():
    """Write 360 as a product of powers of primes."""
    value = 1
    for prime, power in factorint(360).items():
        value *= prime**power
    return value


@problem(2, "24")
def number_of_divisors():
    """How many positive integers divide 360?"""
    return divisor_count(360)


@problem(2, "1")
def last_digit():
    """What is the last digit of $7^{100}$?"""
    return 7**100 % 10


@problem(2, "56")
def sum_of_divisors():
    """Find the sum of all positive divisors of 28, including 28 itself."""
    return divisor_sigma(28)


@problem(2, "13")
def largest_prime_factor():
    """Which is the largest prime number that divides 1001?"""
    return max(primefactors(1001))


@problem(2, "101")
def smallest_three_digit_prime():
    """Which is the smallest prime number with three digits?"""
    return next(n for n in count(100) if isprime(n))


@problem(2, "5")
def divisible_by_nine():
    r"""Which digit must replace the square so that the five-digit number $47\square 29$ is divisible by 9?"""
    [digit] = [d for d in range(10) if (47029 + 100 * d) % 9 == 0]
    return digit


@problem(3, "24")
def zeros_of_a_factorial():
    """With how many zeros does the decimal notation of $100!$ end?"""
    digits = str(factorial(100))
    return len(digits) - len(digits.rstrip("0"))


@problem(3, "2")
def remainder_of_a_power():
    """Find the remainder when $2^{100}$ is divided by 7."""
    return 2**100 % 7


@problem(3, "301")
def basket_of_eggs():
    """When the eggs of a basket are taken out 2, 3, 4, 5 or 6 at a time, one egg is left each time. Taken out
    7 at a time, none is left. What is the smallest possible number of eggs?"""
    return next(n for n in count(7, 7) if all(n % k == 1 for k in range(2, 7)))


@problem(3, "23")
def three_remainders():
    """What is the smallest positive integer that leaves the remainders 2, 3 and 2 on division by 3, 5 and 7
    respectively?"""
    return next(n for n in count(1) if (n % 3, n % 5, n % 7) == (2, 3, 2))


@problem(3, "15")
def modular_inverse():
    r"""Find the integer $x$ with $0\le x<26$ and $7x\equiv 1\pmod{26}$."""
    return pow(7, -1, 26)


@problem(3, "16")
def reduced_fractions():
    """How many of the fractions with denominator 60 and a numerator from 1 to 59 are in lowest terms?"""
    return sum(gcd(n, 60) == 1 for n in range(1, 60))


@problem(3, "63")
def common_divisor_of_powers():
    """What is the greatest common divisor of $2^{12}-1$ and $2^{18}-1$?"""
    return gcd(2**12 - 1, 2**18 - 1)


@problem(3, "30")
def square_divisors():
    """How many perfect squares are positive divisors of $10!$?"""
    return sum(isqrt(d) ** 2 == d for d in divisors(factorial(10)))


@problem(3, "200")
def exactly_one_of_two():
    """How many integers from 1 to 500 are divisible by 3 or by 5, but not by both?"""
    return sum((n % 3 == 0) != (n % 5 == 0) for n in range(1, 501))


@problem(3, "2520")
def multiple_of_the_first_ten():
    """Find the smallest positive integer that every integer from 1 to 10 divides."""
    return lcm(*range(1, 11))


@problem(4, "27")
def last_two_digits():
    """What number do the last two digits of $3^{2023}$ form?"""
    return pow(3, 2023, 100)


@problem(4, "143")
def last_three_digits():
    """Find the remainder of $7^{999}$ on division by 1000."""
    return pow(7, 999, 1000)


@problem(4, "144")
def fifteen_divisors():
    """What is the smallest positive integer with exactly 15 positive divisors?"""
    return next(n for n in count(1) if divisor_count(n) == 15)


@problem(4, "385")
def odd_number_of_divisors():
    """Find the sum of all positive integers up to 100 that have an odd number of positive divisors."""
    return sum(n for n in range(1, 101) if divisor_count(n) % 2)


@problem(4, "3")
def order_of_six():
    """What is the least positive integer $k$ for which 43 divides $6^k-1$?"""
    return n_order(6, 43)


@problem(4, "3")
def prime_plus_eight():
    """There is exactly one prime $p$ for which $p^2+8$ is also prime. Which one?"""
    [prime] = [q for q in primerange(10_000) if isprime(q * q + 8)]
    return prime


@problem(4, "286")
def divisor_of_a_cubic():
    """Determine the largest positive integer $n$ such that $n+7$ divides $n^3+50$."""
    return max(n for n in range(1, 10_000) if (n**3 + 50) % (n + 7) == 0)


@problem(4, r"\{6,42\}")
def square_differences():
    """Find all positive integers $n$ for which $n^2+85$ is a perfect square. Give them as a set."""
    return {n for n in range(1, 85) if isqrt(n * n + 85) ** 2 == n * n + 85}


@problem(4, "4")
def repeated_digit_sum():
    """One takes the sum of the digits of $2^{2024}$, then the sum of the digits of the result, and so on,
    until a single digit is left. Which digit?"""
    number = 2**2024
    while number > 9:
        number = sum(map(int, str(number)))
    return number


@problem(4, "1")
def power_of_three_in_a_binomial():
    r"""What is the largest $k$ such that $3^k$ divides $\binom{200}{100}$?"""
    return max(k for k in range(50) if comb(200, 100) % 3**k == 0)


@problem(4, "10")
def factorial_divisible_by_a_year():
    """Find the least positive integer $n$ such that $n!$ is divisible by 2025."""
    return next(n for n in count(1) if factorial(n) % 2025 == 0)


@problem(4, "8")
def square_roots_of_one():
    r"""How many integers $x$ with $0\le x<105$ satisfy $x^2\equiv 1\pmod{105}$?"""
    return sum(x * x % 105 == 1 for x in range(105))


@problem(5, "3")
def power_plus_square():
    """For exactly one prime $p$ the number $2^p+p^2$ is prime too. Find $p$."""
    [prime] = [q for q in primerange(200) if isprime(2**q + q**2)]
    return prime


@problem(5, "287")
def seven_divides_a_difference():
    r"""For how many integers $n$ with $1\le n\le 1000$ is $2^n-n^2$ divisible by 7?"""
    return sum((2**n - n**2) % 7 == 0 for n in range(1, 1001))


@problem(5, "2730")
def always_a_divisor():
    """What is the largest integer that divides $n^{13}-n$ for every integer $n$?"""
    return gcd(*(n**13 - n for n in range(2, 200)))


@problem(5, "6")
def values_of_the_totient():
    r"""Let $\varphi(n)$ be the number of integers from 1 to $n$ that have no common divisor with $n$ except
    1. How many positive integers $n$ have $\varphi(n)=12$?"""
    return sum(totient(n) == 12 for n in range(1, 1000))


@problem(5, "561")
def smallest_carmichael_number():
    r"""Find the smallest composite number $n$ for which $a^n\equiv a\pmod n$ holds for all integers $a$."""
    return next(n for n in count(4) if not isprime(n) and all(pow(a, n, n) == a for a in range(n)))


@problem(5, "2")
def tower_of_powers():
    """What is the last digit of $2^m$, where $m=3^{4^5}$?"""
    return pow(2, 3 ** (4**5), 10)


@problem(5, r"\{1,3,9,27,81\}")
def divides_a_power_plus_one():
    r"""Find the set of all positive integers $n\le 100$ for which $n$ divides $2^n+1$."""
    return {n for n in range(1, 101) if (2**n + 1) % n == 0}


@problem(4, "17")
def product_of_divisors():
    """For how many positive integers $n$ up to 100 is the product of all positive divisors of $n$ equal to
    $n^3$?"""
    return sum(prod(divisors(n)) == n**3 for n in range(1, 101))
