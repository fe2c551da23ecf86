"""Stories that have to be turned into equations: rates, mixtures, ages, money and motion."""

from fractions import Fraction
from itertools import count, product

from sympy import Rational, log, solve, symbols

from .answers import Measure
from .problem import Subject

SUBJECT = Subject("Word Problems")
problem = SUBJECT.problem

x = symbols("x", positive=True)


@problem(1, "9")
def hens_and_rabbits():
    """In a yard there are 15 animals, hens and rabbits only. Together they have 48 legs. How many rabbits are
    there?"""
    [rabbits] = [r for r in range(16) if 4 * r + 2 * (15 - r) == 48]
    return rabbits


@problem(1, "23")
def stickers_before():
    """Tom gave 8 stickers to his sister, then received 5 from a friend and now has 20 stickers. How many did
    he have at the start?"""
    [start] = [n for n in range(100) if n - 8 + 5 == 20]
    return start


@problem(1, "12")
def fence_posts():
    """A straight fence is 55 metres long and has a post every 5 metres, with a post at each end. How many
    posts does it have?"""
    return len(range(0, 55 + 1, 5))


@problem(1, "45")
def sawing_a_log():
    """Sawing a log into 4 pieces takes 15 minutes, and every cut takes equally long. How many minutes does it
    take to saw such a log into 10 pieces?"""
    per_cut = Rational(15, 4 - 1)
    return per_cut * (10 - 1)


@problem(1, "6")
def buses_for_a_trip():
    """A school takes 231 children and 14 adults on a trip. Each bus has 45 seats for passengers. How many
    buses are needed at least?"""
    return next(buses for buses in count() if buses * 45 >= 231 + 14)


@problem(1, "7.50")
def price_of_a_ticket():
    """Two adults and three children pay 36 dollars for the zoo. A child's ticket costs 7 dollars. How many
    dollars does an adult's ticket cost?"""
    [adult] = solve(2 * x + 3 * 7 - 36, x)
    return adult


@problem(1, "17")
def queue():
    """In a queue Lena has 9 people in front of her and 7 behind her. How many people stand in the queue?"""
    return 9 + 1 + 7


@problem(1, "30")
def reading_a_book():
    """Nora reads 24 pages of a 354-page book on the first day. She wants to finish the rest in 11 days,
    reading the same number of pages on each of them. How many pages must she read on each of these days?"""
    return Rational(354 - 24, 11)


@problem(1, "6")
def birthday_cupcakes():
    """Four boxes of cupcakes hold the same number of cakes. After 5 cakes have been eaten, 19 are left. How
    many cakes were in each box?"""
    [each] = [n for n in range(50) if 4 * n - 5 == 19]
    return each


@problem(2, "11")
def snail():
    """A snail sits at the foot of a wall 13 metres high. Each day it climbs 3 metres and each night it slips
    back 2 metres. On which day does it reach the top?"""
    height, day = 0, 1
    while height + 3 < 13:
        height, day = height + 3 - 2, day + 1
    return day


@problem(2, r"80\text{ km/h}")
def average_of_a_drive():
    """A car drives 120 km in 1 hour and 15 minutes, then rests for 15 minutes, then drives another 120 km in
    1 hour and 30 minutes. What is its average speed over the whole time, the rest included, in km/h?"""
    return Measure(Rational(240) / (Rational(5, 4) + Rational(1, 4) + Rational(3, 2)), "km/h")


@problem(2, "48")
def there_and_back():
    """A coach takes a class to a lake at 40 km/h and brings it back by the same road at 60 km/h. What is its
    average speed on the two drives together, in km/h?"""
    one_way = 120
    return Rational(2 * one_way) / (Rational(one_way, 40) + Rational(one_way, 60))


@problem(2, "36")
def age_of_the_mother():
    """A mother is three times as old as her daughter. Twelve years from now she will be twice as old as her
    daughter is then. How old is the mother now?"""
    [ages] = [(m, d) for m in range(120) for d in range(m) if m == 3 * d and m + 12 == 2 * (d + 12)]
    return ages[0]


@problem(2, "7")
def coins_in_a_purse():
    """A purse contains 20 coins, only 10-cent and 50-cent pieces, worth 4 dollars and 80 cents altogether.
    How many 50-cent pieces are there?"""
    [fifties] = [n for n in range(21) if 50 * n + 10 * (20 - n) == 480]
    return fifties


@problem(2, r"\frac{12}{5}")
def two_taps():
    """One tap fills a basin in 4 hours, another one in 6 hours. How many hours does it take to fill the basin
    when both are open?"""
    return 1 / (Rational(1, 4) + Rational(1, 6))


@problem(2, "300")
def acid_mixture():
    r"""How many millilitres of a $40\%$ acid must be added to 200 millilitres of a $15\%$ acid to obtain a
    $30\%$ acid?"""
    [volume] = solve(Rational(40, 100) * x + Rational(15, 100) * 200 - Rational(30, 100) * (x + 200), x)
    return volume


@problem(2, "108")
def trains_meet():
    """At 9:00 a train leaves Alton for Bexley, 252 km away, at 80 km/h. At the same time another train leaves
    Bexley for Alton at 60 km/h on the parallel track. How many minutes after 9:00 do they meet?"""
    [minutes] = solve(80 * x / 60 + 60 * x / 60 - 252, x)
    return minutes


@problem(2, "25")
def phone_tariffs():
    """Tariff A costs 12 dollars a month plus 8 cents for each minute. Tariff B costs 7 dollars plus 28 cents
    for each minute. For how many minutes a month do both cost the same?"""
    [minutes] = solve(1200 + 8 * x - (700 + 28 * x), x)
    return minutes


@problem(2, "85")
def three_in_a_row():
    """The sum of three consecutive odd numbers is 249. What is the largest of them?"""
    [largest] = [n for n in range(1, 250, 2) if (n - 4) + (n - 2) + n == 249]
    return largest


@problem(2, "15")
def handshakes_backwards():
    """At a party everybody shook hands exactly once with everybody else, and 105 handshakes were counted. How
    many people were at the party?"""
    [guests] = [n for n in range(2, 106) if sum(range(n)) == 105]
    return guests


@problem(2, "83")
def two_digit_reversal():
    """The digits of a two-digit number add up to 11. When the digits are swapped, the number becomes smaller
    by 45. What is the number?"""
    numbers = [10 * a + b for a in range(1, 10) for b in range(10) if a + b == 11 and 9 * (a - b) == 45]
    [number] = numbers
    return number


@problem(3, "4")
def slow_worker():
    """Anna and Boris together paint a fence in 3 hours. Working alone, Boris needs 8 hours more than Anna.
    How many hours does Anna need alone?"""
    [hours] = solve(1 / x + 1 / (x + 8) - Rational(1, 3), x)
    return hours


@problem(3, "2")
def speed_of_the_current():
    """A boat makes 10 km/h in still water. It goes 24 km up a river and the same 24 km down again in 5 hours
    altogether. What is the speed of the current in km/h?"""
    [current] = solve(24 / (10 - x) + 24 / (10 + x) - 5, x)
    return current


@problem(3, "24")
def escalator():
    """Walking up a moving escalator at one step per second, Ida takes 12 steps to get to the top. Walking at
    two steps per second, she takes 16 steps. How many steps of the escalator are visible when it stands
    still?"""
    speed, steps = symbols("speed steps", positive=True)
    [solution] = solve([12 + speed * 12 - steps, 16 + speed * 8 - steps], dict=True)
    return solution[steps]


@problem(3, r"\frac{360}{11}")
def clock_hands():
    """How many minutes after 6 o'clock do the hour hand and the minute hand of a clock first point in exactly
    the same direction?"""
    [minutes] = solve(6 * x - (180 + Rational(1, 2) * x), x)
    return minutes


@problem(3, "20")
def repeated_dilution():
    r"""A barrel holds 100 litres of juice. Someone draws off $x$ litres and replaces them with water, then
    draws off $x$ litres of the mixture and again replaces them with water. Now $64\%$ of the content is
    juice. Find $x$."""
    [litres] = [v for v in solve(100 * (1 - x / 100) ** 2 - 64, x) if v < 100]
    return litres


@problem(3, "12")
def doubling_investment():
    r"""An investment grows by $6\%$ at the end of each year. After how many full years has it at least
    doubled for the first time?"""
    return next(years for years in count() if Fraction(106, 100) ** years >= 2)


@problem(4, "12")
def meadow():
    """Grass grows at a steady rate on a meadow. Thirty-two cows would graze it bare in 10 days, sixteen cows
    in 30 days, each cow eating the same amount a day. How many cows would graze it bare in 60 days?"""
    start, growth = symbols("start growth")
    grass = solve([start + 10 * growth - 32 * 10, start + 30 * growth - 16 * 30], [start, growth])
    return (grass[start] + 60 * grass[growth]) / 60


@problem(3, r"\frac{\ln 10}{\ln 2}")
def half_lives():
    """A radioactive substance loses half of its mass in every half-life. After how many half-lives is exactly
    one tenth of the mass left? Give the exact value."""
    return log(10) / log(2)


@problem(3, "900")
def best_price():
    """At a price of 40 dollars a shop sells 20 vases a week. For each dollar that the price is lowered, it
    sells one vase more. What is the largest weekly income in dollars that it can reach with a price in whole
    dollars?"""
    return max((40 - cut) * (20 + cut) for cut in range(41))


@problem(3, "180")
def train_and_tunnel():
    """A train at constant speed passes a signal post in 8 seconds. From the moment its front enters a tunnel
    630 metres long until its end has left the tunnel, 36 seconds go by. How many metres long is the train?"""
    length, speed = symbols("length speed")
    return solve([length - 8 * speed, length + 630 - 36 * speed], [length, speed])[length]


@problem(4, "27")
def counterfeit_weighings():
    """Exactly one of a number of coins that look alike is lighter than the others. What is the largest number
    of coins among which it can always be found in 3 weighings on a balance without weights?"""
    findable = 1  # with no weighing at all
    for _ in range(3):  # one weighing leaves either the coins of one pan or those that were left aside
        findable = max(2 * pan + aside for pan in range(findable + 1) for aside in range(findable + 1))
    return findable


@problem(5, "8")
def knights_at_a_round_table():
    """Twelve people sit around a table. Each of them is a knight, who always tells the truth, or a liar, who
    always lies, and at least one is a knight. Each of them says: exactly one of my two neighbours is a
    knight. How many knights are there?"""
    consistent = (
        seats
        for seats in product([0, 1], repeat=12)
        if all((seats[i - 1] + seats[(i + 1) % 12] == 1) == bool(seats[i]) for i in range(12))
    )
    [knights] = {sum(seats) for seats in consistent} - {0}
    return knights
