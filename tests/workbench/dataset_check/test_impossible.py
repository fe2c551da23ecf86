"""Golden answers that nothing can reach are found, and those that something reaches are not."""

from __future__ import annotations

import pytest

from rule_rm.workbench.dataset_check.impossible import unreachable, unsatisfiable


@pytest.mark.parametrize(
    ("target", "numbers"),
    [(24, [4, 6, 8, 8]), (24, [3, 3, 8, 8]), (-4, [1, 5]), (-6, [6]), (1, [7, 7]), (9, range(5))],
)
def test_a_target_that_an_expression_has_or_that_is_not_searched_is_sound(target, numbers):
    assert unreachable(target, list(numbers)) is None


@pytest.mark.parametrize(("target", "numbers"), [(7, [2, 2]), (100, [1, 1, 1, 1]), (5, [4]), (6, [6, 2])])
def test_a_target_out_of_reach_is_named(target, numbers):
    assert f"has the value {target}" in unreachable(target, numbers)


def test_a_number_may_be_left_over_where_the_option_allows_it():
    assert unreachable(6, [6, 2], leaves_over=True) is None


def of(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (of(n={"type": "number", "minimum": 2.5, "maximum": 1}), "'n': minimum 2.5 is above maximum 1"),
        (of(s={"type": "string", "minLength": 9, "maxLength": 4}), "'s': minLength 9 is above maxLength 4"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, "'a' is required"),
        (of(color={"enum": []}), "'color': the list of possible values is empty"),
        ({"allOf": [{"type": "array", "minItems": 3, "maxItems": 2}]}, "minItems 3"),
        (of(never=False), "'never': the schema allows none"),
    ],
)
def test_a_schema_that_no_value_keeps_to_is_named(schema, said):
    assert said in unsatisfiable(schema)


@pytest.mark.parametrize(
    "schema",
    [
        of(n={"type": "integer", "minimum": 3, "maximum": 3}),
        {"minimum": 5, "maximum": 3},
        {"type": ["string", "integer"], "minimum": 5, "maximum": 3},
        {"type": "object", "properties": {"n": {"enum": []}}},
        {
            "type": "object",
            "required": ["x1"],
            "additionalProperties": False,
            "patternProperties": {"^x": {}},
        },
        True,
    ],
)
def test_a_schema_that_some_value_keeps_to_is_sound(schema):
    assert unsatisfiable(schema) is None
