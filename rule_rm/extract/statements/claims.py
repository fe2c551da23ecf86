r"""Find whether the words before a value state it: "is \boxed{17}", but not "exceeds \boxed{17}".

A value is stated where nothing, a label, or a word of `stating` comes right before it. Any other word there
means that the clause does not state it. `followups` reads the words behind the value.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.extract.grammar.names import is_adverbial, is_anothers
from rule_rm.extract.grammar.predicates import CUT, NOT, THAT
from rule_rm.extract.grammar.sentences import RELATION, VALUE, before_formula, sentence_before
from rule_rm.extract.grammar.subjects import is_strange_gerund
from rule_rm.extract.question.comparisons import is_compared_otherwise
from rule_rm.extract.relevance.asked_labels import is_method
from rule_rm.extract.relevance.conditions import is_odd_condition
from rule_rm.extract.statements.clauses import (
    ALONE,
    CJK_EDGE,
    CONNECTED,
    STATED_CJK,
    STATES,
    Lead,
    is_excepted,
    is_range,
    statement,
)
from rule_rm.extract.statements.followups import takes_back
from rule_rm.extract.statements.labels import WRONG, label_lead
from rule_rm.extract.values.surroundings import closing
from rule_rm.extract.words import denials
from rule_rm.extract.words.patterns import deferred
from rule_rm.extract.words.stance import sentence_around

_WINDOW = 500
_CROSSED = re.compile(r"(?:[❌✗✘☒✖🚫👎☐]|[-*+]\s\[\s?\])[\s*_$({\[|-]*\Z")
"""A mark that crosses out what follows it, or leaves it unchecked: ✗, `- [ ]`."""
_INSTANCE = re.compile(r"\b(?:e\.\s?g\.|z\.\s?B\.|p\.\s?ej\.|par\s+ex\.)[\s,$*({]*\Z", re.IGNORECASE)
"""An abbreviation before an example: "e.g."."""
_POWER = re.compile(r"(?<![\w\\^}+*/-])(?<![+*/-]\s)([a-zA-Z](?:²|³|\^\s?\{?[23]\}?))\s*=[\s$\\(]*\Z")
"""A power of an unknown that is set equal to a value: `x^2 = `."""
_PRICE = re.compile(r"(?:\b(?:R|US)(?=\\?\$))?(?:\\?\$\s?\Z)")
"""The sign of dollars that belongs to the value behind it: `$`."""
_NEXT = 160
_DENIED_AHEAD = deferred(
    rf"\b(?:next|following|below|beneath|hereafter)\b[^.!?\n]{{0,60}}(?:{denials.NOT}|{denials.WRONG})[^.!?:\n]{{0,60}}[.!:]\s+\Z"
    rf"|(?:{denials.WRONG})[^.!?:\n]{{0,40}}\b(?:below|beneath|follows?)\b[^.!?:\n]{{0,20}}[.!:]\s+\Z",
    re.IGNORECASE,
)
"""A sentence that denies what follows it: "The next line is false."."""
_COMPLETE = re.compile(r"(?:[\d§)\]%°\"”\u3400-\u9fff]|(?<!\w)[A-Z])\Z")
"""The end of a line that may be complete without a full stop: a value."""
_UNREAL = deferred(
    r"\b(?:some|any)(?:one|body)\s+who\b|\bwhoever\b|\b(?:some|many|most|often|few)\s+(?:people|students)\b"
    rf"|(?:\b(?:{denials.WOULD})|['’]d)\b.*\b(?:if|had|were|without|wenn|falls|si|se|если)\b"
    rf"|\b(?:if|had|were|without|wenn|falls|si|se|если)\b.*(?:\b(?:{denials.WOULD})|['’]d)\b"
    r"|\A\W*unless\b|\A\W*(?:suppose|supposing|assume|assuming|imagine)\b[^;]*,[^,;]*,\s*that\b"
    r"|\A\W*(?:previously|formerly|originally|initially|yesterday|at\s+first|in\s+the\s+beginning)\b"
    r"(?!.*\b(?:now|then|later|but|after|today|finally)\b)"
    r"|\A\W*(?:如果没|要不是|假如没|要是没)"
    r"|\bwhere\s+(?:one|we|you|it|they)\s+(?:should|must|ought)\b"
    r"|\bby\s+(?:mistake|error)\b|\bso\s+far\b|\b(?:as|for)\s+(?:an?\s+)?(?:example|instance)\b"
    r"|\A\W*(?:if|when|by)\b[^.]*\b(?:forg[eo]t|overlook|ignor|neglect|omit)",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence about an unreal case: "it would be 42 if eggs were free", "unless one broke"."""
_ASKED = re.compile(r"[^\W\d_]+")
"""A word of the question: `far`."""
_GIVEN_UP = re.compile(
    r"\b(?:i|we)\s+(?:(?:can(?:no|['’])t|can\s+not|could\s?n[o'’]t|am\s+(?:not\s+able|unable)\s+to)\s+(?:solve|answer|do|determine"
    r"|figure|say|tell|decide|work|find)|do(?:\s+no|n['’])t\s+know|have\s+no\s+(?:idea|clue)|give\s+up|gave\s+up)\b"
    r"[^.!?\n]{0,60}[.!:,]\W*\Z",
    re.IGNORECASE,
)
"""A sentence right before a value by which no answer is known: "I can't solve this."."""
_ONE_OF = re.compile(
    rf"\b(?:one|either|any|some)\s+of\s+(?:these\W+)?[\d{VALUE}][\d.]*\s*(?:,|or\b|and\b)", re.IGNORECASE
)
"""The beginning of a list of candidates: "one of 41, "."""
_OPPOSED = re.compile(
    r";\s|\b(?:but|however|aber|mais|pero|ma|mas|maar|ale|men)\b(?=\W+\w+\W+\w)|(?<!\w)но(?!\w)",
    re.IGNORECASE,
)
"""A word between another's answer and the own one, which is a clause: "but it is"."""
_CONCEDED = re.compile(
    r"\A\W*(?:contrary\s+to|unlike|despite|although|though|while|whereas|even\s+though|obwohl|bien\s+que|aunque)\b[^,;]*[,;]",
    re.IGNORECASE,
)
"""A concessive clause before the main one: "although Tom says 41, "."""
_QUOTATION = re.compile(
    r"(?:\A|[.!?]\s)(?P<lead>[^\"“”«»„「」.!?]{3,80})[:,]?\s*(?:\"[^\"]*|“[^”]*|«[^»]*|„[^“”]*|「[^」]*)\Z"
)
"""A sentence with a quotation that is open at its end: `The wrong proof says: "so it is`."""
_RELATIVES = ("which", "who", "where", "when")
"""The beginnings of clauses that belong to a subject before them."""
_PAUSED = re.compile(r"[,;:](?=\s)|\s[-–—]+\s|[—(]")
"""A pause in a sentence: `, `."""
_OTHER_FORM = re.compile(
    rf"(?:[\d.,/]+|{VALUE})\W*(?:\bor\b|\bo\b|\boder\b|\bou\b|\bof\b|或者?|=|≈)\W*\Z", re.IGNORECASE
)
"""Another form of a value before it, which must agree: "17.0 or"."""
_EITHER = re.compile(r"\b(?:neither|nor|either|ni|né|nem|weder|noch|ani|ни|soit|sia)\b", re.IGNORECASE)
"""A word that denies or names several values: "neither"."""

_PLAIN_STATEMENT = re.compile(
    r"\W*(?:(?:So|Thus|Hence|Therefore),? )?[Tt]he (?:(?:final|correct) )?answer is\W*", re.ASCII
)
"""A sentence that states the answer to any question: "So the final answer is"."""


def unstated(
    text: str,
    start: int,
    end: int,
    begin: int = 0,
    prompt: str = "",
    *,
    in_formula: bool = True,
    any_name: bool = False,
) -> str | None:
    r"""Return why the sentence around a value does not state it; None if it does.

    The part of the sentence from `begin` is read. With `any_name` the answer may have any name, as the answer
    to a question of general knowledge has.

    >>> text = r"Almost \boxed{17}. So it is \boxed{18} hens."
    >>> unstated(text, 7, 17), unstated(text, 28, 38)
    ('the words before it leave it open: “Almost”', None)
    """
    before = lead(text, start, begin, prompt, in_formula=in_formula, any_name=any_name)
    if before.reason is not None:
        return before.reason
    if "than" in prompt and is_compared_otherwise(*_sides(text, start, end), prompt):
        return "it compares others than the question"
    return takes_back(text, end, by_verb=before.by_verb, prompt=prompt)


def _sides(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the parts of the sentence before and behind a value."""
    begin, stop = sentence_around(text, start, end)
    return text[begin:start], text[end:stop]


def lead(
    text: str,
    start: int,
    begin: int = 0,
    prompt: str = "",
    *,
    in_formula: bool = True,
    any_name: bool = False,
) -> Lead:
    r"""Return how the clause that begins at `begin` or later leads to the value at `start`.

    >>> text = r"The number of codes that are not valid is \boxed{17}"
    >>> lead(text, text.index("\\boxed")).reason
    >>> text = r"It surpasses \boxed{17}"
    >>> lead(text, text.index("\\boxed")).reason
    'the words before it do not state it: “It surpasses”'
    """
    before = text[_window(text, begin, start) : start]
    if not in_formula:
        # The sign of a price before the value would end a formula that another one begins.
        before = _PRICE.sub("", before)
    return _lead(before, prompt, in_formula=in_formula, any_name=any_name)


@lru_cache(maxsize=64)  # each keeps a prompt, which may be long
def _lead(before: str, prompt: str, *, in_formula: bool, any_name: bool) -> Lead:
    """Return how a text leads to the value behind it: many responses to one prompt have the same words."""
    if ("]" in before or not before.isascii()) and _CROSSED.search(before):
        return Lead("it is crossed out")
    if "." in before and _INSTANCE.search(before):
        return Lead("it is an example")
    if "=" in before and (power := _POWER.search(before[-40:])) and power[1] not in prompt:
        return Lead("it is a power of the unknown")
    last = before[-_NEXT:]
    if last[-1:].isspace() and last.rstrip().endswith((".", "!", ":")) and _DENIED_AHEAD.search(last):
        return Lead("the sentence before it denies what follows")
    if _GIVEN_UP.search(last):
        return Lead("the sentence before it gives up")
    by_sign = RELATION.search(before) is not None
    if in_formula:
        before, by_sign = before_formula(before)
    sentence, gap = sentence_before(before)
    if (quoted := _QUOTATION.search(sentence)) and WRONG.search(quoted["lead"]):
        return Lead("it is quoted as wrong")
    if not sentence:
        return Lead(None, by_verb=by_sign)
    if _PLAIN_STATEMENT.fullmatch(sentence) and "\n" not in gap:
        return STATES
    if _ONE_OF.search(sentence):
        return Lead("it is one of several")
    reason = _unreal(sentence, prompt)
    found = Lead(reason) if reason else _clause(sentence, gap, prompt, by_sign=by_sign, any_name=any_name)
    return found if found.reason is None else Lead(f"{found.reason}: “{sentence[-60:].strip()}”")


def _window(text: str, begin: int, start: int) -> int:
    """Return where the part to read begins: outside of formulas, so that their delimiters pair up."""
    at = max(begin, start - _WINDOW)
    delimiter = closing(text, at) if at > begin else None
    # An environment has others in it, each with its own end.
    while delimiter is not None and (end := delimiter.search(text, at, start)) is not None:
        at = end.end()
        delimiter = closing(text, at) if text[end.start() : at].startswith("\\end") else None
    return at


def _unreal(sentence: str, prompt: str) -> str | None:
    asked = set(_ASKED.findall(prompt.lower()))
    if is_odd_condition(sentence, prompt):
        return "it depends on something else"
    if (found := _UNREAL.search(sentence)) and not asked & {"would", "were"}:
        if found.group().split()[-1].lower() in asked and "would" not in found.group().lower():
            return None
        return "the sentence is about an unreal case"
    own = sentence[opposed[-1].end() :] if (opposed := [*_OPPOSED.finditer(sentence)]) else sentence
    own = _CONCEDED.sub("", own)
    return "it is another's answer" if is_anothers(own, prompt) else None


def _clause(sentence: str, gap: str, prompt: str, *, by_sign: bool, any_name: bool) -> Lead:
    """Return how the last clause of a sentence leads to the value after it."""
    if sentence[-1] in ":：":
        return label_lead(sentence[:-1], prompt)
    if by_sign and sentence.endswith(VALUE):
        sentence = sentence[:-1].rstrip()
    elif "\n" in gap and _COMPLETE.search(sentence) and not STATED_CJK.search(sentence):
        return ALONE
    sentence = _OTHER_FORM.sub("", sentence)
    if not sentence.strip():
        return STATES if by_sign else ALONE
    if not by_sign and is_strange_gerund(_PAUSED.split(sentence)[-1], prompt):
        return Lead("the words before it do not name the answer")
    cuts = list(CUT.finditer(sentence))
    clause = sentence[cuts[-1].end() :] if cuts else sentence
    if cuts and not clause.strip(" ,"):
        return _after_cut(sentence, cuts, prompt, by_sign=by_sign)
    if is_excepted(sentence, cuts):
        return Lead("it is excepted")
    main = sentence if THAT.match(clause.strip()) else clause
    any_name = any_name or (bool(cuts) and cuts[-1].group().lower() in _RELATIVES)
    return statement(clause, main, prompt, by_sign=by_sign, any_name=any_name)


def _after_cut(sentence: str, cuts: list[re.Match[str]], prompt: str, *, by_sign: bool) -> Lead:
    """Return how a sentence leads to a value right after a comma or a conjunction."""
    last = cuts[-1]
    before = sentence[: last.start()]
    if is_excepted(sentence, cuts):
        return Lead("it is excepted")
    clause = before[cuts[-2].end() :] if len(cuts) > 1 else before
    if last.group().strip(" ,;:，；：、-–—([（"):
        if re.search(rf"(?:[\d{VALUE}]|\b[A-Z])\W*\Z", before) and is_range(before):
            return Lead("it is an end of a range")
        by_verb = by_sign or (clause.strip() and statement(clause, before, prompt, by_sign=False) == STATES)
        return STATES if by_verb else ALONE
    if by_sign or CONNECTED.fullmatch(clause) or CJK_EDGE.search(clause):
        return STATES if by_sign else ALONE
    if re.search(rf"[\d{VALUE})%]\s*\Z", clause):
        return ALONE
    if re.search(rf"[\d{VALUE}]", clause) and NOT.search(clause) and not _EITHER.search(clause):
        return ALONE
    if is_adverbial(clause, prompt) or is_method(clause):
        return ALONE
    return statement(clause, before, prompt, by_sign=False)
