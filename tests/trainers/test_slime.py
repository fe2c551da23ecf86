"""slime's own reward code asks the server by URL and by the function of this package."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SOURCE = Path(sys.prefix, "src", "slime")
if not SOURCE.is_dir():
    pytest.skip("slime's source is not there; make test-trainers fetches it", allow_module_level=True)
sys.path.insert(0, str(SOURCE))
rm_hub = pytest.importorskip("slime.rollout.rm_hub", reason="slime's own requirements are not installed")
Sample = pytest.importorskip("slime.utils.types").Sample

RIGHT = "<think>2 and 2</think><answer>4</answer>"
WRONG = RIGHT.replace("4", "5")
PROMPT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"


def given(response, label="4", **fields):
    return Sample(prompt=PROMPT, response=f"{response}<|im_end|>", label=label, **fields)


def scored(samples, url, *, function=None, group=False, key=None):
    """Return slime's rewards of the samples."""
    args = SimpleNamespace(rm_type="remote_rm", rm_url=url, custom_rm_path=function, reward_key=key)

    async def run():
        rm_hub._shared_session = None
        try:
            if group:
                return await rm_hub.batched_async_rm(args, samples)
            return await asyncio.gather(*(rm_hub.async_rm(args, sample) for sample in samples))
        finally:
            if rm_hub._shared_session is not None:
                await rm_hub._shared_session.close()

    return asyncio.run(run())


def test_a_url_alone_gives_a_number_for_each_sample(math_server):
    url = f"{math_server.url}/get_reward"
    assert scored([given(RIGHT), given(WRONG), given("no")], url) == [1.5, 0.5, 0.0]
    replies = scored([given(RIGHT)], f"{url}?reward_key=score", key="score")
    assert Sample(reward=replies[0]).get_reward_value(SimpleNamespace(reward_key="score")) == 1.5


def test_the_function_marks_what_is_unscored(math_server):
    samples = [given(RIGHT), given(RIGHT, label=None)]
    function = "rule_rm.integrations.slime.reward"
    assert scored(samples, math_server.url, function=function) == [1.5, 0.0]
    assert [sample.remove_sample for sample in samples] == [False, True]


def test_a_group_is_one_request_and_the_unscored_gets_its_mean(math_server):
    samples = [given(RIGHT), given(WRONG), given(RIGHT, label=None)]
    function = "rule_rm.integrations.slime.reward"
    assert scored(samples, math_server.url, function=function, group=True) == [1.5, 0.5, 1.0]
    assert [sample.remove_sample for sample in samples] == [False, False, True]
