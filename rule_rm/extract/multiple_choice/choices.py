"""Find the one letter that a response chooses.

A letter counts where a response commits itself to it. Two different letters in one such place are not a
choice. Otherwise a policy could name all letters and be paid.
"""

from __future__ import annotations

import re

from rule_rm.extract.extraction import TAIL, Extraction
from rule_rm.extract.multiple_choice.letters import HEADLESS, IF_OTHER, is_called_unfit
from rule_rm.extract.multiple_choice.listed_choices import LETTERS, MARKER, USUAL, Choices, listed_in
from rule_rm.extract.multiple_choice.short_answers import normalised
from rule_rm.extract.places.boxes import boxes, in_boxes
from rule_rm.extract.response.followers import own_turn
from rule_rm.extract.response.hidden import shown
from rule_rm.extract.response.tags import tag_contents
from rule_rm.extract.statements import claims, clauses, sequels
from rule_rm.extract.statements.followups import takes_back
from rule_rm.extract.words import stance
from rule_rm.extract.words.patterns import deferred
from rule_rm.messages.turns import spoken

_ANCHOR = deferred(
    r"\b(?:answers?|ans|solution|respuesta|réponse|risposta|antwort|resposta|cevap|jawaban|odpowiedź)\b\**"
    r"(?:\s+(?:is|would be|should be|must be|es|est|è|ist|é|to be)\b|\s*[:：=])\s*[:：]?"
    r"|\b(?:correct|right|best|final|my)\s+(?:option|choice|alternative|statement|letter)\**"
    r"(?:\s+(?:is|would be)\b|\s*[:：])"
    r"|(?:答案|正解|答え|정답|답)\s*(?:应该|应|选)?\s*(?:是|为|は|은|이|:|：)?|(?:选择|選擇|应选|故选|选)|ответ\w*\s*[:：—-]?",
    re.IGNORECASE,
)
"""Words that declare the chosen letter: "the answer is", 选."""
_CHOSEN = re.compile(
    r"\b(?:choose|pick|select|go with|opt for|settle on)\s+(?:option |choice |answer )?"
    r"[(*]{0,4}([A-Z])\b"
    r"|\b(?:option|choice)\s+[(*]{0,4}([A-Z])[)*]{0,4}\s+(?:is|must be)\s+(?:the\s+)?"
    r"(?:correct|right|answer|true)"
    r"|(?<![\w])[(*]{0,4}([A-Z])[)*]{0,4}\s+is\s+(?:the\s+)?(?:correct|right|answer|true)"
)
"""A sentence that chooses a letter: "I choose B", "B is correct"."""
_MOST_ANCHORS = 64
_MARKUP = re.compile(
    r"\\(?:text|textbf|mathrm|mathbf|mbox|boxed|fbox|rm|bf)(?![a-zA-Z])|[${}*_`~\\]|<[^<>\n]{1,20}>"
)
"""Markup around a letter, such as `\\text{`."""
_STANDALONE = re.compile(r"(?<![a-zA-Z0-9_'’\-])(\()?([A-Z])(?![a-zA-Z0-9_'’\u0300-\u036f])")
"""A capital that is a word of its own, also between Chinese, Japanese and Korean letters, such as `B`."""
_CLAUSE = re.compile(
    r"\n|[.;!?,](?=\s|$)|[。；，、]|\s(?:because|since|as|which|where|rather than|instead of)\b|因为|所以"
)
"""The end of a clause, such as a comma or " because"."""
_JUDGED = re.compile(
    r"[)\s]*(?:is|was|are|seems?|looks?|can|could|may|might|if|when|unless|minus|plus)\b|\s*(?:以外|는|은|が|は)",
    re.IGNORECASE,
)
"""The beginning of a judgement or condition behind a letter: " is unlikely"."""
_ONLY = re.compile(r"\(?([A-Za-z])[).:。．]*")
"""A whole text that is a letter, such as `(b).`."""
_FULL_WIDTH = str.maketrans({**{chr(0xFF21 + at): LETTERS[at] for at in range(26)}, "（": "(", "）": ")"})
_CROSSED = re.compile(r"[✗✘❌×]|≠|!(?=[A-Z])")
"""A mark that crosses a letter out, such as ✗."""


def chosen_letter(response: str, choices: Choices, most: int = USUAL, prompt: str = "") -> Extraction:
    """Return the letter that a response chooses, one of the choices or of the first `most` letters.

    It follows the thinking. In the answer tag, or else in all of it, the box's letter counts if nothing
    behind it contradicts it. Else it is the letter after the last "the answer is", that of a bare answer, the
    last letter that stands alone, or the letter of the one choice whose text is there.

    >>> chosen_letter("A is too small, so the answer is (B).", {}).answer
    'B'
    >>> chosen_letter("It is A, B, C or D.", {}).reason
    'several letters'
    """
    said = spoken(response, TAIL)
    if said is None:
        return Extraction(None, "the thinking is not closed once")
    text = shown(own_turn(said)).translate(_FULL_WIDTH)
    letters = choices or dict.fromkeys(LETTERS[:most], "")
    if "<answer>" in text or "</answer>" in text:
        contents = tag_contents(text, "answer")
        if not len(contents) == text.count("<answer>") == text.count("</answer>"):
            return Extraction(None, "the answer tags do not pair up")
        found = [_in_text(content, letters, prompt) for content in contents]
        if any(one.answer != found[0].answer for one in found):
            return Extraction(None, "several different answer tags")
        rest = text[text.rindex("</answer>") + len("</answer>") :]
        is_denied = rest.strip() and (stance.denied_after(rest, 0) or sequels.corrects(rest))
        return _SET_ASIDE if is_denied else found[0]
    return _in_text(text, letters, prompt)


def _in_text(text: str, choices: Choices, prompt: str) -> Extraction:
    found = _in_boxes(text, choices, prompt) or _after_anchor(text, choices) or _alone(text, choices, prompt)
    if found is not None and found.answer is not None and _is_withdrawn(text, found.answer):
        return _SET_ASIDE
    return found or _by_text(text, choices) or Extraction(None, "there is no letter")


def _after_anchor(text: str, choices: Choices) -> Extraction | None:
    """Return the letter in the clause after the last anchor that has one."""
    places = [(found.end(), found.start()) for found in _ANCHOR.finditer(text)]
    places += [(found.start(), found.start()) for found in _CHOSEN.finditer(text)]
    for start, anchor in sorted(places)[: -_MOST_ANCHORS - 1 : -1]:
        clause = _clause(text[start : start + 300])
        found = _one_letter(clause, choices, is_answer=True)
        if found is None:
            continue
        if found.answer is None and stance.denied_before(clause, len(clause)):
            rest = text[start + len(clause) : start + len(clause) + 300]
            return _alone(rest.partition("\n")[0], choices, "") or found
        if found.answer is not None and stance.denied_before(text, anchor):
            return Extraction(None, "a denied letter")
        return found
    return None


def _in_boxes(text: str, choices: Choices, prompt: str) -> Extraction | None:
    inside = [
        _one_letter(content, choices, is_answer=True) or _by_text(content, choices) for content in boxes(text)
    ]
    named = [one for one in inside if one is not None]
    if not named:
        return None
    last = in_boxes(text, prompt)
    if last is not None and last.answer is None:
        return Extraction(None, last.reason)
    letters = {one.answer for one in named}
    end = text.rfind("\\boxed")
    later = _after_anchor(text[end:], choices) if end >= 0 else None
    letters |= {later.answer} if later is not None else set()
    if last is not None and last.reason == "a correction after the box" and later is not None:
        return later
    return Extraction(letters.pop(), "the box") if len(letters) == 1 else Extraction(None, "different boxes")


def _alone(text: str, choices: Choices, prompt: str) -> Extraction | None:
    """Return the letter of the last clause that has one; a list of all choices is not a choice."""
    if len(MARKER.findall(text)) > 1 and len(listed_in(text)) > 1:
        text = re.sub(
            r"^[ \t]*(?:[-*][ \t]*)?\(?[A-Z][).:]\)?[ \t]*\S[^\n]{0,500}$", " ", text, flags=re.MULTILINE
        )
    if (first := _first_line(text, choices)) is not None:
        return first
    parts = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    for at in reversed(range(len(parts))):
        found = _one_letter(parts[at], choices, is_answer=False)
        if found is None:
            continue
        if found.answer is None:
            return found
        before = (
            _one_letter(parts[at - 1], choices, is_answer=True) if at and _is_bare(parts[at - 1]) else None
        )
        if before is not None and before.answer != found.answer:
            return Extraction(None, "several letters")
        is_conditional = at > 0 and IF_OTHER.match(parts[at - 1].strip()) is not None
        return _SET_ASIDE if is_conditional or _is_set_aside(parts[at], found.answer, prompt) else found
    return None


def _is_bare(clause: str) -> bool:
    """Return True if a clause is only a letter."""
    return _ONLY.fullmatch(_MARKUP.sub(" ", clause[:80]).strip()) is not None


def _first_line(text: str, choices: Choices) -> Extraction | None:
    """Return the letter that is alone on the first of several lines, if no correction follows."""
    line, _, rest = text.strip().partition("\n")
    if (
        not rest.strip()
        or not _is_bare(line)
        or _is_bare(rest.strip())
        or stance.correction(rest) is not None
    ):
        return None
    return _one_letter(line, choices, is_answer=True)


def _is_set_aside(clause: str, letter: str, prompt: str) -> bool:
    """Return True if the words around a letter do not choose it: "C is unlikely", "cross out C"."""
    bare = _MARKUP.sub(" ", clause[:2_000])
    if HEADLESS.match(bare):
        bare = f"It {bare.lstrip()}"
    at = next((found.start(2) for found in _STANDALONE.finditer(bare) if found[2] == letter), None)
    if at is None:
        return False
    if is_called_unfit(bare, at, prompt):
        return True
    if claims.lead(bare, at, 0, prompt, in_formula=False, any_name=not prompt).reason is not None:
        return True
    return _JUDGED.match(bare, at + 1) is not None and takes_back(bare, at + 1, by_verb=False) is not None


def _is_withdrawn(text: str, letter: str) -> bool:
    """Return True if no letter follows a letter, but its denial: "C? Nope.", "C, just kidding."."""
    end = next((found.end() for found in reversed([*_STANDALONE.finditer(text)]) if found[2] == letter), None)
    if end is None or _STANDALONE.search(text, end):
        return False
    following = re.match(r"[)*]*[.?？…\s]+(?P<next>[^.!?。！？\n]*)", text[end : end + 300])
    if re.fullmatch(r"[)*\s]*[?？]\s*", text[end:]):
        return True
    is_denied = following is not None and sequels.only_denies(following["next"])
    return is_denied or sequels.corrects(text[end : end + 300])


_SET_ASIDE = Extraction(None, "a letter that is not chosen")


def _clause(text: str) -> str:
    """Return the first clause of a text; a dot right after the letter does not end it."""
    start = len(text) - len(text.lstrip())
    end = _CLAUSE.search(text, start)
    return text[: end.start()] if end else text


def _one_letter(clause: str, choices: Choices, *, is_answer: bool) -> Extraction | None:
    """Return the one letter of a clause, which may be an "A" at the beginning with `is_answer`; or None."""
    bare = _MARKUP.sub(" ", clause[:2_000])
    if only := _ONLY.fullmatch(bare.strip()):
        letters = [(only[1].upper(), 0)]
    else:
        letters = [
            (found[2], found.start())
            for found in _STANDALONE.finditer(bare)
            if (is_answer and not bare[: found.start()].strip(" :(")) or not _is_word(found, bare, choices)
        ]
    letters = [(letter, at) for letter, at in letters if letter in choices]
    if not letters:
        return None
    if len({letter for letter, _ in letters}) > 1:
        return Extraction(None, "several letters")
    letter, at = letters[0]
    is_denied = (
        clauses.OPEN.search(bare, 0, at)
        or stance.denied_before(bare, at)
        or stance.denied_after(bare, at + 1)
        or _CROSSED.search(bare)
    )
    return Extraction(None, "a denied letter") if is_denied else Extraction(letter, "the letter")


def _is_word(found: re.Match[str], text: str, choices: Choices) -> bool:
    """Return True for the article "A" and the pronoun "I"."""
    if found[1]:
        return False
    after = text[found.end() : found.end() + 4]
    followed = len(after) > 1 and after[0] == " " and after[1].islower()
    if found[2] == "I":
        return "I" not in choices or followed
    return found[2] == "A" and followed and not re.match(r" (?:is|it|or|and|nor|to|but)\b", after)


def _by_text(text: str, choices: Choices) -> Extraction | None:
    """Return the letter of the only choice whose text is there, word for word."""
    words = f" {normalised(text)} "
    found = [letter for letter, choice in choices.items() if choice and f" {normalised(choice)} " in words]
    if not found:
        return None
    if len(found) > 1:
        return Extraction(None, "several choices")
    at = text.find(choices[found[0]])
    if at >= 0 and (stance.denied_before(text, at) or stance.denied_after(text, at + len(choices[found[0]]))):
        return Extraction(None, "a denied choice")
    return Extraction(found[0], "the choice's text")
