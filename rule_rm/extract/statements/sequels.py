"""Read the sentences behind a value: what they say about it, and how they go on from it."""

from __future__ import annotations

import re

from rule_rm.extract.statements.continuations import NOT, SAYS, TAKES_BACK
from rule_rm.extract.statements.followups import BREAK, CLOSING, END, RELATIVE, WINDOW
from rule_rm.extract.words import denials, patterns
from rule_rm.extract.words.stance import NOT_WRONG, correction

_ABOUT = re.compile(
    rf"\s*(?:(?:but|however|though|yet|still|and|note\s+that|here|oops|wait|hmm+|no|oh|sorry)\W+)*(?:{denials.PRONOUNS})(?!\w)(?!\s+(?:is\s+)?(?:because|why|how)\b)",
    re.IGNORECASE,
)
"""The beginning of a sentence about the last statement, such as "That"."""
_AS_ASKED = re.compile(
    r"\bas\s+(?:required|requested|expected|desired|needed|asked|shown|given|claimed|stated"
    r"|stipulated|promised|we|in\s+the)\b"
    r"|\b(?:can(?:not|['’]t)|could\s+not|couldn['’]t)\s+be\s+(?:any\s+)?(?:larger|smaller|bigger|less"
    r"|more|greater|fewer|higher|lower|improved|reduced|simplified)\b"
    r"|\bnot\s+(?:a|an|divisible|prime|even|odd|only|surprising|hard|depend\w*)\b|\bwe\s+(?:wanted|needed|were|had)\b|\bno\s+(?:other|further|more)\b",
    re.IGNORECASE,
)
"""A denial in a remark that confirms: "is not a prime, as required"."""
_NOUN = re.compile(
    r"\s*(?:value|choice|option|answer|result|solution|amount|number|total|expression|equation"
    r"|statement|calculation|formula|method|approach|process|problem|question|fraction"
    r"|sum|product|probability|function|set|point|line|integral|derivative|limit|ratio|area|volume|distance|time|speed|price|cost|one|final\s+\w+|\w+)(?=\s)",
    re.IGNORECASE,
)
"""A noun after a pronoun: "this value"."""
_RESULT = re.compile(
    r"(?:[:=]|\b(?:is|are|gives?|makes?|gets?|have|has|leaves?|yields?"
    r"|obtain)\b)\s*\\?\$?(-?\d[\d,]*(?:\.\d+)?)"
)
"""A result in a sentence: the 12 of "and get 12"."""
_GOES_ON = re.compile(
    r"(?:[,;]|\band)\s+(?:and\s+)?(?:(?:so(?!\s+that)|thus|therefore|hence)\s|the\s+(?:exact|actual|true|real)\s)[^?\n]*",
    re.IGNORECASE,
)
"""The part of a sentence that goes on from its value to another: "and so 12 hens remain"."""
_SEQUEL = re.compile(
    r"[\s*_#(]*(?:so|therefore|thus|hence|then|next|now|finally|in\s+total|altogether"
    r"|step\s+\w+|part\s+\w+|(?:second|third|last)\s+\w+|subtract\w*|add\w*|adding|double|halve"
    r"|also|daher|dann|donc|puis|ensuite|entonces|luego|quindi|poi|portanto|depois|dus|dan|więc|затем|тогда|поэтому|所以|因此|然后|再|よって|次に|따라서)(?!\w)[^?\n]*",
    re.IGNORECASE,
)
"""A sentence that goes on from a value, such as "then add 3"."""


_AFFIRMED = re.compile(
    r"\b(?:yes|correct|right|indeed|confirm\w*|fine|holds?|works?|matches|consistent|good|verified|agrees?)\b|(?<![不没])正确|没错|(?<![不没])对",
    re.IGNORECASE,
)
"""A word that affirms a value after second thoughts, such as "yes"."""


_ONLY_DENIES = patterns.deferred(
    rf"[\s*_(>-]*(?:no+|nope|nah|not|{denials.WRONG})"
    + patterns.run_of("more", rf"[\s,]+(?:no|not|so|at\s+all|really|that|{denials.WRONG})")
    + r"[\s*_).!]*\Z",
    re.IGNORECASE,
)
"""A sentence of nothing but a denial: "Nope"."""
_OF_THE_ABOVE = re.compile(
    rf"[\s*_(>-]*(?:please\s+|just\s+|so\s+|i\s+|we\s+)*(?P<verb>(?!(?:all|none|any|both|some|each|most)\b)[^\W\d_]+)(?:\s+(?!of\b)\w+)?\s+(?:{denials.PRONOUNS}|the\s+above\s+\w+|my\s+(?:last|previous)\s+\w+"
    r"|(?:the|my)\s+(?:\w+\s+)?(?:answer|value|box|number|result|response|reply|line)\s+(?:above|given|there|i\s+gave)|my\s+(?:answer|result|response|reply|box))(?:\s+(?:line|answer|box|value|number|result|sentence|response|reply|one))?(?:\s+(?:back|out|up))?[\s*_).!]*\Z",
    re.IGNORECASE,
)
"""A short sentence that does something with the last statement: "Ignore the above"."""
_KEEPS = re.compile(
    r"(?:check|verif|confirm|see|saw|prove|show|know|do|did|hope|like|love|want|note|notice|remember|understand|explain|use|learn|got|get|have|is|was|write|wrote|state|conclude|believe|mean|think|follow|solve|answer|enjoy|try|submit|box|report|summari|generali|find|found|choose|select|give|need|help|consider|observe|simplif|interpret|express|round|leave|accept|trust|are)\w*\Z",
    re.IGNORECASE,
)
"""A verb whose object is kept: "check"."""
_NO_CLAIM = re.compile(
    rf"[\s*_(>-]*(?:(?:please\s+)?note\W+)?(?:{denials.PRONOUNS})(?:\s+(?:answer|value|box|number|line))?\s+(?:is|was)\s+(?:\w+\s+){{0,3}}"
    r"(?:placeholder|template|joke|dummy|filler|guess|distractor|decoy|trap|lie|hoax|bluff|prank|fabrication"
    r"|invention|fiction|hallucination|hunch|(?:shot|stab)\s+in\s+the\s+dark|coin\s+flip|random\s+(?:number|guess|value)|(?:example|sample)(?:\s+of\s+(?:the|an?)\s+(?:\w+\s+)?(?:format|form|answer|output|style))?)(?:\W*\Z|\s*[;,(—–])",
    re.IGNORECASE,
)
"""A sentence that calls the last value no answer: "The above is a placeholder"."""
_BARE_RIVAL = re.compile(
    r"[\s*_>-]*(?P<before>(?:[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?[\s,，、:：]+){0,12})"
    r"[$(\\*]{0,4}(?P<value>-?\d[\d,]*(?:\.\d+)?(?:/\d+)?)[$)\\*]{0,4}"
    r"\s*(?:です|でした|だ|입니다|이다|个|個|,\s*to\s+be\s+(?:exact|precise|sure))?\Z"
)
"""A short sentence that ends in a bare number: "Nein, doch 41", "41です"."""
_PAUSE = re.compile(r"[,，、:：]")
"""A comma or a colon: `,`."""
_REPORTED = re.compile(
    rf"\s*(?:is|was|['’]s)\s+(?:only\s+|just\s+)?(?:what|how)\s+(?!(?:i|we|you|it)\b)(?:\w+\s+){{1,3}}(?:{denials.SAY})\b",
    re.IGNORECASE,
)
"""A predicate that puts the last statement into another's mouth: "is what my neighbour wrote"."""
_ASIDE_ERROR = patterns.deferred(
    rf"[\s*_(>-]*(?:{denials.INTERJECTIONS})[!,，、…]\s*[^.\d§]{{0,40}}?(?:{denials.WRONG})[^.\d§]{{0,16}}\Z",
    re.IGNORECASE,
)
"""A short sentence without values that begins with an interjection and speaks of an error: "Ой, ошибся"."""
_WITHDRAWS = re.compile(
    rf"[^.\d§]{{0,40}}?(?:(?<!\w)|(?=[^\x00-\u2fff]))(?:{denials.WITHDRAWN})(?!\w{{4}})[^.\d§]{{0,24}}\Z",
    re.IGNORECASE,
)
"""A short sentence without values that takes the last one back: "Je retire ma réponse"."""
_VOIDED = re.compile(rf"(?:[^\W\d_]+\s+){{0,6}}?(?:{denials.VOID})\W*\Z", re.IGNORECASE)
"""A short sentence that ends by calling something void: "Answer retracted"."""
_DISOWNS = re.compile(
    rf"[^.\d§]{{0,60}}?(?:{denials.DISOWNED}"
    rf"|\b(?:i|we)\s+(?:\w+ly\s+|just\s+|have\s+)?(?:gave|given|wrote|boxed|put|stated|made\s+up|invented|faked)\s+(?:an?|the|this|that|it)\s+(?:{denials.WRONG}|\w*\s*up\b))",
    re.IGNORECASE,
)
"""A sentence in which speakers leave what they said: "Still, I don't stand by it"."""
_CHECK = re.compile(
    r"(?:\A|\n|[.!]\s)[\s*_#>-]*(?:(?:let['’]s|let\s+(?:me|us)|to)\s+)?(?:verif\w+|check\w*|double[-\s]check\w*|sanity\s+check|test|proof|验证|检验|probe|vérification"
    r"|comprobación|verifica|проверка)\b[^\n]{0,40}?[:：]?(?P<said>[^\n]*)",
    re.IGNORECASE,
)
"""A check behind an answer, up to the end of its line: "Check: 42 + 54 = 96"."""
_FAILS = re.compile(
    r"[✗✘❌☒]|\b(?:so|and|which|hence|thus|therefore|but)\s+(?:(?:it|this|that|which|the\s+(?:check|answer|value|result))\s+)?(?:fails|is\s+(?:wrong|incorrect|false))\b"
    r"|\b(?:it|this|that|the\s+(?:check|answer|value|result))\s+(?:fails|(?:does\s+not|doesn['’]t|did\s+not|didn['’]t)\s+(?:check(?:\s+out)?|work|match|add\s+up|hold|fit|agree))\b",
    re.IGNORECASE,
)
"""The failure of a check: ✗, "so this fails"."""
_PASSES = re.compile(r"[✓✔✅☑]|\b(?:correct|works|holds|matches|verified|satisfied)\b", re.IGNORECASE)
"""The success of a check: ✓."""
_FEW = 3
_LABEL = re.compile(
    r"[\s*_>-]*(?:page|step|part|problem|question|question|example|section|chapter|option|figure|table|equation|difficulty"
    r"|confidence|score|points?|level|time|note|line|case|exercise|theorem|source|see|check|round|no|number|version|item|p|q)\b",
    re.IGNORECASE,
)
"""A word before a number of something else: "page"."""


def rival(text: str, end: int) -> str | None:
    """Return the bare number that a short sentence in the line after a value names in its place; or None.

    >>> rival("It is 42. Nein, doch 41.", 8), rival("It is 42. See page 17.", 8)
    ('41', None)
    """
    stop = END.search(text, end, end + WINDOW)
    rest = text[stop.end() if stop else end : end + WINDOW].lstrip(" \t$*)")
    for sentence in re.split(r"[.!](?=\s|\Z)|[。！]|\n", rest, maxsplit=3)[:3]:
        if not sentence.strip():
            break
        found = None if _LABEL.match(sentence) else _BARE_RIVAL.match(sentence.strip())
        if found and len(_PAUSE.split(found["before"].strip())[-1].split()) <= _FEW:
            return found["value"]
    return None


def retracted(text: str, end: int) -> str | None:
    """Return why the sentences after a value that ends at `end` take it back; None if they do not.

    >>> retracted("#### 42. Oops, I forgot one.", 7)
    'a correction follows it'
    """
    rest = text[end:]
    if (at := correction(rest)) is not None and not _AFFIRMED.search(text, end + at):
        return "a correction follows it"
    if fails_check(rest):
        return "its check fails"
    return taken_back_later(text, end)


def fails_check(rest: str) -> bool:
    """Return True if a check of the answer fails in the text behind it.

    >>> fails_check(". Check: 42 + 54 = 97 ✗"), fails_check(". Check: $x=3$ ✓, $x=-1$ ✗")
    (True, False)
    """
    check = _CHECK.search(rest[:600])
    return (
        check is not None and _FAILS.search(check["said"]) is not None and not _PASSES.search(check["said"])
    )


def corrects(rest: str) -> bool:
    """Return True if a text begins to correct what precedes it, and does not affirm it after all.

    >>> corrects(", just kidding."), corrects(". Wait, let me check. Yes.")
    (True, False)
    """
    at = correction(rest)
    return at is not None and _AFFIRMED.search(rest, at) is None


def only_denies(sentence: str) -> bool:
    """Return True for a sentence of nothing but a denial.

    >>> only_denies("Nope"), only_denies("No doubt about it")
    (True, False)
    """
    return _ONLY_DENIES.match(sentence) is not None


def taken_back_later(text: str, end: int) -> str | None:
    r"""Return why the sentence after the one of a value takes it back; None if it does not.

    >>> taken_back_later(r"\boxed{17}. That overlooks a hen.", 10)
    'the next sentence does not confirm it: “That overlooks a hen”'
    >>> taken_back_later(r"\boxed{17}. This means that no hen is left.", 10)
    """
    stop = END.search(text, end, end + WINDOW)
    if stop is None:
        return None
    rest = text[stop.end() : stop.end() + WINDOW].lstrip(" \t\n$*\\])}(_")
    finish = END.search(rest)
    sentence = rest[: finish.start()] if finish else rest
    done = _OF_THE_ABOVE.match(sentence)
    if (
        (_ASIDE_ERROR.match(NOT_WRONG.sub(" ", sentence)))
        or _ONLY_DENIES.match(sentence)
        or _NO_CLAIM.match(sentence)
        or (done and not _KEEPS.match(done["verb"]))
    ):
        return f"the next sentence takes it back: “{sentence[:60]}”"
    if (
        _VOIDED.match(sentence)
        or _DISOWNS.match(sentence)
        or (_WITHDRAWS.match(sentence) and not NOT.search(sentence))
    ):
        return f"the next sentence takes it back: “{sentence[:60]}”"
    about = _ABOUT.match(sentence)
    if about is None or (finish and finish.group() in "?？"):
        return None
    said = sentence[about.end() :]
    if _REPORTED.match(said):
        return f"the next sentence puts it into another's mouth: “{sentence[:60]}”"
    if patterns.HAS_CJK.search(said):
        return (
            f"the next sentence denies it: “{sentence[:60]}”"
            if NOT.search(said) or TAKES_BACK.search(said)
            else None
        )
    if not SAYS.match(said) and (noun := _NOUN.match(said)):
        said = said[noun.end() :]
    main = BREAK.split(said)[0]
    main = main[: found.start()] if (found := RELATIVE.search(main)) else main
    is_denied = NOT.search(main) or TAKES_BACK.search(main)
    if is_denied and not _AS_ASKED.search(sentence):
        return f"the next sentence takes it back: “{sentence[:60]}”"
    if not is_denied and not SAYS.match(said) and re.match(r"[\s\x00-\x7f]+\Z", said):
        return f"the next sentence does not confirm it: “{sentence[:60]}”"
    return None


def sequel_values(text: str, end: int) -> list[str]:
    """Return the value to which this sentence or the next goes on: the 20 of "Then add 3, which makes 20"."""
    stop = END.search(text, end, end + WINDOW)
    within = _GOES_ON.search(text, end, stop.start() if stop else end + WINDOW)
    if within is not None and (results := [*_RESULT.finditer(within.group())]):
        return [results[-1][1]]
    if stop is None or re.match(r"\n[ \t]*\n", stop.group()):
        return []
    rest = text[stop.end() : stop.end() + WINDOW]
    gap = CLOSING.match(rest)
    rest = rest[gap.end() :] if gap else rest
    found = None if gap and re.search(r"\n\s*\n", gap.group()) else _SEQUEL.match(rest)
    values = [*_RESULT.finditer(found.group())] if found else []
    return [values[-1][1]] if values else []
