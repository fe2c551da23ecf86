"""From a row to rollouts: columns by trainer, by name and by option; bad rows are named."""

from __future__ import annotations

import pytest

from rule_rm.errors import ConfigurationError, DatasetError
from rule_rm.workbench.columns import given_columns
from rule_rm.workbench.rollout_rows import RolloutReader, packed, request, unpacked

CHAT = [{"role": "user", "content": "2+2?"}]
SAID = [{"role": "assistant", "content": "4"}]
FORMATS = {
    "verl's rollout_data_dir": {"input": "2+2?", "output": "4", "gts": "4", "score": 1.0, "step": 3},
    "TRL's completions": {"step": 1, "prompt": "2+2?", "completion": "4", "accuracy": 1.0, "advantage": 0.5},
    "slime's samples": {
        "group_index": 0,
        "prompt": "2+2?",
        "response": "4",
        "label": "4",
        "reward": 1,
        "metadata": {},
        "tokens": list(range(1000)),
    },
    "results of verifiers": {
        "example_id": 0,
        "prompt": CHAT,
        "completion": SAID,
        "answer": "4",
        "task": "sums",
        "reward": 1.0,
    },
    "a log of inspect": {
        "id": 1,
        "epoch": 1,
        "input": "2+2?",
        "target": "4",
        "output": {"choices": [{"message": {"role": "assistant", "content": "4"}}]},
    },
    "samples of lm-eval": {
        "doc_id": 0,
        "doc": {"question": "2+2?"},
        "target": "4",
        "arguments": {"gen_args_0": {"arg_0": "2+2?", "arg_1": {}}},
        "resps": [["4"]],
    },
    "OpenRLHF's batch inference": {"input": "2+2?", "output": "4", "reward": 1.0},
}


def read(*rows, given=(), skip=False):
    reader = RolloutReader(given_columns(given), skip)
    return reader, list(reader.read((f"f:{n}", row) for n, row in enumerate(rows, start=1)))


@pytest.mark.parametrize("name", FORMATS)
def test_rollouts_of_every_trainer_are_recognised(name):
    reader, (rollout,) = read(FORMATS[name])
    assert name in reader.how
    assert (rollout.prompt_text, rollout.response_text) == ("2+2?", "4")
    assert rollout.ground_truth == (None if "gts" not in FORMATS[name] and name[0] in "TO" else "4")
    assert "tokens" not in rollout.extra_info


def test_usual_names_are_guessed_and_nested_columns_are_found():
    row = {
        "data_source": "gsm8k",
        "question": "2+2?",
        "generation": "4",
        "reward_model": {"ground_truth": "4"},
        "n": 1,
    }
    reader, (rollout,) = read(row)
    assert "guessed by their names" in reader.how
    assert (rollout.prompt, rollout.response, rollout.ground_truth) == ("2+2?", "4", "4")
    assert rollout.data_source == "gsm8k"
    assert rollout.extra_info == {"n": 1}


def test_a_column_given_by_option_counts_before_a_usual_name():
    _, (rollout,) = read(
        {"prompt": "a", "response": "b", "mine": {"text": "c"}}, given=["response=mine.text"]
    )
    assert rollout.response == "c"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["reponse=a"], "there is no part 'reponse'; did you mean response"),
        (["response"], "response=COLUMN"),
        (["response=respons"], "no such column; did you mean response"),
    ],
)
def test_a_mistake_in_a_column_names_the_nearest(given, message):
    with pytest.raises((ConfigurationError, DatasetError), match=message):
        read({"prompt": "a", "response": "b"}, given=given)


def test_rows_without_a_response_name_their_columns():
    with pytest.raises(
        DatasetError, match=r"f:1: no column can be the response; the columns are 'question', 'text'"
    ):
        read({"question": "a", "text": "b"})


def test_several_responses_of_a_row_are_rollouts_of_one_group():
    _, rollouts = read({"prompt": "2+2?", "responses": ["4", "5"], "answer": "4"})
    assert [(one.place, one.response, one.group) for one in rollouts] == [
        ("f:1#1", "4", "f:1"),
        ("f:1#2", "5", "f:1"),
    ]


def test_a_conversation_ends_with_the_response():
    _, (rollout,) = read({"messages": [*CHAT, *SAID], "answer": "4"})
    assert (rollout.prompt, rollout.response) == (CHAT, SAID)
    assert request([rollout])["prompts"] == ["2+2?"]


BAD = {
    "the response (response) is missing": {"prompt": "a", "response": None},
    "the response (response) must be a string or messages": {"prompt": "a", "response": 4},
    "the prompt (prompt) must be a string": {"prompt": None, "response": "b"},
    "prompt[0] must be a message with a role, not one without": {"prompt": [{"role": 5}], "response": "b"},
    "is [1], not an object": [1],
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_row_ends_the_run_or_is_counted_and_named(why):
    good = {"prompt": "a", "response": "b"}
    with pytest.raises(DatasetError) as caught:
        read(good, BAD[why])
    assert f"f:2: {why}" in str(caught.value)
    assert "--skip-bad-rows" in str(caught.value)
    reader, rollouts = read(good, BAD[why], good, skip=True)
    assert [one.place for one in rollouts] == ["f:1", "f:3"]
    assert reader.bad == 1
    assert reader.named[0].startswith(f"f:2: {why}")


def test_a_first_row_without_a_response_does_not_hide_the_column_of_a_trainer():
    failed = {"input": "2+2?", "epoch": 1, "target": "4", "output": {"choices": []}, "id": 1}
    reader, rollouts = read(failed, {**FORMATS["a log of inspect"]}, skip=True)
    assert [one.place for one in rollouts] == ["f:2"]
    assert reader.named == ["f:1: the response (output.choices.0.message) is missing"]


def test_a_digest_is_of_all_that_a_reward_sees():
    rows = [
        {"prompt": "a", "response": "b", "answer": "c", "data_source": "d", "uid": "e", "more": 1},
        {"prompt": "a", "response": "b", "answer": "c", "data_source": "d", "uid": "e", "more": 2},
        {"prompt": "a", "response": "b", "answer": "c", "data_source": "d", "uid": "f", "more": 1},
        {"prompt": "a", "response": "b", "answer": "x", "data_source": "d", "uid": "e", "more": 1},
    ]
    _, rollouts = read(*rows)
    assert len({one.digest for one in rollouts}) == 4


@pytest.mark.parametrize("truth", ["4", "[4]", [4], {"a": 1}, 4, 0.5, True, None])
def test_a_result_comes_back_from_parquet_as_it_was(truth):
    result = {"row": 0, "ground_truth": truth, "metrics": {"a": 1.0}, "prompt": CHAT, "answer": None}
    back = unpacked(packed(result))
    assert back == result
    assert type(back["ground_truth"]) is type(truth)


FIRST_IS_BAD = [("a:1", {"question": "2+2?", "respnse": "4"}), ("a:2", {"question": "2+2?", "response": "4"})]


def test_a_first_row_without_a_response_is_skipped_by_choice():
    reader = RolloutReader(skip_bad_rows=True)
    assert [one.place for one in reader.begin(FIRST_IS_BAD)] == ["a:2"]
    assert reader.bad == 1
    assert "no column can be the response" in reader.named[0]


def test_a_missing_response_names_the_nearest_column():
    with pytest.raises(DatasetError, match="a:1: no column .*'respnse'; did you mean response"):
        RolloutReader().begin(FIRST_IS_BAD)


def test_a_column_by_option_that_is_not_there_is_no_bad_row():
    with pytest.raises(DatasetError, match="there is no such column"):
        RolloutReader({"response": "text"}, skip_bad_rows=True).begin(FIRST_IS_BAD)
