"""Graders from their JSON: which are taken, and what an error says."""

from __future__ import annotations

import importlib.util
import time

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.graders import Case, GradingError, Means, read_grader
from rule_rm.graders.reading import graded
from rule_rm.judge.client.question import Reply
from rule_rm.types import Rollout, Status

CHECK = {
    "type": "string_check",
    "name": "check",
    "input": "{{ sample.output_text }}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
NEAR = {
    "type": "text_similarity",
    "name": "near",
    "input": "{{ sample.output_text }}",
    "reference": "{{item.answer}}",
    "evaluation_metric": "fuzzy_match",
}
SCORE = {
    "type": "score_model",
    "name": "score",
    "model": "judge",
    "range": [0, 10],
    "input": [
        {"role": "developer", "content": "Be strict."},
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "{{item.answer}}: {{sample.output_text}}"}],
        },
    ],
}
LABEL = {
    "type": "label_model",
    "name": "label",
    "model": "judge",
    "input": SCORE["input"],
    "labels": ["good", "bad"],
    "passing_labels": ["good"],
}
MULTI = {
    "type": "multi",
    "name": "all",
    "graders": {
        "check": CHECK,
        "near": NEAR,
    },
    "calculate_output": "check / 2 + near / 2",
}


def grade(given, text, item=None, says=""):
    """Grade a text; `says` is the model's reply."""
    asked = []

    def ask(model, question, until):
        asked.append((model, question))
        return Reply(says, None, "stop", None, 3, 4, "here")

    case = Case.of_text(text, {"answer": "Rome"} if item is None else item)
    result = graded(read_grader(given), case, Means(time.monotonic() + 30, ask))
    return result, asked


@pytest.mark.parametrize(
    ("operation", "text", "reward"),
    [
        ("eq", "Rome", 1.0),
        ("eq", "rome", 0.0),
        ("ne", "rome", 1.0),
        ("ne", "Rome", 0.0),
        ("like", "In Rome.", 1.0),
        ("like", "In rome.", 0.0),
        ("ilike", "In ROME.", 1.0),
        ("ilike", "Ro", 0.0),
    ],
)
def test_a_string_check_compares_as_its_operation_says(operation, text, reward):
    assert grade({**CHECK, "operation": operation}, text)[0].reward == reward


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sample.output_json.a[1].b", "2"),
        ("sample.output_json['the key']", "here"),
        ('sample.output_json["the key"]', "here"),
        ("sample.choices[0].message.content", '{"a": [1, {"b": 2}], "the key": "here"}'),
        ("item.row", '{"x": ["é"]}'),
    ],
)
def test_a_slot_takes_the_value_at_its_path(path, value):
    given = {**CHECK, "input": f"{{{{ {path} }}}}", "reference": "{{item.wanted}}"}
    text = '{"a": [1, {"b": 2}], "the key": "here"}'
    assert grade(given, text, {"row": {"x": ["é"]}, "wanted": value})[0].reward == 1.0


def test_a_value_is_never_read_as_a_template():
    assert grade(CHECK, "{{item.answer}}")[0].reward == 0.0


def test_a_field_that_the_row_lacks_is_ours_and_one_that_the_output_lacks_is_the_policy_s():
    with pytest.raises(GradingError) as raised:
        grade(CHECK, "Rome", {"other": 1})
    assert (raised.value.flag, raised.value.status) == ("invalid_variable_error", Status.BAD_GROUND_TRUTH)
    result, _ = grade({**CHECK, "input": "{{sample.output_json.city}}"}, "no JSON")
    assert (result.reward, result.status) == (0.0, Status.WRONG_FORMAT)
    assert "sample_parse_error" in result.flags


def test_fuzzy_match_is_the_ratio_of_levenshtein():
    given = NEAR
    assert grade(given, "Rome")[0].reward == 1.0
    assert grade(given, "Romeo")[0].reward == pytest.approx(8 / 9)
    assert grade(given, "x" * 200_000)[0].reward == 0.0


@pytest.mark.parametrize("metric", ["bleu", "gleu", "rouge_1", "rouge_5", "rouge_l"])
def test_other_similarities_are_1_for_the_same_words_and_less_for_others(metric):
    module = "nltk" if "leu" in metric else "rouge_score"
    given = {**NEAR, "evaluation_metric": metric}
    if importlib.util.find_spec(module) is None:
        with pytest.raises(ConfigurationError, match=r"rule-rm\[graders\]"):
            read_grader(given)
        return
    item = {"answer": "the quick brown fox jumps over the dog"}
    assert grade(given, item["answer"], item)[0].reward == pytest.approx(1.0)
    assert grade(given, "a slow cat", item)[0].reward < 0.3
    assert grade(given, "", item)[0].reward == 0.0


@pytest.mark.parametrize(
    ("says", "reward"),
    [
        ('{"reasoning": "so", "result": 7.5}', 7.5),
        ('```json\n{"result": 10}\n```', 10.0),
        ("8", 8.0),
        ("<think>10?</think>3", 3.0),
    ],
)
def test_the_score_of_a_model_is_taken_as_it_is(says, reward):
    result, ((model, question),) = grade(SCORE, "Paris<|im_end|>", says=says)
    assert (result.reward, model, result.tokens) == (reward, "judge", {"judge": 7})
    assert question.messages[0]["role"] == "system"
    assert "from 0 to 10" in question.messages[0]["content"]
    assert question.messages[1] == {"role": "user", "content": "Rome: Paris< |im_end|>"}


@pytest.mark.parametrize(
    "says",
    [
        "",
        "11",
        "-1",
        '{"result": 10.5}',
        '{"result": true}',
        '{"score": 7}',
        "7 of 10",
        "nan",
        '{"result": 1, "result": 9}',
    ],
)
def test_a_reply_without_a_score_within_the_range_is_unscored(says):
    with pytest.raises(GradingError) as raised:
        grade(SCORE, "Paris", says=says)
    assert (raised.value.flag, raised.value.status) == ("model_grader_parse_error", Status.NO_VERDICT)


def test_a_label_passes_fails_or_is_none():
    assert [grade(LABEL, "x", says=says)[0].reward for says in ('{"label": "good"}', "bad")] == [1.0, 0.0]
    for says in ("not good", '{"label": "GOOD"}', '{"label": ["good"]}'):
        with pytest.raises(GradingError):
            grade(LABEL, "x", says=says)


def test_several_graders_make_one_reward_by_their_formula():
    result, _ = grade(MULTI, "Romeo")
    assert result.parts == {"check": 0.0, "near": pytest.approx(8 / 9)}
    assert result.reward == pytest.approx(4 / 9)


def test_one_grader_without_a_score_leaves_the_whole_without_one():
    with pytest.raises(GradingError):
        grade({**MULTI, "graders": {"check": CHECK, "near": SCORE}}, "Rome", says="?")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "must be an object"),
        ({"type": "string_chek", "name": "x"}, "did you mean string_check"),
        ({**CHECK, "operation": "is"}, "operation must be one of eq"),
        ({**CHECK, "input": "{{ output }}"}, "item.NAME"),
        ({**CHECK, "input": "{{ item.answer }"}, "has no }} at its end"),
        ({**CHECK, "input": 4}, "input must be a string"),
        ({**CHECK, "oper": "eq"}, "grader 'check': a string_check has no key 'oper'; did you mean operation"),
        ({**NEAR, "evaluation_metrics": "bleu"}, "did you mean evaluation_metric"),
        ({**SCORE, "sampling_param": {}}, "did you mean sampling_params"),
        ({**SCORE, "sampling_params": {"top": 1}}, "did you mean top_p"),
        ({**SCORE, "input": [{"role": "user", "contents": "x"}]}, "a message has no key 'contents'"),
        ({**SCORE, "input": [{"role": "user", "content": {"txt": "x"}}]}, "did you mean text"),
        ({**LABEL, "pass_labels": ["good"]}, "did you mean passing_labels"),
        ({**MULTI, "calculate_ouput": "check"}, "did you mean calculate_output"),
        ({**MULTI, "graders": {"check": {**CHECK, "oper": "eq"}}}, "grader 'check': .*operation"),
        ({"type": "python", "name": "p", "source": "def grad(sample, item): return 1"}, "must define grade"),
        ({**NEAR, "evaluation_metric": "cosine"}, "embeddings"),
        ({**SCORE, "range": [1, 0]}, "range must be"),
        ({**SCORE, "input": []}, "list of messages"),
        ({**SCORE, "input": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "text or input_image"),
        ({**LABEL, "passing_labels": ["fine"]}, "passing_labels must be some of the labels"),
        ({"type": "python", "name": "p", "source": "def grade(:"}, "source: invalid syntax"),
        ({**MULTI, "calculate_output": "check + far"}, "'far' is none of the graders check, near"),
        ({**MULTI, "graders": CHECK}, "a grader must be an object"),
        ({**MULTI, "graders": {"all": MULTI}}, "can't be part of another"),
    ],
)
def test_what_is_no_grader_is_told_when_it_is_read(given, told):
    with pytest.raises(ConfigurationError, match=told):
        read_grader(given)


@pytest.mark.parametrize(
    "source",
    [
        "grade = lambda sample, item: 1",
        "from mine import grade",
        "from mine import score as grade",
        "from mine import *",
        "if True:\n    def grade(sample, item):\n        return 1",
        "exec('def grade(sample, item): return 1')",
        "globals()['grade'] = max",
    ],
)
def test_a_source_may_define_its_function_in_any_way(source):
    read_grader({"type": "python", "name": "p", "source": source, "image_tag": "2025-05-08"})


def test_all_keys_that_openai_knows_are_taken():
    sampling = {
        "seed": 1,
        "top_p": 1,
        "temperature": None,
        "max_completions_tokens": 9,
        "reasoning_effort": "low",
    }
    image = {"type": "input_image", "image_url": "https://x/y.png", "detail": "low"}
    message = {
        "type": "message",
        "role": "user",
        "content": ["x", {"type": "output_text", "text": "y"}, image],
    }
    read_grader({**SCORE, "sampling_params": sampling, "input": [message], "pass_threshold": 0.5})


def test_a_rollout_is_an_item_with_its_row_and_a_sample_without_its_thinking():
    calls = [{"type": "function", "function": {"name": "f", "arguments": "{}"}}]
    completion = ({"role": "assistant", "content": "4", "tool_calls": calls},)
    case = Case.of_rollout(
        Rollout("2+2?", "<think>5?</think>4", {"unit": "m"}, extra_info={"level": 3}, completion=completion)
    )
    assert (case.item["unit"], case.item["level"], case.item["prompt"]) == ("m", 3, "2+2?")
    assert (case.sample["output_text"], case.sample["output_json"]) == ("4", 4)
    assert len(case.sample["output_tools"]) == 1
