"""The keywords of JSON Schema, each with a value that keeps to it and one that does not."""

import pytest

from rule_rm.structured.schemas import SchemaError, check, problem
from rule_rm.structured.schemas.rules import RULES

EACH = {
    "type": ({"type": ["integer", "null"]}, 2.0, True),
    "enum": ({"enum": [1, {"a": [True]}]}, {"a": [True]}, {"a": [1]}),
    "const": ({"const": 1}, 1.0, True),
    "$ref": ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}, "x", 1),
    "properties": ({"properties": {"a": {"type": "string"}}}, {"b": 1}, {"a": 1}),
    "patternProperties": ({"patternProperties": {"^a": {"type": "string"}}}, {"b": 1}, {"ab": 1}),
    "additionalProperties": (
        {"properties": {"a": {}}, "patternProperties": {"^b": {}}, "additionalProperties": False},
        {"a": 1, "bc": 2},
        {"c": 1},
    ),
    "propertyNames": ({"propertyNames": {"maxLength": 1}}, {"a": 1}, {"ab": 1}),
    "required": ({"required": ["a"]}, {"a": None}, {"b": 1}),
    "dependentRequired": ({"dependentRequired": {"a": ["b"]}}, {"b": 1}, {"a": 1}),
    "dependentSchemas": ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"b": 1}, {"a": 1}),
    "prefixItems": ({"prefixItems": [{"type": "string"}, {"type": "integer"}]}, ["a"], ["a", "b"]),
    "items": ({"prefixItems": [{}], "items": {"type": "integer"}}, ["a", 1], [1, "a"]),
    "additionalItems": ({"items": [{}], "additionalItems": False}, ["a"], ["a", 1]),
    "contains": ({"contains": {"type": "integer"}, "maxContains": 1}, ["a", 1], [1, 2]),
    "uniqueItems": ({"uniqueItems": True}, [1, True, "1"], [{"a": 1}, {"a": 1.0}]),
    "pattern": ({"pattern": r"^\d+$"}, "12", "12\n"),
    "allOf": ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, 2, 3),
    "anyOf": ({"anyOf": [{"type": "string"}, {"minimum": 2}]}, 2, 1),
    "oneOf": ({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, 1, 2),
    "not": ({"not": {"type": "string"}}, 1, "a"),
    "if": ({"if": {"minimum": 5}, "then": {"maximum": 9}, "else": {"minimum": 1}}, 7, 0),
    "minimum": ({"minimum": 1}, 1, 0.5),
    "maximum": ({"maximum": 1}, True, 2),
    "exclusiveMinimum": ({"exclusiveMinimum": 1}, 1.5, 1),
    "exclusiveMaximum": ({"exclusiveMaximum": 1}, 0, 1),
    "minLength": ({"minLength": 2}, "ab", "🙂"),
    "maxLength": ({"maxLength": 1}, "🙂", "ab"),
    "minItems": ({"minItems": 1}, [1], []),
    "maxItems": ({"maxItems": 1}, {"a": 1, "b": 2}, [1, 2]),
    "minProperties": ({"minProperties": 1}, {"a": 1}, {}),
    "maxProperties": ({"maxProperties": 1}, [1, 2], {"a": 1, "b": 2}),
    "multipleOf": ({"multipleOf": 0.1}, 0.3, 0.35),
}


def test_every_keyword_is_tried():
    assert set(EACH) == set(RULES)


@pytest.mark.parametrize(("schema", "good", "bad"), EACH.values(), ids=EACH)
def test_a_keyword_tells_good_values_from_bad_ones(schema, good, bad):
    check(schema, schema)
    assert problem(good, schema) is None
    assert problem(bad, schema) is not None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "int"},
        {"required": "a"},
        {"pattern": "("},
        {"minimum": "1"},
        {"multipleOf": 0},
        {"properties": []},
        {"anyOf": {}},
        {"items": {"unevaluatedItems": False}},
        {"$ref": "#/nowhere"},
        {"$ref": "https://example.com/schema"},
        {"$dynamicRef": "#a"},
        {"not": 5},
    ],
)
def test_a_schema_that_cannot_be_decided_is_told_before_any_value(schema):
    with pytest.raises(SchemaError):
        check(schema, schema)


def test_a_schema_that_refers_to_itself_without_end_is_the_schemas_fault():
    schema = {"anyOf": [{"$ref": "#"}]}
    check(schema, schema)
    with pytest.raises(SchemaError, match="without end"):
        problem(1, schema)
