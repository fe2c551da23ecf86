"""Find an answer that no words declare: the last formula or number, or a bare last line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.grammar.names import asks_with
from rule_rm.extract.places.anchors import GIVEN, HAS_DIGIT, WORD, is_given, last_match
from rule_rm.extract.places.equations import (
    Found,
    exact_before_rounded,
    joined_formulas,
    latex_at,
    stated_equation,
    stated_factors,
    stated_together,
)
from rule_rm.extract.places.last_lines import bare_line, labelled_line
from rule_rm.extract.places.new_numbers import new_numbers
from rule_rm.extract.places.rivals import alternative
from rule_rm.extract.question.asked import asking_sentence
from rule_rm.extract.question.counted import two_counts, with_unit
from rule_rm.extract.relevance.other_quantities import other_quantity
from rule_rm.extract.response.visible import PICTURES
from rule_rm.extract.statements import claims, sequels
from rule_rm.extract.statements.closing_remarks import before_check, without_letter_explained
from rule_rm.extract.values.numbers import formulas_in, number_at, numbers_in
from rule_rm.extract.words import stance
from rule_rm.extract.words.patterns import HAS_CJK, deferred
from rule_rm.extract.words.verbs import is_past

_CONCLUDED = re.compile(
    r"(?:\b(?:is\s+an?(?=\s+\d)|there['’]s\s+an?(?=\s+\d)|is|are|was|were|equals?|totals?|gives|gets?|has|have|had|makes?|costs?|pays?|takes?|needs?|about|only|so|thus|therefore|hence|leaving|leaves"
    r"|es|est|ist|è|é|era|foi|fue|jest|ergibt|ergeben|font|fait|donne|vale|будет|равно|lautet|brzmi|wynosi|olur|bằng|là)\b"
    r"|=|≈|[是有为了在需要得到等于共剩余下]|\*\*)"
    r"(?:\s|\\?\$|[:：*~(≈€£\[]|\bR(?=\\?\$)|\b(?:about|approximately|only|exactly|d[ei]|von|an?\s+\w+\s+of|at(?:\s+the\s+point)?|him|her|it|them|me|us)\b)*"
    r"(?=[-−+.\d√π]|\\[a-z])",
    re.IGNORECASE,
)
"""A verb right before a number or a command of LaTeX: "he has 12"."""
_SENTENCE = re.compile(r"\n+|(?<!i\.e\.)(?<!e\.g\.)(?<=[.!?])\s+|[。！；]")
"""The gap between two sentences: the space in `One. Two`."""
_ASKING = re.compile(r"[^.!\n]{0,200}[?？]")
"""The rest of a question: ` it 4?`."""
_BOLD = re.compile(r"\*\*(?P<bold>[^*\n]{1,60})\*\*")
"""Bold text: `**43**`."""
_FENCE = re.compile(r"```[\w+-]*\n?(.*?)```", re.DOTALL)
"""A fenced block: "```text … ```"."""
_SIGN_OFF = re.compile(
    r"\s*(?:(?:i\s+)?hope|let\s+me\s+know|feel\s+free|if\s+you\s+(?:have|need|['’]?d\s+like|would\s+like)|please\s+let"
    r"|thank(?:s|\s+you)|good\s+luck|have\s+(?:a|fun)|enjoy|happy|cheers|great|well\s+done)\b(?![^\n]*\d)[^\n]*\Z",
    re.IGNORECASE,
)
"""A last line that says good-bye: "Hope this helps!"."""
_PRICE = re.compile(r"\\\$|\$(?=\d)")
r"""The sign of dollars before a number, or an escaped one: the `$` of `$90`."""
_IRRATIONAL = re.compile("[π√]")
"""A sign of a number that no decimal is: `π`."""
_UNREAL = re.compile(r"\b(?:would|could|were\s+to|if\b[^.?]*\bhad)\b", re.IGNORECASE)
"""A word of a question about an unreal case: "would"."""
_TUPLE = re.compile(r"\([^\W\d_]?[-−]?\d[^()\[\]\n]{0,40},[^()\[\]\n]{1,40}\)")
"""A point or pair in brackets: `(4, 7)`."""
_FULL_STOP = deferred(rf"(?:[.!。！]|[{PICTURES}✓✔✅☑]️?)[\s*]*\Z")
"""The end of a sentence, which may have a picture for its full stop: `.`."""
_REMARK = re.compile(r"[\s*]*[(（](?P<inside>[^()（）\n]{1,60})[)）][\s.*。]*\Z")
"""A remark in brackets that ends a text: " (about 33.3%)"."""
_OTHER_FORM = re.compile(
    r"\s*(?:(?:or|i\.e\.|that\s+is|also|which\s+is|oder|ou|o)\b\W*|=\s*)?"
    r"(?P<value>[$€£]?\d[\d.,/]*\s*%?)\s*\Z",
    re.IGNORECASE,
)
"""Another form of a value, alone in brackets: "about 33.3%"."""
CONCLUDED = frozenset({"the last formula", "the last number", "the only number", "the last line"})
"""The source of an answer that no words declare to be the answer."""


def code_block(text: str) -> str | None:
    """Return the content of the last fenced code block."""
    found = _FENCE.findall(text)
    return found[-1] if found else None


def in_fence(text: str) -> Extraction | None:
    """Return the content of the last fenced code block."""
    if "```" not in text:
        return None
    block = code_block(text)
    return Extraction(block.strip(), "the code block") if block and block.strip() else None


def conclusion(text: str, prompt: str = "") -> Extraction | None:
    """Return the last formula, or the number that a sentence after it comes to; else a bare last line.

    A value that the text denies is no answer: the one before it is, if it is denied only in contrast to that.
    """
    done = before_check(text)
    found = _conclusion(done, prompt) if done != text else None
    found = found or _conclusion(text, prompt)
    if found is None:
        return None
    answer, start, end, reason = found
    if stance.denied_before(text, start):
        if not stance.contrasted(text, start):
            return Extraction(None, "the value is denied")
        earlier = _conclusion(text[:start], prompt)
        if earlier is None or stance.denied_before(text, earlier[1]):
            return Extraction(None, "the value is denied")
        return Extraction(earlier[0], earlier[3])
    is_unreal = stance.unreal(text, start, end) and not _UNREAL.search(asking_sentence(prompt))
    if stance.denied_after(text, end) or is_unreal:
        return Extraction(None, "the value is denied")
    why = (
        claims.unstated(text, start, end, 0, prompt, in_formula=False)
        or sequels.taken_back_later(text, end)
        or other_quantity(text, start, end, prompt)
    )
    if sequels.corrects(text[end:]) or sequels.fails_check(text[end:]):
        return Extraction(None, "a correction follows it")
    if why is not None and reason != "the last line":
        return Extraction(None, f"the value is not stated as the answer: {why}")
    return Extraction(answer, reason, (*alternative(text, end), *_in_remark(text, end)))


def _in_remark(text: str, end: int) -> Iterator[str]:
    """Yield the other form of a value in brackets after it, which must agree: the 33.3% of "(33.3%)"."""
    if (rounded := exact_before_rounded(text)) is not None and rounded[0][2] == end:
        yield rounded[1]
    remark = _REMARK.match(text, end)
    form = _OTHER_FORM.match(remark["inside"]) if remark else None
    if form is not None:
        yield form["value"].strip()


def _conclusion(text: str, prompt: str) -> Found | None:
    text = without_letter_explained(text)
    if (counts := two_counts(text, prompt)) is not None:
        return counts
    if (factors := stated_factors(text, prompt)) is not None:
        return factors
    if (equation := stated_equation(text)) is not None:
        return equation
    if (rounded := exact_before_rounded(text)) is not None:
        return rounded[0]
    formula = _last_formula(text)
    after = formula.end() if formula else 0
    rest = text[after:]
    number = None if formula and _REMARK.fullmatch(rest) else _concluding_number(text, after, prompt)
    if number is not None:
        return number
    if formula is not None and (_ASKING.match(rest) or (HAS_DIGIT.search(rest) and GIVEN.search(rest))):
        return None
    if formula is not None:
        if "bold" not in formula.groupdict():
            return joined_formulas(text, formula, prompt)
        inner = formula["bold"].strip(" .$")
        return (inner, formula.start(), formula.end(), "the last formula") if inner else None
    return labelled_line(text, prompt) or bare_line(text, prompt)


def _last_formula(text: str) -> re.Match[str] | None:
    """Return the last formula in delimiters, or the last bold text that is an expression."""
    formulas = formulas_in(text)
    bold = None
    for found in _BOLD.finditer(text):
        inner = found["bold"]
        if (
            HAS_DIGIT.search(inner)
            and len(WORD.findall(inner)) < 2
            and (number_at(inner.strip(), 0) or "$" in inner or not WORD.search(inner))
        ):
            bold = found
    last = formulas[-1] if formulas else None
    if bold is not None and (last is None or bold.end() > last.end()):
        return bold
    return last


def _concluding_number(text: str, after: int, prompt: str) -> Found | None:
    """Return the number in "so there are 12 of them", unless it is a given number."""
    begin = max(after, len(text) - 600)
    sentences: list[tuple[int, str]] = []
    for boundary in [*_SENTENCE.finditer(text, begin), None]:
        end = boundary.start() if boundary else len(text)
        if HAS_DIGIT.search(text, begin, end):
            sentences.append((begin, text[begin:end]))
        begin = boundary.end() if boundary else end
    if not sentences:
        return None
    offset, sentence = sentences[-1]
    if sentence.rstrip().endswith(("?", "？")):
        return None
    last = last_match(_CONCLUDED, sentence)
    if last is not None and not is_given(sentence[: last.end()], prompt):
        pair = _TUPLE.match(sentence, last.end() - 1)
        if pair is not None:
            return pair.group(), offset + pair.start(), offset + pair.end(), "the last number"
        value = _value_at(sentence, last.end(), prompt)
        if value is not None and "≈" in last.group() and _IRRATIONAL.search(value[0]):
            return None
        if value is not None:
            answer, end = value
            together = stated_together(sentence, end, prompt)
            answer, start = together or (answer, last.end())
            return answer, offset + start, offset + end, "the last number"
    asked = _asked_number(sentence, prompt)
    if asked is not None:
        return (
            with_unit(sentence, asked, prompt),
            offset + asked.start(),
            offset + asked.end(),
            "the last number",
        )
    # "20 is **25%** of 80": the number behind a value in its sentence is not the answer.
    if offset == after > 0 and "\n" not in text[after : after + len(sentence) - len(sentence.lstrip())]:
        return None
    mark = text[offset + len(sentence) :].strip()
    is_end = mark in ("", "。", "！") or _SIGN_OFF.match(mark) is not None
    return _only_number(sentence + (mark if len(mark) == 1 else ""), offset, prompt) if is_end else None


def _value_at(sentence: str, at: int, prompt: str) -> tuple[str, int] | None:
    """Return the value at a place, with its unit, and where it ends."""
    if (latex := latex_at(sentence, at)) is not None:
        return latex, at + len(latex)
    number = number_at(sentence, at)
    currency = sentence[at - 1] if sentence[at - 1 : at] in tuple("€£¥₹") else ""
    return (currency + with_unit(sentence, number, prompt), number.end()) if number else None


def _asked_number(sentence: str, prompt: str) -> re.Match[str] | None:
    """Return the last number of a sentence, if the question's verb is before it: "she will have saved 90"."""
    numbers = numbers_in(sentence)
    before = _PRICE.sub("", sentence[: numbers[-1].start()]) if prompt and numbers else ""
    clause = re.split(r"[,;:\d]", before)[-1]
    is_stated = before.strip() and (asks_with(clause, prompt) or _is_done(clause))
    return numbers[-1] if is_stated else None


def _is_done(clause: str) -> bool:
    """Return True for a past form at the end of a clause: "and kept"."""
    words = WORD.findall(clause)
    return bool(words) and is_past(words[-1].lower())


def _only_number(sentence: str, offset: int, prompt: str) -> Found | None:
    """Return the only number of a last sentence that leaves no doubt: "She paid 7 dollars."."""
    numbers = new_numbers(sentence, prompt)
    if (
        len(numbers) != 1
        or is_given(sentence, prompt)
        or stance.HEDGED.search(sentence)
        or "$" in _PRICE.sub("", sentence)
    ):
        return None
    words = WORD.findall(sentence[: numbers[0].start()]) or WORD.findall(sentence, numbers[0].end())[1:]
    if not words or not (_FULL_STOP.search(sentence) or HAS_CJK.search(sentence)):
        return None
    number = number_at(sentence, numbers[0].start())
    if number is None or _ASKING.fullmatch(sentence):
        return None
    return (
        with_unit(sentence, number, prompt),
        offset + number.start(),
        offset + number.end(),
        "the only number",
    )
