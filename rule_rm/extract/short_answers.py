"""Short answers to questions: what a response answers, and how SQuAD compares it with the golden answers.

Normalisation and F1 are those of SQuAD's evaluation script (Rajpurkar et al. 2016), which Search-R1, verl and
open-instruct follow, with one exception: an answer of nothing but articles and punctuation, such as the
choice "A", keeps them. As an empty text it would equal every other such answer, and be a part of any.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from rule_rm.extract.boxes import boxes
from rule_rm.extract.extraction import Extraction
from rule_rm.extract.tags import tag_contents
from rule_rm.messages.turns import spoken

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ANCHOR = re.compile(r"\b(?:answer|ans)\**(?:\s+is|\s*:)\s*:?", re.IGNORECASE)
_EDGES = " \t\r\n*`_:"
_GOLDEN_KEYS = ("target", "text", "answers")
"""Where golden answers stand in an object: Search-R1's key, SQuAD's, and that of TriviaQA and others."""


def short_answer(response: str) -> Extraction:
    r"""The one short answer of a response: the answer tag's, the box's, what "the answer is"; else all of it.

    It must follow the thinking. Different answers in several tags or boxes are none.

    >>> short_answer("<think>Lyon?</think><answer> Paris </answer>").answer
    'Paris'
    >>> short_answer("<answer>Paris</answer><answer>Lyon</answer>").reason
    'several different answer tags'
    """
    text = spoken(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    if "<answer>" in text or "</answer>" in text:
        contents = [content.strip() for content in tag_contents(text, "answer")]
        if not len(contents) == text.count("<answer>") == text.count("</answer>"):
            return Extraction(None, "the answer tags do not pair up")
        return _only(contents, "answer tag")
    if boxed := [content.strip() for content in boxes(text)]:
        return _only(boxed, "box")
    anchors = list(_ANCHOR.finditer(text))
    answer = text[anchors[-1].end() :].strip(_EDGES).partition("\n")[0] if anchors else text
    answer = answer.strip(_EDGES)
    reason = "what follows “answer”" if anchors else "the response"
    return Extraction(answer, reason) if answer else Extraction(None, "there is no answer")


def _only(answers: list[str], where: str) -> Extraction:
    if any(answer != answers[0] for answer in answers):
        return Extraction(None, f"several different {where}s" if where == "answer tag" else "different boxes")
    return Extraction(answers[0], f"the {where}") if answers[0] else Extraction(None, f"the {where} is empty")


def last_tagged(response: str) -> Extraction:
    """The content of the last answer tag, wherever it stands: how Search-R1 and verl extract an answer."""
    contents = tag_contents(response, "answer")
    return Extraction(contents[-1].strip(), "the last tag") if contents else Extraction(None, "no answer tag")


def golden_texts(ground_truth: Any) -> list[str]:
    """The golden answers, any of which is right; empty if they can't be read.

    One text or number, a list of them, or an object that has them as `target`, `text` or `answers`.

    >>> golden_texts({"target": ["Paris", 75]}), golden_texts(True)
    (['Paris', '75'], [])
    """
    if isinstance(ground_truth, Mapping):
        ground_truth = next((ground_truth[key] for key in _GOLDEN_KEYS if key in ground_truth), None)
    listed = ground_truth if isinstance(ground_truth, (list, tuple)) else [ground_truth]
    return [
        str(one).strip()
        for one in listed
        if isinstance(one, (str, int, float)) and not isinstance(one, bool) and str(one).strip()
    ]


def normalised(text: str) -> str:
    """A text as SQuAD compares it: lower case, without punctuation and articles, words one space apart.

    >>> normalised(" The  U.S.A. "), normalised("A")
    ('usa', 'a')
    """
    lowered = text.lower()
    words = _ARTICLES.sub(" ", lowered.translate(_PUNCTUATION)).split()
    return " ".join(words or lowered.split())
