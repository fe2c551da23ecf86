"""Find whether a clause states the value that it leads to: by a verb, a sign, or a name for the answer."""

from __future__ import annotations

import re
from typing import NamedTuple

from rule_rm.extract.grammar.names import (
    ADJECTIVES,
    asks_with,
    has_false_name,
    is_adverbial,
    is_strange_label,
)
from rule_rm.extract.grammar.predicates import AFFIRMS, ENGLISH_VERB, LITOTES, NOT, taken_back
from rule_rm.extract.grammar.subjects import is_command, is_part, is_set_aside, is_strange_subject
from rule_rm.extract.question.asked_cases import is_of_other_numbers
from rule_rm.extract.question.echoes import (
    has_words_of_question,
    is_by_preposition,
    takes_place_of_question_word,
)
from rule_rm.extract.relevance.asked_about import is_about_other, is_deed_of_question
from rule_rm.extract.relevance.quantities import is_other_quantity, is_own_number
from rule_rm.extract.words import denials, patterns, stating

_DENIES = patterns.deferred(
    rf"{denials.NOT}|{denials.WRONG}|{denials.INSTEAD}|\b(?:from|than|against|between|near|exclude|excluding)\W*\Z",
    re.IGNORECASE,
)
"""A denial, or a word that relates another value to the next: "from"."""
_PLAIN_ENGLISH = re.compile(
    r"\b(?:the|we|it|this|that|there|they|you|he|she|i|and|from|with|by|which|answer|number|than|at|an|but|people)\b",
    re.IGNORECASE,
)
"""A word that shows that a clause is English, such as "the"."""
_LIGHT_END = patterns.run_of("light", rf"[^\w§]|\b(?:{stating.LIGHT})(?![\w'’])") + r"\Z"
_STATED = patterns.deferred(
    rf"(?:\b|(?='))(?:{stating.VERBS}|(?P<deed>[a-z]{{3,}}))(?![\w'’])(?={_LIGHT_END})", re.IGNORECASE
)
"""The English verb that states what follows, or the last word: the "are" of "there are exactly"."""
_PLAIN_VERB = re.compile(r"\b(?:is|are|was|get|have|gives|equals)(?=[^\w§]*\Z)", re.IGNORECASE)
"""One of the commonest of these verbs, which is found fast: the "is" of "the sum is"."""
_NEAR, _TAIL = 12, 60
"""How many of a clause's last characters are searched for these verbs."""
_STATED_ABROAD = patterns.deferred(rf"\b(?:{stating.WORLD})(?![\w'’])(?={_LIGHT_END})", re.IGNORECASE)
"""A verb of another language that states what follows the clause, such as "beträgt"."""
OPEN = patterns.deferred(rf"(?<!\w)(?:{stating.UNSURE}|{stating.MODAL})(?!\w)", re.IGNORECASE)
"""A word that leaves it open whether a statement holds, such as "might"."""
STATED_CJK = re.compile(rf"{stating.CJK}[\s:：]*\Z")
"""The end of a Chinese, Japanese, Korean or Thai clause that leads to a value: 是."""
DENIED_CJK = re.compile(stating.CJK_DENIED)
"""A Chinese, Japanese, Korean or Thai word that denies or supposes, such as 不."""
_SUPPOSED = re.compile(
    rf"\W*(?!si\s+(?:ottiene|ottengono|ha|hanno|trova|ricava)\b)"
    rf"(?:(?:{stating.SUPPOSE})(?!\w)|{stating.CJK_SUPPOSED})",
    re.IGNORECASE,
)
"""The beginning of a supposition, such as "suppose"; the Italian "si ottiene" is none."""
_AFFIRMED_THAT = re.compile(r"\b(?:that|dass|que|che)\W*\Z", re.IGNORECASE)
"""The word before a statement that is a formula: the "that" of "we find that x < 3"."""
_INVERTED = re.compile(
    r"\W*(?:beträgt|betragen|lautet|bedraagt|blir|bliver)\W+(?:\w+\W+){0,5}?\w+\W*\Z", re.IGNORECASE
)
"""A Germanic clause with its subject after the verb, as behind "also": "beträgt die Summe"."""
_FOR_A = re.compile(r"\bfor\s+an?\s+(?:\w+\s+){1,2}of\W*\Z", re.IGNORECASE)
"""A result at the end of a sentence: "for a total of"."""
_RANGE = re.compile(
    r"\b(?:between|zwischen|entre|tra|między|mezi|между|mellan|mellem|tussen)\b[^.;:]*\Z", re.IGNORECASE
)
"""The first end of a range: "between 3"."""
UNSURE = re.compile(
    rf"(?<!\w)(?:{stating.UNSURE})(?!\w)|可能[是为]|也许|或许|おそらく|たぶん|아마", re.IGNORECASE
)
"""A word that leaves a statement open: "perhaps"."""
NAMED = patterns.deferred(
    r"\W*"
    + patterns.run_of("dress", rf"(?:{stating.NOUN_DRESS}|{stating.CONNECTIVES})\b[^\w§]*")
    + patterns.run_of("noun", rf"(?:{stating.ANSWER_NOUNS})\b\W*", least=1)
    + r"\Z",
    re.IGNORECASE,
)
"""A name for the answer with its usual modifiers: "the final answer"."""
CONNECTED = patterns.deferred(
    patterns.run_of("word", rf"\W*(?<!\w)(?:{stating.CONNECTIVES}|{stating.LIGHT})(?!\w)") + r"\W*\Z",
    re.IGNORECASE,
)
"""A text of nothing but connectives, such as "therefore"."""
CJK_EDGE = re.compile(
    r"(?:因此|所以|故|综上所述|综上|即|于是|从而|则|最终答案|答案|结果|结论|よって|したがって|ゆえに|つまり|答え|답|정답|따라서|즉|그러므로)\W*\Z"
)
"""A Chinese, Japanese or Korean connective at the end of a clause: 因此."""
_BOUND = re.compile(
    r"\b(?:at\s+(?:least|most)|no\s+(?:more|less|fewer)\s+than|up\s+to|a\s+(?:minimum|maximum)\s+of)\W*\Z",
    re.IGNORECASE,
)
"""A bound before a value: "at least"."""
_BOUND_IS_ANSWER = re.compile(
    r"\b(?:needs?|requires?|musts?|takes?|should|will\s+need|would\s+need|can|able|minimum|maximum|least|most)\b.*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""A clause in which a bound is the answer: "she needs at least"."""


_EXCEPT = re.compile(
    r"\b(?:any(?:thing|one|body)?|every(?:thing|one|body)?|all|nothing|none|no(?:body)?)\s*\Z", re.IGNORECASE
)
"""Words before a "but" that excepts: "anything but"."""
_MEASURE = patterns.phrases(
    """
    measure length width height depth speed velocity acceleration distance time duration cost price
    profit loss revenue income salary probability average mean median mode range deviation variance
    remainder slope angle radius diameter circumference area perimeter volume age weight mass force
    energy pressure temperature density charge current voltage resistance frequency wavelength
    concentration magnitude determinant balance debt value total sum amount answers? result
    solutions?
    """
)
_AS_MEASURE = patterns.deferred(
    r"(?<![\w'’-])"
    + patterns.run_of("dress", rf"(?:{stating.NOUN_DRESS}|{ADJECTIVES})(?![\w'’-])[^\w§.;:!?]*")
    + rf"(?:{_MEASURE})(?:\s+(?:{_MEASURE}))?(?:\s+of)?\s*\Z",
    re.IGNORECASE,
)
"""The name of a measure between a verb and its value: the "a total length of" of "has a total length of"."""

_IDENTITY = re.compile(r"is|was|equals|=|['’]s|comes\s+to|amounts\s+to", re.IGNORECASE)
"""A verb by which a quantity has its value: "is"."""
_IDENTITY_ANY = re.compile(r"is|was|equals|=|es|est|ist|è|é|jest|ergibt|fait|font|будет|равно", re.IGNORECASE)
"""A verb of identity in usual languages: "ist"."""
_LONGEST_NAME = 5
"""Words of a label that is a name; a longer one is a clause."""


class Lead(NamedTuple):
    """How the words before a value lead to it."""

    reason: str | None
    """Why they do not state it; None if they do, or if there are none."""
    by_verb: bool = False
    """True if a verb, a colon or a sign states it, so that only its unit can follow."""


ALONE = Lead(None)
STATES = Lead(None, by_verb=True)


def statement(clause: str, main: str, prompt: str, *, by_sign: bool, any_name: bool = False) -> Lead:
    """Return how a clause of a sentence leads to the value after it, whose subject may have any name."""
    clause = LITOTES.sub("clear", clause)
    if UNSURE.search(main):
        return Lead("the words before it leave it open")
    if has_false_name(clause, prompt) or is_own_number(clause, prompt) or is_set_aside(clause, prompt):
        return Lead("the words before it do not mean the answer")
    if _SUPPOSED.match(clause) and not (by_sign and re.match(r"\W*let['’]?s?\b", clause, re.IGNORECASE)):
        return Lead("it is a supposition")
    if not by_sign and not _PLAIN_ENGLISH.search(clause) and is_part(clause, prompt):
        return Lead("the words before it name a part or a mistake")
    if patterns.HAS_CJK.search(clause):
        return _cjk(clause, prompt, by_sign=by_sign)
    verb = _verb(clause, prompt) or _verb_of_measure(clause, prompt)
    if verb is None and (CONNECTED.fullmatch(clause) or NAMED.match(clause)):
        return STATES if by_sign else ALONE
    bound = _BOUND.search(clause)
    if verb is None and bound and _BOUND_IS_ANSWER.search(clause[: bound.start()]):
        return STATES
    if verb is None and by_sign:
        is_denied = _DENIES.search(clause) or is_other_quantity(clause.replace("∠", "angle "), prompt)
        return Lead("the words before it deny it") if is_denied else STATES
    if verb is None and _is_affirmed(clause):
        return STATES
    if verb is None and any(map(str.isdigit, clause)) and is_adverbial(clause, prompt):
        return ALONE
    if verb is None:
        is_asked = asks_with(clause, prompt) or (
            NOT.search(clause) is None and has_words_of_question(clause, prompt)
        )
        is_asked = is_asked or (is_by_preposition(clause, prompt) and not is_about_other(clause, "", prompt))
        return STATES if is_asked else Lead("the words before it do not state it")
    subject = clause[: verb.start()]
    reason = _strangeness(subject, verb.group(), prompt, any_name=by_sign or any_name)
    reason = reason or taken_back(subject, verb.group(), main, prompt)
    return STATES if reason is None else Lead(reason)


def _strangeness(subject: str, verb: str, prompt: str, *, any_name: bool) -> str | None:
    """Return why the subject of a verb before a value is none that the answer can have; None if it is one."""
    if _IDENTITY.fullmatch(verb.strip()) and is_other_quantity(subject, prompt):
        return "the words before it name another quantity"
    is_bare = is_command(subject, verb) and ENGLISH_VERB.fullmatch(verb) is not None
    if is_about_other(subject, verb, prompt) or (
        _IDENTITY_ANY.fullmatch(verb.strip()) and is_of_other_numbers(subject, prompt)
    ):
        return "the words before it are about something else"
    if not any_name and (is_bare or is_strange_subject(subject, verb, prompt)):
        return "the words before it do not name the answer"
    return None


def _is_affirmed(clause: str) -> bool:
    """Return True for "we find that" before a formula, a subject after its verb, and "for a total of"."""
    if NOT.search(clause):
        return False
    if _FOR_A.search(clause):
        return True
    that = _AFFIRMED_THAT.search(clause)
    return (
        _INVERTED.match(clause) is not None if that is None else bool(AFFIRMS.search(clause[: that.start()]))
    )


def is_excepted(sentence: str, cuts: list[re.Match[str]]) -> bool:
    """Return True if the last clause of a sentence is what the one before it excepts: "anything but x is"."""
    if not cuts or cuts[-1].group().lower() != "but":
        return False
    return _EXCEPT.search(sentence[: cuts[-1].start()]) is not None


def is_range(before: str) -> bool:
    """Return True if a clause names the first end of a range: "between 3"."""
    return _RANGE.search(before) is not None


def is_strange_name(label: str, prompt: str) -> bool:
    """Return True if a short label, perhaps with a verb at its end, may name something else than the answer.

    >>> is_strange_name("The bait is", "How many eggs?"), is_strange_name("Total eggs", "How many eggs?")
    (True, False)
    """
    label = LITOTES.sub(" ", label)
    if len(label.split()) > _LONGEST_NAME:
        return False
    if is_set_aside(label, prompt):
        return True
    verb = _verb(label, prompt)
    if verb is not None:
        return is_strange_subject(label[: verb.start()], verb.group(), prompt)
    return is_strange_label(label, prompt)


def _verb(clause: str, prompt: str) -> re.Match[str] | None:
    """Return the verb at the end of a clause that states what follows it."""
    begin = max(0, len(clause) - _NEAR)
    if (found := _PLAIN_VERB.search(clause, begin)) is not None:
        return found
    begin = max(0, len(clause) - _TAIL)
    found = _STATED.search(clause, begin)
    while found is not None and found["deed"] and not is_deed_of_question(found, prompt):
        found = _STATED.search(clause, found.end())
    if found is None and not _PLAIN_ENGLISH.search(clause):
        found = _STATED_ABROAD.search(clause, begin)
    return found


def _verb_of_measure(clause: str, prompt: str) -> re.Match[str] | None:
    """Return the verb before the name of a measure that ends a clause: the "has" of "has a length of"."""
    named = _AS_MEASURE.search(clause)
    return None if named is None else _verb(clause[: named.start()], prompt)


def _cjk(clause: str, prompt: str, *, by_sign: bool) -> Lead:
    """Return how a Chinese, Japanese, Korean or Thai clause leads to the value after it."""
    predicate = re.split(r"的(?=\S)", clause)[-1]
    if DENIED_CJK.search(predicate) or re.search(r"[错誤误]误?的\S{0,3}\Z", clause):
        return Lead("the words before it deny it")
    is_stated = STATED_CJK.search(clause) or CJK_EDGE.search(clause)
    if by_sign or is_stated or takes_place_of_question_word(clause, prompt):
        return STATES if by_sign or not re.search(r"[\u3040-\u30ff\uac00-\ud7af]", clause) else ALONE
    return Lead("the words before it do not state it")
