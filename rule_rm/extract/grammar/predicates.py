"""Find why a clause with a verb does not state its value: denied, unreal, or in an open main clause."""

from __future__ import annotations

import re

from rule_rm.extract.grammar.sentences import VALUE
from rule_rm.extract.words import denials, patterns, stating

CUT = re.compile(
    r"[,;:，；：、](?=\s|[^\x00-\x7f]|\Z)|\s[-–—]+(?=\s|\Z)|[—(（\[]"
    rf"|\b(?:{denials.CONJUNCTIONS}|and|where|when|which|who|but|sino|sondern|maar|lecz|nýbrž"
    rf"|melainkan|hanem|vaan|αλλά|ci|אלא|بل)\b"
    rf"|{denials.CJK_CONJUNCTIONS}|ではなく|じゃなく|아니라",
    re.IGNORECASE,
)
"""Where the clause of a value may begin: a comma, "so"."""
ENGLISH_VERB = patterns.deferred(stating.VERBS, re.IGNORECASE)
"""An English verb that states a value, such as "is"."""
NOT = re.compile(rf"(?<![\w])(?:{stating.NOT})(?!\w)|n['’]t(?!\w)|\b(?:n|d)['’](?=\w)", re.IGNORECASE)
"""A negation: "not", "n't"."""
_CHAIN = patterns.deferred(
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
_UNREAL_CHAIN = patterns.deferred(
    rf"(?<!\w)(?:{stating.MODAL}|{stating.UNSURE}|{stating.NOT}|\w+n['’]t)(?!\w)|\bwould\W+have\W+\w|\bcan\W+(?:\w+\W+)?be\b(?!\W+(?:re)?(?:written|expressed|represented|simplified|reduced)\b)",
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
AFFIRMS = re.compile(
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
LITOTES = patterns.deferred(
    rf"(?:{stating.NOT})\s+(?:too\s+|very\s+)?(?:hard|difficult|surprising|surprisingly|doubt|question"
    rf"|wonder|only|change)\b"
    r"|\b(?:without|no)\s+(?:a\s+)?(?:any\s+)?(?:doubt|loss of generality|question)\b",
    re.IGNORECASE,
)
"""A negation that affirms, such as "not hard"."""
OF_ANSWER = re.compile(
    r"\b(?:of|to|from|than|half|twice|double|triple|thrice|third|quarter|square|opposite|negative|reciprocal)"
    r"\s+(?:the|our|my|your|this|that)\s+(?:\w+\s+)?answer\W*\Z",
    re.IGNORECASE,
)
"""A subject that is not the answer: "the opposite of the answer"."""


def taken_back(subject: str, verb: str, main: str, prompt: str) -> str | None:
    """Return why a clause with a verb that states a value does not state it; None if it does."""
    if _DISCLAIMED.search(subject):
        return "the statement is denied"
    is_finite = _FINITE.match(verb) or not ENGLISH_VERB.fullmatch(verb)
    chain = (_ADVERBS if is_finite else _CHAIN).search(subject)
    if (
        chain is not None
        and _UNREAL_CHAIN.search(chain.group() + verb)
        and not _is_in(chain.group() + verb, prompt)
    ):
        return "the words before it deny it or leave it open"
    infinitive = _INFINITIVE.search(subject)
    if infinitive and (reason := _not_meant(subject[: infinitive.start()], verb)) is not None:
        return reason
    if OF_ANSWER.search(subject):
        return "the words before it do not mean the answer"
    for that in THAT.finditer(main.rstrip()):
        if (reason := _embedded(main[: that.start()], that.group().lower(), main[that.end() :])) is not None:
            return reason
    return None


def _is_in(said: str, prompt: str) -> bool:
    """Return True for words of the question, such as the Italian "ne restano", where "ne" denies nothing."""
    return " ".join(said.lower().split()) in prompt.lower()


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


def _embedded(matrix: str, word: str, said: str) -> str | None:
    """Return why a main clause does not affirm the statement that a word begins in it: "I doubt that"."""
    if word == "whether" or (word == "if" and not _NOUN_PHRASE.match(CUT.split(matrix)[-1])):
        return "it is a supposition"
    if word == "if" or not _SUBJECT.match(said):
        return None
    matrix = LITOTES.sub("clear", matrix)
    clause = CUT.split(matrix)[-1] or matrix
    if NOT.search(clause):
        return "the statement is denied"
    if not clause.strip() or AFFIRMS.search(clause) or _NOUN_PHRASE.match(clause):
        return None
    return "the statement is not affirmed"
