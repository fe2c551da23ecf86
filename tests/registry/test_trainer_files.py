"""Files as users of each trainer write them, given as reward files: unchanged, and for all the others."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType

import pytest

from rule_rm import Rollout, Settings, Status, protocols
from rule_rm.engine import Engine
from rule_rm.errors import RegistrationError
from rule_rm.registry import loading, registry
from rule_rm.registry.signatures import CONVENTIONS
from rule_rm.registry.trainer_files import reward_functions, swift_stand_in
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
OPENRLHF_BEFORE_LABELS = """
def reward_func(queries, prompts):
    return [float("4" in query.removeprefix(prompt)) for query, prompt in zip(queries, prompts)]
"""
LMM_R1 = """
import re

TURN = re.compile("<[|]im_start[|]>assistant\\n(.*?)<[|]im_end[|]>|[?]([^?]*)$", re.DOTALL)

def reward_func(queries, prompts, labels):
    turns = ["".join(filter(None, TURN.search(query).groups())) for query in queries]
    return {"rewards": [float(label in turn) for turn, label in zip(turns, labels)]}
"""
VERL_BATCH = """
def compute_score(data_sources, solution_strs, ground_truths, extra_infos, **kwargs):
    return [{"score": float(truth in text)} for text, truth in zip(solution_strs, ground_truths)]
"""
VERL_ASYNC = """
async def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    return float(ground_truth in solution_str)
"""
TRL_ASYNC = """
async def contains_answer(prompts, completions, completion_ids=None, solution=None, **kwargs):
    return [float(answer in text) if answer else None for text, answer in zip(completions, solution)]
"""
SWIFT_MESSAGES = """
from swift.rewards import ORM, orms

class ContainsAnswer(ORM):
    def __call__(self, completions, messages, solution, **kwargs):
        return [float(answer in turns[-1]["content"]) for turns, answer in zip(messages, solution)]

orms["contains_answer"] = ContainsAnswer
"""
AREAL = """
def contains_answer(prompt, completions, prompt_ids, completion_ids, answer, **kwargs):
    return float(answer in completions)
"""
VERIFIERS = """
def contains_answer(completion, answer, state):
    return float(answer in completion[-1]["content"])
"""
SLIME = """
async def contains_answer(args, sample, **kwargs):
    return float(sample.label in sample.response)
"""
SLIME_GROUP = """
async def contains_answer(args, samples, **kwargs):
    assert all(sample.response_length > 0 for sample in samples)
    return [float(sample.label in sample.response) for sample in samples]
"""
EASY_R1_OLDER = """
def compute_score(predict_str, ground_truth, format_weight=0.1):
    return {"overall": float(ground_truth in predict_str), "format": 1.0}
"""
EASY_R1_OLDER_BATCH = """
def compute_score(predicts, ground_truths, format_weight=0.1):
    return [{"overall": float(truth in text)} for text, truth in zip(predicts, ground_truths)]
"""
NO_TRAINER = """
def contains_answer(prompt, response, ground_truth):
    return float(ground_truth in response)
"""
OWN_GROUP = """
def contains_answer(rollouts):
    return [float(rollout.ground_truth in rollout.response) for rollout in rollouts]
"""
EASY_R1 = """
def contains_answer(reward_inputs):
    return [{"overall": float(given["ground_truth"] in given["response"])} for given in reward_inputs]
"""
EASY_R1_ONE = """
def contains_answer(reward_input):
    return {"overall": float(reward_input["ground_truth"] in reward_input["response"])}
"""
RLLM = """
def contains_answer(task_info, action):
    return {"reward": float(task_info["ground_truth"] in action)}
"""
TORCHFORGE = """
def contains_answer(prompt, response, target):
    return float(target in response)
"""
FILES = {
    "own_group": OWN_GROUP,
    "easy_r1": EASY_R1,
    "easy_r1_one": EASY_R1_ONE,
    "rllm": RLLM,
    "torchforge": TORCHFORGE,
    "easy_r1_older": EASY_R1_OLDER,
    "easy_r1_older_batch": EASY_R1_OLDER_BATCH,
    "slime_group": SLIME_GROUP,
    "no_trainer": NO_TRAINER,
    "openrlhf": OPENRLHF,
    "verl": VERL,
    "trl": TRL,
    "trl_conversations": TRL_CONVERSATIONS,
    "align_anything": ALIGN_ANYTHING,
    "swift": SWIFT,
    "swift_async": SWIFT_ASYNC,
    "swift_unregistered": SWIFT_UNREGISTERED,
    "own": OWN,
    "openrlhf_before_labels": OPENRLHF_BEFORE_LABELS,
    "lmm_r1": LMM_R1,
    "verl_batch": VERL_BATCH,
    "verl_async": VERL_ASYNC,
    "trl_async": TRL_ASYNC,
    "swift_messages": SWIFT_MESSAGES,
    "areal": AREAL,
    "verifiers": VERIFIERS,
    "slime": SLIME,
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
    loading.load(write(text))
    assert list(registry.registered()) == ["contains_answer"]
    function = registry.get("contains_answer")
    assert function(Rollout("2+2?", "It is 4.", "4")).reward == 1.0
    assert function(Rollout("2+2?", "It is 5.", "4")).reward == 0.0
    assert "swift" not in sys.modules


def test_a_fixed_name_goes_by_the_name_of_the_file(write):
    for text, name in ((VERL, "My-Verl"), (OPENRLHF, "lmm_r1")):
        loading.load(write(text, name))
    assert list(registry.registered()) == ["lmm_r1", "my_verl"]


def test_a_file_with_register_is_taken_at_its_word(write):
    loading.load(write("from rule_rm import register\n" + VERL + "\nregister('mine')(compute_score)\n"))
    assert list(registry.registered()) == ["mine"]


def test_two_files_of_one_name_are_refused(write, tmp_path):
    loading.load(write(TRL))
    with pytest.raises(RegistrationError, match="registered twice"):
        loading.load(write(ALIGN_ANYTHING, "another"))


def test_a_plugin_that_needs_ms_swift_itself_says_so_and_is_unscored(write):
    loading.load(
        write("""
def contains_answer(completions, **kwargs):
    from swift.llm import PtEngine
    return [1.0]
""")
    )
    with pytest.raises(ModuleNotFoundError, match="swift"):
        registry.get("contains_answer")(Rollout("", ""))


PROMPT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
CHAT = [{"role": "user", "content": "2+2?"}]


def requests(response):
    """One rollout, as every trainer sends it, in every form that its format has."""
    query = f"{PROMPT}{response}<|im_end|>"
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": response}]}
    return {
        "align-anything": {"prompts": ["2+2?"], "responses": [response], "golden_responses": ["4"]},
        "own client": {
            "prompts": ["2+2?"],
            "responses": [response],
            "golden_responses": ["4"],
            "messages": [CHAT],
        },
        "OpenRLHF": {"query": [query], "prompts": [PROMPT], "labels": ["4"]},
        "OpenRLHF, no template": {"query": [f"2+2? {response}"], "prompts": ["2+2?"], "labels": ["4"]},
        "OpenRLHF before prompts": {"query": [query], "labels": ["4"]},
        "verl": {"prompt_str": PROMPT, "response_str": [f"{response}<|im_end|>"], "ground_truth": "4"},
        "verl, one text": {"solution_str": query, "ground_truth": "4", "data_source": "sums"},
        "slime": {"prompt": "2+2?", "response": response, "label": "4"},
        "slime, messages": {"prompt": CHAT, "response": response, "label": "4", "reward_key": "score"},
        "NeMo-Gym": {
            "expected_answer": "4",
            "responses_create_params": {"input": CHAT},
            "response": {"output": [said]},
        },
    }


RIGHT = requests("It is 4.")
WRONG = requests("It is 5.")


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


def reward_of(reply):
    """Return the reward where each trainer looks for it."""
    assert reply.status_code == 200
    if isinstance(reply.json, dict):
        return next(reply.json[key] for key in ("score", "reward", "rewards") if key in reply.json)
    return reply.json


@pytest.mark.parametrize("form", RIGHT)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_every_trainer_gives_the_same_reward_through_every_protocol(everything, name, form):
    path = f"/get_reward/byo_{name}"
    assert reward_of(everything.post(path, json=RIGHT[form])) in (1.0, [1.0])
    assert reward_of(everything.post(path, json=WRONG[form])) in (0.0, [0.0])


def test_every_convention_and_every_protocol_is_among_them(tmp_path):
    told = set()
    for name, text in FILES.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        module = ModuleType(name)
        with swift_stand_in():
            exec(compile(text, path, "exec"), vars(module))
        (function,) = reward_functions(module, path).values()
        names = set(inspect.signature(function).parameters)
        told.add(next(one.trainers for one in CONVENTIONS if set(one.required) <= names))
    # Token ids come from TRL alone.
    assert told | {"TRL, of token ids"} == {convention.trainers for convention in CONVENTIONS}
    formats = {protocols.recognise(request).NAME for request in RIGHT.values()}
    # The others send no golden answers, or have a path and a reply of their own.
    others = {"LLaMA-Factory", "Azure endpoint grader", *(one.NAME for one in protocols.BY_PATH)}
    assert formats == {wire_format.NAME for wire_format in protocols.FORMATS} - others


def test_what_a_foreign_function_lacks_is_unscored_in_every_protocol(everything):
    payload = {"prompts": ["2+2?"], "responses": ["It is 4."], "details": True}
    (detail,) = everything.post("/get_reward/byo_trl", json=payload).json["details"]
    assert (detail["reward"], detail["status"]) == (None, Status.NO_GROUND_TRUTH.value)
