"""NeMo-Gym's own agent takes the server for a resources server. Its newest version names Python 3.13.14."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

pytest.importorskip("nemo_gym", reason="nemo-gym is not installed; it needs Python 3.12")

import aiohttp
from nemo_gym import server_utils
from nemo_gym.base_resources_server import AggregateMetricsRequest
from nemo_gym.config_types import BaseServerConfig
from omegaconf import OmegaConf
from responses_api_agents.simple_agent.app import SimpleAgent, SimpleAgentConfig, SimpleAgentRunRequest

RIGHT = "<think>2 and 2</think><answer>4</answer>"
ROW = {
    "responses_create_params": {"input": [{"role": "user", "content": "2+2?"}]},
    "expected_answer": "4",
    "_ng_task_index": 3,
    "_ng_rollout_index": 1,
}


class Policy(BaseHTTPRequestHandler):
    """A fake of the model behind the agent; its server holds the response."""

    def do_POST(self):
        said = {"type": "output_text", "text": self.server.response, "annotations": []}
        message = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [said],
        }
        reply = {"id": "r", "created_at": 0.0, "model": "policy", "object": "response", "output": [message]}
        body = json.dumps(
            {**reply, "parallel_tool_calls": False, "tool_choice": "auto", "tools": []}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def policy():
    with ThreadingHTTPServer(("127.0.0.1", 0), Policy) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


def address(url, token=None):
    host = urlsplit(url).hostname
    return {"host": host if token is None else f"rule_rm:{token}@{host}", "port": urlsplit(url).port}


def agent(server_url, policy, token=None):
    """Return an agent with the configuration of the examples, in which only host and port are named."""
    itself = address("http://{}:{}".format(*policy.server_address))
    servers = {
        "rule_rm": {"resources_servers": {"rule_rm": {**address(server_url, token), "domain": "math"}}},
        "simple_agent": {"responses_api_agents": {"simple_agent": itself}},
    }
    reference = {"type": "resources_servers", "name": "rule_rm"}
    model = {"type": "responses_api_models", "name": "policy_model"}
    config = SimpleAgentConfig(
        name="simple_agent", entrypoint="app.py", resources_server=reference, model_server=model, **itself
    )
    client = server_utils.ServerClient(
        head_server_config=BaseServerConfig(**itself), global_config_dict=OmegaConf.create(servers)
    )
    return SimpleAgent(config=config, server_client=client)


def in_its_client(call):
    """Run a coroutine that uses NeMo-Gym's own HTTP client; return its result."""

    async def run():
        session = server_utils.set_global_aiohttp_client(server_utils.GlobalAIOHTTPAsyncClientConfig())
        try:
            return await call()
        finally:
            await session.close()
            server_utils._GLOBAL_AIOHTTP_CLIENT = None

    return asyncio.run(run())


@pytest.mark.parametrize(("response", "reward"), [(RIGHT, 1.5), (RIGHT.replace("4", "5"), 0.5), ("no", 0.0)])
def test_an_agent_seeds_runs_and_verifies(math_server, policy, response, reward):
    policy.response = response
    run = agent(math_server.url, policy).run
    request = SimpleNamespace(cookies={})
    reply = in_its_client(lambda: run(request, SimpleAgentRunRequest.model_validate(ROW)))
    assert reply.reward == reward
    assert reply.response.output[-1].content[0].text == response
    assert reply.expected_answer == "4"
    assert reply.unscored == 0.0


def test_an_unscored_reply_is_masked_and_left_out_of_the_figures_of_the_run(math_server, policy):
    partition = getattr(pytest.importorskip("nemo_gym.reward_profile"), "_partition_on_mask", None)
    if partition is None:
        pytest.skip("this version of NeMo-Gym masks nothing")
    policy.response = RIGHT
    run = agent(math_server.url, policy).run
    rows = [ROW, {key: value for key, value in ROW.items() if key != "expected_answer"}]
    requests = [SimpleAgentRunRequest.model_validate(row) for row in rows]
    replies = [in_its_client(lambda one=one: run(SimpleNamespace(cookies={}), one)) for one in requests]
    assert [reply.mask_sample for reply in replies] == [False, True]
    scored, masked = partition([reply.model_dump() for reply in replies])
    assert [one["reward"] for one in scored] == [1.5]
    assert len(masked) == 1


def test_the_replies_of_a_run_are_put_together(math_server, policy):
    proxy = agent(math_server.url, policy).aggregate_metrics
    replies = [{**ROW, "response": {}, "reward": reward, "accuracy": reward} for reward in (1.0, 0.0)]
    metrics = in_its_client(lambda: proxy(AggregateMetricsRequest(verify_responses=replies)))
    assert metrics.key_metrics == {"mean/reward": 0.5}
    assert metrics.agent_metrics["mean/accuracy"] == 0.5


def test_a_host_with_a_password_carries_the_token(policy, tmp_path):
    from rule_rm import start_server

    policy.response = RIGHT
    with start_server(port=0, workers=1, token="a-token", output_dir=tmp_path) as server:
        run = agent(server.url, policy).run
        with pytest.raises(aiohttp.ClientResponseError, match="401"):
            in_its_client(lambda: run(SimpleNamespace(cookies={}), SimpleAgentRunRequest.model_validate(ROW)))
        run = agent(server.url, policy, token="a-token").run
        request = SimpleNamespace(cookies={})
        reply = in_its_client(lambda: run(request, SimpleAgentRunRequest.model_validate(ROW)))
    assert reply.reward == 1.5
