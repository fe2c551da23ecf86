"""Find the short answer of a response, and give it the one form in which it is compared.

The form follows SQuAD's evaluation script (Rajpurkar et al. 2016): lower case, no punctuation, no articles.
But marks of a number or name are kept: -5, 2.75, 1/2, C++. SQuAD's own way, in which 2.75 is 275, is a
preset.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from typing import Any

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.places.boxes import box_spans, boxes
from rule_rm.extract.response.hidden import shown
from rule_rm.extract.response.tags import tag_contents
from rule_rm.extract.statements import claims, sequels
from rule_rm.extract.words import stance
from rule_rm.messages.turns import spoken

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
"""An article, such as `the`."""
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_SAME = str.maketrans(
    {**dict.fromkeys("–—−‐‑‒―﹣－", "-"), **dict.fromkeys("‘’ʼ`´", "'"), "＋": "+", "⁄": "/", "％": "%"}
)
"""Typographic characters, and the plain ones that mean the same."""
_MACRO = re.compile(
    r"\\(?:text(?:bf|it|rm|normal)?|math(?:rm|bf|it|sf)|mbox|emph|underline|displaystyle|left|right)(?![a-zA-Z])"
)
"""A TeX macro of type, such as `\\text`."""
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
"""A fraction, such as `\\frac{1}{2}`."""
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
"""A number with commas between thousands, such as `1,250`."""
_TOKEN = re.compile(
    r"(?P<number>(?:(?<![\w)\]])[-+])?[$€£¥₹]?\.?\d(?:[\d.,:/^*x×+-]*\d)?[%]?)"
    r"|(?P<name>[^\W\d_]+(?:\+\+|#))(?!\w)|(?P<word>[\w]+(?:['’.&-]+\w+)*)|(?P<mark>.)",
    re.DOTALL,
)
"""A number with its sign and marks, a name such as `C++`, a word, or another character."""
_SIGNS = "$€£¥₹%"
_NUMBER_MARKS = str.maketrans("", "", _SIGNS)
_ANCHOR = re.compile(
    r"\b(?:answer|ans)\**(?:\s+is|\s*[:：])\s*[:：]?(?:\s*\b(?:therefore|thus|hence|clearly|simply|just|indeed)\b,?)?"
    r"|(?:答案|答)\s*(?:应该|应)?\s*(?:是|为|：|:)",
    re.IGNORECASE,
)
"""Words that declare an answer, such as "the answer is"."""
_SUBJECT = re.compile(r"(?P<subject>[^.!?\n]{2,120}?)(?:['’]s|\s+(?:is|are|was|were))\s+(?P<answer>[^\n]+)\Z")
"""A sentence with its subject and what it is: "The capital of Australia is Canberra."."""
_QUESTION = re.compile(
    r"\b(?:what|who|where|when)(?:['’]s|\s+(?:is|are|was|were))\s+(?P<subject>[^?\n]+)\?\Z", re.IGNORECASE
)
"""A question with its subject: "What is the capital of Australia?"."""
_IT = frozenset({"it", "that", "this"})
VERDICTS = frozenset({"yes", "no", "true", "false", "noanswer"})
"""Answers that are right or wrong, and never partly so."""
_EDGES = " \t\r\n*`_:"
_GOLDEN_KEYS = ("target", "text", "answers")
"""The keys of golden answers in an object: Search-R1's, SQuAD's, and that of TriviaQA and others."""


def short_answer(response: str, prompt: str = "") -> Extraction:
    r"""Return the one short answer: of the answer tag, the box, after "the answer is"; else the whole text.

    It must follow the thinking. Different answers in several tags or boxes are none.

    >>> short_answer("<think>Lyon?</think><answer> Paris </answer>").answer
    'Paris'
    >>> short_answer("<answer>Paris</answer><answer>Lyon</answer>").reason
    'several different answer tags'
    """
    text = spoken(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    text = shown(text)
    if "<answer>" in text or "</answer>" in text:
        contents = [content.strip() for content in tag_contents(text, "answer")]
        if not len(contents) == text.count("<answer>") == text.count("</answer>"):
            return Extraction(None, "the answer tags do not pair up")
        if (why := _taken_back(text, text.rindex("</answer>"))) is not None:
            return Extraction(None, why)
        return _only(contents, "answer tag")
    if boxed := [content.strip() for content in boxes(text)]:
        last = box_spans(text)[-1]
        why = claims.unstated(text, last.start, last.end, 0, prompt, any_name=True) or sequels.retracted(
            text, last.end
        )
        if why is not None:
            return Extraction(None, f"the box is not stated as the answer: {why}")
        return _only(boxed, "box")
    return _declared(text, prompt)


def _taken_back(text: str, end: int) -> str | None:
    """Return why the text after the last answer tag takes the answer back; None if it does not."""
    rest = text[end + len("</answer>") :]
    if rest.strip() and (stance.denied_after(rest, 0) or stance.correction(rest) is not None):
        return "what follows the answer tag denies it"
    return None


def _declared(text: str, prompt: str) -> Extraction:
    """Return the answer that a text declares, or its sentence in the question's words; else all of it."""
    anchors = list(_ANCHOR.finditer(text))
    answer = text[anchors[-1].end() :].strip(_EDGES).partition("\n")[0] if anchors else text
    answer = answer.strip(_EDGES)
    reason = "what follows “answer”" if anchors else "the response"
    if not anchors and (said := _SUBJECT.match(answer)) is not None and _is_asked(said["subject"], prompt):
        answer, reason = said["answer"].strip(_EDGES), "the sentence"
    return Extraction(answer, reason) if answer else Extraction(None, "there is no answer")


def _is_asked(subject: str, prompt: str) -> bool:
    """Return True for "it" and for the subject of the question, with or without its article."""
    bare = _ARTICLES.sub(" ", subject.casefold())
    asked = _QUESTION.search(prompt.strip())
    return bare.strip() in _IT or (
        asked is not None and bare.split() == _ARTICLES.sub(" ", asked["subject"].casefold()).split()
    )


def _only(answers: list[str], where: str) -> Extraction:
    if any(answer != answers[0] for answer in answers):
        return Extraction(None, f"several different {where}s" if where == "answer tag" else "different boxes")
    if not answers[0]:
        return Extraction(None, f"the {where} is empty")
    if boxed := [content.strip() for content in boxes(answers[0])]:
        return _only(boxed, "box")
    label = _ANCHOR.match(answers[0])
    return Extraction(answers[0][label.end() :].strip(_EDGES) if label else answers[0], f"the {where}")


def last_tagged(response: str, prompt: str = "") -> Extraction:
    """Return the content of the last answer tag anywhere, as Search-R1 and verl extract an answer."""
    contents = tag_contents(response, "answer")
    return Extraction(contents[-1].strip(), "the last tag") if contents else Extraction(None, "no answer tag")


def golden_texts(ground_truth: Any) -> list[str]:
    """Return the golden answers, any of which is right; empty if they can't be read.

    They are one string or number, a list of them, or an object with them as `target`, `text` or `answers`.

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
    """Return a text as it is compared: lower case, no punctuation and articles, words one space apart.

    The signs and marks of numbers stay, as do those of names like C++. An answer of nothing but articles and
    punctuation, such as the choice "A", keeps them.

    >>> normalised(" The  U.S.A. "), normalised("A"), normalised("−5 or 1,250.5"), normalised("“C++”")
    ('usa', 'a', '-5 or 1250.5', 'c++')
    """
    text = _FRACTION.sub(r"\1/\2", _MACRO.sub("", text.translate(_SAME))).replace("$", " ").replace("\\", " ")
    lowered = _THOUSANDS.sub(lambda found: found.group().replace(",", ""), text.lower())
    words = _ARTICLES.sub(" ", "".join(map(_marked, _TOKEN.finditer(lowered)))).split()
    return " ".join(words or lowered.split())


def _marked(token: re.Match[str]) -> str:
    """Return a token without the marks that do not belong to it."""
    if token["number"] or token["name"]:
        return token.group().translate(_NUMBER_MARKS)
    if token["word"]:
        return "".join(character for character in token.group() if character.isalnum())
    mark = token["mark"]
    return " " if mark.isspace() else "" if unicodedata.category(mark)[0] in "PS" else mark


def in_other_money(answer: str, golden: str) -> bool:
    """Return True if both texts have signs of money or per cent, but different ones.

    >>> in_other_money("€5", "$5"), in_other_money("5", "$5")
    (True, False)
    """
    ours, theirs = ({sign for sign in text if sign in _SIGNS} for text in (answer, golden))
    return bool(ours and theirs and ours != theirs)


def as_squad(text: str) -> str:
    """Return a text as SQuAD's evaluation script compares it: all ASCII punctuation goes, also in numbers.

    >>> as_squad("2.75"), as_squad("The C++")
    ('275', 'c')
    """
    lowered = text.lower()
    words = _ARTICLES.sub(" ", lowered.translate(_PUNCTUATION)).split()
    return " ".join(words or lowered.split())


PRESETS = {
    "rule_rm": (short_answer, normalised),
    "squad": (short_answer, as_squad),
    "verl": (last_tagged, as_squad),
}
"""The way in which each preset finds an answer, and the form in which it compares it."""


def verdict_of(answer: str) -> str:
    """Return the "yes" of "Yes, it is.": the word of an answer that begins with a verdict, or all of it.

    >>> verdict_of("yes it is"), verdict_of("yes and no")
    ('yes', 'yes and no')
    """
    words = answer.split()
    found = [word for word in words if word in VERDICTS]
    is_one = len(found) == 1 and found == words[:1] != ["noanswer"]
    return words[0] if is_one and not {"or", "not"} & {*words} else answer
