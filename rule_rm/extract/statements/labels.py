"""Find how a label before a colon leads to its value: "Answer:", but not "Format:"."""

from __future__ import annotations

import re

from rule_rm.extract.grammar.names import has_false_name
from rule_rm.extract.grammar.predicates import CUT, OF_ANSWER, THAT
from rule_rm.extract.grammar.sentences import VALUE
from rule_rm.extract.grammar.subjects import is_part, is_set_aside
from rule_rm.extract.statements.clauses import (
    ALONE,
    CJK_EDGE,
    CONNECTED,
    DENIED_CJK,
    NAMED,
    STATES,
    UNSURE,
    Lead,
    is_excepted,
    is_strange_name,
    statement,
)
from rule_rm.extract.words import denials, patterns

_OTHER_DENIED = patterns.deferred(rf"[\d{VALUE}].*(?:{denials.WRONG})", re.IGNORECASE)
"""The denial of another value: "the 41 above was wrong"."""
WRONG = re.compile(denials.WRONG, re.IGNORECASE)
"""A word that calls something wrong: 틀린."""
_FORM = re.compile(r"\b(?:form|value|version|statement|box)\b", re.IGNORECASE)
"""A noun for the answer itself: "the simplest form of the answer"."""
_EXAMPLE = re.compile(
    r"\b(?:like\s+(?:this|so)|example|sample|format|template|placeholder|beispiel|exemple|ejemplo|esempio|exemplo)\b|例如|格式",
    re.IGNORECASE,
)
"""A label of a value that is an example: "format"."""
_WISHED = re.compile(
    r"\b(?:had|has|have|['’]d)\s+(?:hoped|wished|expected|wanted|imagined|feared|planned)\b", re.IGNORECASE
)
"""A wish or an expectation, whose value is not the real one: "had hoped"."""
_HEADING = re.compile(
    r"\A\W*(?:\d+[.)]\s*|step\s+\d+\W*)?(?:find|calculate|compute|determine|solve|evaluate|simplify|state|write|express|add|convert)\b|\A\W*A\W*\Z",
    re.IGNORECASE,
)
"""A heading that announces a step: "Find the total"."""


def label_lead(label: str, prompt: str) -> Lead:
    """Return how a label before a colon leads to its value: "Answer:"."""
    cuts = [*CUT.finditer(label)]
    clause = label[cuts[-1].end() :] if cuts else label
    if is_excepted(label, cuts):
        return Lead("it is excepted")
    if OF_ANSWER.search(clause) and not _FORM.search(clause):
        return Lead("the label does not mean it")
    if (other := _OTHER_DENIED.search(clause)) is not None and not clause[other.end() :].strip():
        return ALONE
    is_wished = _WISHED.search(clause) is not None and _WISHED.search(prompt) is None
    if is_wished or UNSURE.search(clause) or _EXAMPLE.search(clause) or has_false_name(clause, prompt):
        return Lead("the label does not mean it")
    if is_set_aside(clause, prompt):
        return Lead("the label does not mean it")
    if not clause.isascii() and is_part(clause, prompt):
        return Lead("the label does not mean it")
    is_cjk = patterns.HAS_CJK.search(clause) is not None
    if is_cjk and (DENIED_CJK.search(clause.rpartition("的")[2]) or WRONG.search(clause)):
        return Lead("the label denies it")
    if not clause[-4:].strip().endswith(("is", "are")) and _is_name(clause, label):
        return Lead("the label denies it") if WRONG.search(clause) else STATES
    if is_cjk:
        return STATES
    main = label if THAT.match(clause.strip()) else clause
    found = statement(clause, main, prompt, by_sign=True)
    if found.reason is None and is_strange_name(clause, prompt):
        return Lead("the label does not name the answer")
    return found if found.reason else STATES


def _is_name(clause: str, label: str) -> bool:
    """Return True for a label that names the answer, leads to it, or announces a step."""
    named = NAMED.match(clause) or CONNECTED.fullmatch(clause)
    return (named or _HEADING.match(label) or CJK_EDGE.search(label)) is not None
