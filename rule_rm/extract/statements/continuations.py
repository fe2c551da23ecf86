"""Find whether the words behind a value and a comma, dash or bracket take the value back."""

from __future__ import annotations

import re

from rule_rm.extract.words import denials, patterns, stating

NOT = re.compile(
    rf"(?<!\w)(?:{stating.NOT})(?!\w)|n['’]t(?!\w)|\bn['’](?=\w)|[不没非]|ない|ません|아니|않", re.IGNORECASE
)
"""A negation, such as "not"."""
CONTRAST = patterns.deferred(
    rf"\s*(?:and\s+|but\s+|und\s+|et\s+|y\s+|e\s+|а\s+|a\s+|en\s+)?(?:(?:{stating.NOT})(?!\w)|而?不是|而非|{denials.INSTEAD})",
    re.IGNORECASE,
)
"""The beginning of a contrast: ", not 18"."""
TAKES_BACK = patterns.deferred(
    rf"{denials.WRONG}|(?<!\w)(?:{stating.UNSURE})(?!\w)|\b(?:{stating.MODAL}|guess\w*|would|should"
    rf"|ought|unless|otherwise|instead|rather|depend\w*|too|else|incomplete"
    r"|off|mistak\w*|kidding|suppose|reckon|thereabouts|lack|except|plus|minus|actually|really|scratch|unsure|tentativ\w*|hmm+|oops"
    r"|wait|i\s+(?:say|mean|find))\b"
    rf"|[?？]|吗|应为|應為|其实|{denials.GUESSED}|{denials.VOID}",
    re.IGNORECASE,
)
"""Words that take a statement back or leave it open, such as "too" and "otherwise"."""
SAYS = patterns.deferred(
    r"\s*(?:(?:is|are|was|were|gives?|means?|meant|shows?|implies|confirms?|match\w*|satisf\w+"
    r"|agrees?|makes?|can\s+(?:also\s+)?be|can\s+also|corresponds?|equals?|follows?"
    r"|holds?|works?|completes?|concludes?|represents?|comes?|came|accounts?|leaves?|includes?"
    r"|ensures?|answers?|solves?|uses?|used|happens?|occurs?|describes?|explains?|provides?"
    r"|allows?|states?|refers?|contains?|has|have|indicates?|fits?|reflects?|results?|suggests?"
    r"|takes?|tells?|yields?|becomes?|remains?|simplifies|assumes?|requires?|depends?"
    r"|formula|method|approach|problem|question|process|sum|also|therefore|indeed|correctly|in\s+turn|just|simply|directly|exactly|then|too)(?!\w)|['’]s\b)",
    re.IGNORECASE,
)
"""The verb of a sentence that says more about the last statement, such as "means"."""
_GOES_ON = patterns.deferred(
    r"\s*(?:(?:because|since|whereas|as|for|where|given|with|when|if|while|i\.?e\.?|e\.?g\.?|namely|that\s+is"
    r"|so|thus|hence|therefore|by|in|on|at|to|of|per|rounded|correct"
    r"|altogether|overall|together|option|choice|answer\s+choice|counting|including|leaving|making|giving|using|assuming|meaning|showing|after|before|from|our"
    r"|the|and|which|who|then|each|all|both|respectively|only|also|or|more|less|even"
    r"|attained|achieved|reached|obtained|occurring|realis?zed|expressed|measured|written"
    r"|denn|weil|da|wobei|und|also|car|puisque|parce|où|et|porque|ya|pues|donde|y|perché|poiché|dove"
    r"|e|pois|onde|omdat|want|en|bo|ponieważ|gdzie|i|так|потому|где|и|çünkü|ve|för|eftersom|och|og"
    r"|karena|vì|és|kde|a|nebo|protože|что|поскольку)(?!\w)|[(§\d\\]|因为|由于|其中|所以|故|即|选|答|且|なぜなら|ただし|왜냐하면|단|이므로)",
    re.IGNORECASE,
)
"""Words that may go on after a value and a comma, such as "since"."""
SPEAKER = re.compile(
    r"\bif\s+(?:i\b|memory\b|my\b|(?:we|you)\s+(?:had\s+to|were|trust|believe|insist)\b)", re.IGNORECASE
)
"""A condition on the speaker, which leaves a value open: "if I had to bet"."""
_SUM = re.compile(r"[\d§)]\W*\b(?:plus|minus|times|more|less)\b\W*(?=[\d§(])", re.IGNORECASE)
"""Arithmetic in words: "45 minus 3"."""
_NOW = re.compile(r"\b(?:now|today|currently)\W+(?:only\W+|it\W+is\W+)?[\d§]", re.IGNORECASE)
"""Another value at present: "now 40"."""
_REMARK = re.compile(r"\s*(?:which|who|而|但|可|后来|應|应|不)")
"""The beginning of a remark on the value, such as "which"."""
_WHICH = re.compile(r"\s*which\s+(?:also\s+|in\s+turn\s+)?")
"""The beginning of a relative clause: "which also"."""
_BUT = re.compile(r"\s*[但可应應不]")
"""The Chinese beginning of a remark against the value: 但."""
_WHOSE_SUBJECT = re.compile(r"(?:we|in|he|she|they|you|the)\b")
"""The beginning of a relative clause that has a subject of its own: the "we" of "which we"."""
_REASON = re.compile(
    r"\s*(?:because|since|whereas|while|as|for|by|denn|weil|da|car|puisque|porque|perché|poiché|pois|因为|由于)",
    re.IGNORECASE,
)
"""The beginning of a reason, such as "because"."""


def continuation(mark: str, later: str) -> str | None:
    """Return why what follows a value and a comma, dash or bracket takes the value back."""
    if CONTRAST.match(later) and not TAKES_BACK.search(later.partition(",")[0]):
        return None
    if not later.strip():
        return None
    if mark in "(（[":
        inside = _SUM.sub(" ", re.split(r"[)）\]]", later)[0])
        is_changed = TAKES_BACK.search(inside) or _NOW.search(inside)
        return "the words after it take it back" if is_changed else None
    if mark in ":：":
        return None
    if SPEAKER.search(later):
        return "the words after it leave it open"
    go_on = _GOES_ON.match(later)
    if go_on is None and not patterns.HAS_CJK.match(later.strip()):
        return "the words after it are no reason and no condition"
    if _REMARK.match(later):
        which = _WHICH.match(later)
        if NOT.search(later) or TAKES_BACK.search(later) or _BUT.match(later):
            return "the words after it take it back"
        if which and not SAYS.match(later, which.end()) and not _WHOSE_SUBJECT.match(later, which.end()):
            return "the words after it do not confirm it"
        return None
    if _REASON.match(later):
        return None
    return "the words after it take it back" if TAKES_BACK.search(later) else None
