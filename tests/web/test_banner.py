"""The log names the reward, the golden data, the sandbox, the judge and the access at start."""

from __future__ import annotations

from rule_rm import Settings
from rule_rm.service import Service
from rule_rm.web.banner import banner


class Engine:
    """Stands for an engine with a sandbox and a judge."""

    def __init__(self, rewards, **state) -> None:
        self.rewards, self._state = rewards, state

    def state(self):
        return self._state


def lines(engine, settings=None, has_token=False, **state) -> dict[str, str]:
    settings = settings or Settings(workers=1)
    service = Service.start(settings, Engine(engine.rewards, **state))
    return dict(line.split(": ", 1) for line in banner(service, has_token=has_token))


def test_it_names_the_reward_the_golden_questions_and_the_access(engine, tmp_path):
    file = tmp_path / "golden.jsonl"
    file.write_text('{"question": "2+2?", "answer": "4"}\n')
    shown = lines(engine, Settings(workers=1, dataset=str(file)), has_token=True)
    assert shown["reward"].startswith("math_verifier: ")
    assert shown["golden questions"] == f"1 of {file}"
    assert shown["access"] == "127.0.0.1, a token is needed"
    assert "sandbox" not in shown
    assert "--dataset" in lines(engine)["golden questions"]


def test_it_names_the_sandbox_and_why_it_is_not_a_stronger_one(engine):
    state = {
        "backend": "landlock",
        "not_used": {"bubblewrap": "it is not installed"},
        "not_contained": ["net"],
    }
    shown = lines(engine, sandbox=state)
    assert shown["sandbox"] == "landlock; not bubblewrap: it is not installed; it does not confine net"


def test_it_names_the_judge_that_was_reached(engine):
    judge = {"model": "Qwen3-32B", "template": "reference", "endpoints": {"http://10.0.0.5:8000": {}}}
    shown = lines(engine, residents={"llm_judge": judge})
    assert shown["llm_judge"] == "reached, model Qwen3-32B, template reference, http://10.0.0.5:8000"
