"""A response whose thinking the prompt has opened is in the right format, with every trainer."""

from __future__ import annotations

import pytest

from rule_rm import Rollout, Settings
from rule_rm.errors import ConfigurationError
from rule_rm.messages.prefilled import with_opened_think
from rule_rm.web import create_app

PROMPT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n<think>\n"
GOES_ON = "2 and 2</think><answer>4</answer>"
WHOLE = "<think>2 and 2</think><answer>4</answer>"


@pytest.mark.parametrize(
    ("prompt", "response", "prefilled", "opened"),
    [
        (PROMPT, GOES_ON, "auto", "<think>\n" + GOES_ON),
        ("2+2?<think>", GOES_ON, "auto", "<think>" + GOES_ON),
        (
            "2+2?<think>\n\n</think>\n\n",
            "<answer>4</answer>",
            "auto",
            "<think>\n\n</think>\n\n<answer>4</answer>",
        ),
        (PROMPT, WHOLE, "auto", WHOLE),
        ("2+2?", GOES_ON, "auto", GOES_ON),
        ("Write <think> first. 2+2?", GOES_ON, "auto", GOES_ON),
        ("2+2?", GOES_ON, "yes", "<think>" + GOES_ON),
        (PROMPT, GOES_ON, "yes", "<think>\n" + GOES_ON),
        ("2+2?", WHOLE, "yes", WHOLE),
        (PROMPT, GOES_ON, "no", GOES_ON),
    ],
)
def test_what_the_prompt_opened_is_put_before_the_response(prompt, response, prefilled, opened):
    assert with_opened_think(Rollout(prompt, response), prefilled).response == opened


REQUESTS = {
    "OpenRLHF": {"query": [PROMPT + GOES_ON + "<|im_end|>"], "prompts": [PROMPT], "labels": ["4"]},
    "OpenRLHF before prompts": {"query": [PROMPT + GOES_ON], "labels": ["4"]},
    "align-anything": {"prompts": [PROMPT], "responses": [GOES_ON], "golden_responses": ["4"]},
    "verl": {"prompt_str": PROMPT, "response_str": GOES_ON, "ground_truth": "4"},
    "verl, one text": {"solution_str": PROMPT + GOES_ON, "ground_truth": "4"},
    "slime": {"prompt": PROMPT, "response": GOES_ON, "label": "4", "reward_key": "score"},
}


@pytest.mark.parametrize("payload", REQUESTS.values(), ids=REQUESTS)
def test_every_trainer_s_response_earns_its_format(client, payload):
    reply = client.post("/get_reward", json=payload).json
    assert (reply["score"] if "score" in reply else reply["rewards"][0]) == 1.5


def test_the_setting_says_otherwise_and_is_checked(engine):
    never = create_app(Settings(workers=1, think_prefilled="no"), engine).test_client()
    assert never.post("/get_reward", json=REQUESTS["verl"]).json["score"] == 0.0
    always = create_app(Settings(workers=1, think_prefilled="yes"), engine).test_client()
    payload = {**REQUESTS["align-anything"], "prompts": ["2+2?"]}
    assert always.post("/get_reward", json=payload).json == {"rewards": [1.5]}
    with pytest.raises(ConfigurationError, match="--think-prefilled"):
        Settings(think_prefilled="maybe")
