"""`xml_schema`: reward an answer that is XML and valid by the schema."""

from __future__ import annotations

from typing import NamedTuple

from rule_rm.registry import register
from rule_rm.structured.strict import json_answer
from rule_rm.structured.xml_schema import XmlSchemaError, problem
from rule_rm.types import Rollout, Score, Status

_NOT_PARSED = {"parses": 0.0, "valid": 0.0}


class Work(NamedTuple):
    """An answer that has to be checked against its schema."""

    text: str
    schema: str


def decide(work: Work) -> Score:
    """Return 1 if the answer is well-formed and keeps to the schema, else 0."""
    try:
        why = problem(work.text, work.schema)
    except XmlSchemaError as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, str(error))
    except ValueError as error:
        return Score(0.0, Status.WRONG_FORMAT, None, f"it is not XML: {error}"[:300], _NOT_PARSED)
    is_valid = float(why is None)
    return Score(is_valid, Status.OK, work.text[:1000], why, {"parses": 1.0, "valid": is_valid})


@register(
    "xml_schema",
    summary="1 if the answer is XML that keeps to the XML Schema, else 0",
    metrics=("parses", "valid"),
    extras=(("lxml", "xml"),),
    decide=decide,
)
def xml_schema(rollout: Rollout) -> Score | Work:
    """1.0 if the answer is well-formed and valid, else 0.0.

    The ground truth is the text of an XML Schema (XSD 1.0) in one document. The answer is the content of the
    answer tag, of the one fenced block, else the whole response after the thinking. Its root must be an
    element of the schema that is not a part of another. An answer with a document type is not read: no entity
    is expanded or fetched. Hints such as `xsi:schemaLocation` are ignored. The extra is `xml`.
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no schema")
    if not isinstance(rollout.ground_truth, str):
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the schema must be the text of an XML Schema")
    found = json_answer(rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, _NOT_PARSED)
    # A worker reads it: validation may take long, and its memory is limited.
    return Work(found.answer, rollout.ground_truth)
