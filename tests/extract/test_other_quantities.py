"""A sentence without "the answer" states the answer only if it is about what the question asks for."""

import pytest

from rule_rm.extract import final_answer
from rule_rm.extract.relevance.other_quantities import other_quantity

MUFFINS = "A baker made 96 muffins and sold 59. How many muffins are unsold?"
TANK = "A tank holds 800 liters and loses 25 liters per hour. How many liters remain after 6 hours?"
BOOK = "Lena reads 20 pages a day, her brother 15. The book has 260 pages. How many days does Lena need?"
MARBLES = "Mia had 90 marbles. She gave 48 to Leo. How many marbles does Mia have left?"
VERTEX = "What is the vertex of the parabola y = (x-4)^2 + 7?"
CURRENT = "A voltage of 12 V drives a current of 2 A through a resistor. What is the resistance?"
FLOUR = "24 cookies need 3 cups of flour. How many cups of flour do 40 cookies need?"
HEADS = "A fair coin is tossed twice. What is the probability of two heads?"
PRINTER = "A printer prints 18 pages per minute. How many pages does it print in 15 minutes?"
STAMPS = "Omar has 35 stamps, Priya has twice as many. How many stamps do they have together?"
BUS = "A bus has 52 passengers. At a stop 17 get off and 9 get in. How many passengers are on the bus now?"

OTHERS = [
    (MUFFINS, "The baker made 37."),
    (MUFFINS, "37 muffins were sold."),
    (TANK, "The tank loses 650."),
    (TANK, "The tank lost 650 liters."),
    (BOOK, "Her brother needs 13 days."),
    (BOOK, "She reads 13 pages."),
    (MARBLES, "Mia gave Leo 42."),
    (MARBLES, "She gave away 42 marbles."),
    (MARBLES, "Leo has 42 marbles."),
    (VERTEX, "The focus is (4,7)."),
    (CURRENT, "The current is 6 Ω."),
    (CURRENT, "The power is 6 Ω."),
    (FLOUR, "24 cookies need 5 cups."),
    (FLOUR, "You need 5 cups of sugar."),
    (HEADS, "The probability of one head is 1/4."),
    (HEADS, "The probability of two tails is 1/4."),
    (PRINTER, "It prints 270 pages per minute."),
    (STAMPS, "Priya has 105 stamps."),
    (STAMPS, "She has 105 stamps."),
    (BUS, "44 passengers got off."),
    ("Solve 3x - 7 = 20 for x.", "So 3x = 9."),
    (
        "Tom is 12, his sister three times as old. How old is his sister?",
        "His sister will be 36 in 24 years.",
    ),
    ("Of 240 pears 180 were packed. How many pears were not packed?", "60 pears were packed."),
]

STORES = "A phone costs $600 in store A and $540 in store B. How much cheaper is it in store B?"
LIBRARY = "A library had 420 books. It lent out 135 and bought 60. How many books does the library have now?"
FRUIT = "Rosa paid $6 for apples and $10 for grapes. How much did she pay in total?"
READER = "Jake read 80 of 320 pages on Saturday and 90 on Sunday. How many pages must he still read?"
OTHERS += [
    (STORES, "It is $60 cheaper in store A."),
    (LIBRARY, "The library lent out 345 books."),
    (FRUIT, "She paid $16 for the grapes."),
    (READER, "Jake has read 150 pages."),
    ("Sam is 8 years older than Kim. Kim is 15. How old is Sam?", "In 8 years, Sam will be 23."),
    ("What is the greatest common divisor of 48 and 36?", "The least common multiple is 12."),
]

ANSWERS = [
    (STORES, "It is $60 cheaper in store B."),
    (LIBRARY, "There are 345 books in the library."),
    (FRUIT, "Rosa paid a total of $16."),
    (READER, "Jake still has to read 150 pages."),
    ("What is the greatest common divisor of 48 and 36?", "The GCD of 48 and 36 is 12."),
    (MUFFINS, "37 muffins were not sold."),
    (MUFFINS, "The baker has 37 unsold muffins."),
    (MUFFINS, "37 remain unsold."),
    (TANK, "After 6 hours 650 liters remain."),
    (TANK, "The tank has 650 liters left."),
    (BOOK, "Lena is done after 13 days."),
    (BOOK, "It takes Lena 13 days."),
    (MARBLES, "She is left with 42."),
    (MARBLES, "She still has 42 marbles."),
    (MARBLES, "Mia kept 42 marbles."),
    (VERTEX, "The vertex is at (4,7)."),
    (VERTEX, "x = 4, y = 7"),
    (CURRENT, "The resistance is 6 Ω."),
    (FLOUR, "40 cookies need 5 cups of flour."),
    (FLOUR, "5 cups are needed."),
    (HEADS, "The probability of two heads is 1/4."),
    (PRINTER, "It prints 270 pages in 15 minutes."),
    (STAMPS, "Omar and Priya have 105 stamps altogether."),
    (BUS, "The bus now has 44 passengers."),
    ("Solve 3x - 7 = 20 for x.", "This gives x = 9."),
    (
        "Nora earns $14 an hour for 6 hours a day. How much does she earn in 5 days?",
        "Nora earns $420 in 5 days.",
    ),
    ("Of 240 pears 180 were packed. How many pears were not packed?", "60 pears were not packed."),
]

RADIUS = "A circle has a circumference of 14π cm. What is its radius?"
PRICES = (
    "A phone costs $400 in store A and $340 in store B. How much cheaper is it in store B than in store A?"
)
AGES = "Tim is 12 years old and Ann is 5. How much older is Tim than Ann?"
COLOURS = "A jar has 17 red and 9 blue marbles. How many more red marbles than blue marbles are there?"
BOOKS = "Ann has 12 books and Ben has 5. How many more books does Ann have than Ben?"
SCORES = "Sara's scores are 40, 45 and 50. What is her average score?"
MINUTES = "A printer prints 10 pages in a minute. How many pages does it print in 9 minutes?"
BEADS = "A bag has 32 beads, 20 of which are blue. What percent of the beads are blue?"
GERMAN = "Ein Auto verbraucht 6 Liter auf 100 km. Wie viele Liter braucht es für 350 km insgesamt?"
PROFIT = "Uma loja comprou por R$ 2.000,00 e vendeu por R$ 3.320,00. Qual é o lucro?"
PIZZAS = "A small pizza costs $8, and a large pizza costs 3 times as much. How much do they cost in all?"
OTHERS += [
    (PIZZAS, "The cost for the small pizza is $32."),
    (RADIUS, "So d = 7."),
    (RADIUS, "Therefore C = 7 cm."),
    ("A triangle has area 20 and base 10. What is its height?", "So b = 4."),
    (PRICES, "The price is $60."),
    (PRICES, "It costs $60 in store B."),
    (AGES, "Tim is 7 years old."),
    (AGES, "So Ann is 7."),
    (COLOURS, "There are 8 more blue marbles than red marbles."),
    (COLOURS, "So there are 8 fewer red ones than blue ones."),
    (BOOKS, "Ann has 7 fewer books than Ben."),
    (BOOKS, "Ben has 7 more books than Ann."),
    (SCORES, "Her total is 45."),
    (SCORES, "The scores add up to 45."),
    (SCORES, "Her median score is 45."),
    (MINUTES, "Answer: It needs 90 minutes for 15 pages."),
    (MINUTES, "Answer: 90 minutes for 10 pages."),
    (GERMAN, "Das Auto braucht für 100 km **21 Liter**."),
    (PROFIT, "O lucro não é de R$ 1.320,00."),
    ("Factor x^2-5x+6.", "The factors are not (x-2) and (x-3)."),
]
ANSWERS += [
    (PIZZAS, "The cost for the two pizzas is $24 + $8 = $32."),
    (RADIUS, "So r = 7."),
    (RADIUS, "2πr = 14π, so R = 7."),
    (RADIUS, "Let d be the radius. So d = 7."),
    ("A triangle has area 20 and base 10. What is its height?", "h = 2A/b = 4"),
    ("A car drives 150 km in 3 hours. What is its speed?", "So s = 50."),
    (PRICES, "You save $60 in store B."),
    (PRICES, "So store B is cheaper by $60."),
    (PRICES, "So $400 - $340 = $60."),
    (AGES, "Ann is 7 years younger than Tim."),
    (COLOURS, "There are 8 fewer blue marbles than red."),
    (COLOURS, "There are 8 more red ones than blue ones."),
    (BOOKS, "Ben has 7 less than Ann."),
    (SCORES, "The mean is 45."),
    (SCORES, "The total of 135 divided by 3 is 45."),
    (SCORES, "The sum 40 + 45 + 50 = 135, and 135 / 3 = 45."),
    (HEADS, "There is a 1/4 chance of two heads."),
    (BEADS, "Final answer: 62.5% are blue."),
    (GERMAN, "Es braucht für 350 km **21 Liter**."),
    (PROFIT, "O lucro é de R$ 1.320,00."),
]
DECLARED = [
    (MINUTES, "Answer: 90 pages in 9 minutes.", "90"),
    (MINUTES, "**Final answer:** 90 pages are printed.", "90"),
    (MINUTES, "**Answer:** It prints **90** pages in 9 minutes.", "90"),
    (BEADS, "Answer: 62.5% of the 32 beads are blue.", "62.5%"),
    ("Factor x^2-5x+6.", "The factors are $(x-2)$ and $(x-3)$.", "(x-2)(x-3)"),
]


@pytest.mark.parametrize(("question", "response", "answer"), DECLARED)
def test_the_new_number_of_a_declared_sentence_is_the_answer(question, response, answer):
    assert final_answer(response, question).answer == answer


@pytest.mark.parametrize(("question", "response"), OTHERS)
def test_a_sentence_about_another_quantity_is_no_answer(question, response):
    assert final_answer(response, question).answer is None


@pytest.mark.parametrize(("question", "response"), ANSWERS)
def test_a_sentence_in_other_words_than_the_question_is_an_answer(question, response):
    assert final_answer(response, question).answer is not None


def test_a_sentence_without_a_question_may_be_about_anything():
    assert other_quantity("The baker made 37.", 15, 17, "") is None
    assert final_answer("The baker made 37.").answer == "37"
