"""A clause in the words of its question states the answer, in languages whose verbs nobody can list."""

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout

rewards.load()

TICKETS = "Combien de billets a-t-elle vendus ?"
CARDS = "Wie viele Karten verkaufte er?"
SOLD = "他一共卖出多少张票？"
APPLES = "りんごは何個残っていますか。"
STEP = "On which step does Tim land?"


def earned(line, question):
    return registry.get("math_equal")(Rollout(question, line.replace("@", r"\boxed{42}"), "42")).reward


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("Elle a vendu @ billets.", TICKETS),
        ("Er verkaufte @ Karten.", CARDS),
        ("Ana vendió @ boletos.", "¿Cuántos boletos vendió Ana?"),
        ("Ela vendeu @ ingressos.", "Quantos ingressos ela vendeu?"),
        ("Иван продал @ билета.", "Сколько билетов продал Иван?"),
        ("باع سامي @ تذكرة.", "كم تذكرة باع سامي؟"),
        ("所以他一共卖出了@张票。", SOLD),
        ("よって、りんごは@個残っています。", APPLES),
        ("@個のりんごが残っています。", "何個のりんごが残っていますか。"),
        ("사과는 @개가 남았습니다.", "사과는 몇 개가 남았습니까?"),
        ("कुल @ सेब बचे हैं।", "कुल कितने सेब बचे हैं?"),
        ("Tim lands on step @.", STEP),
        ("So the book opens to page @.", "What page is the book open to?"),
    ],
)
def test_a_clause_in_the_words_of_the_question_states_the_answer(line, question):
    assert earned(line, question) == 1.0


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("Elle n'a pas vendu @ billets.", TICKETS),
        ("Elle a perdu @ billets.", TICKETS),
        ("Elle aurait vendu @ billets.", TICKETS),
        ("Er verkaufte nicht @ Karten.", CARDS),
        ("Er verkaufte fast @ Karten.", CARDS),
        ("他没卖出@张票。", SOLD),
        ("他丢了@张票。", SOLD),
        ("りんごは@個残っていません。", APPLES),
        ("Tim avoids step @.", STEP),
        ("Tim never lands on step @.", STEP),
        ("Tim jumps past step @.", STEP),
    ],
)
def test_another_word_in_it_does_not(line, question):
    assert earned(line, question) == 0.0


@pytest.mark.parametrize(
    "bound", ["個以上", "個未満", "개 이상", "개 미만", "个以上", "个左右", "個足りない", "개가 모자랍니다"]
)
def test_a_word_behind_a_number_that_bounds_it_changes_it(bound):
    assert earned(f"答えは@{bound}。", APPLES) == 0.0


@pytest.mark.parametrize(
    "no",
    [
        "Nein, das stimmt nicht.",
        "Non, c’est faux.",
        "Não, isso está errado.",
        "Нет, это неверно.",
        "不，这不对。",
        "いや、これは違う。",
        "아니, 이건 틀렸다.",
        "नहीं, यह गलत है।",
        "لا، هذا خطأ.",
        "My bad, I counted one twice.",
    ],
)
def test_a_no_in_the_next_sentence_takes_the_answer_back(no):
    assert earned(f"@. {no}", "") == 0.0
