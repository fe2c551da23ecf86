"""A value is the answer only if the words around it can name the answer, in any of the usual languages."""

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout

rewards.load()

QUESTION = "A farm has some hens. How many eggs are left?"
STATED = {
    "parts and intermediates": [
        "The first half is 21 and so is the second, so together they make @.",
        "The first part gives 30, the second 12; in total @.",
        "Half of the sum is 21, so the sum is @.",
        "The morning shift collected 20, the afternoon shift 22. All in all: @.",
        "After step one we have 21. Doubling it gives @.",
        "The intermediate value is 84; halving it gives @.",
        "The subtotal is 40, and adding the 2 extra eggs makes @.",
        "Each side is 21, so both sides together are @.",
        "One coop holds 14 eggs, thus three coops hold @.",
        "The partial sum is 36, and the last term is 6. The sum is therefore @.",
        "The square of the answer is 1764, so the answer is @.",
        "The remainder is 0 and the quotient, which is what we want, is @.",
    ],
    "excluded": [
        "The value we must avoid is 7, so the answer is @.",
        "We exclude 0 and are left with @.",
        "Leaving out the broken ones, there are @ eggs.",
        "Ruling out 41 and 43, we are left with @.",
        "The only value that is not excluded is @.",
        "Discarding the negative root gives @.",
        "If we skip the leap year, we get @.",
        "Ignoring the units, the value is @.",
    ],
    "mistaken operations": [
        "Adding instead of multiplying would give 13; multiplying gives @.",
        "Subtracting, not adding, gives @.",
        "By adding rather than subtracting one gets 50, but the right operation gives @.",
        "Dividing instead of multiplying was my mistake; multiplying gives @.",
        "If you forget to carry you get 32. With the carry it is @.",
        "Contrary to my first attempt, the answer is @.",
    ],
    "self corrections of reasoning models": [
        "I got 40 at first. Wait, I forgot the two eggs in the nest. So it's @.",
        "Hmm, 41? No. Let me recount... 42. Yes, @.",
        "So the answer is 41... wait, that's off by one. The answer is @.",
        "Let me double-check: 6*7 = 42. Good. **Answer:** @",
        "Hold on, is it 43? No, since one broke. Final answer: @",
        "Okay, so that means @. Let me verify by plugging in: 42 - 2 = 40. ✓.",
        "Actually, let me reconsider. 50 - 8 = 42. So @ is right.",
        "Initially I thought 18, but re-reading the problem shows that it's @.",
        "Scratch that, it's not 18. It's @.",
        "Correction: I previously said 40. The correct value is @.",
        "My earlier answer of 40 was wrong; the corrected answer is @.",
    ],
    "hedges": [
        "I am certain that it is @.",
        "There is no doubt: @.",
        "I would bet my house on it: the answer is @.",
        "Without question, the answer is @.",
        "The answer must be @.",
    ],
    "denials in many languages": [
        "Nicht 41, sondern @.",
        "Das Ergebnis lautet @.",
        "Somit sind noch @ Eier übrig.",
        "Ce n'est pas 41 mais @.",
        "Il reste @ œufs.",
        "No es 41 sino @.",
        "En total quedan @ huevos.",
        "Não é 41, mas sim @.",
        "Restam @ ovos.",
        "Не 41, а @.",
        "Итого осталось @ яйца.",
        "不是41，而是@。",
        "因此剩下@个鸡蛋。",
        "综上所述，答案为@。",
        "41ではなく、@です。",
        "したがって、残りの卵は@個です。",
        "41이 아니라 @입니다.",
        "따라서 남은 달걀은 @개입니다.",
        "ليس 41 بل @.",
        "إذن الجواب هو @.",
        "41 नहीं, बल्कि @।",
        "अतः उत्तर @ है।",
        "الإجابة النهائية: @",
        "अंतिम उत्तर: @",
        "最終的な答え：@",
        "최종 답: @",
        "Respuesta final: @",
        "Resposta final: @",
        "Réponse finale : @",
        "Endergebnis: @",
        "Окончательный ответ: @",
    ],
}
NOT_STATED = {
    "parts and intermediates": [
        "The first half is @, so double it.",
        "The first part gives @. The second part is left to you.",
        "Half of the eggs is @, so there are 84.",
        "The partial sum after three terms is @; now add the fourth.",
        "The intermediate result is @, which still has to be divided by 2.",
        "So far we have @.",
        "Up to this point the total is @, but Tuesday's eggs are still missing.",
        "The subtotal is @ before tax.",
        "This gives @ for the first case. The second case gives 12 more.",
        "Per hen that makes @, and there are three hens.",
        "Before rounding we get @.",
        "The running total is @; continue with the next day.",
        "The numerator is @ and the denominator is 5.",
        "The square of the answer is @.",
        "Twice the answer is @.",
        "The answer squared equals @.",
        "Ten times the desired number is @.",
        "@ is only the first part of the answer.",
        "@ is half of it.",
        "That is @ for one day; multiply by seven.",
        "For the first coop alone we get @.",
        "One third of the answer is @.",
    ],
    "excluded": [
        "The value we must avoid is @.",
        "The one value that is not allowed is @.",
        "The number that has to be excluded is @.",
        "The value to leave out is @.",
        "The domain is all reals except @.",
        "x can be anything but @.",
        "A value that does not work is @.",
        "The root we toss out is @.",
        "The solution to reject is @.",
        "The only number that can be ruled out is @.",
        "What it certainly is not is @.",
        "The case that never occurs is @.",
        "We are told not to count @.",
        "Skip @.",
        "Cross out @.",
        "Remove @ from the list.",
    ],
    "mistaken operations": [
        "Adding instead of subtracting gives @.",
        "Multiplying where one should divide gives @.",
        "By mistake one gets @.",
        "If you forget the minus sign, you get @.",
        "Forgetting to carry the one gives @.",
        "Had we used the diameter in place of the radius, we would have found @.",
        "Misreading the question leads to @.",
        "Without converting the units one obtains @.",
        "Ignoring the constraint yields @.",
        "Confusing mean and median gives @.",
        "Mixing up the two rates gives @.",
        "Someone who forgets the discount pays @.",
        "Counting the corners twice gives @.",
        "Using the wrong formula yields @.",
        "One would naively expect @.",
        "Intuition suggests @.",
        "At first glance it is @.",
        "It looks like @, but it isn't.",
        "It seems to be @ at first.",
        "The trap answer is @.",
    ],
    "self corrections of reasoning models": [
        "@. Wait, I forgot the two eggs in the nest. So it's 44.",
        "@? Hmm, let me recount. 43.",
        "So that would be @. Hmm, but one egg broke, so 41.",
        "@ — no, 41, because one broke.",
        "I'd say @. Actually no: 41.",
        "@... wait, that's off by one.",
        "Final answer: @. EDIT: I misread the question; it is 41.",
        "The answer is @. Hold on, I double counted. It should be 21.",
        "The answer is @. On second thought, we need to subtract 2. 40.",
        "@ (this was before I noticed the typo; the right value is 40)",
        "My earlier answer of @ was wrong.",
        "My first answer, @, must be withdrawn.",
        "Replace @ by 40.",
        "I retract my claim that it is @.",
        "Please disregard the @ above. The result is 40.",
    ],
    "hedges": [
        "My best guess would be @.",
        "I'd guess @.",
        "I'll go with @ for lack of a better idea.",
        "Perhaps @?",
        "It might well be @.",
        "Say, @?",
        "@, I suppose, or thereabouts.",
        "@, give or take.",
        "Somewhere near @.",
        "Roughly @ or so.",
        "If I had to pick a number, @.",
        "Not sure, but @ maybe.",
        "@ or 43.",
        "@ / 43",
        "Either @ or 41.",
        "One of 41, @, 43.",
        "It's in the range 40 to @.",
        "It's @ ± 3.",
        "Let's just say @ and move on.",
        "I can't solve this. @",
        "I give up: @",
        "No idea. @?",
        "It is unclear whether the answer is @.",
        "I have no way to tell whether it is @.",
    ],
    "denials in many languages": [
        "Das Ergebnis ist keinesfalls @.",
        "@ kann nicht stimmen.",
        "@ wäre zu viel.",
        "Fast hätte ich @ gesagt.",
        "Man könnte @ vermuten.",
        "Es sind weniger als @.",
        "Die Hälfte davon ist @.",
        "Ce n'est certainement pas @.",
        "@ serait une erreur.",
        "On pourrait croire que c'est @.",
        "Il y en a moins de @.",
        "La moitié est @.",
        "Un résultat faux serait @.",
        "No puede ser @.",
        "@ sería un error.",
        "Uno podría pensar que es @.",
        "Hay menos de @.",
        "La mitad es @.",
        "Não pode ser @.",
        "Poder-se-ia pensar que é @.",
        "Há menos de @ ovos.",
        "Ответ никак не @.",
        "Можно подумать, что это @.",
        "Меньше чем @.",
        "Неверный ответ: @",
        "绝对不是@。",
        "有人可能会认为是@。",
        "少于@个。",
        "一半是@。",
        "错误答案：@",
        "绝不可能是@",
        "@ではない。",
        "@だと思うかもしれないが、違う。",
        "@未満です。",
        "間違った答え：@",
        "@이 아니다.",
        "@라고 생각할 수 있지만 아니다.",
        "@보다 적다.",
        "틀린 답: @",
        "ليس الجواب @.",
        "قد يظن البعض أنه @.",
        "أقل من @.",
        "إجابة خاطئة: @",
        "उत्तर @ नहीं हो सकता।",
        "शायद @।",
        "@ से कम।",
        "गलत उत्तर: @",
    ],
}


def earned(line, question=QUESTION):
    return registry.get("math_equal")(Rollout(question, line.replace("@", r"\boxed{42}"), "42")).reward


@pytest.mark.parametrize("family", STATED)
def test_a_name_of_the_answer_states_it(family):
    assert [line for line in STATED[family] if earned(line) != 1.0] == []


@pytest.mark.parametrize("family", NOT_STATED)
def test_a_part_a_mistake_or_a_guess_is_not_the_answer(family):
    assert [line for line in NOT_STATED[family] if earned(line) != 0.0] == []


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("The first half is @.", "How long is the first half?"),
        ("The value we must avoid is @.", "Which value must we avoid?"),
        ("Forgetting the minus sign gives @.", "What does forgetting the minus sign give?"),
        ("Die Hälfte davon ist @.", "Was ist die Hälfte davon?"),
        ("The angular resolution is @.", "Find the angular resolution of the dish."),
    ],
)
def test_a_name_that_the_question_has_is_the_answer(line, question):
    assert earned(line, question) == 1.0


@pytest.mark.parametrize("verb", ["dodge", "shun", "dread", "mislay", "scorn"])
def test_a_clause_with_a_verb_that_nobody_listed_names_no_answer(verb):
    assert earned(f"The value we {verb} is @.") == 0.0
    assert earned(f"The value we {verb} is @.", f"Which value do we {verb}?") == 1.0


NAMES = [
    (
        "A spring with constant 200 N/m is compressed by 0.1 m. How much energy does it store?",
        "elastic potential energy",
    ),
    ("Demand is 100 - 2p and supply is 3p. Find the price.", "market-clearing price"),
    ("If output rises from 100 to 105, how much is that in percent?", "growth rate"),
    ("Invest 100 at 10% for 2 years, compounded. How much is it worth?", "future value"),
    ("P(disease | positive)?", "posterior probability"),
    ("How many comparisons does binary search need for 1000 items?", "worst-case number of comparisons"),
    ("How many chromosomes has a human gamete?", "haploid number"),
    ("How far apart are the bright bands?", "fringe spacing"),
    ("How efficient is the engine?", "thermal efficiency"),
    ("What is emitted, in eV?", "photon energy"),
    ("A block slides with friction. Find a.", "deceleration of the block"),
    ("A wheel makes 10 turns a second. Find omega.", "angular velocity"),
    ("How much heat does the ice need?", "latent heat absorbed"),
    ("Balance H2 + O2 -> H2O. How many H2?", "stoichiometric coefficient"),
    ("First order, k = 0.693/h. When is half gone?", "half-life"),
    ("By how much does 1 dollar of spending raise output?", "spending multiplier"),
    ("How much should a child of 20 kg take?", "recommended dosage"),
    ("A beam of 10 m carries 2 kN/m. Largest M?", "maximum bending moment"),
    ("A transformer has 100 and 500 turns and 20 V in. V out?", "secondary voltage"),
    ("How heavy is a man of 10 kg on the moon?", "gravitational force on him"),
    ("Anna walks 3 km north and 4 km east. How far from home?", "displacement"),
]
"""Names for the answer that the question does not have, in the words of a field."""


@pytest.mark.parametrize(("question", "name"), NAMES)
def test_a_noun_of_any_field_may_name_the_answer(question, name):
    assert earned(f"So the {name} is @.", question) == 1.0
    assert earned(f"So the {name} is $@$.", question) == 1.0


@pytest.mark.parametrize("noun", ["hypotenuse", "stiffness", "half-life", "mortgage", "gizmo"])
def test_a_noun_that_nobody_listed_may_name_the_answer(noun):
    assert earned(f"So the {noun} is @.") == 1.0


@pytest.mark.parametrize(
    "line",
    [
        "The bait value is @.",
        "The exception is @.",
        "A typical slip produces @.",
        "Forbidden value: @",
        "The red herring here: @",
        "Der ausgeschlossene Wert ist @.",
        "Le piège donne @.",
        "El valor prohibido es @.",
        "A armadilha dá @.",
        "Ловушка даёт @.",
        "陷阱答案是@。",
        "禁止された値は@です。",
        "함정 답은 @입니다.",
        "निषिद्ध मान @ है।",
    ],
)
@pytest.mark.parametrize("question", [QUESTION, ""])
def test_a_name_of_a_mistake_or_an_exclusion_is_none_of_the_answer(line, question):
    assert earned(line, question) == 0.0


def test_a_percent_sign_behind_a_number_begins_no_comment():
    assert earned("I'm 100% sure that the answer is @.") == 1.0
    assert earned("The answer is 41. % @") == 0.0
