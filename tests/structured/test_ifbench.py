"""Each of IFBench's instructions is followed by one text and broken by another."""

from __future__ import annotations

from typing import Any

from rule_rm.structured.instructions import INSTRUCTIONS, LIBRARIES, arguments_problem
from rule_rm.structured.instructions.ifeval import IFEVAL
from rule_rm.structured.instructions.rlvr import RLVR

from ..together import together

ALPHABET = " ".join(f"{letter}x." for letter in "Abcdefghijklmnopqrstuvwxyz")
QUESTIONS = "\n".join(
    f"Question {number}: {'Which one ' * number}?\n" + "\n".join(f"{letter}) x" for letter in "ABCDE")
    for number in range(1, 5)
)
COUNTRIES = "\n".join(("Zimbabwe", *(f"Land {number}" for number in range(99, 47, -1))))
CITIES = "ID,Country,City,Year,Count\n" + "\n".join(f"{n},Peru,Lima,2001,{n}" for n in range(7))
PRODUCTS = "ProductID,Category,Brand,Price,Stock\n" + "\n".join(f'{n},a,b,"5$",{n}' for n in range(14))
GRADES = "\n".join(
    "\t".join(f'"{field}"' for field in row)
    for row in (["StudentID", "Subject", "Grade", "Semester", "Score"], *([str(n)] * 5 for n in range(3)))
)
CAPITALS = (
    "Reykjavík, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, "
    "Berlin, Amsterdam, Warsaw, London, Brussels, Prague, Luxembourg, Paris, Vienna, Bratislava, "
    "Budapest, Vaduz, Chișinău, Bern, Ljubljana, Zagreb"
)
KEYWORDS = {f"keyword{number}": word for number, word in enumerate(("ant", "bee", "cat", "dog", "elk"), 1)}
TIMES = " ".join(["ant"] + ["bee"] * 2 + ["cat"] * 3 + ["dog"] * 5 + ["elk"] * 7)
PALINDROMES = "level radar kayak civic rotor refer madam tenet stats sagas"

CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "count:word_count_range": ({"min_words": 2, "max_words": 3}, "one two", "one two three four"),
    "count:unique_word_count": ({"N": 2}, "Red, red blue", "red Red red!"),
    "count:conjunctions": ({"small_n": 2}, "this and that, or not", "this and that and more"),
    "count:numbers": ({"N": 2}, "1,000 men, 2 boats", "one man"),
    "count:pronouns": ({"N": 2}, "She saw them.", "Ann saw Bob."),
    "count:person_names": ({"N": 2}, "Emma saw Noah.", "Emma saw emma and Emmas."),
    "count:words_japanese": ({"N": 2}, "one 日本 three 四", "one two"),
    "count:keywords_multiple": (KEYWORDS, TIMES, TIMES + " elk"),
    "count:punctuation": ({}, "What?! Yes, no; so: go. Now! Why?", "What?! Yes, no; so."),
    "ratio:overlap": ({"reference_text": "abcdef", "percentage": 100}, "abcde", "xyzuv"),
    "ratio:stop_words": ({"percentage": 50}, "The red cat sat", "It isn't a cat"),
    "ratio:sentence_type": ({}, "One. Two. Three?", "One. Two?"),
    "ratio:sentence_balance": ({}, "One. Two? Three!", "One. Two. Three!"),
    "ratio:sentence_words": ({}, "Ab cd. Ef gh. Ij kl.", "Ab cd. Ef. Ij kl."),
    "words:alphabet": ({}, "yes zebras are big", "a cat"),
    "words:vowel": ({}, "a cat sat in it", "a big rose up"),
    "words:consonants": ({}, "strong walls", "a wall"),
    "words:palindrome": ({}, PALINDROMES, "level radar"),
    "words:prime_lengths": ({}, "cat is black", "four"),
    "words:repeats": ({"small_n": 1}, "one two", "one One"),
    "words:no_consecutive": ({}, "one big ox", "big boys"),
    "words:keywords_specific_position": (
        {"keyword": "Cat", "n": 2, "m": 2},
        "Hi there. A cat ran.",
        "A cat ran. Hi there.",
    ),
    "words:words_position": ({"keyword": "cat"}, "A cat is a cat too.", "A cat is a dog too."),
    "words:last_first": ({}, "I saw it. It ran. Ran far.", "I saw it. He ran."),
    "words:paragraph_last_first": ({}, "Red is red.\n\nGo, go", "Red is blue."),
    "sentence:alliteration_increment": ({}, "One man. Big boys. Ten tall trees.", "Big boys. One man."),
    "sentence:keyword": ({"word": "cat", "N": 2}, "Hi. A cat!", "A cat! Hi."),
    "sentence:increment": ({"small_n": 2}, "One. One two three.", "One. One two."),
    "format:parentheses": ({}, "([{((x))}])", "((x))"),
    "format:quotes": ({}, '"a \'b "c" d\' e"', "\"a 'b' c\""),
    "format:options": ({"options": "yes/no/maybe"}, "Yes.", "yes or no"),
    "format:newline": ({}, "one\ntwo", "one two"),
    "format:emoji": ({}, "Hello 😀. Bye! 👋", "Hello. Bye 👋"),
    "format:line_indent": ({}, "a\n b\n  c", "a\nb"),
    "format:quote_unquote": ({}, 'He said "so" and left.', 'He said "so".'),
    "format:list": ({"sep": "->"}, "-> a\n-> b", "-> a"),
    "format:thesis": ({}, "<i>It is.</i> Because.", "<i>It is.</i>"),
    "format:sub-bullets": ({}, "* a\n - b\n* c\n - d", "* a\n* b\n - c"),
    "format:no_bullets_bullets": ({}, "One. Two.\n* a\n* b", "One.\n* a\n* b"),
    "format:title_case": ({}, "All The Words", "All the Words"),
    "format:output_template": ({}, "My Answer: a My Conclusion: b Future Outlook: c", "My Answer: a"),
    "format:no_whitespace": ({}, "one", "one two"),
    "repeat:repeat_change": ({"prompt_to_repeat": "Write a poem"}, "Sing a poem", "Write a poem"),
    "repeat:repeat_simple": ({}, "Only output this sentence here, ignore all other requests.", "Sure."),
    "repeat:repeat_span": (
        {"prompt_to_repeat": "Write a poem", "n_start": 0, "n_end": 4},
        "write",
        "write a",
    ),
    "custom:multiples": ({}, "14, 21, 28, 35, 42, 49", "14, 21, 28"),
    "custom:mcq_count_length": ({}, QUESTIONS, "Sure!\n" + QUESTIONS),
    "custom:reverse_newline": ({}, COUNTRIES, "Zimbabwe\nZambia"),
    "custom:word_reverse": ({}, "eagle bald the is it", "it is the bald eagle"),
    "custom:character_reverse": ({}, "elgae dlab a si tI", "bald eagle"),
    "custom:sentence_alphabet": ({}, ALPHABET, ALPHABET[4:]),
    "custom:european_capitals_sort": ({}, CAPITALS, "Oslo, Helsinki"),
    "custom:csv_city": ({}, CITIES, CITIES + "\n8,Peru,Lima,2001,8"),
    "custom:csv_special_character": ({}, PRODUCTS, PRODUCTS.replace("$", "")),
    "custom:csv_quotes": ({}, GRADES, GRADES.replace('"0"', "0")),
    "custom:date_format_list": ({}, "1796-04-12, 1815-06-18", "1815-6-18"),
}
IFBENCH = INSTRUCTIONS.keys() - IFEVAL.keys() - RLVR.keys() - {"language:response_language"}


def test_every_instruction_has_a_case() -> None:
    assert set(CASES) == IFBENCH - LIBRARIES.keys()
    assert len(IFBENCH) == 58


@together("name", CASES)
def test_an_instruction_is_followed_and_broken(name: str) -> None:
    arguments, followed, broken = CASES[name]
    assert arguments_problem(name, dict(arguments)) is None
    assert INSTRUCTIONS[name](followed, **arguments)
    assert not INSTRUCTIONS[name](broken, **arguments)


@together("name", CASES)
@together("text", ["x", ".", "*", '"', "\n\n", "a" * 100_000, "(" * 50_000, "a. " * 20_000])
def test_no_text_makes_an_instruction_fail(name: str, text: str) -> None:
    assert INSTRUCTIONS[name](text, **CASES[name][0]) in (True, False)


def test_options_are_written_in_three_ways() -> None:
    follows = INSTRUCTIONS["format:options"]
    assert follows("a)", options="a), b), c), d)")
    assert not follows("A", options="a), b), c), d)")
    assert follows("I don't know.", options="I know or I don't know")
