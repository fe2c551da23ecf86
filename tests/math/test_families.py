"""Answers by family of mathematics and science: each family has right forms and wrong twins.

A wrong twin differs in a sign, a factor, an index, a unit, an end of an interval or an order.
"""

import json
from pathlib import Path

from rule_rm.math.compare import compare

from ..together import together

CASES = Path(__file__).parent / "cases" / "families.jsonl"
FAMILIES = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
by_family = together("family", FAMILIES, ids=[row["family"] for row in FAMILIES])


def verdicts(family, side):
    question = family.get("question", "")
    return {
        answer: compare(answer, family["golden"], question, value_alone=True).equal for answer in family[side]
    }


@by_family
def test_every_right_form_of_a_family_is_right(family):
    assert verdicts(family, "right") == dict.fromkeys(family["right"], True)


@by_family
def test_every_wrong_twin_of_a_family_is_wrong(family):
    assert verdicts(family, "wrong") == dict.fromkeys(family["wrong"], False)
