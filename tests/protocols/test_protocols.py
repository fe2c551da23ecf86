"""Formats are detected, refuse invalid requests, and keep the shape of their replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm import Score, Status, protocols
from rule_rm.errors import PayloadError
from rule_rm.messages.groups import places_of_groups
from rule_rm.protocols import align_anything, openrlhf
from rule_rm.protocols._reply import COUNTERS

NO_TEXTS = [None, 1, ["a"], {"a": 1}, True]
BAD_TEXTS = [*NO_TEXTS, "a\0b", "\ud800"]
SCORES = [
    Score(1.0, metrics={"accuracy": 1.0}),
    Score(1, metrics={"accuracy": 1, "another": 2.0}),
    Score(0.0, Status.TIMEOUT),
    Score.unscored(Status.CRASH, "the worker died"),
]
scores = st.lists(st.sampled_from(SCORES), max_size=4)


@pytest.mark.parametrize(
    ("keys", "missing"),
    [
        ([], None),
        (["responses"], "prompts"),
        (["prompts"], "responses"),
        (["prompts", "labels"], "responses"),
        (["prompt", "response"], None),
        (["queries", "labels"], None),
    ],
)
def test_an_unknown_format_is_answered_with_all_formats_and_what_is_missing(keys, missing):
    with pytest.raises(PayloadError) as caught:
        protocols.recognise({key: [] for key in keys})
    assert caught.value.field == missing
    for wire_format in protocols.BY_KEYS:
        absent = ", ".join(key for key in wire_format.KEYS if not {*key.split(" or ")} & {*keys})
        assert f"{wire_format.NAME}: {wire_format.SUMMARY} (missing: {absent})" in str(caught.value)


def test_a_request_of_two_formats_at_once_is_refused():
    with pytest.raises(PayloadError, match=r"align-anything and of OpenRLHF"):
        protocols.recognise({"query": [], "prompts": [], "responses": []})


ALIGN = {"prompts": ["a", "b"], "responses": ["a", "b"]}
QUERIES = {"query": ["a", "b"], "prompts": ["a", "b"], "labels": ["1", "2"]}


@pytest.mark.parametrize(
    ("payload", "field", "bad"),
    [
        *((payload, "prompts", bad) for payload in (ALIGN, QUERIES) for bad in BAD_TEXTS),
        *((ALIGN, "responses", bad) for bad in NO_TEXTS),
        *((QUERIES, "query", bad) for bad in NO_TEXTS),
    ],
)
def test_a_bad_text_is_named_by_field_and_index(payload, field, bad):
    payload = {**payload, field: ["a", bad]}
    with pytest.raises(PayloadError) as caught:
        protocols.recognise(payload).parse_request(payload)
    assert (caught.value.field, caught.value.index) == (field, 1)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"prompts": ["a"], "responses": ["a", "b"]}, "responses"),
        ({"prompts": ["a", "b"], "responses": []}, "responses"),
        ({"prompts": ["a"], "responses": ["a"], "golden_responses": ["1", "2"]}, "golden_responses"),
        ({"prompts": ["a"], "responses": ["a"], "golden_responses": []}, "golden_responses"),
        ({"query": ["a"], "prompts": ["a", "b"]}, "prompts"),
        ({"query": ["a"], "labels": []}, "labels"),
    ],
)
def test_unequal_lengths_are_named_by_the_field(payload, field):
    with pytest.raises(PayloadError, match="where the batch has length") as caught:
        protocols.recognise(payload).parse_request(payload)
    assert caught.value.field == field


def test_what_is_unscored_gets_the_configured_number():
    unscored = [Score.unscored(Status.ERROR, "no")]
    reply = openrlhf.build_response({}, unscored, metrics=(), unscored_reward=-1)
    assert (reply["rewards"], reply["scores"]) == ([-1.0], [0.0])
    assert align_anything.build_response({}, unscored, metrics=(), unscored_reward=-1) == {"rewards": [-1.0]}


@given(scores, scores)
def test_the_keys_of_a_reply_depend_on_the_reward_type_alone(some, others):
    def keys(scores):
        reply = openrlhf.build_response({}, scores, metrics=("accuracy", "rare"), unscored_reward=0.0)
        return sorted(reply), sorted(reply["extra_logs"])

    assert keys(some) == keys(others)
    assert keys(some)[1] == ["accuracy", "rare", "timeout", "unscored"]


@given(scores)
def test_a_reply_is_json_of_floats_even_where_metrics_are_missing(scores):
    reply = openrlhf.build_response({}, scores, metrics=("accuracy",), unscored_reward=0.0)
    json.dumps(reply, allow_nan=False)
    for column in [reply["rewards"], *reply["extra_logs"].values()]:
        assert [type(number) for number in column] == [float] * len(scores)


@pytest.mark.parametrize("taken", sorted({*openrlhf.RESERVED, *COUNTERS}))
def test_a_metric_never_takes_a_name_of_the_trainers(taken):
    score = Score(0.0, metrics={taken: 7.0})
    logs = openrlhf.build_response({}, [score], metrics=(taken,), unscored_reward=0.0)["extra_logs"]
    assert logs == {f"metric_{taken}": [7.0], "unscored": [0.0], "timeout": [0.0]}


HOSTILE = "a\0b\ud800 4"
WRITTEN = "a\0b\ufffd 4"


def said(value: Any, response: str, instead: str) -> Any:
    """Return a request in which the policy wrote something else than this response."""
    if isinstance(value, dict):
        return {name: said(part, response, instead) for name, part in value.items()}
    if isinstance(value, list):
        return [said(part, response, instead) for part in value]
    return value.replace(response, instead) if isinstance(value, str) else value


CAPTURED = [json.loads(path.read_text()) for path in sorted(Path(__file__).parent.glob("captured/*.json"))]
ITS_OWN_WORDS = {
    case["trainer"]: request
    for case in CAPTURED
    for response in [rollout["response"] for rollout in case["rollouts"][:1] if rollout["response"]]
    if case["wire_format"] in {wire_format.NAME for wire_format in protocols.BY_KEYS}
    and (request := said(case["request"], response, HOSTILE)) != case["request"]
}
"""Captured requests with hostile characters in place of the first response, where it is found verbatim."""


@pytest.mark.parametrize("payload", ITS_OWN_WORDS.values(), ids=ITS_OWN_WORDS)
def test_no_character_that_a_policy_writes_is_refused(payload):
    rollout = protocols.recognise(payload).parse_request(payload)[0]
    assert rollout.response == WRITTEN
    assert rollout.text is None or WRITTEN in rollout.text
    rollout.response.encode()


def test_every_format_takes_what_a_policy_writes():
    tried = {protocols.recognise(payload).NAME for payload in ITS_OWN_WORDS.values()}
    for wire_format in protocols.BY_KEYS:
        assert wire_format.NAME in tried, (
            f"{wire_format.NAME}: no file in tests/protocols/captured has the response of its first rollout, "
            "word for word, in its request"
        )


CHAT = [{"role": "user", "content": "2+2?"}]


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ("2+2?", r"messages\[1\] must be a list of messages, not a text"),
        ([1], r"messages\[1\]\[0\] must be a message with a role, not a number"),
        ([{"content": "2+2?"}], r"messages\[1\]\[0\] must be a message with a role, not one without"),
        ([{"role": "user", "content": "a\0b"}], r"messages\[1\] contains a null character"),
    ],
)
def test_a_bad_message_is_named_by_the_rollout_that_it_belongs_to(messages, told):
    with pytest.raises(PayloadError, match=told) as caught:
        align_anything.parse_request({**ALIGN, "messages": [CHAT, messages]})
    assert (caught.value.field, caught.value.index) == ("messages", 1)


def test_messages_may_be_missing_for_some_rollouts_and_for_all():
    given = [
        rollout.messages for rollout in align_anything.parse_request({**ALIGN, "messages": [CHAT, None]})
    ]
    assert given == [tuple(CHAT), None]
    assert [rollout.messages for rollout in align_anything.parse_request(ALIGN)] == [None, None]


@pytest.mark.parametrize(
    ("row", "golden"),
    [
        ({"verifier_metadata": {"expected_answer": "85"}}, "85"),
        ({"expected_answer": "85", "verifier_metadata": {"expected_answer": "1"}}, "85"),
        ({"verifier_metadata": {"level": 3}}, None),
        ({"verifier_metadata": "85"}, None),
    ],
)
def test_nemo_gym_s_golden_answer_may_be_in_the_metadata_of_the_verifier(row, golden):
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "85"}]}
    payload = {"responses_create_params": {"input": "37 + 48?"}, "response": {"output": [said]}, **row}
    (rollout,) = protocols.recognise(payload).parse_request(payload)
    assert rollout.ground_truth == golden


@pytest.mark.parametrize("key", ["prompt_id", "uid", "group", "group_id"])
@pytest.mark.parametrize("where", ["a column", "extra_infos"])
@pytest.mark.parametrize("said", ["responses", "query"])
def test_a_request_names_the_group_of_each_response(said, where, key):
    names = [1, "2", 1.0, None]
    column = {key: names} if where == "a column" else {"extra_infos": [{key: name} for name in names]}
    payload = {"prompts": ["p"] * 4, said: ["a", "b", "c", "d"], **column}
    wire_format = protocols.recognise(payload)
    protocols.check_names(wire_format, payload)
    assert places_of_groups(wire_format.parse_request(payload)) == [(0, 2), (1,), (3,)]


def test_a_request_names_one_group_for_all_its_responses():
    payload = {"prompts": ["p", "q"], "responses": ["a", "b"], "uid": "u"}
    assert places_of_groups(protocols.recognise(payload).parse_request(payload)) == [(0, 1)]


def test_the_names_of_groups_are_as_many_as_the_responses():
    payload = {"prompts": ["p", "q"], "responses": ["a", "b"], "uid": [1]}
    with pytest.raises(PayloadError, match="uid has length 1 where the batch has length 2"):
        protocols.recognise(payload).parse_request(payload)


@pytest.mark.parametrize(
    ("column", "meant"), [("uids", "uid"), ("group_ids", "group_id"), ("prompt_i", "prompt_id")]
)
def test_a_misspelt_column_of_groups_is_refused_with_the_nearest(column, meant):
    for payload in ({"prompts": ["p"], "responses": ["a"]}, {"query": ["pa"], "prompts": ["p"]}):
        with pytest.raises(PayloadError, match=f"did you mean {meant}"):
            protocols.check_names(protocols.recognise(payload), {**payload, column: [1]})


SLIME = {"prompt": "2+2?", "response": "4", "label": "4"}
ASKED = {"role": "user", "content": "2+2?"}
ANSWERED = {"role": "assistant", "content": "4"}
BY_NAME = {one.NAME: one for one in protocols.FORMATS}


def nemo(*output: Any, **columns: Any) -> dict[str, Any]:
    given = {"input": "2+2?"}
    return {"responses_create_params": given, "response": {"output": [*output]}, **columns}


def azure(sample: Any, item: Any = None) -> dict[str, Any]:
    return {"sample": sample, "item": item}


def bedrock(**row: Any) -> dict[str, Any]:
    return {"rows": [{"messages": [ASKED, ANSWERED], **row}]}


def parsed(name: str, payload: dict[str, Any]) -> Any:
    protocols.check_names(BY_NAME[name], payload)
    return BY_NAME[name].parse_request(payload)


@pytest.mark.parametrize(
    ("name", "payload", "told"),
    [
        ("Azure endpoint grader", azure({"output_txt": "4"}), "sample.output_text is missing"),
        ("Azure endpoint grader", azure({"output_text": 4}), "sample.output_text must be a string"),
        (
            "NeMo-Gym",
            nemo({"role": "assistant", "content": [{"type": "output_text", "text": 5}]}),
            r"response.output\[0\].content\[0\].text must be a string, not a number",
        ),
        ("NeMo-Gym", nemo({"role": "assistant", "content": 5}), r"response.output\[0\].content must be"),
        ("NeMo-Gym", nemo({"role": "assistant", "contnt": "5"}), r"output\[0\].content is missing"),
        ("NeMo-Gym", nemo({"role": "model", "content": "5"}), "no message whose role is assistant"),
        ("Eval Protocol", {"messages": [ASKED]}, "messages must end with the assistant's"),
        ("Eval Protocol", {"messages": [ANSWERED, ASKED]}, "messages must end with the assistant's"),
        ("AWS Bedrock", bedrock(messages=[ASKED]), r"rows\[0\].messages must end with the assistant's"),
    ],
)
def test_a_response_that_cannot_be_read_is_refused_with_its_place(name, payload, told):
    with pytest.raises(PayloadError, match=told):
        parsed(name, payload)


@pytest.mark.parametrize(
    ("name", "payload", "told"),
    [
        ("NeMo-Gym", nemo(ANSWERED, expected_anwser="4"), "did you mean expected_answer"),
        ("NeMo-Gym", nemo(ANSWERED, expectedAnswer="4"), "did you mean expected_answer"),
        ("NeMo-Gym", nemo(ANSWERED, lable="4"), "did you mean label"),
        ("NeMo-Gym", nemo(ANSWERED, answer="4", data_sorce="a"), "did you mean data_source"),
        (
            "Azure endpoint grader",
            azure({"output_text": "4"}, {"refrence_answer": "4"}),
            "item.refrence_answer",
        ),
        ("AWS Bedrock", bedrock(refrence_answer="4"), r"rows\[0\].refrence_answer"),
        ("verl reward_api", {"ground_truth": "4", "response_str": "4", "prompt": "2+2?"}, "mean prompt_str"),
        (
            "slime remote_rm",
            {**SLIME, "prompt": [{"role": "user", "content": 5}]},
            r"prompt\[0\].content must",
        ),
    ],
)
def test_a_value_that_would_be_ignored_is_refused(name, payload, told):
    with pytest.raises(PayloadError, match=told):
        parsed(name, payload)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("NeMo-Gym", nemo(ANSWERED, answer="4", answers=["4"], expected_anwser="4", solutions=[1])),
        ("NeMo-Gym", nemo(ANSWERED, uuid="a", answers=["4"], labels=[1], answer_type="int", answer2=1)),
        ("NeMo-Gym", nemo(ANSWERED, extracted_answer="4", prompt_ids=[1], data_sources=1, targets=1)),
        ("NeMo-Gym", nemo({"type": "function_call", "name": "f", "arguments": "{}"})),
        ("NeMo-Gym", nemo({"role": "assistant", "content": None, "tool_calls": []}, {"role": "assistant"})),
        ("NeMo-Gym", nemo({"role": "assistant", "reasoning_content": "4"})),
        ("Azure endpoint grader", azure({"output_text": "", "output_tools": []})),
        ("Azure endpoint grader", azure({"output_text": None, "output_tools": [{"name": "f"}]})),
        ("Azure endpoint grader", azure({"output_tools": [{"name": "f"}]}, {"difficulty": 3})),
        ("AWS Bedrock", bedrock(messages=[ASKED], modelResponse="4", reference_answer={"x": 1})),
        ("verl reward_api", {"ground_truth": "4", "response_str": "4", "prompt_str": "2+2?", "prompt": 1}),
        ("verl reward_api", {"ground_truth": "4", "response_str": "4", "index": 1}),
        ("slime remote_rm", {**SLIME, "prompt": [ASKED, {"role": "tool", "content": {"x": 5}}]}),
        ("slime remote_rm", {**SLIME, "prompt": [{"role": "user", "content": [{"type": "image"}]}]}),
        ("Eval Protocol", {"messages": [ASKED, {"role": "assistant", "content": ""}]}),
    ],
)
def test_other_columns_and_forms_are_taken(name, payload):
    assert len(parsed(name, payload)) == 1


@pytest.mark.parametrize("case", CAPTURED, ids=lambda case: case["trainer"])
def test_no_captured_request_has_a_name_that_is_refused(case):
    protocols.check_names(BY_NAME[case["wire_format"]], case["request"])


@pytest.mark.parametrize("key", ["id", "uuid"])
def test_the_usual_names_of_ids_are_no_misspelt_groups(key):
    protocols.check_names(BY_NAME["OpenRLHF, lmm-r1"], {"query": ["4"], key: 7})
