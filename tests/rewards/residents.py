"""Residents for the contract: opened as the engine does it, with fakes that say what a case has."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from rule_rm.models.remote import PROBES
from rule_rm.registry import RewardFunction
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score

from ..fakes.fake_engine import FakeEngine, worth_of
from ..fakes.fake_lean import FakeLean, accepts, printed
from ..fakes.scripted_judge import Completion, ScriptedJudge

PATIENCE = 60.0


@contextmanager
def scoring(
    functions: Mapping[str, RewardFunction], function: RewardFunction, case: Mapping[str, Any]
) -> Iterator[Callable[[Rollout], Score]]:
    """Scores rollouts with a reward function; the residents it needs are open as long as the block runs.

    `judge_says` of a case is what its judge says: a text; a list, in turn; or an object whose keys are parts
    of the question. `judge_logprobs` is what it says token by token, each with its alternatives.
    `engine_says` is the score that its engine gives to all but the questions at start, and `lean_says` what
    its Lean server replies to all but the proof at start.
    """
    if not function.is_resident:
        yield function
        return
    with ExitStack() as stack:
        judge = stack.enter_context(ScriptedJudge(_answers(case)))
        engine = stack.enter_context(FakeEngine(_worth(case)))
        lean = stack.enter_context(FakeLean(_proofs(case)))
        settings = {
            "judge_url": judge.url,
            "judge_model": "judge",
            "rm_url": engine.url,
            "lean_url": lean.url,
        }
        settings |= case.get("settings", {})
        opened: dict[str, Resident] = {}
        left = [function]
        while left:
            one = left.pop().with_defaults(settings)
            if one.is_resident and one.name not in opened:
                opened[one.name] = one.open()
                stack.callback(opened[one.name].close)
                left += [functions[name] for name in opened[one.name].parts]

        def score(name: str, rollout: Rollout) -> Score:
            ask = Ask(time.monotonic() + PATIENCE, score)
            return opened[name].score(rollout, ask) if name in opened else functions[name](rollout)

        yield lambda rollout: score(function.name, rollout)


def _proofs(case: Mapping[str, Any]) -> Callable[[str], dict[str, Any]]:
    says = case.get("lean_says", {})

    def reply(source: str) -> dict[str, Any]:
        if "rule_rm_start" in source or not says:
            return accepts(source)
        if "axioms" in says:
            return {"response": {"env": 1, "messages": [printed(source, says["axioms"])]}}
        return dict(says)

    return reply


def _worth(case: Mapping[str, Any]) -> Callable[[str], float]:
    probes: set[Any] = {probe["response"] for probe in PROBES}
    return lambda text: (
        worth_of(text) if any(probe in text for probe in probes) else float(case["engine_says"])
    )


def _answers(case: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], str | Completion]:
    """Return the judge of a case, which replies to each request; the question at start is not counted."""
    says, tokens = case.get("judge_says", ""), case.get("judge_logprobs")
    lock = threading.Lock()
    turns = itertools.cycle([says] if isinstance(says, str) else says)
    said: dict[tuple[str, object], str] = {}

    def answer(body: Mapping[str, Any]) -> str | Completion:
        question = str(body["messages"])
        if tokens:
            return Completion("".join(token for token, _ in tokens), logprobs=tokens)
        if body["max_tokens"] == 1:
            return "OK"
        if isinstance(says, Mapping):
            return next(said for part, said in says.items() if part in question)
        with lock:
            # An equal request, as after a reply without a verdict, gets the same reply again.
            key = (question, body.get("seed"))
            if key not in said:
                said[key] = next(turns)
            return said[key]

    return answer
