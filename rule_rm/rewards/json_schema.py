"""`json_schema`: reward an answer that is JSON and valid by the schema.

The schema is the ground truth, so a fault in it is ours, and reported for every response. JSON is read
strictly: a repeated key, NaN and 1e999 are not JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from rule_rm.registry import register
from rule_rm.registry.options import one_of
from rule_rm.structured.data_languages import LANGUAGES, read
from rule_rm.structured.schemas import SchemaError, check, problem
from rule_rm.structured.strict import json_answer
from rule_rm.types import Rollout, Score, Status

_COSTLY = ('"pattern', '"uniqueItems"', '"$ref"')
"""Keywords whose cost may grow faster than the answer, so that a worker decides."""
_NOT_PARSED = {"parses": 0.0, "valid": 0.0}


class Work(NamedTuple):
    """An answer that has to be checked against its schema."""

    text: str
    schema: Mapping[str, Any]


def _check(*, language: str) -> None:
    one_of("language", language, LANGUAGES)


def decide(work: Work, *, language: str = "json") -> Score:
    """Return 1 if the answer parses and keeps to the schema, else 0."""
    try:
        value = read(work.text, language)
    except (ValueError, RecursionError) as error:
        unread = f"it is not {language.upper()}: {error}"[:300]
        return Score(0.0, Status.WRONG_FORMAT, None, unread, _NOT_PARSED)
    try:
        why = problem(value, work.schema)
    except SchemaError as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, str(error))
    except RecursionError:
        why = "it is nested too deep"
    is_valid = float(why is None)
    return Score(is_valid, Status.OK, work.text[:1000], why, {"parses": 1.0, "valid": is_valid})


@register(
    "json_schema",
    summary="1 if the answer is JSON (or YAML, TOML) that keeps to the schema, else 0",
    metrics=("parses", "valid"),
    decide=decide,
    check=_check,
)
def json_schema(rollout: Rollout, *, language: str = "json") -> Score | Work:
    r"""1.0 if the answer parses and is valid, else 0.0.

    The ground truth is a JSON Schema, as an object or its text, or what OpenAI calls a `response_format`. The
    answer is the content of the answer tag, of the one fenced block, else the whole response after the
    thinking. With `language=yaml` or `toml` it is YAML 1.2 or TOML, read just as strictly. Drafts 6 to
    2020-12 without `$dynamicRef`, `unevaluated…` and references to elsewhere: one with these is unscored.

    >>> schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    >>> json_schema(Rollout("", '```json\n{"n": 3}\n```', schema)).reward
    1.0
    >>> json_schema(Rollout("", '{"n": "3"}', schema)).explanation
    'n: it is no integer'
    """
    schema = _schema(rollout.ground_truth)
    if isinstance(schema, Score):
        return schema
    found = json_answer(rollout.response)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, _NOT_PARSED)
    work = Work(found.answer, schema)
    text = json.dumps(schema)
    # YAML and TOML are read in a worker: their readers are slow on a long text.
    is_costly = language != "json" or any(keyword in text for keyword in _COSTLY)
    return work if is_costly else decide(work)


def _schema(ground_truth: Any) -> Any:
    """Return the schema, or the unscored score of a rollout that has none."""
    if ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no schema")
    schema = ground_truth
    try:
        if isinstance(schema, str):
            schema = json.loads(schema)
        if isinstance(schema, Mapping) and isinstance(schema.get("json_schema"), Mapping):
            schema = schema["json_schema"]
        if isinstance(schema, Mapping) and isinstance(schema.get("schema"), Mapping):
            schema = schema["schema"]
        if not isinstance(schema, Mapping):
            raise SchemaError("the schema must be an object")
        check(schema, schema)
    except (ValueError, RecursionError) as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, f"the schema can't be used: {error}"[:300])
    return schema
