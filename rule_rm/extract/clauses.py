"""Find whether a clause states the value that it leads to: by a verb, a sign, or a name for the answer."""

from __future__ import annotations

import re
from typing import NamedTuple

from rule_rm.extract import denials, patterns, stating
from rule_rm.extract.echoes import has_words_of_question, takes_place_of_question_word
from rule_rm.extract.names import ADJECTIVES, asks_with, has_false_name, is_strange_label
from rule_rm.extract.sentences import VALUE
from rule_rm.extract.subjects import is_command, is_part, is_set_aside, is_strange_subject

_DENIES = re.compile(
    rf"{denials.NOT}|{denials.WRONG}|{denials.INSTEAD}|\b(?:from|than|against|between|near|exclude|excluding)\W*\Z",
    re.IGNORECASE,
)
"""A denial, or a word that relates another value to the next: "from"."""
CUT = re.compile(
    r"[,;:，；：、](?=\s|[^\x00-\x7f]|\Z)|\s[-–—]+(?=\s|\Z)|[—(（\[]"
    rf"|\b(?:{denials.CONJUNCTIONS}|and|where|when|which|who|but|sino|sondern|maar|lecz|nýbrž"
    rf"|melainkan|hanem|vaan|αλλά|ci|אלא|بل)\b"
    rf"|{denials.CJK_CONJUNCTIONS}|ではなく|じゃなく|아니라",
    re.IGNORECASE,
)
"""Where the clause of a value may begin: a comma, "so"."""
_PLAIN_ENGLISH = re.compile(
    r"\b(?:the|we|it|this|that|there|they|you|he|she|i|and|from|with|by|which|answer|number|than|at|an|but|people)\b",
    re.IGNORECASE,
)
"""A word that shows that a clause is English, such as "the"."""
_LIGHT_END = patterns.run_of("light", rf"[^\w§]|\b(?:{stating.LIGHT})(?![\w'’])") + r"\Z"
_STATED = re.compile(rf"(?:\b|(?='))(?:{stating.VERBS})(?![\w'’])(?={_LIGHT_END})", re.IGNORECASE)
"""The English verb that states what follows the clause: the "are" of "there are exactly"."""
_PLAIN_VERB = re.compile(r"\b(?:is|are|was|get|have|gives|equals)(?=[^\w§]*\Z)", re.IGNORECASE)
"""One of the commonest of these verbs, which is found fast: the "is" of "the sum is"."""
_NEAR, _TAIL = 12, 60
"""How many of a clause's last characters are searched for these verbs."""
_ENGLISH_VERB = re.compile(stating.VERBS, re.IGNORECASE)
"""An English verb that states a value, such as "is"."""
_STATED_ANY = re.compile(
    rf"(?:\b|(?='))(?:{stating.VERBS}|{stating.WORLD})(?![\w'’])(?={_LIGHT_END})", re.IGNORECASE
)
"""A verb of any language that states what follows the clause, such as "beträgt"."""
OPEN = re.compile(rf"(?<!\w)(?:{stating.UNSURE}|{stating.MODAL})(?!\w)", re.IGNORECASE)
"""A word that leaves it open whether a statement holds, such as "might"."""
STATED_CJK = re.compile(rf"{stating.CJK}[\s:：]*\Z")
"""The end of a Chinese, Japanese, Korean or Thai clause that leads to a value: 是."""
DENIED_CJK = re.compile(stating.CJK_DENIED)
"""A Chinese, Japanese, Korean or Thai word that denies or supposes, such as 不."""
NOT = re.compile(rf"(?<![\w])(?:{stating.NOT})(?!\w)|n['’]t(?!\w)|\b(?:n|d)['’](?=\w)", re.IGNORECASE)
"""A negation: "not", "n't"."""
_CHAIN = re.compile(
    patterns.run_of(
        "chain",
        r"\b(?:\w+n['’]t|will|must|should|shall|would|can|to|has|have|had|need|needs|needed|be|been|being|able"
        r"|also|now|always|only|just"
        rf"|therefore|thus|hence|then|finally|indeed|first|still|all|both|each|{stating.MODAL}"
        rf"|{stating.NOT}|{stating.UNSURE}|ever|longer|even|really|well)(?!\w)\W*",
        least=1,
    )
    + r"\Z",
    re.IGNORECASE,
)
"""The auxiliaries, negations and adverbs before a verb: "will not"."""
_ADVERBS = re.compile(
    rf"(?:(?<!\w)(?:now|also|always|only|just|therefore|thus|hence|then|finally|indeed|really|so|{stating.NOT_BEFORE})(?!\w)\W*)+\Z",
    re.IGNORECASE,
)
"""The adverbs and negations before a verb that has a person: "no es"."""
_FINITE = re.compile(
    r"(?:is|are|was|were|['’](?:s|re)|equals|gives|yields|remains|costs|makes|leaves)\Z", re.IGNORECASE
)
"""An English verb that follows its subject without an auxiliary, such as "is"."""
_UNREAL_CHAIN = re.compile(
    rf"(?<!\w)(?:{stating.MODAL}|{stating.UNSURE}|{stating.NOT}|\w+n['’]t)(?!\w)|\bwould\W+have\W+\w|\bcan\W+(?:\w+\W+)?be\b",
    re.IGNORECASE,
)
"""An auxiliary that takes a statement back: "may", "would have"."""
_TO_BE = re.compile(
    r"(?:\b(?:found|calculated|computed|determined|shown|known|seen|comes?|turns?|turned|works?|out"
    r"|has|have|had|needs?|needed|able"
    r"|going|required|takes?|expected|given|us|him|her|them|it|nate|[A-Z]\w+)\W+)\Z"
)
"""Words before an infinitive that states: "found to be"."""
_FOUND = re.compile(
    r"\b(?:find|found|get|comput\w+|calculat\w+|determin\w+|confirm\w*|shown?|see|set|measure)\b[^.;!?]*\Z",
    re.IGNORECASE,
)
"""A verb whose object an infinitive describes: "we find the area of the square"."""
_INFINITIVE = re.compile(r"\bto\s+(?:be\s+|have\s+)?\Z", re.IGNORECASE)
"""The "to" of an infinitive."""
_PURPOSE = re.compile(r"(?:get|obtain|find|give|yield|reach|arrive_at|have|make)\Z", re.IGNORECASE)
"""A verb that may follow the "to" of a purpose: "divide by two to get"."""
_CONTROL = re.compile(
    r"\b(?:fail|refus|declin|hesitat|tempt|want|wish|hop|try|tri|attempt|appear|seem|claim|pretend|used|ought|suppos|likely|unlikely|impossible|wrong|avoid|lov|lik|expect|hasten)\w*\W*\Z",
    re.IGNORECASE,
)
"""A verb whose infinitive need not come true: "we fail to"."""
THAT = re.compile(r"\b(?:that|whether|if|dass|que|che|dat|что|że|že)\b", re.IGNORECASE)
"""A word that begins a statement in a statement, such as "that"."""
_SUBJECT = re.compile(
    rf"\W*(?:the|a|an|it|this|there|these|those|we|she|he|they|you|our|my|its|his|her|their|{VALUE}|[a-z]\b|[A-Z]\w*)\b",
)
"""The beginning of a subject, such as "the"."""
_AFFIRMS = re.compile(
    rf"\b(?:{stating.AFFIRMED})\W*\Z|\A\W*(?:so\W+)?(?:i|we)\W+(?:believe|think)\W*\Z", re.IGNORECASE
)
"""A main clause that affirms what follows: "we see"."""
_NOUN_PHRASE = re.compile(
    r"\W*(?:(?:the|a|an|total|number|how|all|each|every|in|on|for|of|his|her|their|its|our)\b|\w+['’]s\b)",
    re.IGNORECASE,
)
"""The beginning of a noun with a relative clause: "the days that he works"."""
_DISCLAIMED = re.compile(
    r"(?:\b(?:not|never|refus\w+|declin\w+|hesitat\w+|reluctant|unwilling|afraid|doubt\w*)|n['’]t)\b(?:\s+(?!only\b)\w+){0,2}?"
    r"\s+(?:say(?:ing)?|said|claim\w*|believ\w*|think\w*|thought|suggest\w*|assert\w*|accept\w*|admit\w*|argu\w*|agree\w*"
    r"|sure|certain|convinced|guarantee\w*|promise|swear)(?:\s+that)?\s+(?:it|the|this|that|there|we|they|he|she|our)\b",
    re.IGNORECASE,
)
"""A denied statement, also without its "that": "I refuse to believe it"."""
_LITOTES = re.compile(
    rf"(?:{stating.NOT})\s+(?:too\s+|very\s+)?(?:hard|difficult|surprising|surprisingly|doubt|question"
    rf"|wonder|only|change)\b"
    r"|\b(?:without|no)\s+(?:a\s+)?(?:any\s+)?(?:doubt|loss of generality|question)\b",
    re.IGNORECASE,
)
"""A negation that affirms, such as "not hard"."""
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
OF_ANSWER = re.compile(
    r"\b(?:of|to|from|than)\s+(?:the|our|my|your|this|that)\s+(?:\w+\s+)?answer\W*\Z", re.IGNORECASE
)
"""A subject that is not the answer: "the opposite of the answer"."""
NAMED = re.compile(
    r"\W*"
    + patterns.run_of("dress", rf"(?:{stating.NOUN_DRESS}|{stating.CONNECTIVES})\b[^\w§]*")
    + rf"(?:{stating.ANSWER_NOUNS})\b"
    rf"(?:\W+(?:{stating.ANSWER_NOUNS})\b)*\W*\Z",
    re.IGNORECASE,
)
"""A name for the answer with its usual modifiers: "the final answer"."""
CONNECTED = re.compile(
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
_AS_MEASURE = re.compile(
    r"(?<![\w'’-])"
    + patterns.run_of("dress", rf"(?:{stating.NOUN_DRESS}|{ADJECTIVES})(?![\w'’-])[^\w§.;:!?]*")
    + rf"(?:{_MEASURE})(?:\s+(?:{_MEASURE}))?(?:\s+of)?\s*\Z",
    re.IGNORECASE,
)
"""The name of a measure between a verb and its value: the "a total length of" of "has a total length of"."""

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
    clause = _LITOTES.sub("clear", clause)
    if UNSURE.search(main):
        return Lead("the words before it leave it open")
    if has_false_name(clause, prompt) or is_set_aside(clause, prompt):
        return Lead("the words before it do not mean the answer")
    if _SUPPOSED.match(clause) and not (by_sign and re.match(r"\W*let['’]?s?\b", clause, re.IGNORECASE)):
        return Lead("it is a supposition")
    if not by_sign and not _PLAIN_ENGLISH.search(clause) and is_part(clause, prompt):
        return Lead("the words before it name a part or a mistake")
    if patterns.HAS_CJK.search(clause):
        return _cjk(clause, prompt, by_sign=by_sign)
    verb = _verb(clause) or _verb_of_measure(clause)
    if verb is None and (CONNECTED.fullmatch(clause) or NAMED.match(clause)):
        return STATES if by_sign else ALONE
    bound = _BOUND.search(clause)
    if verb is None and bound and _BOUND_IS_ANSWER.search(clause[: bound.start()]):
        return STATES
    if verb is None and by_sign:
        return Lead("the words before it deny it") if _DENIES.search(clause) else STATES
    if verb is None and _is_affirmed(clause):
        return STATES
    if verb is None:
        is_asked = asks_with(clause, prompt) or (
            NOT.search(clause) is None and has_words_of_question(clause, prompt)
        )
        return STATES if is_asked else Lead("the words before it do not state it")
    subject = clause[: verb.start()]
    is_bare = is_command(subject, verb.group()) and _ENGLISH_VERB.fullmatch(verb.group()) is not None
    if not (by_sign or any_name) and (is_bare or is_strange_subject(subject, verb.group(), prompt)):
        return Lead("the words before it do not name the answer")
    return _predicate(clause[: verb.start()], verb.group(), main)


def _is_affirmed(clause: str) -> bool:
    """Return True for "we find that" before a formula, a subject after its verb, and "for a total of"."""
    if NOT.search(clause):
        return False
    if _FOR_A.search(clause):
        return True
    that = _AFFIRMED_THAT.search(clause)
    return (
        _INVERTED.match(clause) is not None if that is None else bool(_AFFIRMS.search(clause[: that.start()]))
    )


def is_range(before: str) -> bool:
    """Return True if a clause names the first end of a range: "between 3"."""
    return _RANGE.search(before) is not None


def is_strange_name(label: str, prompt: str) -> bool:
    """Return True if a short label, perhaps with a verb at its end, may name something else than the answer.

    >>> is_strange_name("The bait is", "How many eggs?"), is_strange_name("Total eggs", "How many eggs?")
    (True, False)
    """
    label = _LITOTES.sub(" ", label)
    if len(label.split()) > _LONGEST_NAME:
        return False
    if is_set_aside(label, prompt):
        return True
    verb = _verb(label)
    if verb is not None:
        return is_strange_subject(label[: verb.start()], verb.group(), prompt)
    return is_strange_label(label, prompt)


def _verb(clause: str) -> re.Match[str] | None:
    """Return the verb at the end of a clause that states what follows it."""
    found = _PLAIN_VERB.search(clause, max(0, len(clause) - _NEAR))
    if found is None:
        pattern = _STATED if _PLAIN_ENGLISH.search(clause) else _STATED_ANY
        found = pattern.search(clause, max(0, len(clause) - _TAIL))
    return found


def _verb_of_measure(clause: str) -> re.Match[str] | None:
    """Return the verb before the name of a measure that ends a clause: the "has" of "has a length of"."""
    named = _AS_MEASURE.search(clause)
    return None if named is None else _verb(clause[: named.start()])


def _predicate(subject: str, verb: str, main: str) -> Lead:
    """Return how a clause with a verb that states a value leads to it."""
    if _DISCLAIMED.search(subject):
        return Lead("the statement is denied")
    is_finite = _FINITE.match(verb) or not _ENGLISH_VERB.fullmatch(verb)
    chain = (_ADVERBS if is_finite else _CHAIN).search(subject)
    if chain is not None and _UNREAL_CHAIN.search(chain.group() + verb):
        return Lead("the words before it deny it or leave it open")
    infinitive = _INFINITIVE.search(subject)
    if infinitive and (reason := _not_meant(subject[: infinitive.start()], verb)) is not None:
        return Lead(reason)
    if OF_ANSWER.search(subject):
        return Lead("the words before it do not mean the answer")
    for that in THAT.finditer(main.rstrip()):
        if (reason := _embedded(main[: that.start()], that.group().lower(), main[that.end() :])) is not None:
            return Lead(reason)
    return STATES


def _not_meant(before: str, verb: str) -> str | None:
    """Return why an infinitive, without the words before its "to", states nothing: "we fail to get"."""
    found = _FOUND.search(before) if verb == "be" else None
    chain = None if found is None else _CHAIN.search(before[: found.start()])
    if chain is not None and _UNREAL_CHAIN.search(chain.group()):
        return "the words before it deny it or leave it open"
    if _TO_BE.search(before):
        return None
    if (found is None and not _PURPOSE.match(verb)) or _CONTROL.search(before) or NOT.search(before):
        return "the words before it do not state it"
    return None


def _embedded(matrix: str, word: str, statement: str) -> str | None:
    """Return why a main clause does not affirm the statement in it: "I doubt that"."""
    if word == "whether" or (word == "if" and not _NOUN_PHRASE.match(CUT.split(matrix)[-1])):
        return "it is a supposition"
    if word == "if" or not _SUBJECT.match(statement):
        return None
    matrix = _LITOTES.sub("clear", matrix)
    clause = CUT.split(matrix)[-1] or matrix
    if NOT.search(clause):
        return "the statement is denied"
    if not clause.strip() or _AFFIRMS.search(clause) or _NOUN_PHRASE.match(clause):
        return None
    return "the statement is not affirmed"


def _cjk(clause: str, prompt: str, *, by_sign: bool) -> Lead:
    """Return how a Chinese, Japanese, Korean or Thai clause leads to the value after it."""
    predicate = re.split(r"的(?=\S)", clause)[-1]
    if DENIED_CJK.search(predicate) or re.search(r"[错誤误]误?的\S{0,3}\Z", clause):
        return Lead("the words before it deny it")
    is_stated = STATED_CJK.search(clause) or CJK_EDGE.search(clause)
    if by_sign or is_stated or takes_place_of_question_word(clause, prompt):
        return STATES if by_sign or not re.search(r"[\u3040-\u30ff\uac00-\ud7af]", clause) else ALONE
    return Lead("the words before it do not state it")
