"""Find whether the subject of a statement can be the answer: "the total", but not "the value we must avoid".

A name may have any noun but those of a mistake or an exclusion, as nobody can list those of all questions and
fields. If the question is known, the verb of a clause in a name must be one of the question or of computing.
Any other one may set the value aside. A part, a step and a multiple are the answer only if the question asks
for one. The subject of any other verb, such as "the train travels", may have any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rule_rm.extract.grammar import names
from rule_rm.extract.grammar.vocabulary import (
    AUXILIARIES,
    CLAUSE_MARKS,
    COMMANDS,
    LISTED,
    NEUTRAL,
    OPERATIONS,
    PARTS,
    SOUGHT,
)
from rule_rm.extract.words import denials, stating
from rule_rm.extract.words.patterns import deferred

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
"""A word, such as `isn't` or `half-life`."""
_IDENTITY = re.compile(
    r"(?:is|are|was|were|be|been|['’]s|equals?|equalled|equaled|equal|becomes?|became|remains?|gives?|gave|yields?|yielded"
    r"|produces?|produced|shows?|reads?|means?|represents?|constitutes?|leads?\s+to|led\s+to"
    r"|(?:comes?|amounts?|evaluates?|simplif(?:y|ies)|reduces?|works?\s+out|rounds?)\s+to|turns\s+out\s+as)",
    re.IGNORECASE,
)
"""A verb by which a subject names its value or leads to it, such as "is" or "gives"."""
_PREPOSITION = re.compile(
    r"\b(?:of|in|for|on|from|by|with|at|between|per|under|over|after|among|within|through|into|as|than|across"
    r"|along|around|about|during|until|since|because|besides|to(?=\s+(?:the|an?|this|that|our|its|his|her|their|all|each|every)\b))\b",
    re.IGNORECASE,
)
"""A preposition, behind which nothing is said of the subject itself: "of"."""
_ASIDE = re.compile(
    r"\b(?:without|before|alone|except|excluding|ignoring|neglecting|so\s+far|up\s+to\s+(?:this|that|now|here)"
    r"|at\s+first|first\s+glance|until\s+now|thus\s+far|initially|instead|rather|where\s+one\s+(?:should|must|ought))\b"
    r"|\b(?:twice|thrice|squared|cubed)\W*\Z",
    re.IGNORECASE,
)
"""Words by which a statement is one of a part, of an earlier step or of another computation: "so far"."""
_TIMES = re.compile(
    r"\A\W*(?:\w+\s+times|twice|thrice|double|triple|half(?:\s+of)?|a\s+(?:third|quarter|fourth|fifth|tenth)\s+of|one\s+(?:half|third|quarter|fourth|fifth|tenth)\s+of"
    r"|the\s+(?:square|cube|double|triple|half|reciprocal|inverse|opposite|negative)\s+of)\s+(?:the|our|this|that|my|your|what|it)\b",
    re.IGNORECASE,
)
"""A multiple or a power of something: "ten times the"."""
_OF_NUMBER = re.compile(r"\W*(?:[^\W\d_]+\W+){1,3}?of\W+[\d§]", re.IGNORECASE)
"""A part of a number, which is computed: "half of 84"."""
_PART = re.compile(
    r"\b(?:Hälfte|Drittel|Viertel|Zwischen\w+|Teil\w+|Anfang\w*|ursprünglich|zuerst|zunächst|vorher"
    r"|moitié|tiers|intermédiaire|partiel\w*|début|initialement|auparavant"
    r"|mitad|tercio|intermedi[oa]|parcial|principio|inicialmente|antes"
    r"|metade|terço|intermediári[oa]|parcial|início|metà|parziale|inizio|inizialmente|prima"
    r"|helft|tussen\w+|oorspronkelijk|połow\w|początku|polovin\w|yarısı|hälften|början|puolet|jumătate\w*)\b"
    r"|половин|треть|промежуточн|сначала|изначально|первоначально|вначале"
    r"|一半|半分|前半|后半|後半|中间|中間|途中|原来|原來|原本|起初|最初|开始时|一开始|はじめ|もともと"
    r"|절반|전반|중간|처음|원래|نصف|البداية|आधा|आध|शुरू|शर",
    re.IGNORECASE,
)
"""A word of another language for a part or an earlier time: "moitié"."""
_INFINITIVE = re.compile(r"\bto\s+(?P<verb>[a-z]+)")
"""An infinitive: "to reject"."""
_WRONG = deferred(denials.WRONG, re.IGNORECASE)
"""A word that calls something wrong, such as "fausse"."""
_CLAUSE = re.compile(
    r"\A\W*(?:i|we|it|this|that|which|you|one)\b.*\b(?:that"
    r"|(?:sure|certain|confident|know|believe|think|say|see|conclude)(?=\s+(?:it|the|this|there|that)\b))",
    re.IGNORECASE | re.DOTALL,
)
"""The main clause before a statement: "we conclude that"."""
_GERUND = re.compile(
    r"\W*(?:[^\W\d_]+ly\W+)?(?:re-?)?(?P<verb>[^\W\d_]{2,}ing)\b(?!\s+(?:number|amount|term|factor|side))",
    re.IGNORECASE,
)
"""A gerund at the beginning of a clause: "Adding"."""
_MACRO = re.compile(r"\\(?:(?:begin|end)\s*)?[a-zA-Z]+")
"""A macro in front of a sentence, without its braces: `\\end align`."""
_SET_ASIDE = deferred(denials.SET_ASIDE, re.IGNORECASE)
"""A noun or adjective for a mistake, a trick or an exclusion: "blunder"."""
_ROOT = 5
"""Letters by which a word is known that has another ending in the question: "investment", "invested"."""
_EVENT = re.compile(r"\b(?:probability|chances?|odds|likelihood|fact)\s+that\b", re.IGNORECASE)
"""A noun before a statement of what happens: "the probability that"."""
_NOT_BAD = deferred(
    rf"\b(?:(?:does|do|did|is|are|was|were)\s+not|(?:does|do|did|is|are|was|were)n['’]t)\s+"
    rf"(?:{denials.WRONG}|{denials.SET_ASIDE}|(?:fail|exclud|forbid|remov|violat|contradict)\w*|ruled\s+out)",
    re.IGNORECASE,
)
"""The negation of a flaw: "is not excluded"."""
_NEGATED = re.compile(
    r"\A\W*what\b.*(?:\bnot\b|n['’]t\b)"
    r"|(?:\b(?:not|never|cannot)|n['’]t)\s+(?:work|fit|count|hold|satisfy|solve|belong|qualify|apply)",
    re.IGNORECASE | re.DOTALL,
)
"""A negation that sets the subject aside: "does not work"."""


def is_strange_subject(subject: str, verb: str, prompt: str) -> bool:
    """Return True if the subject of a verb before a value may be something else than the answer.

    >>> [is_strange_subject(one, "is", "How many eggs?") for one in ("The hypotenuse", "The value we avoid")]
    [False, True]
    >>> [is_strange_subject(f"{verb} the two", "gives", "") for verb in ("Adding", "Forgetting")]
    [False, True]
    """
    if not subject.isascii():
        return False
    asked = _stems(prompt)
    said = _MACRO.sub(" ", subject).strip()
    if said[:4].lower() == "per " and not asked & {"per", "each", "every"}:
        return True
    for pattern in (_ASIDE, _TIMES):
        if any(not _is_asked(found.group(), asked) for found in pattern.finditer(said)):
            return True
    if not _IDENTITY.fullmatch(verb.strip()):
        return False
    if (clause := _CLAUSE.match(said)) is not None:
        said = said[clause.end() :].strip()
    if _GERUND.match(said):
        return is_strange_gerund(said, prompt)
    return not (_OF_NUMBER.match(said) or _is_known(_core(said), asked))


def is_part(clause: str, prompt: str) -> bool:
    """Return True if a clause of another language names a part or a mistake that nobody asked for.

    >>> is_part("La mitad es", ""), is_part("La mitad es", "¿Cuál es la mitad?")
    (True, False)
    """
    return _has_word(clause, prompt, _PART, _WRONG, _SET_ASIDE)


def is_set_aside(clause: str, prompt: str) -> bool:
    """Return True if a clause names a mistake, a trick or an exclusion that the question does not name.

    >>> [is_set_aside("The excluded value is", asked) for asked in ("Find x.", "Which x is excluded?")]
    [True, False]
    """
    return _has_word(_NOT_BAD.sub("", _core(clause)), prompt, _SET_ASIDE)


def _has_word(clause: str, prompt: str, *lists: re.Pattern[str]) -> bool:
    """Return True if a clause has a word of some lists that the question does not have."""
    asked = prompt.lower()
    return any(found.group().lower() not in asked for words in lists for found in words.finditer(clause))


def is_command(subject: str, verb: str) -> bool:
    """Return True for an imperative that states no value: "Skip".

    >>> is_command("", "Skip"), is_command("", "gives"), is_command("we ", "skip")
    (True, False, False)
    """
    word = verb.strip().lower()
    is_finite = word.endswith(("s", "ed", "ing"))
    is_noun = re.fullmatch(stating.ANSWER_NOUNS, word) is not None
    return not (subject.strip() or is_finite or is_noun) and verb[:1].isupper() and word not in COMMANDS


def is_strange_gerund(text: str, prompt: str) -> bool:
    """Return True if a text begins with a gerund for something other than a computation or the question.

    >>> is_strange_gerund("Confusing two numbers", ""), is_strange_gerund("Adding two numbers", "")
    (True, False)
    """
    gerund = _GERUND.match(text)
    return gerund is not None and not _is_operation(gerund["verb"].lower(), _stems(prompt))


@lru_cache(maxsize=64)
def _stems(prompt: str) -> frozenset[str]:
    """Return the stems of a question's words; a group shares its question."""
    words = _WORD.findall(prompt.lower())
    return frozenset([*map(names.stem, words), *(word[:_ROOT] for word in words if len(word) > _ROOT)])


def _core(subject: str) -> str:
    """Return the subject without what follows its first preposition; "" if it begins with an adverbial."""
    found = _EVENT.search(subject) or _PREPOSITION.search(subject)
    return subject if found is None else subject[: found.start()]


def _is_known(core: str, asked: frozenset[str]) -> bool:
    """Return True if a name may be the answer's: for its parts, and for the verbs of a clause in it."""
    if any(
        found["verb"] not in SOUGHT and names.stem(found["verb"]) not in asked
        for found in _INFINITIVE.finditer(core)
    ):
        return False
    core = _NOT_BAD.sub("", core.rpartition(", ")[2] or core)
    if _NEGATED.search(core) and not asked & {"not", "never", "no", "cannot"}:
        return False
    said = [word.lower() for word in _WORD.findall(core)]
    if any(word in PARTS and not _is_among(word, asked) for word in said):
        return False
    # Without the question, any clause may be in it.
    return not asked or all(
        word in NEUTRAL or names.stem(word) in LISTED or _is_among(word, asked) for word in _verbs(said)
    )


def _verbs(said: Sequence[str]) -> Iterator[str]:
    """Yield the word behind each pronoun and auxiliary of a name, which is the verb of a clause.

    >>> list(_verbs("the value that we must not avoid".split()))
    ['avoid']
    """
    is_next = False
    for word in said:
        is_adverb = is_next and (word in AUXILIARIES or word.endswith(("ly", "n't", "n’t")))
        if not (word in CLAUSE_MARKS or is_adverb):
            if is_next:
                yield word
            is_next = False
        else:
            is_next = True


def _is_among(word: str, asked: frozenset[str]) -> bool:
    """Return True for a word of the question, perhaps with another ending."""
    return names.stem(word) in asked or (len(word) > _ROOT and word[:_ROOT] in asked)


def _is_asked(said: str, asked: frozenset[str]) -> bool:
    """Return True if the question has the telling word of a phrase."""
    return any(names.stem(word) in asked for word in _WORD.findall(said.lower()) if word not in NEUTRAL)


def _is_operation(gerund: str, asked: frozenset[str]) -> bool:
    stem = gerund.removesuffix("ing")
    stems = {stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
    return bool(stems & OPERATIONS or {names.stem(one) for one in (gerund, *stems)} & asked)
