"""Files as users of each trainer write them, given as reward files: unchanged, and for all the others."""

from __future__ import annotations

import sys

import pytest

from rule_rm import Rollout, Settings, Status, registry
from rule_rm.engine import Engine
from rule_rm.errors import RegistrationError
from rule_rm.web import create_app

OPENRLHF = """
class Tensor(list):
    def tolist(self):
        return list(self)

def helper(rollout):
    return 0.0

def reward_func(queries, prompts, labels, **kwargs):
    rewards = [float(label in query[len(prompt):]) for query, prompt, label in zip(queries, prompts, labels)]
    return {"rewards": Tensor(rewards), "scores": Tensor(rewards), "extra_logs": {"hits": Tensor(rewards)}}
"""
VERL = """
import re

def extract(text):
    return re.findall("[0-9]+", text)

def compute_score(data_source, solution_str, ground_truth, extra_info=None, method="strict", **kwargs):
    return {"score": float(ground_truth in extract(solution_str)), "pred": extract(solution_str)}
"""
TRL = """
def contains_answer(completions, solution, **kwargs):
    return [float(answer in text) for text, answer in zip(completions, solution)]
"""
TRL_CONVERSATIONS = """
def contains_answer(completions, solution, **kwargs):
    contents = [completion[0]["content"] for completion in completions]
    return [float(answer in text) for text, answer in zip(contents, solution)]
"""
ALIGN_ANYTHING = """
def contains_answer(prompts, responses, golden_responses=None):
    return [float(golden in text) for text, golden in zip(responses, golden_responses)]
"""
SWIFT = """
from typing import List
from swift.plugin import ORM, AsyncORM, orms, rm_plugins
from swift.utils import get_logger
from swift.llm import InferRequest, RequestConfig
import swift.plugin.orm

logger = get_logger()

class ContainsAnswer(ORM):
    def __call__(self, completions, solution, **kwargs) -> List[float]:
        logger.debug("called")
        return [float(answer in text) for text, answer in zip(completions, solution)]

orms["contains_answer"] = ContainsAnswer
assert swift.plugin.orm.orms is orms
"""
SWIFT_ASYNC = """
from swift.rewards import AsyncORM, orms

class External(AsyncORM):
    def __init__(self, args=None, **kwargs):
        super().__init__(args)

    async def __call__(self, completions, solution, **kwargs):
        return [float(answer in text) for text, answer in zip(completions, solution)]

orms["contains-answer"] = External
"""
SWIFT_UNREGISTERED = """
from swift.rewards.orm import ORM

class ContainsAnswer(ORM):
    def __call__(self, completions, solution, **kwargs):
        return [float(answer in text) for text, answer in zip(completions, solution)]
"""
OWN = """
def contains_answer(rollout):
    return float(rollout.ground_truth in rollout.response)
"""
FILES = {
    "openrlhf": OPENRLHF,
    "verl": VERL,
    "trl": TRL,
    "trl_conversations": TRL_CONVERSATIONS,
    "align_anything": ALIGN_ANYTHING,
    "swift": SWIFT,
    "swift_async": SWIFT_ASYNC,
    "swift_unregistered": SWIFT_UNREGISTERED,
    "own": OWN,
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_rewards", {})

    def write(text, name="contains_answer"):
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        return str(path)

    return write


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_of_every_trainer_scores_by_one_name(write, text):
    registry.load(write(text))
    assert list(registry.registered()) == ["contains_answer"]
    function = registry.get("contains_answer")
    assert function(Rollout("2+2?", "It is 4.", "4")).reward == 1.0
    assert function(Rollout("2+2?", "It is 5.", "4")).reward == 0.0
    assert "swift" not in sys.modules


def test_a_fixed_name_goes_by_the_name_of_the_file(write):
    for text, name in ((VERL, "My-Verl"), (OPENRLHF, "lmm_r1")):
        registry.load(write(text, name))
    assert list(registry.registered()) == ["lmm_r1", "my_verl"]


def test_a_file_with_register_is_taken_at_its_word(write):
    registry.load(write("from rule_rm import register\n" + VERL + "\nregister('mine')(compute_score)\n"))
    assert list(registry.registered()) == ["mine"]


def test_two_files_of_one_name_are_refused(write, tmp_path):
    registry.load(write(TRL))
    with pytest.raises(RegistrationError, match="registered twice"):
        registry.load(write(ALIGN_ANYTHING, "another"))


def test_a_plugin_that_needs_ms_swift_itself_says_so_and_is_unscored(write):
    registry.load(
        write("""
def contains_answer(completions, **kwargs):
    from swift.llm import PtEngine
    return [1.0]
""")
    )
    with pytest.raises(ModuleNotFoundError, match="swift"):
        registry.get("contains_answer")(Rollout("", ""))


REQUESTS = {
    "align-anything": {"prompts": ["2+2?"], "responses": ["It is 4."], "golden_responses": ["4"]},
    "OpenRLHF": {"query": ["2+2? It is 4."], "prompts": ["2+2?"], "labels": ["4"]},
    "verl": {"prompt_str": "2+2?", "response_str": "It is 4.", "ground_truth": "4"},
    "slime": {"prompt": "2+2?", "response": "It is 4.", "label": "4"},
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """One service with the files of all trainers."""
    directory = tmp_path_factory.mktemp("files")
    paths = []
    for name, text in FILES.items():
        path = directory / f"byo_{name}.py"
        path.write_text(
            text.replace("contains_answer", f"byo_{name}").replace("contains-answer", f"byo-{name}")
        )
        if name == "swift_unregistered":
            path.write_text(text.replace("ContainsAnswer", "ByoSwiftUnregistered"))
        paths.append(str(path))
    settings = Settings(workers=1, reward_type="byo_verl", reward_file=tuple(paths))
    with Engine(settings) as engine:
        yield create_app(settings, engine).test_client()
    for name in FILES:
        del registry._rewards[f"byo_{name}"]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_every_trainer_gives_the_same_reward_through_every_protocol(everything, name, request_):
    reply = everything.post(f"/get_reward/byo_{name}", json=request_)
    assert reply.status_code == 200
    reward = reply.json
    if isinstance(reward, dict):
        reward = reward["score"] if "score" in reward else reward["rewards"][0]
    assert reward == 1.0


def test_what_a_foreign_function_lacks_is_unscored_in_every_protocol(everything):
    payload = {"prompts": ["2+2?"], "responses": ["It is 4."], "details": True}
    (detail,) = everything.post("/get_reward/byo_trl", json=payload).json["details"]
    assert (detail["reward"], detail["status"]) == (None, Status.NO_GROUND_TRUTH.value)
