"""Find the answer that words declare: "the answer is", `####`, 答案是."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.places.new_numbers import new_numbers
from rule_rm.extract.places.rivals import alternative, value_after
from rule_rm.extract.question.counted import with_unit
from rule_rm.extract.relevance.other_quantities import contradicted
from rule_rm.extract.response.visible import PICTURES
from rule_rm.extract.statements import claims, sequels
from rule_rm.extract.values.numbers import formula_at, number_at, numbers_in
from rule_rm.extract.words import denials, patterns, stance

_ANCHOR = patterns.deferred(
    r"####|(?:answers?|ans|result|solution|respuesta|réponse|risposta|antwort|resposta|endergebnis|ergebnis"
    r"|resultado|risultato|antwoord|odpowiedź|odpověď|ответ|відповідь|cevap|svar|vastaus|jawaban|đáp\s+(?:án|số)|정답|답"
    r"|الإجابة|الجواب|उत्तर"
    r"|(?:correct|right|best|true|actual)\s+(?:option|choice|statement|alternative|total|sum|number|value|count|amount|figure|one))\b"
    r"(?:\s+(?:finale?|définitive|correct[ao]|النهائية|النهائي)\b)?"
    r"(?P<of>\s+(?:of|to|for)\b[^.:=\n]{0,60}?)?\**\s*(?:(?:is|are|es|est|è|ist|é|be|equals|brzmi|lautet|luidt|är"
    r"|(?:would|should|must|will) be|comes to|turns out to be)\b\s*(?::|：)?|[:：=])"
    r"|【(?:最终)?(?:答案|answer)】\s*[:：]?|(?:答案|结果|答え|答)\s*(?:应该|应|は)?\s*(?:是|为|：|:|=|(?<=は))|故选|\bA:",
    re.IGNORECASE,
)
"""Words that declare an answer: "the answer is", `####`, 答案是."""
_OF_ALL = re.compile(r"\b(?:problem|question|exercise|task|this|everything|it)\b|问题", re.IGNORECASE)
"""The whole that an answer may be of, not a part: "the answer to the question"."""
_OF_OTHER = re.compile(
    r"\b(?:an?|another|different|(?:the|some|any)\s+(?:other|previous|next|last|first|wrong|opposite))\b",
    re.IGNORECASE,
)
"""Another thing that an answer may be of: "the answer to a different question"."""
_PART = re.compile(r"\b(?:part|question|problem)\s*\(?([a-h]|[ivx]{1,4}|\d)\b\)?", re.IGNORECASE)
"""A part of a question: "part (b)"."""
_WORKING = re.compile(r"(?:solution|solución|lösung|soluzione|solução)\W*[:：]\Z", re.IGNORECASE)
"""A heading of the working, in which the answer is stated further on: "Solution:"."""
_SAID = re.compile(r"\b(?:is|are|equals|be)\b|(?<=[$\s])=(?=\s)")
"""A verb or sign that states a value: `is`, ` = `."""
_CUES = (
    *("####", "a:", "answer", "ans", "result", "solution", "respuesta", "réponse", "risposta", "antwort"),
    *("endergebnis", "ergebnis", "resultado", "risultato", "antwoord", "odpowiedź", "odpověď", "ответ"),
    *("відповідь", "cevap", "svar", "vastaus", "jawaban", "đáp", "정답", "답", "الإجابة", "الجواب", "उत्तर"),
    *("resposta", "答", "结果", "故选", "【", "correct", "right", "best", "true", "actual"),
)
_ENGLISH = re.compile(r"ans|answer|result\b|correct|right|best|true|actual", re.IGNORECASE)
"""A cue that is a part of many other words: the `ans` of "beans"."""
_PRAISE = re.compile(
    r"[\s*:]*(?:indeed |also |thus |therefore )*"
    r"(?:correct|right|valid|reasonable|consistent|verified|confirmed|unique|plausible|sensible)\b",
    re.IGNORECASE,
)
"""Praise of an answer, which is not an answer: "the answer is correct"."""
GIVEN = re.compile(
    r"\b(?:problems?|questions?|references?|ids?|attempts?|given|hints?|prompts?|steps?|examples?|exercises?|chapters?"
    r"|pages?|interesting|maybe|perhaps|could|might|one of|not sure|figures?|tables?"
    r"|give up|unable|don't know)\b"
    r"|\bI\b",
    re.IGNORECASE,
)
"""Words next to a number that is not the answer: "in problem 3"."""
_COUNTED_THING = re.compile(
    r"(?:pages?|steps?|questions?|problems?|exercises?|chapters?|figures?|tables?|attempts?)(?!\s*[#(]?\d)",
    re.IGNORECASE,
)
"""A thing of `GIVEN` that may be counted, and not one with its number: the "pages" of "12 pages"."""
HAS_DIGIT = re.compile(r"\d")
"""A digit: `4`."""
WORD = re.compile(r"(?<!\\)\b[^\W\d_]{2,}")
"""A word of two letters or more, but not a LaTeX command: `is`."""
STOP = patterns.deferred(
    r"\n|(?<=[^\d])\.(?=\s|$)|\.(?=\s+\D|\s*$)|;|。|，因|,\s+(?=[a-zA-Z]{2})(?!(?:and|or)\b)|<eo"
    r"|\b(?:because|since|which|where|as|I hope|for|so|when|if)\b|[✅✓✔]"
    rf"|(?:[{PICTURES}]\s?)+(?=[ \t*]*(?:\n|\Z))"
)
"""Where what "the answer is" ends."""
_ASIDE = re.compile(r"(?<=[^\W\d_])\s+\([^()]*\)\W*\Z")
"""A remark in brackets at the end: " (48 + 24)"."""
_COMPUTED = re.compile(
    r"(?P<value>[^()]*\d[^()]*?)\s+\((?P<remark>\d[\d\s.]*[-+*/×·÷−][\d\s.+*/×·÷−-]*)(?:=[^()=]*)?\)\.?"
)
"""A value and how it is computed in brackets, which must agree: "42 (12 + 30)"."""
_BOLD_LINE = re.compile(
    r"^[ \t]*(?:\*\*|__)[ \t]*(?P<line>[^*\n]{1,80}?)[ \t]*(?:\*\*|__)[ \t.]*$", re.MULTILINE
)
"""A line in bold, such as `**43**`."""
_LIGHT = re.compile(
    r"(?:\*|(?:simply|just|exactly|precisely|only|therefore|thus|hence|then|clearly|indeed|also|always|in\s+fact|of\s+course"
    r"|obviously|naturally|einfach|genau|simplement|simplemente|semplicemente)(?:\s|,)+)+(?=[-−\\$(*]*\d)",
    re.IGNORECASE,
)
"""Adverbs before a number, which add nothing to it: "simply "."""
_BARE_LINE = re.compile(r"[^\w\n]*\n\s*[$*]*(?P<value>-?\d[\d,.]*\d|-?\d)[$*.]*[ \t]*(?:\n|\Z)")
"""A number alone on the line after an answer, such as `43.`."""
_NEAR_END = 300
_SHORT = 3
"""The words of a short declared sentence: "pages are printed"."""
_MOST_ANCHORS = 4
EDGES = " \t\r\n*`_:"
_BOLD_END = re.compile(r"(?<=[\d})\]%])[*_`]+[!.]+\Z")
"""The end of a bold value before a mark of its sentence: `**!`."""


def anchored(text: str, prompt: str = "") -> Extraction | None:
    """Return the expression after the last "the answer is" or its like, which mostly comes near the end."""
    return _after_anchor(text, max(0, len(text) - _NEAR_END), prompt) or (
        _after_anchor(text, 0, prompt) if len(text) > _NEAR_END else None
    )


def _after_anchor(text: str, begin: int, prompt: str) -> Extraction | None:
    for anchor in anchor_places(text, begin):
        rest = text[anchor.end() : anchor.end() + 1_000]
        if _PRAISE.match(rest):
            continue
        start = anchor.end() + len(rest) - len(rest.lstrip(EDGES + "}"))
        rest = rest.lstrip(EDGES + "}")
        formula = formula_at(rest, 0)
        stop = STOP.search(rest, formula.end() if formula else 0)
        answer = rest[: stop.start()] if stop else rest
        if formula and patterns.HAS_CJK.match(answer[formula.end() :].strip()):
            answer = formula.group()
        if anchor.group().endswith(":") and text[anchor.end() :].lstrip().startswith("}"):
            answer = re.split(r"\$|\\\]|\\\)", answer)[0]
        end = start + len(answer.rstrip())
        answer = answer.strip(EDGES) if formula else _said(answer, prompt)
        if answer.strip(".,$"):
            if _WORKING.match(anchor.group()) and not HAS_DIGIT.search(answer) and HAS_DIGIT.search(rest):
                continue
            other = _OF_OTHER.search(anchor["of"] or "")
            if (other is not None and other.group().lower() not in prompt.lower()) or _is_other_part(
                anchor["of"] or "", prompt
            ):
                return Extraction(None, "it is the answer to something else")
            if _is_denied(text, anchor.start(), start, end):
                return Extraction(None, "the answer is denied")
            if (why := _unstated(text, anchor, start, end, answer, prompt)) is not None:
                return Extraction(None, f"the value is not stated as the answer: {why}")
            remark = None if formula else _COMPUTED.fullmatch(answer)
            if remark is not None:
                others = (remark["remark"], *_others(text, end))
                return Extraction(remark["value"].strip(EDGES), "what follows “answer”", others)
            whole = formula and answer == formula.group()
            answer = answer.strip("$") if whole else _unquoted(answer.rstrip(" ("))
            return Extraction(answer, "what follows “answer”", tuple(_others(text, end)))
    return None


def _is_other_part(of: str, prompt: str) -> bool:
    """Return True if a part is named, and the end of the question names another one."""
    part = _PART.search(of)
    asked = {found[1].lower() for found in _PART.finditer(prompt.rstrip()[-60:])}
    return part is not None and len(asked) == 1 and part[1].lower() not in asked


def _others(text: str, end: int) -> Iterator[str]:
    """Yield the values that follow an answer: after "or", or alone on the next line."""
    yield from alternative(text, end)
    following = _BARE_LINE.match(text, end)
    if following is not None:
        yield following["value"]


def _is_denied(text: str, anchor: int, start: int, end: int) -> bool:
    if not (HAS_DIGIT.search(text, start, end) or "$" in text[start:end] or "\\" in text[start:end]):
        return False
    return (
        stance.denied_before(text, anchor)
        or stance.denied_before(text, start)
        or stance.denied_after(text, end)
        or stance.unreal(text, anchor, end)
        or re.match(rf"\W*(?:{denials.NOT})", text[start:end], re.IGNORECASE) is not None
    )


def _unstated(text: str, anchor: re.Match[str], start: int, end: int, answer: str, prompt: str) -> str | None:
    """Return why the words around the value of an answer do not state it; None if they do."""
    at = text.find(answer, start, end)
    if at < 0 or not (HAS_DIGIT.search(answer) or "\\" in answer):
        return None
    value = formula_at(text, at) or number_at(text, at)
    stop = value.end() if value else at + len(answer)
    # Marks such as `####` state what follows them, also where the line before them does not.
    begin = 0
    if anchor.group()[0] in "#【":
        begin = anchor.start()
        if text[:begin].rstrip(EDGES.replace(":", "")).endswith((":", "：")):
            lead = claims.lead(text, begin, 0, prompt, in_formula=False)
            if lead.reason is not None:
                return lead.reason
    return (
        claims.unstated(text, at, stop, begin, prompt, in_formula=False)
        or sequels.retracted(text, stop)
        or contradicted(text, at, stop, prompt)
    )


def _unquoted(answer: str) -> str:
    """Return the answer without quotation marks around the whole of it."""
    if answer.endswith(('"', "”")) and not answer.startswith(('"', "“")):
        return answer[:-1].rstrip(". ")
    for left, right in (('"', '"'), ("“", "”"), ("'", "'"), ("「", "」"), ("«", "»")):
        if len(answer) > 2 and answer[0] == left and answer.rstrip(".")[-1] == right:
            return answer.rstrip(".")[1:-1].strip()
    return answer


def _said(sentence: str, prompt: str) -> str:
    """Return the answer that a sentence declares; else its only number, if any; else the whole sentence."""
    if (light := _LIGHT.match(sentence)) is not None:
        sentence = sentence[light.end() :]
    said = last_match(_SAID, sentence) if len(WORD.findall(sentence)) > 2 else None
    # In "12 eggs are left" the value precedes its verb.
    if said is not None and (HAS_DIGIT.search(sentence, said.end()) or not HAS_DIGIT.search(sentence)):
        sentence = sentence[said.end() :]
    if (aside := _ASIDE.search(sentence)) and not stance.HEDGED.search(aside.group()):
        sentence = sentence[: aside.start()]
    if "**" in sentence and sentence.count("**") % 2 == 0:
        sentence = sentence.replace("**", "")
    numbers = [with_unit(sentence, found, prompt) for found in numbers_in(sentence)]
    length = len(WORD.findall(sentence))
    is_prose = length > _SHORT or (said is not None and length == _SHORT)
    is_prose = is_prose or patterns.HAS_CJK.search(sentence) is not None
    if length >= _SHORT and len(numbers) > 1 and len(new := new_numbers(sentence, prompt)) == 1:
        numbers, is_prose = [with_unit(sentence, new[0], prompt)], True
    if (
        is_prose
        and len(numbers) == 1
        and not stance.HEDGED.search(sentence)
        and not is_given(sentence, prompt)
    ):
        return numbers[0]
    return _BOLD_END.sub("", sentence.strip(EDGES))


def claimed(rest: str) -> Extraction | None:
    """Return the value that a text after a box declares: behind an anchor, or alone on a line in bold."""
    for anchor in anchor_places(rest, 0):
        if anchor["of"] and not _OF_ALL.search(anchor["of"]):
            continue
        value = value_after(rest, anchor.end())
        if value is not None:
            return Extraction(value, "what follows “answer”")
    line = last_match(_BOLD_LINE, rest)
    if line is not None and not WORD.search(line["line"].replace("\\text", "")):
        value = value_after(line["line"], 0)
        return Extraction(value, "the line in bold") if value else None
    return None


def is_given(sentence: str, prompt: str) -> bool:
    """Return True if a sentence has a word next to a number that is not the answer, unless that is counted.

    >>> is_given("see page 3", "How many pages?"), is_given("he reads 3 pages", "How many pages?")
    (True, False)
    """
    asked = prompt.lower()
    return any(
        not (found.group().lower() in asked and _COUNTED_THING.match(sentence, found.start()))
        for found in GIVEN.finditer(sentence)
    )


def anchor_places(text: str, begin: int) -> Iterator[re.Match[str]]:
    """Yield the last places that declare an answer, the last first; literals are found fast."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    places: set[int] = set()
    for cue in _CUES:
        at = lowered.rfind(cue, begin)
        for _ in range(_MOST_ANCHORS):
            if at < 0:
                break
            places.add(at)
            at = lowered.rfind(cue, begin, at)
    last_end = None
    for at in sorted(places, reverse=True):
        # "beans: 8", "the incorrect total is 5": an anchor is a word of its own.
        is_inside = text[at].isascii() and text[max(0, at - 1) : at].isalpha() and _ENGLISH.match(text, at)
        anchor = None if is_inside else _ANCHOR.match(text, at)
        if anchor and anchor.end() != last_end:
            last_end = anchor.end()
            yield anchor


def is_anchor(label: str) -> bool:
    """Return True if a label ends with words that declare an answer: "Answer:"."""
    return any(found.end() == len(label) for found in _ANCHOR.finditer(label))


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the last match of a pattern in a text."""
    last = None
    for match in pattern.finditer(text):
        last = match
    return last
