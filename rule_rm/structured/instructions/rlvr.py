"""Verifiable instructions that IF-RLVR trains on (arXiv 2507.02833), one small function for each.

A function takes the response and the instruction's arguments by their names in the data. Keywords are
strings, not patterns. Words are counted as a reader does.
"""

from __future__ import annotations

import itertools
import re
import string

from rule_rm.structured.instructions.ifeval import letter_frequency
from rule_rm.structured.instructions.text import Instruction, sentences, trimmed

_DIVIDER = re.compile(r"\s?\*\*\*\s?|\s?\* \* \*\s?")
"""A line between paragraphs: `***`."""
_SMALL = re.compile(r"\b[a-z]+\b")
"""A word in small letters: `cat`."""
_COPIES = "******"


def _words(text: str) -> list[str]:
    """Return the words with a letter or digit, without punctuation at their ends."""
    return [word for word in map(trimmed, text.split()) if word]


def _same(one: str, other: str) -> bool:
    return one.strip().lower() == other.strip().lower()


def _occurrences(text: str, keyword: str) -> int:
    return text.lower().count(keyword.strip().lower())


def repeat_phrase(text: str, *, phrase: str, small_n: int) -> bool:
    """Return True if the phrase occurs `small_n` times, each with one inner word replaced by another."""
    wanted, given = phrase.split(), text.split()
    found = 0
    at = 0
    while at + len(wanted) <= len(given):
        part = given[at : at + len(wanted)]
        is_framed = (part[0], trimmed(part[-1])) == (wanted[0], trimmed(wanted[-1]))
        different = sum(map(str.__ne__, part[1:-1], wanted[1:-1])) if is_framed else 0
        found += different == 1
        at += len(wanted) if different == 1 else 1
    return found == small_n


def copy(text: str, *, prompt_to_repeat: str) -> bool:
    """Return True if the response is the request and nothing else."""
    return _same(text, prompt_to_repeat)


def copying_multiple(text: str, *, prompt_to_repeat: str, N: int) -> bool:
    """Return True if the response is the request `N` times, separated by six asterisks."""
    copies = text.split(_COPIES)
    return len(copies) == N and all(_same(one, prompt_to_repeat) for one in copies)


def copy_span(text: str, *, prompt_to_repeat: str, n_start: int, n_end: int) -> bool:
    """Return True if the response is the request's characters from `n_start` up to `n_end`."""
    return _same(text, prompt_to_repeat[n_start:n_end])


def sentence_hyphens(text: str) -> bool:
    """Return True if hyphens without spaces connect all sentences."""
    found = sentences(re.sub(r"(?<=[.!?])-(?=\S)", "- ", text))
    joined = all(one.endswith("-") or one is found[-1] for one in found)
    return joined and re.search(r"[.!?]\s*-\s|[.!?]\s+-|[.!?]\s+\w", text) is None


def square_brackets(text: str) -> bool:
    """Return True if each word is in square brackets."""
    return all(word.startswith("[") and word.endswith("]") for word in text.split())


def bigram_wrapping(text: str) -> bool:
    """Return True if each two words are in double angular brackets: `<<I am>> <<at home>>`."""
    words = text.split()
    pairs = zip(words[::2], words[1::2], strict=False)
    return len(words) > 1 and all(one.startswith("<<") and two.endswith(">>") for one, two in pairs)


def no_adjacent_consecutive(text: str) -> bool:
    """Return True if no word begins with the letter after that of the word before it."""
    letters = [word[0].lower() for word in _words(text)]
    return not any(
        one in string.ascii_lowercase and ord(two) - ord(one) == 1 for one, two in itertools.pairwise(letters)
    )


def word_once(text: str, *, keyword: str) -> bool:
    """Return True if the keyword occurs exactly once, in any case."""
    return _occurrences(text, keyword) == 1


def word_count(text: str, *, keyword: str, frequency: int, relation: str) -> bool:
    """Return True if the keyword occurs "at least" or "less than" `frequency` times, in any case."""
    count = _occurrences(text, keyword)
    return count >= frequency if relation == "at least" else count < frequency


def exclude_word(text: str, *, keyword: str) -> bool:
    """Return True if the keyword is not among the words, in its own case."""
    return keyword.strip() not in _words(text)


def palindrome(text: str) -> bool:
    """Return True if a word of two letters or more is the same backwards."""
    words = [word.lower() for word in _words(text)]
    return any(len(word) > 1 and word == word[::-1] for word in words)


def keyword_specific_position(text: str, *, keyword: str, n: int, m: int) -> bool:
    """Return True if the keyword is word `m` of sentence `n`."""
    found = sentences(text)
    words = _words(found[n - 1]) if 0 < n <= len(found) else []
    return 0 < m <= len(words) and words[m - 1] == keyword.strip()


def start_end(text: str) -> bool:
    """Return True if the response begins and ends with the same word, with nothing behind it."""
    words = text.split()
    return len(words) > 1 and trimmed(words[0]).lower() == words[-1].lower()


def two_paragraphs_by_divider(text: str) -> bool:
    """Return True if there are two paragraphs, separated by `***`."""
    return _has_two(_DIVIDER.split(text))


def two_paragraphs_by_lines(text: str) -> bool:
    """Return True if there are two paragraphs, separated by an empty line."""
    return _has_two(text.split("\n\n"))


def _has_two(paragraphs: list[str]) -> bool:
    return all(one.strip() for one in paragraphs[1:-1]) and sum(bool(one.strip()) for one in paragraphs) == 2


def first_word_of_sentences(text: str, *, first_word: str) -> bool:
    """Return True if each sentence begins with the word."""
    return all(first_word_of_answer(sentence, first_word=first_word) for sentence in sentences(text))


def first_word_of_answer(text: str, *, first_word: str) -> bool:
    """Return True if the response begins with the word."""
    words = _words(text)
    return bool(words) and _same(words[0], first_word)


def last_word_of_sentences(text: str, *, last_word: str) -> bool:
    """Return True if each sentence ends with the word."""
    return all(last_word_of_answer(sentence, last_word=last_word) for sentence in sentences(text))


def last_word_of_answer(text: str, *, last_word: str) -> bool:
    """Return True if the response ends with the word."""
    words = _words(text)
    return bool(words) and _same(words[-1], last_word)


def no_dot(text: str) -> bool:
    """Return True if there is no full stop."""
    return "." not in text


def no_exclamation(text: str) -> bool:
    """Return True if there is no exclamation mark."""
    return "!" not in text


def lowercase_counting(text: str, *, N: int) -> bool:
    """Return True if at most `N` words are in small letters."""
    return len(_SMALL.findall(text)) <= N


def letter_counting(text: str, *, N: int, relation: str) -> bool:
    """Return True if there are "at least" or "less than" `N` letters of the English alphabet."""
    count = sum(character in string.ascii_letters for character in text)
    return count >= N if relation == "at least" else count < N


def counting_composition(text: str, *, n_sent: int, n_words: int) -> bool:
    """Return True for three paragraphs by `***`, each of `n_sent` sentences with `n_words` words."""
    paragraphs = _DIVIDER.split(text.strip().strip("*"))
    return len(paragraphs) == 3 and all(
        len(found := sentences(one)) == n_sent and all(len(_words(each)) == n_words for each in found)
        for one in paragraphs
    )


def count_unique(text: str) -> bool:
    """Return True if no word occurs twice, in any case."""
    words = [word.lower() for word in _words(text)]
    return len(words) == len(set(words))


def count_increment_word(text: str, *, keyword1: str, keyword2: str) -> bool:
    """Return True if the first keyword occurs once and the second one twice, in any case."""
    return _occurrences(text, keyword1) == 1 and _occurrences(text, keyword2) == 2


RLVR: dict[str, Instruction] = {
    "copy:repeat_phrase": repeat_phrase,
    "copy:copy": copy,
    "copy:copying_simple": copy,
    "copy:copying_multiple": copying_multiple,
    "new:copy_span_idx": copy_span,
    "detectable_format:sentence_hyphens": sentence_hyphens,
    "detectable_format:square_brackets": square_brackets,
    "detectable_format:bigram_wrapping": bigram_wrapping,
    "keywords:no_adjacent_consecutive": no_adjacent_consecutive,
    "keywords:word_once": word_once,
    "keywords:word_count_different_numbers": word_count,
    "keywords:exclude_word_harder": exclude_word,
    "keywords:palindrome": palindrome,
    "keywords:keyword_specific_position": keyword_specific_position,
    "keywords:start_end": start_end,
    "paragraphs:paragraphs": two_paragraphs_by_divider,
    "paragraphs:paragraphs2": two_paragraphs_by_lines,
    "first_word:first_word_sent": first_word_of_sentences,
    "first_word:first_word_answer": first_word_of_answer,
    "last_word:last_word_sent": last_word_of_sentences,
    "last_word:last_word_answer": last_word_of_answer,
    "punctuation:punctuation_dot": no_dot,
    "punctuation:punctuation_exclamation": no_exclamation,
    "count:lowercase_counting": lowercase_counting,
    "letters:letter_counting": letter_counting,
    "letters:letter_counting2": letter_frequency,
    "count:counting_composition": counting_composition,
    "count:count_unique": count_unique,
    "count:count_increment_word": count_increment_word,
}
