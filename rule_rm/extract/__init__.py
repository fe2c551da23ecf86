r"""Find the one final answer of a response, as a reader would point it out.

`final_answer` goes this way, and each step names its modules below:

1. Take what the reader sees of the response's own turn: no thinking, no hidden text, no made-up turns
   (`response`).
2. Find a candidate: an answer tag, else a JSON field, else the last box, else what follows "the answer is".
   Without these, a code block counts, else the last formula or number (`places`, `values`).
3. Check that the words before and behind the candidate state it (`statements`, `grammar`), and that they
   answer the question and not another one (`relevance`, `question`). If not, the response has no answer.
4. Collect the other values that the response states. The verdict compares them: they must say the same.

The rooms, each above those that it imports:

* `multiple_choice`: the choices of a question, and the one that a response takes
* `places`: where a response can have its answer: tags, fields, boxes, declared answers, the last sentence
* `statements`: whether the words around a value state it
* `relevance`: whether a statement is about the quantity asked for
* `grammar`: subjects and predicates of sentences
* `question`: the quantity that the question asks for, and its words
* `values`: a number, a formula or a field, with all that belongs to it
* `words`: the closed lists of words, and regular expressions made of them
* `response`: the text of a response that a reader sees
* `extraction`: the answer, or the reason why there is none

Tests: `tests/extract`.

All of it takes linear time and looks at no more than the last `TAIL` characters, as it runs in the server's
own process. Text in the thinking, hidden, struck through or behind the end of the turn is not an answer. A
response with two different answers has no final answer.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rule_rm.extract.extraction import TAIL, Extraction
from rule_rm.extract.multiple_choice.choices import chosen_letter
from rule_rm.extract.multiple_choice.listed_choices import choices_of
from rule_rm.extract.places.anchors import EDGES, WORD, anchored, claimed
from rule_rm.extract.places.boxes import bare, boxes, in_boxes, last_boxed
from rule_rm.extract.places.equations import last_side
from rule_rm.extract.places.last_lines import declares_sentence
from rule_rm.extract.places.prose import CONCLUDED, code_block, conclusion, in_fence
from rule_rm.extract.places.tables import with_row_as_label
from rule_rm.extract.places.verdict_words import verdict_word
from rule_rm.extract.relevance.contrasts import drops_denial, without_asked_denials, without_contrasts
from rule_rm.extract.response.followers import own_pair, own_turn
from rule_rm.extract.response.hidden import shown
from rule_rm.extract.response.redefined import redefines
from rule_rm.extract.response.tags import tag_contents, tagged_answer
from rule_rm.extract.statements.approximations import is_hedged
from rule_rm.extract.values.fields import answer_field
from rule_rm.extract.values.spelled import with_digits_alone
from rule_rm.extract.values.written_out import with_signs
from rule_rm.extract.words import stance
from rule_rm.messages.turns import spoken

__all__ = [
    "TAIL",
    "Extraction",
    "boxes",
    "code_block",
    "final_answer",
    "golden_answer",
    "spoken",
    "tag_contents",
    "tagged_answer",
]

_SHORT = 60
"""An answer tag with more characters is prose."""
_VALUE = re.compile(r"\d|\$|\\\(")
"""The beginning of a number or formula, such as `$`."""
_PLAIN: dict[int, str | None] = {
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **dict.fromkeys(map(ord, "\u200b\u200c\u200e\u200f\u2060\ufe0f\ufeff\u00ad")),
}
"""The digits of full width, and characters without a width, which a reader doesn't see. Those that change the
order of others are none of them."""
_EXCLAIMED = re.compile(r"[-−]?[\d,.]*\d!+")
"""An integer or decimal before an exclamation mark: `42!`."""
_AFTER_DIGIT = re.compile(r"[\w)}]!(?!=)")
"""An exclamation mark right behind a value or word: `2!`."""
_FACTORIAL = re.compile(r"factorial|arrange|permut|combination|order|ways|[\w)]!", re.IGNORECASE)
"""Words of a question that factorials may answer: "arrangements"."""
_ECHO, _ECHO_SPACES = 40, 6
"""The least length and spaces of a prompt whose copy is left out of a response."""


def final_answer(response: str, prompt: str = "") -> Extraction:
    r"""Return the one final answer of a response; a literal copy from the prompt does not count.

    The text after the thinking is searched. The answer is in the answer tag if there is one, in it the box,
    else the expression after the last "the answer is" and its like, else the last formula.

    >>> final_answer(r"<think>\boxed{1}</think> So it is \boxed{\frac12}.").answer
    '\\frac12'
    >>> final_answer("The answer is 42 because geometry proves it").answer
    '42'
    >>> final_answer(r"\boxed{1} or maybe \boxed{3}, who knows \boxed{2}").answer
    """
    said = spoken(response, TAIL)
    if said is None:
        return Extraction(None, "the thinking is not closed once")
    text = without_contrasts(shown(own_pair(own_turn(said), prompt)))
    if not text.isascii():
        text = text.translate(_PLAIN)
    if "|" in text:
        text = with_row_as_label(text)
    if "(" in text or "（" in text:
        text = with_digits_alone(text)
    echo = prompt.strip()
    if len(echo) >= _ECHO and echo in text and echo.count(" ") >= _ECHO_SPACES:
        text = text.replace(echo, " ")
    if "final_answer>" in text:
        text = text.replace("<final_answer>", "<answer>").replace("</final_answer>", "</answer>")
    is_tagged = "<answer>" in text or "</answer>" in text
    if not is_tagged and "{" not in text and "```" not in text:
        text = with_signs(without_asked_denials(text, prompt))
    found = _without_exclamation(_tagged(text, prompt) if is_tagged else _in_text(text, prompt), text, prompt)
    if found.answer is not None and "=" in found.answer:
        found = _without_other_sides(found, prompt)
    if found.answer is not None and redefines(said, found.answer):
        return Extraction(None, "the response defines a macro of its answer itself")
    if found.answer is not None and is_hedged(text, found.answer, prompt):
        return Extraction(None, "it is an approximation, where an exact number is asked for")
    if found.reason in CONCLUDED:
        return _concluded(found, said, text, prompt)
    return found


def _concluded(found: Extraction, said: str, text: str, prompt: str) -> Extraction:
    """Return an answer that no words declare, unless it drops a denial of the question or copies it."""
    if drops_denial(said, prompt):
        return Extraction(None, "it is about the opposite")
    return Extraction(None, "it repeats the question") if _is_copied(text, prompt) else found


def _without_exclamation(found: Extraction, text: str, prompt: str) -> Extraction:
    """Return an answer without the mark of an exclamation, if no factorial is meant: "The answer is 42!"."""
    answer = found.answer or ""
    if not _EXCLAIMED.fullmatch(answer) or _FACTORIAL.search(prompt) or not text.rstrip(EDGES).endswith("!"):
        return found
    is_only = len(_AFTER_DIGIT.findall(text)) == 1
    return replace(found, answer=answer.rstrip("!*")) if is_only else found


def _without_other_sides(found: Extraction, prompt: str) -> Extraction:
    """Return the last side of a chain of equations as the answer; the numbers in it must agree with it."""
    value, numbers = last_side(found.answer or "", prompt)
    also = found.also if numbers is None else (*found.also, numbers)
    return replace(found, answer=value, also=also)


def _is_copied(text: str, prompt: str) -> bool:
    """Return True if the prompt contains the end of a text, ignoring case, spaces and punctuation."""
    end = _squeezed(text[-4 * _ECHO :])[-_ECHO:]
    return len(end) >= _ECHO // 2 and end in _squeezed(prompt[-TAIL:])


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _tagged(text: str, prompt: str) -> Extraction:
    """Return the answer in the answer tags, if what follows them says the same."""
    tagged = tag_contents(text, "answer")
    if text.count("<answer>") != len(tagged) or text.count("</answer>") != len(tagged):
        return Extraction(None, "the answer tags do not pair up")
    found = [_in_tag(content, prompt) for content in tagged]
    if any(one.answer != found[0].answer for one in found[1:]):
        return Extraction(None, "several different answer tags")
    end = text.rindex("</answer>") + len("</answer>")
    rest = text[end:]
    if found[0].answer is None or not rest.strip():
        return found[0]
    if stance.denied_after(text, end) or stance.correction(rest) is not None:
        return Extraction(None, "what follows the answer tag denies it")
    later = in_boxes(rest, prompt) or claimed(rest)
    also = (later.answer,) if later is not None and later.answer is not None else ()
    return replace(
        found[0], also=(*found[0].also, *(one for one in also if bare(one) != bare(found[0].answer)))
    )


def golden_answer(text: str) -> str:
    r"""Return the answer in a golden answer: bare, or a solution that ends in a box or `#### 18`.

    >>> golden_answer("He sold 3 * 6 = 18.\n#### 18")
    '18'
    """
    if ("\\boxed" in text or "\\fbox" in text) and (boxed := last_boxed(text)) is not None:
        return boxed
    if "####" in text:
        return text[text.rindex("####") + 4 :].strip()
    if "<answer>" in text:
        tagged = tag_contents(text, "answer")
        return tagged[-1].strip() if tagged else text.strip()
    return text.strip()


def _in_tag(content: str, prompt: str) -> Extraction:
    """Return the box in a tag or what it declares; else all of it, if it is no more than an expression."""
    content = content.strip(EDGES)
    if (field := answer_field(content)) is not None:
        return (
            Extraction(field, "the answer field") if field else Extraction(None, "the answer field is empty")
        )
    found = in_boxes(content, prompt) or anchored(content, prompt) or in_fence(content)
    if found is None and (len(content) > _SHORT or _begins_with_words(content)):
        found = conclusion(content, prompt)
    found = found or Extraction(content, "the answer tag")
    return found if found.answer != "" else Extraction(None, "the answer tag is empty")


def _begins_with_words(content: str) -> bool:
    """Return True if words precede the first digit or formula of a text that has one."""
    value = _VALUE.search(content)
    return value is not None and WORD.search(content, 0, value.start()) is not None


def _chosen(text: str, prompt: str) -> Extraction | None:
    """Return the letter of a choice of the question, if a text without another answer chooses it."""
    choices = choices_of(prompt, {})
    found = chosen_letter(text, choices, prompt=prompt) if choices else None
    return None if found is None or found.answer is None else found


def _in_sentence(text: str, prompt: str) -> Extraction | None:
    """Return the answer of a last sentence that is declared to be it, as that of free prose is found."""
    found = conclusion(text, prompt) if declares_sentence(text) else None
    return None if found is None or found.answer is None else found


def _in_text(text: str, prompt: str) -> Extraction:
    if (field := answer_field(text)) is not None:
        inner = in_boxes(field) or Extraction(field, "the answer field")
        return inner if inner.answer else Extraction(None, "the answer field is empty")
    return (
        in_boxes(text, prompt)
        or _in_sentence(text, prompt)
        or anchored(text, prompt)
        or in_fence(text)
        or verdict_word(text, prompt)
        or conclusion(text, prompt)
        or _chosen(text, prompt)
        or Extraction(None, "nothing that looks like an answer")
    )
