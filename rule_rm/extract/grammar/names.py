"""Find whether a clause or label names the answer, another's answer, or none.

The adjectives of a name for the answer are a closed list: "the final answer" is meant, "the bogus result" is
not. A word of the question may be part of a name, as it may ask for just that.
"""

from __future__ import annotations

import re

from rule_rm.extract.words import denials, patterns, stating
from rule_rm.extract.words.verbs import base

ADJECTIVES = patterns.phrases(
    """
    most more general only valid intended positive negative real complex rational purely algebraic
    analytic implicit explicit numerical numeric estimated expected likely appropriate reasonable
    plausible sensible given new absolute relative net gross monthly weekly daily yearly annual
    combined cumulative remaining grand running trivial nontrivial non desired sought particular
    common joint mean median equivalent standard closed open symbolic written boxed rounded reduced
    factored expanded mixed initial-value power series steady state exponential polynomial linear
    quadratic
    """
)
"""English adjectives that an answer may have besides those of `NOUN_DRESS`, such as "general"."""
QUANTITIES = patterns.phrases(
    """
    amounts? difference products? quotient ratio area perimeter volume length width height depth
    speed velocity acceleration distance time duration cost price profit loss revenue income salary
    probability odds percentage percent average mean median mode range deviation variance remainder
    slope intercept angle radius diameter circumference age weight mass force energy power pressure
    temperature density charge current voltage resistance frequency wavelength concentration
    interval domain sets? pairs? coordinates? vertex centers? points? equations? expression function
    formula form fraction decimal integer derivative integral limit roots? zeros? factors? terms?
    coefficients? exponent degree base units? term count quantity magnitude vector matrix
    determinant eigenvalues? rank dimension inverse permutations? combinations? ways arrangements?
    outcomes? change balance debt savings discount tax minutes? hours? days? weeks? months? years?
    seconds? dollars? cents? meters? feet inches miles left remaining altogether together rounded
    true double half twice third simplification simplified result product calculation computation
    """
)
"""English names for quantities, by which a label may name the answer: "Perimeter:"."""
_FALSE = patterns.deferred(
    rf"(?:{denials.WRONG}|\b(?:naive|careless|hasty|tempting|obvious|popular|first|initial|initially"
    rf"|original|originally|previous|earlier|old|former|trap|decoy|bad|supposed|alleged|first_guess"
    rf"|guess|guessed))"
    rf"(?:\W+\w+){{0,2}}?\W+(?:{stating.ANSWER_NOUNS}|count|guess|attempt|thought|reading|calculation|estimate|approach|version|draft|edition|try|run|one|gives?|yields?|produces?|was|were|had)\b|(?:{denials.WRONG})\W+to\W+(?:think|say|believe|assume|claim|conclude|write|answer)\b|\b(?:guess|attempt)\W+(?:is|was)\b",
    re.IGNORECASE,
)
"""A name for an answer that is not meant: "the wrong answer"."""
_NAME = re.compile(
    r"(?<!\bof\s)(?<!\bfrom\s)\b(?P<owner>the|an?|my|our|(?:[^\W\d_]+\s+){0,2}[^\W\d_]+['’]s)\s+"
    r"(?P<adjectives>(?:(?!(?:of|the|that|which|who|for|to|in|is|are|was|has|have|had|by|with|if|on|at|as|from)\b)[^\W\d_][\w'’-]*\s+){0,3}?)"
    r"(?:answers?|results?|solutions?|conclusion|total|count|outcome|guess|argument|computation|reading|estimate)\b(?!['’-])",
    re.IGNORECASE,
)
"""A name for an answer with its adjectives: "the simplified answer", "Anna's answer"."""
MEANT = patterns.deferred(
    rf"(?:{stating.NOUN_DRESS}|{stating.LIGHT}|{ADJECTIVES}|and|but|or|\w+est|\w*[\d§]\w*)\W*\Z",
    re.IGNORECASE,
)
"""An adjective that an answer may have: "final"."""
_OWNERS = re.compile(
    r"(?:the|an?|my|our|(?:(?:the|this|that|our|my|a)\s+)?"
    r"(?:problem|question|exercise|equation|expression|system|sum|it|let|here|that|what|there|this|today)['’]s)\Z",
    re.IGNORECASE,
)
"""A determiner or an owner whose answer is meant: "the", "the problem's"."""
_CANDIDATE = re.compile(
    r"(?<![^\W_])(?:answers?|results?|solutions?|conclusions?|roots?|estimates?|picks?|choices?"
    r"|(?P<undecided>candidates?|attempts?|guess(?:es)?))(?:\W+(?:in|of|for|to|from|per|as|with)\b.*)?\W*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""A noun for something right or wrong at the end of a label: "root", "result in dollars"."""
_UNLIKELY = re.compile(
    r"(?:\b(?:least|less|not)\s+|\b(?:un|im))(?:likely|probable|plausible)\W*\Z", re.IGNORECASE
)
"""A label of a value that is set aside: "least likely"."""
_ADVERBIAL = re.compile(
    r"\W*(?:(?:and|so|but|then|thus|therefore|hence|finally|now|also)\W+)*(?:in|to|for|by|with|as|on|at|from|after|using)\b",
    re.IGNORECASE,
)
"""The beginning of an adverbial: "in simplest form"."""
_MEASURE = patterns.deferred(rf"{QUANTITIES}|form|terms|notation|places|order", re.IGNORECASE)
"""A quantity, or a form of one: "integer", "notation"."""
DENIES = patterns.deferred(rf"{denials.NOT}|{denials.WRONG}|{denials.INSTEAD}", re.IGNORECASE)
"""A denial: "without"."""
_LEFT_OPEN = patterns.deferred(
    rf"(?<!\w)(?:{stating.NOT}|{stating.UNSURE}|{stating.MODAL}|would|should|ought)(?!\w)", re.IGNORECASE
)
"""A word by which a verb does not state its object: "hardly", "would"."""
_NO_SUBJECT = patterns.words(
    """
        the a an this that these those every any some no half per last next first same other
        another one two three four five six seven eight nine ten of than at from in on to for with by and or
        not as but if before after until
        """
)
"""Words between which and a value no verb comes."""
_PARTICLE = re.compile(r"\s+(?:out|up|off|away|back|over|in)\s*\Z")
"""A particle behind a verb: the "out" of "given out"."""
_AUXILIARY = re.compile(r"\b(?:did|does|do|has|have|was|were|will|must)\b(?P<behind>[^.?]*)")
"""An auxiliary of a question and what follows it: "did she keep"."""
_LONGEST = 4
"""A label with more words is a clause."""
_LONGEST_LABEL = 80
"""Characters of a label; a longer one is none."""
_WORD = re.compile(r"[^\W\d_]+")
"""A word: `cost`."""
_REPORTS = (
    r"(?:says?|said|claims?|claimed|thinks?|thought|answers?|answered|guess(?:es|ed)?|wr(?:ites?|ote)"
    r"|propos(?:es?|ed)|suggests?|suggested|believes?|believed|argues?|argued|tells?|told"
    r"|reports?|reported|gets?|got|finds?|found|has|had|gives?|gave|obtains?|obtained|picks?|picked|chooses|chose|selects?|selected)"
)
_HEARSAY = patterns.deferred(
    rf"{denials.REPORTED}"
    r"|\b(?:some|others|many|most)\s+(?:people\s+)?(?:get|say|claim|think|believe|answer|argue|write|report|suggest|guess)\b"
    r"|\b(?:many|some|several|other|(?<!the\s)most)\s+\w+s\s+(?:(?:would|will|might|often"
    r"|may)\s+)?(?:get|say|answer|write|find)\w*"
    rf"|\b(?:(?:my|your|our|one|an?|the)\s+)?(?:reader|solver|beginner|student|classmate|book|key|(?:some|any|every|no)(?:body|one)|people|others)\s+(?:\w+\s+)?(?:{_REPORTS}|puts?|picks?|chooses?|chose|box(?:es)?|circles?|enters?)\b"
    rf"|\b(?:an?|one|any)\s+\w+\s+(?P<who>who)\b[^.;:!?\n]{{1,60}}?\s{_REPORTS}\W*\Z"
    rf"|\b(?:my|your)\s+(?!(?:final|own)\b)\w+\s+{_REPORTS}\b(?!\s+(?:of|was|is|were)\b)"
    r"|(?<![\w§] )\b(?!(?:this|that|it|we|i|he|she|they|you|one|each|which|who|there|here|now|so|all)\b)"
    r"[a-z]+(?<!ing)(?<!ly)\s+(?:says|said|claims|claimed|got|guess(?:es|ed)|answered|proposed|proposes|told)\b",
    re.IGNORECASE,
)
"""Words that put a value into another's mouth, such as "my friend got"."""
_OWNER = re.compile(
    r"\W*(?:(?:So|Well|Now|But|And|Also|However)\W+)?(?P<name>(?!(?:It|He|She|They|We|You|I|This|That|There|One|Everyone|Each|Who|What)\b)[A-Z][a-z]{3,})"
    r"\s+(?:has|had|lists?|states?|reports?|says?|shows?|prints?|displays?)\W*\Z"
)
"""Somebody or something that has a value, in a sentence of no more words: "Wikipedia has"."""
_ACCORDING = re.compile(
    r"\baccording\s+to\b(?!\s+(?:the\s+|this\s+|our\s+)?(?:problem|question|given|formula|theorem|statement"
    r"|information|rule|order|table|figure|diagram|graph|chart|data|definition|law|principle|hint|text|equation)\b)\s+(?P<source>(?:\w+\s+){0,2}\w+)",
    re.IGNORECASE,
)
"""A source that is not the question: "according to the key"."""
_OWN = re.compile(r"\b(?:I|we)\b")
"""The one who answers: "I get"."""
_RELATIVE = re.compile(r"\b(?:who|that|which|whose)\b", re.IGNORECASE)
"""The beginning of a relative clause: "people who said no"."""


def has_false_name(clause: str, prompt: str) -> bool:
    """Return True if a clause names an answer that is not meant, and the question does not ask for it.

    >>> [has_false_name(f"the {name} is", "") for name in ("final answer", "bogus result", "wrong answer")]
    [False, True, True]
    >>> has_false_name("Anna's answer is", ""), has_false_name("Anna's answer is", "What is Anna's answer?")
    (True, False)
    """
    asked = prompt.lower()
    for found in _FALSE.finditer(clause):
        word = _WORD.search(found.group())
        is_asked = word is not None and word.group().lower() in asked
        if not is_asked and not (DENIES.match(found.group()) and DENIES.search(prompt)):
            return True
    for found in _NAME.finditer(clause):
        owner = re.sub(r"['’]s\Z", "", found["owner"])
        strange = [] if _OWNERS.match(found["owner"]) else _WORD.findall(owner)[-1:]
        strange += [
            word
            for word in re.split(r"[\s-]+", found["adjectives"].strip())
            if word and not MEANT.match(word)
        ]
        if any(word.lower().removesuffix("'s").removesuffix("’s") not in asked for word in strange):
            return True
    return False


def is_strange_label(label: str, prompt: str) -> bool:
    """Return True for a label that is undecided, or has an adjective that neither answer nor question has.

    >>> [is_strange_label(label, "Find x.") for label in ("Spurious root", "Final result", "Max profit")]
    [True, False, False]
    """
    if not label.isascii() or len(label) > _LONGEST_LABEL or len(_WORD.findall(label)) > _LONGEST:
        return False
    if (unlikely := _UNLIKELY.search(label)) and unlikely.group().lower() not in prompt.lower():
        return True
    candidate = _CANDIDATE.search(label)
    if candidate is None:
        return False
    asked = {stem(word) for word in _WORD.findall(prompt.lower())}
    if candidate["undecided"] and stem(candidate["undecided"].lower()) not in asked:
        return True
    return not all(
        MEANT.match(word) or _MEASURE.fullmatch(word) or stem(word) in asked
        for word in _WORD.findall(label[: candidate.start()].lower())
    )


def is_adverbial(clause: str, prompt: str) -> bool:
    """Return True for an adverbial about a quantity or about what the question names.

    >>> is_adverbial("To the nearest integer", ""), is_adverbial("At first", "")
    (True, False)
    """
    if not _ADVERBIAL.match(clause) or DENIES.search(clause):
        return False
    words = _WORD.findall(clause.lower())
    asked = {stem(word) for word in _WORD.findall(prompt.lower())}
    return len(words) <= 2 * _LONGEST and (
        stem(words[-1]) in asked or _MEASURE.fullmatch(words[-1]) is not None
    )


def asks_with(clause: str, prompt: str) -> bool:
    """Return True if the question asks with the verb that ends a clause: "he missed", "did he miss?".

    >>> asks_with("He missed", "How many shots did he miss?"), asks_with("He missed", "")
    (True, False)
    >>> asks_with("So they lay", "How many eggs do they lay?"), asks_with("They hardly lay", "Do they lay?")
    (True, False)
    """
    words = _WORD.findall(_PARTICLE.sub("", clause.lower()))
    if len(words) > 2 and words[-2] in ("has", "have", "had", "will"):
        del words[-2]
    # A verb behind "and" or "then" has the subject of the verb before it.
    is_joined = len(words) == 2 and words[0] in ("and", "then")
    if len(words) < 2 or _LEFT_OPEN.search(clause) or not (is_joined or words[-2] not in _NO_SUBJECT):
        return False
    asked = prompt.lower()
    if any(found.group().lower().strip() not in asked for found in DENIES.finditer(clause)):
        return False
    verb = base(words[-1])
    behind = _AUXILIARY.search(asked)
    return len(verb) > 2 and behind is not None and verb in map(base, _WORD.findall(behind["behind"]))


def stem(word: str) -> str:
    """Return a word without its plural's ending."""
    return word.removesuffix("s").removesuffix("e")


def is_anothers(sentence: str, prompt: str) -> bool:
    """Return True if a sentence puts a value into the mouth of somebody whom the question does not name.

    >>> is_anothers("My friend got", ""), is_anothers("the people who said no are", "")
    (True, False)
    """
    owner = _OWNER.match(sentence)
    if owner is not None and prompt and owner["name"].lower() not in prompt.lower():
        return True
    reports = list(_HEARSAY.finditer(sentence))
    source = _ACCORDING.search(sentence)
    if not reports and source is None:
        return False
    asked = {stem(word) for word in _WORD.findall(prompt.lower())}
    for found in reports:
        words = [stem(word) for word in _WORD.findall(found.group().lower())]
        if (_RELATIVE.search(found.group()) and not found["who"]) or _OWN.search(sentence, found.end()):
            continue
        if not any(len(word) > 2 and word in asked for word in words):
            return True
    return source is not None and not any(
        len(word) > 2 and stem(word) in asked for word in _WORD.findall(source["source"].lower())
    )
