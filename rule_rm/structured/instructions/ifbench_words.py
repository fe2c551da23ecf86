"""IFBench's instructions on words and letters."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from rule_rm.structured.instructions.text import Instruction, sentences, trimmed, unmarked, words

_RUN = re.compile(r"\w+")
"""A run of letters and digits: `don` and `t` of `don't`."""
_TOKEN = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
"""A word or a sign: `don't`, `,`."""
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
"""A character of Japanese: `の`, `日`."""
_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxyz]{2}")
"""Two consonants in a row: `st`."""
_CONJUNCTIONS = frozenset({"and", "but", "for", "nor", "or", "so", "yet"})
_PRONOUNS = frozenset(
    """
    i me we us you he him she her it they them my mine our ours your yours his hers its their theirs
    myself ourselves yourself yourselves himself herself itself themselves this that these those
    who whom whose which what whoever whomever whatever whichever
    anybody anyone anything everybody everyone everything nobody nothing somebody someone something
    each either neither both all some any none
    """.split()  # noqa: SIM905 - one word a line otherwise
)
"""The pronouns of English, as IFBench counts them."""
_NAMES = frozenset(
    """
    Emma Liam Sophia Jackson Olivia Noah Ava Lucas Isabella Mason Mia Ethan Charlotte Alexander Amelia
    Benjamin Harper Leo Zoe Daniel Chloe Samuel Lily Matthew Grace Owen Abigail Gabriel Ella Jacob
    Scarlett Nathan Victoria Elijah Layla Nicholas Audrey David Hannah Christopher Penelope Thomas Nora
    Andrew Aria Joseph Claire Ryan Stella Jonathan
    """.split()  # noqa: SIM905 - one word a line otherwise
)
"""The names that the instruction lists in the prompt."""
_STOP_WORDS = frozenset(
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her
    hers herself it its itself they them their theirs themselves what which who whom this that these
    those am is are was were be been being have has had having do does did doing a an the and but if or
    because as until while of at by for with about against between into through during before after
    above below to from up down in out on off over under again further then once here there when where
    why how all any both each few more most other some such no nor not only own same so than too very s
    t can will just don should now d ll m o re ve y ma
    """.split()  # noqa: SIM905 - one word a line otherwise
) | frozenset(
    f"{verb}n"
    for verb in """
        ai are could did does had has have is might must need sha should was were wo would
    """.split()  # noqa: SIM905 - as above
)
"""The stop words of English in NLTK's list, which has also the parts of contractions: the `t` of `don't`."""
_PRIMES = frozenset(
    {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97}
)
_PERCENT_AROUND = 2
"""IFBench takes an overlap within two points of the one that is asked for."""


def word_count_range(text: str, *, min_words: int, max_words: int) -> bool:
    """Return True if the number of words is in the range, bounds included."""
    return min_words <= len(_RUN.findall(text)) <= max_words


def unique_word_count(text: str, *, N: int) -> bool:
    """Return True if there are at least N different words."""
    return len({trimmed(word) for word in text.lower().split()}) >= N


def conjunctions(text: str, *, small_n: int) -> bool:
    """Return True if at least `small_n` different coordinating conjunctions occur."""
    return len({trimmed(word).lower() for word in text.split()} & _CONJUNCTIONS) >= small_n


def numbers(text: str, *, N: int) -> bool:
    """Return True if there are exactly N numbers; punctuation does not separate digits."""
    return len(re.findall(r"\d+", unmarked(text))) == N


def stop_words(text: str, *, percentage: int) -> bool:
    """Return True if stop words are at most that percentage of the words."""
    found = _RUN.findall(text)
    return bool(found) and 100 * sum(word.lower() in _STOP_WORDS for word in found) <= percentage * len(found)


def overlap(text: str, *, reference_text: str, percentage: int) -> bool:
    """Return True if that share of the text's trigrams of characters occurs in the reference text."""
    ours = {text[start : start + 3] for start in range(len(text) - 2)}
    theirs = {reference_text[start : start + 3] for start in range(len(reference_text) - 2)}
    share = 100 * len(ours & theirs) / len(ours) if ours else -100.0
    return abs(share - percentage) <= _PERCENT_AROUND


def alphabet(text: str) -> bool:
    """Return True if each word begins with the letter of the alphabet after that of the word before."""
    firsts = [word[0] for word in words(text)]
    if not firsts or not all("a" <= first <= "z" for first in firsts):
        return False
    return all((ord(after) - ord(before)) % 26 == 1 for before, after in pairwise(firsts))


def vowel(text: str) -> bool:
    """Return True if the text is one paragraph with at most three different vowels."""
    return "\n" not in text.strip() and len(set(text.lower()) & set("aeiou")) <= 3


def consonants(text: str) -> bool:
    """Return True if each word has two consonants in a row."""
    return all(_CLUSTER.search(word) for word in text.lower().split())


def palindrome(text: str) -> bool:
    """Return True if there are at least ten palindromes of five letters or more."""
    return sum(len(word) >= 5 and word == word[::-1] for word in words(text)) >= 10


def prime_lengths(text: str) -> bool:
    """Return True if the length of each word is a prime number."""
    return all(len(word) in _PRIMES for word in words(text))


def words_japanese(text: str, *, N: int) -> bool:
    """Return True if every Nth word is Japanese, unless it is a number."""
    every = [trimmed(word) for word in text.split()][N - 1 :: N] if N > 0 else []
    return N > 0 and all(not word or word.isdigit() or _JAPANESE.search(word) for word in every)


def repeats(text: str, *, small_n: int) -> bool:
    """Return True if no word occurs more than `small_n` times."""
    return max(Counter(words(text)).values(), default=0) <= small_n


def pronouns(text: str, *, N: int) -> bool:
    """Return True if there are at least N pronouns of English."""
    return sum(word in _PRONOUNS for word in _RUN.findall(text.lower())) >= N


def person_names(text: str, *, N: int) -> bool:
    """Return True if at least N different names of the instruction's list occur."""
    return len({*_RUN.findall(text)} & _NAMES) >= N


def no_consecutive(text: str) -> bool:
    """Return True if no two words in a row begin with the same letter."""
    firsts = [word[0] for word in words(text)]
    return all(before != after for before, after in pairwise(firsts))


def keywords_multiple(
    text: str, *, keyword1: str, keyword2: str, keyword3: str, keyword4: str, keyword5: str
) -> bool:
    """Return True if the keywords occur once, twice, three, five and seven times, in this order."""
    wanted = ((keyword1, 1), (keyword2, 2), (keyword3, 3), (keyword4, 5), (keyword5, 7))
    lowered = text.lower()
    return all(lowered.count(keyword.lower()) == times for keyword, times in wanted)


def keywords_specific_position(text: str, *, keyword: str, n: int, m: int) -> bool:
    """Return True if the keyword is the mth word of the nth sentence."""
    found = sentences(text)
    tokens = (
        [token for token in _TOKEN.findall(found[n - 1]) if token[0].isalnum()] if 0 < n <= len(found) else []
    )
    return 0 < m <= len(tokens) and tokens[m - 1].lower() == keyword.lower()


def words_position(text: str, *, keyword: str) -> bool:
    """Return True if the keyword is the second word and the second to last."""
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    if tokens and not tokens[-1][0].isalnum():
        tokens.pop()
    return len(tokens) >= 2 and tokens[1] == tokens[-2] == keyword.lower()


WORDS: dict[str, Instruction] = {
    "count:word_count_range": word_count_range,
    "count:unique_word_count": unique_word_count,
    "count:conjunctions": conjunctions,
    "count:numbers": numbers,
    "count:pronouns": pronouns,
    "count:person_names": person_names,
    "count:words_japanese": words_japanese,
    "count:keywords_multiple": keywords_multiple,
    "ratio:overlap": overlap,
    "ratio:stop_words": stop_words,
    "words:alphabet": alphabet,
    "words:vowel": vowel,
    "words:consonants": consonants,
    "words:palindrome": palindrome,
    "words:prime_lengths": prime_lengths,
    "words:repeats": repeats,
    "words:no_consecutive": no_consecutive,
    "words:keywords_specific_position": keywords_specific_position,
    "words:words_position": words_position,
}
