"""A message or file from outside is read, or refused with the one error of the boundary that it reached.

`make fuzz` draws many random examples, the gate a few that are always the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rule_rm import Score, Settings, Status, protocols
from rule_rm.client.replies import error_message, read_details, read_rewards
from rule_rm.errors import (
    ConfigurationError,
    DatasetError,
    PayloadError,
    RequestError,
    SandboxError,
)
from rule_rm.golden import GoldenDataset
from rule_rm.graders import read_grader
from rule_rm.http.replies import decode, error_text
from rule_rm.http.transport import HTTPReply
from rule_rm.judge.agreement import read_labels
from rule_rm.judge.client.completions import read_reply, refused_field
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.reading.menu import Label, Menu, NoVerdictError
from rule_rm.judge.reading.verdicts import read_verdict
from rule_rm.messages.chat_templates import split_query, strip_markers
from rule_rm.messages.groups import places_of_groups
from rule_rm.messages.prepare import prepared
from rule_rm.models.engine_api import APIS
from rule_rm.protocols import nemo_gym
from rule_rm.sandbox import wire
from rule_rm.settings.file import read_config
from rule_rm.web import bodies
from rule_rm.web.deadline import patience
from rule_rm.web.tokens import read_holders
from rule_rm.web.viewer.rollouts import read_filter
from rule_rm.workbench.row_files import number_of_rows, rows_of

from .mutations import NOT_FINITE, TEXTS, VALUES, near, near_bytes, near_json

# `make fuzz` chooses by it.
pytestmark = pytest.mark.hypothesis
IS_RANDOM = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
IN_THE_GATE = 25
"""Examples of each boundary."""
bounded = settings(max_examples=int(os.environ.get("EXAMPLES", "2000")) if IS_RANDOM else IN_THE_GATE)

CAPTURED = [
    json.loads(path.read_text())
    for path in sorted((Path(__file__).parent / "protocols/captured").glob("*.json"))
]
PREPARED = [
    Settings(),
    Settings(turns="all"),
    Settings(think_prefilled="yes"),
    Settings(end_token=("<|im_end|>",)),
]
ROWS = [
    {"question": "1+1?", "answer": "2", "prompt": "1+1?", "response": "2", "label": True},
    {"question": ["a", {"b": 1}], "answer": ["2", "3"], "reward": 0.5, "status": "ok", "row": 1},
    {
        "messages": [{"role": "user", "content": "1+1?"}, {"role": "assistant", "content": "2"}],
        "label": "yes",
    },
]
COMPLETION = {
    "choices": [
        {
            "message": {"role": "assistant", "content": "VERDICT: CORRECT", "reasoning_content": "so"},
            "finish_reason": "stop",
            "logprobs": {
                "content": [
                    {"token": "CORRECT", "logprob": -0.1, "top_logprobs": [{"token": "IN", "logprob": -2.0}]}
                ]
            },
        }
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 3},
}
PARTS = {"choices": [{"message": {"content": [{"type": "text", "text": "CORRECT"}, {"type": "thinking"}]}}]}
LEGACY = {
    "choices": [
        {
            "text": "CORRECT",
            "logprobs": {"tokens": ["CO"], "token_logprobs": [-1.0], "top_logprobs": [{"CO": -1.0}]},
        }
    ]
}
FAILED = {"error": {"message": "no such model", "code": "unsupported_value", "param": "temperature"}}
MENU = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0)})
ENGINE_REPLIES = [
    {"data": [{"index": 0, "data": [0.5]}, {"index": 1, "data": 0.25, "probs": [0.5], "score": 0.5}]},
    {"results": [{"index": 0, "relevance_score": 0.5}, {"index": 1, "score": 0.25}]},
    [{"index": 0, "score": 0.5, "embedding": [0.5]}, {"index": 1, "score": 0.25, "embedding": 0.5}],
    {"rewards": [0.5, 0.25], "scores": [0.5, 0.25]},
    [[{"label": "LABEL_0", "score": 0.5}], [{"label": "LABEL_0", "score": 0.25}]],
]
GRADERS = [
    {
        "type": "string_check",
        "name": "a",
        "operation": "eq",
        "input": "{{sample.output_text}}",
        "reference": "x",
    },
    {
        "type": "multi",
        "name": "m",
        "calculate_output": "0.5 * a + b",
        "graders": {
            "a": {
                "type": "text_similarity",
                "name": "a",
                "input": "x",
                "reference": "y",
                "evaluation_metric": "bleu",
            },
            "b": {"type": "python", "name": "b", "source": "def grade(sample, item): return 1.0"},
        },
    },
    {
        "type": "score_model",
        "name": "s",
        "model": "judge",
        "range": [0, 1],
        "input": [{"role": "user", "content": "{{item.x}}"}],
    },
]
PROGRAMS = [
    {"code": "print(1)", "language": "python", "stdin": "", "run_timeout": 1.0, "memory_limit_MB": 64},
    {"code": "x", "language": "bash", "files": {"a/b": "QQ=="}, "fetch_files": ["a/b"], "compile_timeout": 1},
    {"program": "f = 1", "tests": ["assert f == 1"], "max_execution_time": 1.0},
    {"program": "f = 1", "tests": [{"input": "1", "output": "1"}], "max_execution_time": 1.0},
]
CONFIGURATION = b"""reward_type: math_verifier
workers: 2
judge_url: [http://127.0.0.1:1/v1]
alarm: {unscored: 0.1}
mixture: {rewards: {math_equal: 1.0}}
"""
HOLDERS = b"""one: "0123456789abcdef"
two: {token: "fedcba9876543210", requests_per_second: 2, max_request_mb: 1.5}
"""


class Boundary(NamedTuple):
    """A reader, what it may be given, and the errors with which it may refuse that."""

    read: Callable[[Any], object]
    given: st.SearchStrategy[Any]
    errors: tuple[type[Exception], ...]


def read_request(sent: tuple[str, Any]) -> None:
    """Do to a request what the service does before it scores, and after."""
    name, payload = sent
    wire_format = next((one for one in protocols.BY_PATH if name == one.NAME), None)
    if not isinstance(payload, dict):
        if wire_format is None or not protocols.is_list(wire_format):
            return
        payload = {wire_format.KEYS[0]: payload}
    wire_format = wire_format or protocols.recognise(payload)
    protocols.check_names(wire_format, payload)
    rollouts = wire_format.parse_request(payload)
    for chosen in PREPARED:
        places_of_groups([prepared(rollout, chosen) for rollout in rollouts])
    scores = [Score(0.5, Status.OK, metrics={"a": 1.0})] * len(rollouts)
    reply = wire_format.build_response(payload, scores, metrics=("a",), unscored_reward=0.0)
    json.dumps(reply, allow_nan=False).encode()


class NoSandbox:
    """A sandbox that can run nothing."""

    def session(self, *_: object, **__: object) -> Any:
        raise SandboxError("there is none")


def read_program(payload: Any) -> None:
    if not isinstance(payload, dict):
        return
    for answer in (wire.run_code, wire.test_program, wire.test_program_stdio):
        try:
            json.dumps(answer(payload, NoSandbox()), allow_nan=False)
        except (PayloadError, SandboxError):
            continue


def read_judge(reply: tuple[int, bytes]) -> None:
    read = HTTPReply(reply[0], {}, reply[1])
    refused_field(read)
    for as_json in (False, True):
        read_verdict(read_reply(read, "http://judge", 3), MENU, as_json=as_json)


def read_engine(reply: Any) -> None:
    error_text(reply)
    for api in APIS.values():
        try:
            assert all(isinstance(score, float) for score in api.read(reply, 2))
        except ValueError:
            continue


def read_client(data: bytes) -> None:
    reply = decode(data)
    error_message(reply, 0)
    for read in (read_rewards, read_details):
        try:
            read(reply, 2)
        except ValueError:
            continue


def read_template(texts: tuple[str, str | None]) -> None:
    query, prompt = texts
    _, response = split_query(query, prompt)
    assert response in query
    strip_markers(query)


def read_aggregate(payload: Any) -> None:
    if isinstance(payload, dict):
        json.dumps(nemo_gym.aggregate(payload), allow_nan=False)


def pair(left: Any, right: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    return st.tuples(left, right)


MARKS = (
    st.sampled_from(
        [
            "<|im_start|>",
            "assistant",
            "user",
            "\n",
            "<|im_end|>",
            "[/INST]",
            "</s>",
            "<think>",
            "</think>",
            "1+1?",
            "4",
            " ",
        ]
    )
    | TEXTS
)
TEXT = st.lists(MARKS, max_size=8).map("".join)
NAMES = ("details", "step", "before", "least", "most", "source", "text", "status")
BOUNDARIES = {
    "a body": Boundary(bodies.parse, near_json([case["request"] for case in CAPTURED]), (RequestError,)),
    "a program": Boundary(read_program, near(PROGRAMS), ()),
    "a grader": Boundary(read_grader, near(GRADERS), (ConfigurationError,)),
    "NeMo-Gym's metrics": Boundary(
        read_aggregate,
        near([{"verify_responses": [{"reward": 1.0, "mask_sample": True, "task_index": 1}, {"reward": 0}]}]),
        (PayloadError,),
    ),
    "a judge's reply": Boundary(
        read_judge,
        pair(st.sampled_from([200, 200, 200, 400, 422, 500]), near_json([COMPLETION, PARTS, LEGACY, FAILED])),
        (AttemptError, NoVerdictError),
    ),
    "an engine's reply": Boundary(read_engine, near(ENGINE_REPLIES) | NOT_FINITE, ()),
    "a service's reply": Boundary(
        read_client,
        near_json([{"rewards": [1.0, 0], "details": [{"status": "ok", "reward": None}] * 2}, FAILED]),
        (),
    ),
    "a whole text": Boundary(read_template, pair(TEXT, st.none() | TEXT), ()),
    "a deadline": Boundary(patience, TEXTS | st.floats().map(str), (RequestError,)),
    "a filter": Boundary(
        lambda given: read_filter(given).condition(),
        st.dictionaries(st.sampled_from(NAMES), TEXTS | st.floats().map(str) | st.just("1.5:٣"), max_size=4),
        (),
    ),
}
BOUNDARIES |= {
    wire_format.NAME: Boundary(
        read_request,
        pair(
            st.just(wire_format.NAME),
            near([case["request"] for case in CAPTURED if case["wire_format"] == wire_format.NAME]),
        ),
        (PayloadError,),
    )
    for wire_format in protocols.FORMATS
}


@pytest.mark.parametrize("name", BOUNDARIES)
def test_what_is_sent_is_read_or_refused(name):
    read, strategy, errors = BOUNDARIES[name]

    @bounded
    @given(strategy)
    def check(sent: Any) -> None:
        try:
            read(sent)
        except errors:
            pass

    check()


class File(NamedTuple):
    """A reader of files, the name of one, its content, and the errors with which it may be refused."""

    read: Callable[[Path], object]
    name: str
    content: st.SearchStrategy[bytes]
    errors: tuple[type[Exception], ...]


def read_rows(path: Path) -> None:
    number_of_rows([str(path)])
    list(rows_of([str(path)]))


def read_tokens(path: Path) -> None:
    path.chmod(0o600)
    read_holders(path)


TAGGED = st.sampled_from(
    [
        b"token: !!timestamp x",
        b"workers: !!bool x",
        b"token: 2026-13-01",
        b"reward_option: &a {x: *a}",
        b"one: &a {token: *a}",
        b"[" * 500,
    ]
)
"""Values that PyYAML can't make, in its own ways, and some that have no end."""
LINES = [b"\n".join(json.dumps(row).encode() for row in ROWS)]
WHOLE = near_json([ROWS, ROWS[:1], {"1+1?": "2"}])
TABLE = near_bytes([b'question,answer\r\n1+1?,2\r\n"a ""b""\n",3\r\n'])
SETTINGS = {field.name: field for field in fields(Settings)}
FILES = {
    f"{what} in {ending}": File(read, f"a.{ending}", content, (DatasetError,))
    for what, read in (
        ("golden answers", lambda path: GoldenDataset.load(path).find("1+1?")),
        ("rollouts", read_rows),
    )
    for ending, content in (("json", WHOLE), ("jsonl", near_bytes(LINES)), ("csv", TABLE), ("parquet", TABLE))
}
FILES |= {
    "a judge's labels": File(read_labels, "a.jsonl", near_bytes(LINES) | WHOLE, (DatasetError,)),
    "settings": File(
        lambda path: read_config(str(path), SETTINGS),
        "a.yaml",
        near_bytes([CONFIGURATION]) | TAGGED,
        (ConfigurationError,),
    ),
    "settings of any kind": File(
        lambda path: read_config(str(path), SETTINGS),
        "a.yaml",
        st.dictionaries(st.sampled_from([*SETTINGS, "mixture"]), VALUES, max_size=3).map(
            lambda value: json.dumps(value).encode()
        ),
        (ConfigurationError,),
    ),
    "tokens": File(read_tokens, "a.yaml", near_bytes([HOLDERS]) | TAGGED, (ConfigurationError,)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused(name, tmp_path, monkeypatch):
    # Each text would be looked for in all that is written later.
    monkeypatch.setattr("rule_rm.redaction.remember_all", lambda tokens, source: None)
    read, file, strategy, errors = FILES[name]
    path = tmp_path / file

    @bounded
    @given(strategy)
    def check(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read(path)
        except errors:
            pass

    check()
