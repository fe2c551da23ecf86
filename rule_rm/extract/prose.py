"""Answers without a box: what a text declares to be the answer, or comes to in its last sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.extract.extraction import Extraction

HEDGED = re.compile(
    r"\b(?:or|either|alternatively|maybe|perhaps|possibly|possible|could|might|candidates?|options?|guess(?:es)?"
    r"|unsure|not sure|if (?:not|that|you)|otherwise|another)\b",
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    r"####|(?:answers?|ans|result|solution|respuesta|réponse|risposta|antwort|resposta)\b"
    r"(?:\s+(?:of|to|for)\b[^.:=\n]{0,60}?)?\**\s*(?:(?:is|are|es|est|è|ist|é|be|equals)\b\s*(?::|：)?|[:：=])"
    r"|(?:答案|结果|答)\s*(?:应该|应)?\s*(?:是|为|：|:|=)|故选|\bA:",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:is|are|equals|be)\b|(?<=[$\s])=(?=\s)")
_CUES = (
    *("####", "a:", "answer", "ans", "result", "solution", "respuesta", "réponse", "risposta", "antwort"),
    *("resposta", "答", "结果", "故选"),
)
_CONCLUDED = re.compile(
    r"(?:\b(?:is|are|was|were|equals?|totals?|gives|gets?|has|have|had|makes?|costs?|pays?|takes?|needs?|about|only)\b"
    r"|=|≈|[是有为了在需要得到等于共]|\*\*)"
    r"(?:\s|\\?\$|[:：*~(≈€£\[]|\b(?:about|approximately|only|exactly|a total of)\b)*(?=[-−+.\d])",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:problems?|questions?|references?|ids?|attempts?|given|hints?|prompts?|steps?|examples?|exercises?|chapters?"
    r"|pages?|lines?|interesting|maybe|perhaps|could|might|one of|between|not sure)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\n+|(?<=[.!?])\s+|[。！；]")
_ASKING = re.compile(r"[^.!\n]{0,200}[?？]")
_HAS_DIGIT = re.compile(r"\d")
WORD = re.compile(r"(?<!\\)\b[^\W\d_]{2,}")
_MATHS = re.compile(
    r"\$\$(?P<a>[^$]+)\$\$|\$(?P<b>[^$\n]+)\$|\\\[(?P<c>(?:[^\\]|\\[^\[\]])+)\\\]|\\\((?P<d>(?:[^\\]|\\[^()])+)\\\)",
)
_NUMBER = re.compile(
    r"(?<![a-zA-Z0-9_.])[-−+]?\s?[$€£]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:(?<=\d)\s?/\s?\d+)?(?:\s?%)?(?<=[\d%])(?![a-zA-Z0-9_])"
)
_STOP = re.compile(
    r"\n|(?<=[^\d])\.(?=\s|$)|\.(?=\s+\D|\s*$)|;|。|，因|,\s+(?=[a-zA-Z]{3})"
    r"|\b(?:because|since|which|where|as|I hope|for|so|when|if)\b"
)
_FENCE = re.compile(r"```[\w+-]*\n?(.*?)```", re.DOTALL)
_NEAR_END = 300
_MOST_ANCHORS = 4
EDGES = " \t\r\n*`_:"


def anchored(text: str) -> Extraction | None:
    """The expression after the last "the answer is" or its like, which mostly stands near the end."""
    return _after_anchor(text[-_NEAR_END:]) or (_after_anchor(text) if len(text) > _NEAR_END else None)


def _after_anchor(text: str) -> Extraction | None:
    for anchor in _anchors(text):
        rest = text[anchor.end() : anchor.end() + 1_000].lstrip(EDGES)
        formula = _MATHS.match(rest)
        stop = _STOP.search(rest, formula.end() if formula else 0)
        answer = rest[: stop.start()] if stop else rest
        answer = answer.strip(EDGES) if formula else _said(answer)
        if answer.strip(".,$"):
            whole = formula and answer == formula.group()
            return Extraction(answer.strip("$") if whole else answer, "what follows “answer”")
    return None


def _said(sentence: str) -> str:
    """What a sentence says that it is; else its number, if it has one and no doubt; else all of it."""
    if len(WORD.findall(sentence)) > 2 and (said := _last_match(_SAID, sentence)) is not None:
        sentence = sentence[said.end() :]
    numbers = [found.group().strip() for found in _NUMBER.finditer(sentence)]
    is_prose = len(WORD.findall(sentence)) > 3
    if is_prose and len(numbers) == 1 and not HEDGED.search(sentence) and not _GIVEN.search(sentence):
        return numbers[0]
    return sentence.strip(EDGES)


def later_answer(rest: str) -> str | None:
    """A number that the text after the last box declares to be the answer."""
    last = next(_anchors(rest), None)
    if last is None:
        return None
    number = _NUMBER.match(rest[last.end() : last.end() + 60].lstrip(" *$\\("))
    return number.group() if number else None


def _anchors(text: str) -> Iterator[re.Match[str]]:
    """The last places that declare an answer, the last first. Literals are found far sooner than patterns."""
    lowered = text.lower()
    places: set[int] = set()
    for cue in _CUES:
        at = lowered.rfind(cue)
        for _ in range(_MOST_ANCHORS):
            if at < 0:
                break
            places.add(at)
            at = lowered.rfind(cue, 0, at)
    for at in sorted(places, reverse=True):
        anchor = _ANCHOR.match(text, at)
        if anchor:
            yield anchor


def code_block(text: str) -> str | None:
    """The content of the last fenced code block."""
    found = _FENCE.findall(text)
    return found[-1] if found else None


def in_fence(text: str) -> Extraction | None:
    """The content of the last fenced code block."""
    if "```" not in text:
        return None
    block = code_block(text)
    return Extraction(block.strip(), "the code block") if block and block.strip() else None


def conclusion(text: str) -> Extraction | None:
    """The last formula, or the number that a sentence after it comes to; else the last line if it is bare."""
    formula = _last_match(_MATHS, text)
    rest = text[formula.end() :] if formula else text
    found = _concluding_number(rest)
    if found is not None:
        return Extraction(found, "the last number")
    if formula is not None and (_ASKING.match(rest) or (_HAS_DIGIT.search(rest) and _GIVEN.search(rest))):
        return None
    if formula is not None:
        content = next(group for group in formula.groups() if group is not None).strip()
        return Extraction(content, "the last formula") if content else None
    return _bare_line(text)


def _concluding_number(text: str) -> str | None:
    """The number in "so there are 12 of them", unless it is a number that was given."""
    sentences = [
        sentence for sentence in _SENTENCE.split(text[-600:].rstrip()) if _HAS_DIGIT.search(sentence)
    ]
    if not sentences or sentences[-1].rstrip().endswith(("?", "？")):
        return None
    last = _last_match(_CONCLUDED, sentences[-1])
    if last is None or _GIVEN.search(sentences[-1], 0, last.end()):
        return None
    number = _NUMBER.match(sentences[-1], last.end())
    return number.group().strip() if number else None


def _bare_line(text: str) -> Extraction | None:
    """The last line if it is an expression, or a text of no more than three words."""
    line = text.rstrip().rpartition("\n")[2].strip(EDGES)
    if not line or len(line) > 200 or line.endswith("?") or "\\boxed" in line:
        return None
    line = line[: stop.start()].rstrip() if (stop := _STOP.search(line)) and stop.start() else line
    words = WORD.findall(line)
    is_short = len(words) <= 3 and not _HAS_DIGIT.search(line) and line == text.strip(EDGES)
    is_expression = _HAS_DIGIT.search(line) and len(words) <= 2 and (not words or line.index(words[0]) > 0)
    return Extraction(line, "the last line") if is_short or is_expression else None


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for match in pattern.finditer(text):
        last = match
    return last
