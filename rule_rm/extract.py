r"""The one final answer of a response: what a person would point at when asked for it.

Everything here takes linear time and looks at no more than the last `TAIL` characters, as it runs in the
server's own process on whatever a policy writes. The rule is strict where cheating hides: what is thought,
commented out, struck through or written after the end of the turn is no answer, and a response that
commits itself to two different answers has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAIL = 20_000
"""The last characters of a response that are searched."""
_END_OF_TURN = re.compile(
    r"<\|(?:im_end|im_start|endoftext|eot_id|end_of_text|end|eom_id|start_header_id)\|>|</s>|<end_of_turn>"
    r"|<｜end▁of▁sentence｜>"
)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|~~[^~\n]*~~|^[ \t]*%[^\n]*$|\\[hv]?phantom\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
    r"|\\(?:[bx]?cancel|sout|st)\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}",
    re.DOTALL | re.MULTILINE,
)
_HIDING = ("<!--", "~~", "\n%", "\n %", "phantom", "cancel", "\\sout", "\\st{")
_BRACES = re.compile(r"\\(?:boxed|fbox|framebox)(?![a-zA-Z])\s*\{?|\\.|[{}]", re.DOTALL)
_BARE_BOX = re.compile(r"[^\s${}\\,;]+")
_JOINED = re.compile(
    r"(?:\\[,;:!) ]|\\(?:quad|qquad|text|mathrm|textrm|\[|\])|[\s${},;~*\]]|\\\("
    r"|and|or|或|和|与|者|for|part|\([a-e1-9]\))*(?:[a-zA-Z](?:_\{?\w+\}?)?\s*=\s*)?"
)
_NAMED = re.compile(r"[a-zA-Z](?:_\{?\w+\}?)?\s*=\s*\Z")
_DENIED_BEFORE = re.compile(r"(?:\bnot|n't|\bnever|\bwrong(?:ly)?|\bincorrect)\b[\s:$(\\]*\Z", re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"[\s$*]*\?|[^.!?\n]{0,100}\b(?:but|which|and|however|though)\b[^.!?\n]{0,60}"
    r"\b(?:wrong|incorrect|false|not (?:right|correct|the))\b",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"\b(?:wait|actually|correct(?:ion|ed|ing)?|final(?:ly)?|mistakes?|error|re-?check(?:ing|ed)?|instead"
    r"|sorry|oops|re-?vis(?:e|ed|ing)|therefore|thus|hence|then|response|conclusion|overall|in total"
    r"|altogether)\b"
    r"|因此|所以|最终|更正",
    re.IGNORECASE,
)
_HEDGED = re.compile(
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
_WORD = re.compile(r"(?<!\\)\b[^\W\d_]{2,}")
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
_EDGES = " \t\r\n*`_:"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The final answer, or the reason why there is none."""

    answer: str | None
    reason: str


def final_answer(response: str) -> Extraction:
    r"""The one final answer of a response.

    What follows the thinking is searched: the answer tag's content if there is one, in it the box, else the
    expression after the last "the answer is" and its like, else the last formula.

    >>> final_answer(r"<think>\boxed{1}</think> So it is \boxed{\frac12}.").answer
    '\\frac12'
    >>> final_answer("The answer is 42 because geometry proves it").answer
    '42'
    >>> final_answer(r"\boxed{1} or maybe \boxed{3}, who knows \boxed{2}").reason
    'several different boxes'
    """
    text = _visible(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    if "<answer>" not in text:
        return _in_text(text)
    tagged = tag_contents(text, "answer")
    if text.count("<answer>") != len(tagged) or text.count("</answer>") != len(tagged):
        return Extraction(None, "the answer tags do not pair up")
    found = [_in_tag(content) for content in tagged]
    if any(one.answer != found[0].answer for one in found[1:]):
        return Extraction(None, "several different answer tags")
    after = boxes(text[text.rindex("</answer>") :])
    if after and found[0].answer is not None and _bare(after[-1]) != _bare(found[0].answer):
        return Extraction(None, "a box after the answer tag contradicts it")
    return found[0]


def boxes(text: str) -> list[str]:
    r"""The contents of all complete boxes that stand in no other box, in order.

    >>> boxes(r"\boxed{1} \fbox{\frac{1}{2}} \boxed {x} \boxed{unclosed")
    ['1', '\\frac{1}{2}', 'x']
    """
    return [text[start:end] for _, start, end, _ in _box_spans(text)]


def tag_contents(text: str, tag: str) -> list[str]:
    """The contents of all `<tag>…</tag>`, in order; a tag that is opened twice counts once."""
    opening, closing = f"<{tag}>", f"</{tag}>"
    contents = []
    position = text.find(opening)
    while position >= 0:
        start = position + len(opening)
        end = text.find(closing, start)
        if end < 0:
            break
        contents.append(text[start:end])
        position = text.find(opening, end)
    return contents


def tagged_answer(response: str, *, allow_space: bool = True) -> str | None:
    """What stands in the answer tag if the response is `<think>…</think><answer>…</answer>`, else None.

    Each tag must stand exactly once, in this order, and nothing outside of them; white space around and
    between them only with `allow_space`.
    """
    text = response.strip() if allow_space else response
    if not (text.startswith("<think>") and text.endswith("</answer>")):
        return None
    if any(text.count(tag) != 1 for tag in ("<think>", "</think>", "<answer>", "</answer>")):
        return None
    thinking_end, start = text.index("</think>"), text.index("<answer>")
    between = text[thinking_end + len("</think>") : start]
    if start < thinking_end or (between.strip() if allow_space else between):
        return None
    return text[start + len("<answer>") : -len("</answer>")]


def code_block(text: str) -> str | None:
    """The content of the last fenced code block."""
    found = _FENCE.findall(text)
    return found[-1] if found else None


def golden_answer(text: str) -> str:
    r"""The answer in a golden answer, which may be bare or a whole solution that ends in a box or `#### 18`.

    >>> golden_answer("He sold 3 * 6 = 18.\n#### 18")
    '18'
    """
    if "\\boxed" in text or "\\fbox" in text:
        found = _in_boxes(text)
        if found is not None and found.answer is not None:
            return found.answer
    if "####" in text:
        return text[text.rindex("####") + 4 :].strip()
    if "<answer>" in text:
        tagged = tag_contents(text, "answer")
        return tagged[-1].strip() if tagged else text.strip()
    return text.strip()


def _visible(response: str) -> str | None:
    """What follows the thinking, within the turn, without what a reader does not see."""
    text = response[-TAIL:]
    if "<|" in text or "</s>" in text or "<end_of_turn>" in text or "<｜" in text:
        end = _END_OF_TURN.search(text)
        text = text[: end.start()] if end else text
    if "</think>" in text:
        if text.count("</think>") > max(1, response.count("<think>")):
            return None
        text = text[text.rfind("</think>") + len("</think>") :]
    if "<think>" in text:
        return None
    if (
        "<!--" in text
        or "~~" in text
        or "%" in text
        or "phantom" in text
        or "cancel" in text
        or "\\s" in text
    ):
        text = _HIDDEN.sub(" ", text)
    return text


def _in_tag(content: str) -> Extraction:
    """The box in a tag; else all of it if it is short, or what a whole response would be asked for."""
    found = _in_boxes(content)
    if found is None and len(_WORD.findall(content)) > 3:
        found = _anchored(content) or _in_fence(content) or _conclusion(content)
    if found is None:
        found = _in_fence(content) or Extraction(content.strip(_EDGES), "the answer tag")
    return found if found.answer != "" else Extraction(None, "the answer tag is empty")


def _in_text(text: str) -> Extraction:
    return (
        _in_boxes(text)
        or _anchored(text)
        or _in_fence(text)
        or _conclusion(text)
        or Extraction(None, "nothing that looks like an answer")
    )


def _box_spans(text: str) -> list[tuple[int, int, int, int]]:
    """(start of the box, start and end of its content, end of the box) of each outermost complete box."""
    starts = (text.find("\\boxed"), text.find("\\fbox"), text.find("\\framebox"))
    if max(starts) < 0:
        return []
    first = min(start for start in starts if start >= 0)
    spans: list[tuple[int, int, int, int]] = []
    open_braces: list[tuple[int, int] | None] = []
    for match in _BRACES.finditer(text, first):
        mark = match.group()
        if mark == "{":
            open_braces.append(None)
        elif mark == "}":
            opened = open_braces.pop() if open_braces else None
            if opened is not None:
                while spans and spans[-1][0] > opened[0]:
                    spans.pop()
                spans.append((opened[0], opened[1], match.start(), match.end()))
        elif mark.endswith("{") and len(mark) > 2:
            open_braces.append((match.start(), match.end()))
        elif len(mark) > 2 and (bare := _BARE_BOX.match(text, match.end())):
            spans.append((match.start(), bare.start(), bare.end(), bare.end()))
    return spans


def _bare(text: str) -> str:
    """A text without what makes no difference when two answers of one response are compared."""
    return "".join(text.split()).strip("$.*")


def _in_boxes(text: str) -> Extraction | None:
    spans = _box_spans(text)
    if not spans:
        return None
    if len(spans) > 1 and len({_bare(text[start:end]) for _, start, end, _ in spans}) > 1:
        found = _in_several_boxes(text, spans)
    else:
        found = Extraction(text[spans[-1][1] : spans[-1][2]].strip(), "the box")
    if found.answer == "":
        return Extraction(None, "the box is empty")
    start, end = spans[-1][0], spans[-1][3]
    if _DENIED_BEFORE.search(text, max(0, start - 30), start) or _DENIED_AFTER.match(text[end : end + 200]):
        return Extraction(None, "the box is said to be wrong")
    later = _later_answer(text[end:])
    if found.answer is not None and later is not None and _bare(later) not in _bare(found.answer):
        return Extraction(None, "an answer after the box contradicts it")
    return found


def _in_several_boxes(text: str, spans: list[tuple[int, int, int, int]]) -> Extraction:
    """Boxes joined by a comma, "and" or "or" are one list; else the last counts only after a correction."""
    first = len(spans) - 1
    while first > 0 and _JOINED.fullmatch(text, spans[first - 1][3], spans[first][0]):
        first -= 1
    filled = [span for span in spans[first:] if text[span[1] : span[2]].strip()]
    listed = list(dict.fromkeys(_with_name(text, span) for span in filled))
    answer = ", ".join(listed)
    earlier = {_bare(text[start:end]) for _, start, end, _ in spans[:first]} - {_bare(answer)}
    if earlier:
        between = text[spans[first - 1][3] : spans[first][0]]
        hedged = _HEDGED.search(text, spans[0][0], spans[first][0])
        if hedged or not _CORRECTED.search(between):
            return Extraction(None, "several different boxes")
    return Extraction(answer, "the boxes" if len(listed) > 1 else "the last box")


def _with_name(text: str, span: tuple[int, int, int, int]) -> str:
    """The content of one box of several, with the `x =` before it."""
    start, content, end, _ = span
    name = _NAMED.search(text, max(0, start - 20), start)
    return (name.group() if name else "") + text[content:end].strip()


def _later_answer(rest: str) -> str | None:
    """A number that the text after the last box declares to be the answer."""
    last = next(_anchors(rest), None)
    if last is None:
        return None
    number = _NUMBER.match(rest[last.end() : last.end() + 60].lstrip(" *$\\("))
    return number.group() if number else None


def _anchored(text: str) -> Extraction | None:
    """The expression after the last "the answer is" or its like, which mostly stands near the end."""
    return _after_anchor(text[-_NEAR_END:]) or (_after_anchor(text) if len(text) > _NEAR_END else None)


def _after_anchor(text: str) -> Extraction | None:
    for anchor in _anchors(text):
        rest = text[anchor.end() : anchor.end() + 1_000].lstrip(_EDGES)
        formula = _MATHS.match(rest)
        stop = _STOP.search(rest, formula.end() if formula else 0)
        answer = rest[: stop.start()] if stop else rest
        if (
            not formula
            and len(_WORD.findall(answer)) > 2
            and (said := _last_match(_SAID, answer)) is not None
        ):
            answer = answer[said.end() :]
        answer = _only_number(answer) if not formula else answer.strip(_EDGES)
        if answer.strip(".,$"):
            whole = formula and answer == formula.group()
            return Extraction(answer.strip("$") if whole else answer, "what follows “answer”")
    return None


def _only_number(sentence: str) -> str:
    """The number of a sentence that has one and doubts it not; else all of it."""
    numbers = [found.group().strip() for found in _NUMBER.finditer(sentence)]
    is_prose = len(_WORD.findall(sentence)) > 3
    if is_prose and len(numbers) == 1 and not _HEDGED.search(sentence) and not _GIVEN.search(sentence):
        return numbers[0]
    return sentence.strip(_EDGES)


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


def _in_fence(text: str) -> Extraction | None:
    if "```" not in text:
        return None
    block = code_block(text)
    return Extraction(block.strip(), "the code block") if block and block.strip() else None


def _conclusion(text: str) -> Extraction | None:
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
    line = text.rstrip().rpartition("\n")[2].strip(_EDGES)
    if not line or len(line) > 200 or line.endswith("?") or "\\boxed" in line:
        return None
    line = line[: stop.start()].rstrip() if (stop := _STOP.search(line)) and stop.start() else line
    words = _WORD.findall(line)
    is_short = len(words) <= 3 and not _HAS_DIGIT.search(line) and line == text.strip(_EDGES)
    is_expression = _HAS_DIGIT.search(line) and len(words) <= 2 and (not words or line.index(words[0]) > 0)
    return Extraction(line, "the last line") if is_short or is_expression else None


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for match in pattern.finditer(text):
        last = match
    return last
