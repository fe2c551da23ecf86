"""align-anything's own client asks the server, and its own PPO makes advantages of the reply."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from .test_none_in_advantages import own_code

CLIENT = Path(sys.prefix, "src/align-anything/align_anything/models/remote_rm/remote_rm_client.py")
if not CLIENT.is_file():
    pytest.skip(
        "align-anything's source is not there; make test-trainers fetches it", allow_module_level=True
    )

RIGHT = "<think>2 and 2</think><answer>4</answer>"
WRONG = RIGHT.replace("4", "5")


@pytest.fixture
def client(tmp_path):
    """Yield the trainer's client of a server that knows one golden answer."""
    from rule_rm import start_server

    spec = importlib.util.spec_from_file_location("remote_rm_client", CLIENT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    golden = tmp_path / "golden.json"
    golden.write_text(json.dumps([{"question": "What is 2+2?", "answer": "4"}]))
    with start_server(port=0, workers=1, dataset=str(golden), output_dir=tmp_path) as server:
        yield module.RemoteRewardModel(f"{server.url}/get_reward", retry_times=1)


def advantages(rewards):
    """Return the advantages of align-anything's PPO for the last token of each response.

    The policy is still its reference, and the critic expects 0.25 of each.
    """
    import torch

    add_kl, estimate = own_code(
        "align_anything.trainers.text_to_text.ppo_remote_rm",
        "add_kl_divergence_regularization",
        "get_advantages_and_returns",
    )
    settings = SimpleNamespace(kl_coeff=0.02, clip_range_score=50.0, gamma=1.0, gae_lambda=0.95)
    tokens = torch.zeros(len(rewards), 3)
    mask = torch.ones(len(rewards), 3, dtype=torch.bool)
    by_token = add_kl(settings, rewards, tokens, tokens, mask)
    found, _ = estimate(settings, torch.full_like(tokens, 0.25), by_token, mask, 0)
    return found[:, -1].tolist()


def test_an_unscored_rollout_is_a_number_like_any_other_so_0_is_trained_on_as_a_wrong_answer(client):
    prompts = ["What is 2+2?", "What is 2+2?", "What is 2+2?", "Which river is the longest of all?"]
    rewards = client.score(prompts, [RIGHT, WRONG, "It is 5.", RIGHT])
    assert rewards.tolist() == [1.5, 0.5, 0.0, 0.0]
    assert rewards.is_floating_point()
    right, wrong, without_format, unscored = advantages(rewards)
    assert unscored == without_format == pytest.approx(-0.25)
    assert (right, wrong) == pytest.approx((1.25, 0.25))


def test_a_path_that_is_wrong_ends_the_run(client):
    client.endpoint += "s"
    with pytest.raises(RuntimeError, match="Failed to get rewards"):
        client.score(["What is 2+2?"], [RIGHT])
