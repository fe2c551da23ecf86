"""Find whether a statement is about somebody, a time, a deed or a case other than the question asks about.

The last sentence of a question asks, and those before it give. A statement with a person, verb or number of
the given sentences, in the place of those of the asking one, answers something else.
"""

from __future__ import annotations

import re

from rule_rm.extract.grammar.sentences import VALUE
from rule_rm.extract.question.asked import Question, question_of
from rule_rm.extract.question.asked_cases import is_at_other_time
from rule_rm.extract.words.opposites import bases, is_opposite, is_undone_in
from rule_rm.extract.words.patterns import words
from rule_rm.extract.words.verbs import base, is_past

_WORD = re.compile(r"[^\W\d_]+")
"""A word: `saved`."""
_PERSON = re.compile(
    r"\A\W*(?:(?:So|Thus|Then|Hence|Therefore|Now|And|But)\W+)*(?P<name>(?!(?:She|They|You|His|Her|Its|This|That|There|These)\b)[A-Z][a-z]{2,})"
    r"(?:\s+(?:still|also|now|then|only|has|had|have|will|would|did|does|can|must|should|needs?|to|be)\b)*\s*\Z"
)
"""A name that is the whole subject, perhaps with auxiliaries: "Bob"."""
_NAMES = re.compile(r"(?<![.!?]\s)(?<!\A)\b[A-Z][a-z]{2,}\b")
"""A name within a sentence: the `Alice` of "How old is Alice now?"."""
_OWNED = re.compile(
    r"\b(?:is|are|was|were|has|have|does|do|did|will|can)\s+(?:his|her|their|its|[A-Z]\w+['’]s)\s+[a-z]+"
)
"""The subject of a question that belongs to somebody: "is his sister"."""
_OWNS = re.compile(
    r"\b(?:her|his|their|my|your|our)\s+(?P<who>[a-z]+)(?:\s+(?:still|also|now|has|have|had|will|did|can))*\s*\Z",
    re.IGNORECASE,
)
"""Somebody or something of another: "her brother"."""
_OF_AGE = re.compile(r"\bhow\s+(?:old|tall|heavy)\b", re.IGNORECASE)
"""A question for a property of somebody: "how old"."""
_EACH = re.compile(
    r"\A\W*(?:(?:so|thus|then|hence|therefore|now|and|but)\W+)*(?:each|every|the|an?|one|his|her|their|its)\s+(?P<noun>[a-z]+)\s*\Z",
    re.IGNORECASE,
)
"""A subject of one noun: "Each box"."""
_SUBJECT_PRONOUN = re.compile(r"\b(?:he|she|i|we|you)\b", re.IGNORECASE)
"""A person who is asked about: "she"."""
_OTHER_TIME = re.compile(
    r"\b(?:in|after|within)\s+(?:\d+|one|two|three|four|five|ten)\s+(?:more\s+)?(?:years?|months?|weeks?|days?|hours?|minutes?)\b"
    r"|\b(?:\d+\s+\w+\s+)?(?:ago|later|from\s+now)\b|\bwill\s+be\b|\b(?:was|were)\s*\Z",
    re.IGNORECASE,
)
"""Another time than now: "in 10 years", "was"."""
_NOW = re.compile(r"\b(?:now|currently|current|today|present(?:ly)?)\b", re.IGNORECASE)
"""A word for the present: "now"."""
_MUST = re.compile(
    r"\b(?:(?:still\s+)?(?:has|have|had|needs?|needed)\s+(?:still\s+)?to|must|should)\s*\Z", re.IGNORECASE
)
"""A duty before a verb: "still has to"."""
_PAST = re.compile(r"\b(?:has|have|did|had)\b[^.?]*\b(?!to\b)\w+ed\b|\bdid\b", re.IGNORECASE)
"""A question for something done: "has she saved"."""
_DUTY = re.compile(r"\b(?:to|must|should|needs?|needed|required?)\b", re.IGNORECASE)
"""A word for a duty: "must"."""
_ASKS_BY_VERB = re.compile(
    r"\b(?:do|does|did|has|have|had|will|can|could|would|must|should|left|remain\w*)\b", re.IGNORECASE
)
"""A sign that a question has a verb for its answer: "did"."""
_ASKS_FOR_QUANTITY = re.compile(
    r"\bwhat\s+(?:is|are|was|were)\b|\A\W*(?:find|compute|determine)\b", re.IGNORECASE
)
"""A question for a quantity, which no verb need name: "what is the price"."""
_AGENT = re.compile(r"\b(?:he|she|they|it|who|[A-Z][a-z]+|[a-z]{3,}s?)\s*(?:\w+ly\s*)?\Z")
"""Somebody or something that does what the next verb says: "she"."""
_DOER = re.compile(
    r"(?:\b(?:he|she|they|we|I|who|which|[A-Z][a-z]+)|\A\W*(?:\w+\W+)?it)\s+(?:(?:also|then|still|will|can)\s+)?\Z"
)
"""A pronoun or a name right before a verb, "it" at the beginning: "she "."""
_ORDINAL = re.compile(r"\b(?P<ordinal>second|third|fourth|fifth)\s+(?P<noun>[a-z]+)")
"""A noun with its place in an order: "second derivative"."""
_TOGETHER = re.compile(r"\btogether\b", re.IGNORECASE)
"""A sign of a total of several: "Together they"."""
_IN_ALL = re.compile(
    r"\b(?:together|altogether|total|in\s+all|combined|both|all|sum|they|each)\b", re.IGNORECASE
)
"""A sign that a question asks for a total or for several: "in all"."""
_LIGHT = frozenset(map(base, ["be", "have", "get", "do", "make", "equal", "come", "become", "need"]))
"""The base forms of verbs that state the result of any deed: "has"."""
_OF_THING = frozenset(map(base, ["give", "yield", "leave", "produce", "show", "mean"]))
"""The base forms of verbs by which a computation states its result: "gives"."""
_PAYS = words("pay spend cost")
"""The base forms of verbs of one deed: who pays a price, spends it."""
_NEAR = 3
_LEFT = re.compile(r"\b(?:left|remain\w*|more|still)\b", re.IGNORECASE)
"""A word of a question about a remainder: "left"."""


_SWALLOWED = re.compile(rf".*{VALUE}", re.DOTALL)
"""The words up to a last formula, perhaps between two signs of dollars: "Each carton is §"."""
_AUXILIARY = re.compile(
    r"\b(?:do|does|did|will|can|could|would|must|should|has|have|had)\s+(?P<behind>(?:[^\W\d_]+['’]?\w*\s*){1,6})"
)
"""An auxiliary and the words behind it: "did Ann and Bob have"."""


def is_about_other(subject: str, verb: str, prompt: str) -> bool:
    """Return True if a subject and its verb are about other persons, times or deeds than the question.

    >>> asked = "Bob saved $5 for 3 weeks, Ann for 6. How much has Ann saved?"
    >>> [is_about_other(one, "saved", asked) for one in ("Ann has", "Ann still has to", "Her brother")]
    [False, True, True]
    >>> is_about_other("Ann has", "spent", asked), is_about_other("Bob", "has", asked)
    (True, True)
    """
    if not prompt:
        return False
    question = question_of(prompt)
    if not question.given and question.asking == prompt and not prompt.isascii():
        return False
    if _MUST.search(subject) and _PAST.search(question.asking) and not _DUTY.search(question.asking):
        return True
    subject = _SWALLOWED.sub("", subject)
    if is_at_other_time(subject, prompt) and not _states_result(verb):
        return True
    said = f"{subject.strip()} {verb.strip()}".strip()
    if not _LEFT.search(question.asking) and is_opposite(said, question.clause):
        return True
    if is_undone_in(said, question.clause) or _is_other_in_order(subject, question):
        return True
    return (
        _is_other_deed(subject, verb, question)
        or _is_other_person(subject, verb, question, prompt)
        or _is_other_thing(subject, question, prompt)
        or (
            _NOW.search(question.asking) is not None
            and _OTHER_TIME.search(said.lower()) is not None
            and _NOW.search(subject) is None
            and not re.search(r"\b(?:in|after|ago|later|was|will)\b", question.asking)
        )
    )


def _is_other_in_order(subject: str, question: Question) -> bool:
    """Return True for "the second derivative" instead of the derivative, and for a total of the givens."""
    found = _ORDINAL.search(subject.lower())
    if found is not None and re.search(rf"\b(?:the|its)\s+{found['noun']}\b", question.asking.lower()):
        return base(found["ordinal"]) not in question.asked | question.given
    is_total = _TOGETHER.search(subject) is not None and "together" in question.given
    return is_total and not _IN_ALL.search(question.asking)


def _states_result(verb: str) -> bool:
    """Return True for a verb like "has", which states the result of all deeds."""
    first = _WORD.search(verb)
    return first is not None and base(first.group()) in _LIGHT


def _is_other_deed(subject: str, verb: str, question: Question) -> bool:
    """Return True for a verb of the given sentences, if the question asks with another one."""
    first = _WORD.search(verb)
    deed = base(first.group()) if first else ""
    if deed in _LIGHT or deed not in question.given or not _ASKS_BY_VERB.search(question.clause):
        return False
    sought = bases(question.clause)
    is_same = deed in _PAYS and sought & _PAYS
    if is_same or not (_LEFT.search(question.clause) or _asks_for_deed(question.clause)):
        return False
    agent = _AGENT.search(subject)
    if re.search(r"\bstill\s*\Z", subject):
        return False
    if agent is None or (deed in _OF_THING and agent.group().strip() in ("it", "this", "that", "which")):
        return False
    said = bases(subject)
    return bool(said & (question.asked | question.given)) or agent.group().strip().lower() in (
        "he",
        "she",
        "they",
        "it",
    )


def _asks_for_deed(clause: str) -> bool:
    """Return True if a clause asks with a verb of its own, not with one like "have".

    >>> _asks_for_deed("How much did Ann and Bob save in total?"), _asks_for_deed("How much does she have?")
    (True, False)
    """
    found = _AUXILIARY.search(clause)
    return found is not None and _LIGHT.isdisjoint(map(base, _WORD.findall(found["behind"].lower())))


def is_deed_of_question(verb: re.Match[str], prompt: str) -> bool:
    """Return True if the last word of a clause is a verb of the question.

    A past form is a verb, and so is any form behind a pronoun or a name.

    >>> last = re.compile(r"[a-z]+$")
    >>> [is_deed_of_question(last.search(one), "Ann bakes 9 a day.") for one in ("Ann baked", "Ann ate")]
    [True, False]
    """
    word = verb.group().lower()
    question = question_of(prompt)
    if base(word) not in question.asked | question.given:
        return False
    return is_past(word) or _DOER.search(verb.string, 0, verb.start()) is not None


def is_other_deed_behind(rest: str, prompt: str) -> bool:
    """Return True for such a verb behind a value: "15 got off".

    >>> is_other_deed_behind(" got off.", "15 got off, 9 got on. How many are there now?")
    True
    """
    question = question_of(prompt)
    said = _WORD.findall(rest.lower())[:_NEAR]
    if is_undone_in(" ".join(said), question.clause):
        return True
    if any(base(word) in question.asked for word in said) or _ASKS_FOR_QUANTITY.search(question.asking):
        return False
    lowered = prompt.lower()
    return any(
        base(word) in question.given
        and (base(word) not in _LIGHT or re.search(rf"\b{word}\s+{behind}\b", lowered))
        for word, behind in zip(said, [*said[1:], ""], strict=False)
        if base(word) not in (word, word.removesuffix("e")) and not word.endswith("s")
    )


def _is_other_person(subject: str, verb: str, question: Question, prompt: str) -> bool:
    """Return True for a given name, or somebody's relative, if the question asks about another one."""
    person = _PERSON.match(subject)
    if person is not None and person["name"] not in question.asking:
        if not re.search(rf"\b{person['name']}\b", prompt):
            return False
        is_owned = _OWNED.search(question.asking) is not None and not _SUBJECT_PRONOUN.search(question.asking)
        return is_owned or bool(set(_NAMES.findall(question.asking)))
    owned = _OWNS.search(subject)
    if owned is None or base(owned["who"]) in question.asked | question.given:
        return False
    first = _WORD.search(verb)
    deed = base(first.group()) if first else ""
    if deed == "be":
        return _OF_AGE.search(question.asking) is not None
    return deed not in _LIGHT and deed in question.asked


def _is_other_thing(subject: str, question: Question, prompt: str) -> bool:
    """Return True for an object of the given sentences, if a person is asked about: "each box"."""
    each = _EACH.match(subject)
    if (
        each is None
        or base(each["noun"]) not in question.given
        or not _SUBJECT_PRONOUN.search(question.asking)
    ):
        return False
    # Who does something at the beginning of a sentence may be the "he" of the question.
    is_subject = rf"(?:\A|[.!?]\s+)(?:[^\W\d_]+\s+){{0,2}}?{re.escape(each['noun'])}\b"
    return re.search(is_subject, prompt, re.IGNORECASE) is None
