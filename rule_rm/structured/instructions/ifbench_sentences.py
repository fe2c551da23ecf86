"""IFBench's instructions on sentences and paragraphs."""

from __future__ import annotations

import re
import string
import unicodedata
from itertools import groupby, pairwise

from rule_rm.structured.instructions.text import Instruction, sentences, trimmed, unmarked


def _ending_with(text: str, mark: str) -> int:
    return sum(sentence.endswith(mark) for sentence in sentences(text))


def sentence_type(text: str) -> bool:
    """Return True if there are twice as many statements as questions."""
    return _ending_with(text, ".") == 2 * _ending_with(text, "?")


def sentence_balance(text: str) -> bool:
    """Return True if there are as many statements as questions and as exclamations."""
    return _ending_with(text, ".") == _ending_with(text, "?") == _ending_with(text, "!")


def sentence_words(text: str) -> bool:
    """Return True if there are three sentences of the same number of characters."""
    found = sentences(text)
    return len(found) == 3 and len({len(sentence) for sentence in found}) == 1


def alliteration_increment(text: str) -> bool:
    """Return True if each sentence has more words in alliteration than the one before."""
    counts = [_alliterating(sentence) for sentence in sentences(text)]
    return all(before < after for before, after in pairwise(counts))


def _alliterating(sentence: str) -> int:
    """Return how many words begin like a neighbour."""
    cleaned = [word.lstrip(string.punctuation) for word in sentence.lower().split()]
    runs = [len(list(run)) for _, run in groupby(word[0] for word in cleaned if word)]
    return sum(length for length in runs if length > 1)


def keyword(text: str, *, word: str, N: int) -> bool:
    """Return True if the Nth sentence has the word."""
    found = sentences(text)
    if not 0 < N <= len(found):
        return False
    return re.search(rf"\b{re.escape(word)}\b", found[N - 1], re.IGNORECASE) is not None


def increment(text: str, *, small_n: int) -> bool:
    """Return True if each sentence has `small_n` words more than the one before."""
    counts = [len(unmarked(sentence).split()) for sentence in sentences(text)]
    return bool(counts) and all(after == before + small_n for before, after in pairwise(counts))


def last_first(text: str) -> bool:
    """Return True if each sentence begins with the last word of the one before."""
    found = [[trimmed(word).lower() for word in sentence.split()] for sentence in sentences(text)]
    return all(before and after and before[-1] == after[0] for before, after in pairwise(found))


def paragraph_last_first(text: str) -> bool:
    """Return True if each paragraph ends with the word with which it begins."""
    paragraphs = [[trimmed(word) for word in line.lower().split()] for line in text.split("\n")]
    return all(words[0] == words[-1] for words in paragraphs if words)


def emoji(text: str) -> bool:
    """Return True if each sentence ends with an emoji, before or behind its mark."""
    found = sentences(text)
    if not found:
        return False
    after = text[text.rindex(found[-1]) + len(found[-1]) :].strip()
    for sentence, following in zip(found, (*found[1:], after), strict=True):
        tail, head = unmarked(sentence).strip()[-2:], unmarked(following).strip()[:1]
        if not tail or not any(map(_is_emoji, tail + head)):
            return False
    return True


def _is_emoji(character: str) -> bool:
    """Return True for a pictograph, or the sign that makes one colourful."""
    return (
        character == "\ufe0f"
        or unicodedata.category(character) == "So"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def sentence_alphabet(text: str) -> bool:
    """Return True if there are 26 sentences that begin with the letters of the alphabet in order."""
    return "".join(sentence[0] for sentence in sentences(text)).lower() == string.ascii_lowercase


SENTENCES: dict[str, Instruction] = {
    "ratio:sentence_type": sentence_type,
    "ratio:sentence_balance": sentence_balance,
    "ratio:sentence_words": sentence_words,
    "sentence:alliteration_increment": alliteration_increment,
    "sentence:keyword": keyword,
    "sentence:increment": increment,
    "words:last_first": last_first,
    "words:paragraph_last_first": paragraph_last_first,
    "format:emoji": emoji,
    "custom:sentence_alphabet": sentence_alphabet,
}
