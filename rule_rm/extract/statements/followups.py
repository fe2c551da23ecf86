r"""Find whether the rest of a sentence takes its value back: "\boxed{17} is too small".

A unit, a condition or a reason may follow a value that is stated. Where the value begins its sentence, only a
predicate that confirms it may follow. `claims` reads the words before the value, `sequels` the next sentence.
"""

from __future__ import annotations

import re

from rule_rm.extract.question.asked import question_of
from rule_rm.extract.question.asked_cases import is_other_case
from rule_rm.extract.question.comparisons import asks_to_compare
from rule_rm.extract.question.counted import UNITS, is_counted, is_undone
from rule_rm.extract.question.echoes import follows_question_word
from rule_rm.extract.relevance.asked_about import is_other_deed_behind
from rule_rm.extract.relevance.quantities import is_other_quantity
from rule_rm.extract.response.visible import PICTURES
from rule_rm.extract.statements.changes import ENDED, changed, decided
from rule_rm.extract.statements.continuations import CONTRAST, NOT, SPEAKER, TAKES_BACK, continuation
from rule_rm.extract.values.numbers import formulas_in
from rule_rm.extract.words import denials, patterns, stating
from rule_rm.extract.words.endings import ends_cjk_sentence

WINDOW = 400
CLOSING = patterns.deferred(
    r"(?:[\s$})*_`~\"”»」』]|\\[\])]|\\\\|\\(?:[,;:! ]|q?quad|end\s*\{[a-z*]+\}|checkmark|blacksquare|square"
    rf"|qed\b)|[✓✔✅☑■□∎▪]|[{PICTURES}](?=[{PICTURES} \t$*]*(?:\n|\Z)))*"
)
"""Markup and marks after a value: `\\]`."""
END = re.compile(r"[.!](?=[\s$)*\"”\\]|\Z)|[。！।]|\n[ \t]*\n|\n(?=\s*[^a-z\s])|[?？]")
"""The end of a sentence; a line that begins with a small letter goes on with it: the `.` of `so. Then`."""
_MARKUP = re.compile(r"\\(?:text(?:bf|it|rm)?|mathrm|[\[\]()])|[*_`{}$]")
"""Markup in words: `**`."""
_PART = re.compile(
    r"\s*(?:(?:and\s+(?:a\s+)?(?:half|quarter|third|change|more|some|then\s+some|counting)|plus|minus"
    r"|times(?!\s*(?:\Z|(?:in|a|per|during|on|for|this|each|every|while|when|before|after|until|altogether|total|today)\b))|mod(?:ulo)?|up\s+to|give\s+or\s+take|short\s+of|shy\s+of|or\s+(?:so|more|less|fewer"
    r"|thereabouts)"
    r"|at\s+(?:least|most)|to|through|squared|cubed|short)\b|-?ish\b|[-+±×÷^*]|/(?!\s?[a-z]{2})|\.\d|보다|以上|以下|未満|多(?=个|$)|より)",
    re.IGNORECASE,
)
"""Words that change the value before them, such as "and a half"."""
_UNASKED = re.compile(
    r"\s*(?:(?:more|fewer|less|older|younger|taller|shorter|longer)\s+(?:\w+\s+){0,2}(?P<than>than)|(?:in\s+|\()(?P<base>base)[\s-]*\w+)\b",
    re.IGNORECASE,
)
"""Words that relate a value to another one, or read it in a base: "more than Bob"."""
_OF_PART = re.compile(
    r"\s*(?:for|in|after|from)\s+(?:only\s+)?(?:the\s+|an?\s+)?"
    r"(?P<part>first|second|third|single|half|partial|part|step)\b",
    re.IGNORECASE,
)
"""A part that a value is of: "for the first"."""
_TO_GOAL = re.compile(r"\s*to\s+(?!\d|§)[a-z]+", re.IGNORECASE)
"""A goal: "to catch the bus"."""
RELATIVE = re.compile(
    r"\b(?:that|which|who|whose|where|with|without|die|der|das|qui|que|которые|których)\b", re.IGNORECASE
)
"""The beginning of a relative clause, such as "that"."""
_WHERE = re.compile(
    r"\s*(?:where|because|since|as)\s+(?:(?:we|the|this|that|it|there|\w\s+is)\b|§\s+is\b)", re.IGNORECASE
)
"""The beginning of an explanation behind a value: "where we"."""
_LEAVES_OUT = re.compile(r"\b(?:forg[eo]t|overlook|ignor|neglect|omit|skip|double|halve)\w*", re.IGNORECASE)
"""A word by which an explanation takes its value back: "where we ignored"."""
_REMARK = re.compile(
    rf"{RELATIVE.pattern}|\b(?:because|since|given\s+that|denn|weil|car|puisque|porque|perché|poiché|pois|omdat"
    r"|ponieważ|protože)\b|потому|поскольку|因为|由于",
    re.IGNORECASE,
)
"""The beginning of a relative clause or of a reason, such as "because"."""
_QUOTED = re.compile(r"[,.!]\s*[\"”’»」]\s*(?=[a-z])")
"""The end of a quotation within a sentence: `," `."""
_IS_A = re.compile(r"\s*(?:is|was|are|were)\s+(?:an?|the)\b", re.IGNORECASE)
"""The beginning of a predicate with a noun: "is the"."""
_SET_ASIDE = re.compile(denials.SET_ASIDE, re.IGNORECASE)
"""A noun or adjective for a mistake, a trick or an exclusion: "bait"."""
_CROSS = re.compile(r"[(（\[]?\s*[❌✗✘☒✖🚫👎]|[(（]\s*×\s*[)）]")
"""A mark that crosses a value out: ✗, `(×)`."""
_SENTENCE_END = re.compile(r"\n|[.!](?=\s|\Z)")
"""The end of a line or of a sentence: the `.` of `so. Then`."""
_RIVAL_CASE = re.compile(r"\s*(?:and\s+|but\s+)?[$\\]?[\d§]")
"""A value after a comma: "43 if not"."""
_CASE = re.compile(r"\s*(?:if|when|for|where|wenn|falls|si|se|если)\b", re.IGNORECASE)
"""A condition right after a value: "if the hens are counted"."""
_OWN_VALUE = re.compile(
    r"\s*(?:but\s+|while\s+|whereas\s+)?(?:i|we)\s+(?:\w+\s+)?(?:get|got|find|found|have|say|make|obtain|prefer)\b[^;]*[\d§]",
    re.IGNORECASE,
)
"""The own value after another's: "I get 18"."""
_PREDICATE = re.compile(
    r"\s*(?:(?:is|are|was|were|has|have|had|does|do|did|can|cannot|could|may|might|must|will|would"
    r"|should|shall|need|needs"
    r"|ist|war|sind|est|était|es|era|fue|è|é|foi|jest|był|было|был|är|er)(?!\w)|\w+n['’]t(?!\w))",
    re.IGNORECASE,
)
"""The verb of a statement about the value, such as "is"."""
_WORDS = patterns.run_of("word", rf"(?:{stating.CONNECTIVES}|{stating.LIGHT})\W+")
_PRAISE = patterns.run_of(
    "praise", rf"(?:{stating.NOUN_DRESS}|richtig\w*|korrekt\w*|bonne|correcta?|giusta|certa)\W+"
)
_CONFIRMS = patterns.deferred(
    rf"""
    \s*{_WORDS}
    (?:
      it\s+is\s*\Z
    | (?:is|are|must\s+be|will\s+be|remains?|was|were)\s+(?:(?:indeed|therefore|thus|then|hence|also
        |clearly|exactly|now|still|so|in\s+fact|all)\W+)*
        (?: (?:correct|right|true|left|needed|required|remaining|obtained|reached|attained|optimal
              |minimal|maximal|best|possible|enough)\b
          | (?:the|our)\s+(?!(?:number|count|value|result)\s+before)
          | (?:also\s+)?(?:on|in|for|from|of|at|factors|multiples)\b
          | (?P<done>\w+ed)\b )
    | (?:is|are|must\s+be|will\s+be|remains?|was|were|ist|est|es|è|é|jest|είναι|este|är|er|je|on|on\s+siis)\s+
        (?:(?:indeed|therefore|thus|then|hence|also|clearly|exactly|now|still|so|in\s+fact|all
        |donc|entonces|quindi|portanto|somit)\W+)*
        {_PRAISE}(?:{stating.ANSWER_NOUNS}|one|richtig|correct[ao]?|giust[ao]|cert[ao]|odpowiedzią)\b
    | (?:works|satisf(?:y|ies)|fits|holds|suffices?|remain|stay|answers|solves|shows?|passed|pass
        |remained|stayed|left|come|came)\b
    | (?:stimmt|convient|является\s+ответом|верно|подходит|olur|kalır|bulunur|eder|['’]?[dt][iıuü]r|ह|हग
        |bleiben|bleibt|restent|quedan|restano|restam|blijven|pozostaje)(?!\w)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""A predicate that confirms its subject: "is the answer"."""
_DONE = re.compile(
    r"\b(?:is|are|was|were|been|got)\s+(?:\w+ly\s+)?"
    r"(?P<done>\w+ed|sold|lost|broken|eaten|given|taken|stolen|thrown|spent|bought|gone)\b",
    re.IGNORECASE,
)
"""A passive verb behind a value: "were sold"."""


def takes_back(text: str, end: int, *, by_verb: bool, prompt: str = "") -> str | None:
    r"""Return why the rest of a sentence takes back the value that ends at `end`; None if it does not.

    With `by_verb` a verb before the value states it.

    >>> takes_back(r"$17$ is too small.", 4, by_verb=False), takes_back("17 hens are left.", 2, by_verb=False)
    ('the words after it do not confirm it: “is too small”', None)
    >>> takes_back("It is 17 hens.", 8, by_verb=True)
    """
    rest = text[end : end + WINDOW]
    closed = CLOSING.match(rest)
    gap = closed.group() if closed else ""
    rest = rest[len(gap) :]
    crossed = _CROSS.match(rest)
    if crossed is not None and ("\n" not in gap or not rest[crossed.end() :].partition("\n")[0].strip()):
        return "it is crossed out"
    if _is_choice(text[:end], rest, prompt):
        return None
    if re.search(r"\n\s*\n", gap) and not re.match(r"[a-z]", rest):
        return None
    if "\n" in gap and re.match(r"[^a-z(,;.]", rest):
        return None
    for formula in reversed(formulas_in(rest)):
        rest = rest[: formula.start()] + "§" + rest[formula.end() :]
    stop = END.search(rest)
    here = patterns.letters(_MARKUP.sub(" ", rest[: stop.start()] if stop else rest))
    here = _QUOTED.sub(", ", here)
    if stop and stop.group() in "?？":
        return "it is asked" if not re.search(r"[,;—–-]", here) else f"it is left open: “{here.strip()[:60]}”"
    if not here.strip():
        return None
    glued = gap == ""
    reason = _reason(here, prompt, by_verb=by_verb, glued=glued)
    return f"{reason}: “{here.strip()[:60]}”" if reason else None


def _is_choice(before: str, rest: str, prompt: str) -> bool:
    r"""Return True if the text of a choice follows its letter: "\boxed{D} None of these"."""
    letter = re.search(r"(?<![a-zA-Z])([A-Z])\W*\Z", before[-12:])
    if letter is None:
        return False
    said = "".join(filter(str.isalnum, _SENTENCE_END.split(rest)[0].casefold()))
    asked = "".join(filter(str.isalnum, prompt[-4_000:].casefold()))
    return len(said) > 1 and letter[1].casefold() + said in asked


def _reason(here: str, prompt: str, *, by_verb: bool, glued: bool) -> str | None:
    """Return why the rest of a sentence takes its value back, or None."""
    first, mark, later = _parts(here)
    if mark and _CASE.match(first) and _RIVAL_CASE.match(later):
        return "the words after it leave it open"
    if mark in (";", "；") and re.match(r"\s*[\d§][^a-zA-Z]*\Z", later):
        return "the words after it name another value"
    if mark and _OWN_VALUE.match(later):
        return "the words after it name another value"
    if _WHERE.match(first) and not _LEAVES_OUT.search(here):
        return continuation(",", here)
    if first.strip() and not follows_question_word(first, prompt):
        reason = _phrase(first, prompt, by_verb=by_verb, glued=glued)
        if reason is not None:
            return reason
    return continuation(mark, later) if mark else None


BREAK = re.compile(r"[,;:，；：、](?=\s|[^\x00-\x7f]|\Z)|\s[-–—]+(?=\s)|[—(（\[]")
"""A comma, a dash or a bracket: `, `."""


def _parts(here: str) -> tuple[str, str, str]:
    """Return a sentence's rest up to its first comma, dash or bracket, this mark, and what follows it."""
    found = BREAK.search(here)
    return (
        (here, "", "")
        if found is None
        else (here[: found.start()], found.group().strip(), here[found.end() :])
    )


def _phrase(first: str, prompt: str, *, by_verb: bool, glued: bool) -> str | None:
    """Return why the words right behind a value do not go with it."""
    if _CONFIRMS.match(first) and re.match(r"\s*it\s+is\s*\Z", first, re.IGNORECASE):
        return None
    if patterns.HAS_CJK.match(first.strip()):
        return None if ends_cjk_sentence(first) else "the words after it do not confirm it"
    if _PART.match(first) and not _TO_GOAL.match(first):
        return "the words after it change it"
    if (reason := _unasked(first, prompt, by_verb=by_verb)) is not None:
        return reason
    if glued and re.match(r"[a-zA-Z]", first) and not UNITS.match(first):
        return "it is a part of a word"
    joined = re.match(
        rf"\s*(?:{denials.ALTERNATIVES}|and|und|et|y|e|и|nor|noch|ni)(?!\w)", first, re.IGNORECASE
    )
    if joined is not None and (joined.group().strip().lower() != "of" or re.search(r"[\d§]", first)):
        # Another value after "or" must agree with this one: that is compared later.
        return None if re.search(r"[\d§]", first[joined.end() :]) else "the words after it leave it open"
    if CONTRAST.match(first):
        return None if re.search(r"[\d§]|\b[A-Z]\b", first) else "the words after it deny it"
    is_decided, reason = decided(first, prompt, by_verb=by_verb)
    if is_decided:
        return reason
    if (confirmed := _CONFIRMS.match(first)) and not is_undone(confirmed["done"], prompt):
        return "it is an earlier value" if changed(first, prompt, ENDED) else _doubt(first, prompt)
    done = _DONE.search(first)
    if not by_verb and done is not None and is_undone(done["done"], prompt):
        return "the words after it do not confirm it"
    if _PREDICATE.match(first):
        is_asked = _is_asked_predicate(first, prompt)
        return None if is_asked else "the words after it do not confirm it"
    is_said = by_verb or is_counted(first, prompt)
    return _doubt(first, prompt) if is_said else "the words after it do not confirm it"


def _is_asked_predicate(first: str, prompt: str) -> bool:
    """Return True for a verb and what follows it in the words of the clause that asks: "are blue"."""
    said, asked = (" ".join(one.lower().split()) for one in (first, question_of(prompt).clause))
    return " " in said and f" {said}" in asked.rstrip("?. ")


def _unasked(first: str, prompt: str, *, by_verb: bool) -> str | None:
    """Return why the words behind a value make it another one, or that of another quantity."""
    related = _UNASKED.match(first)
    is_asked = related is None or (related["than"] is not None and asks_to_compare(prompt))
    if (
        related is not None
        and not is_asked
        and (related["than"] or related["base"]).lower() not in prompt.lower()
    ):
        return "the words after it change it"
    if _IS_A.match(first) and not by_verb and is_other_quantity(first, prompt):
        return "the words after it name another quantity"
    if is_other_case(first, prompt) or (not by_verb and is_other_deed_behind(first, prompt)):
        return "the words after it are about something else"
    if (part := _OF_PART.match(first)) and part["part"].lower() not in prompt.lower():
        return "the words after it name a part"
    return None


def _doubt(words: str, prompt: str) -> str | None:
    """Return why words about a value leave it open or deny it; reasons and the question's words may deny."""
    said = words[: found.start()] if (found := _REMARK.search(words)) else words
    asked = prompt.lower()
    for pattern in (NOT, TAKES_BACK, SPEAKER, *([_SET_ASIDE] if _IS_A.match(words) else [])):
        if any(found.group().lower().strip() not in asked for found in pattern.finditer(said)):
            return "the words after it take it back"
    return None
