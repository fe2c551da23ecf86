"""OpenAI's `POST …/graders/run` and `/validate`: a grader in the request, its reward in the reply."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request

from rule_rm.errors import ConfigurationError, JudgeError, OverloadedError, PayloadError
from rule_rm.graders import Case, Grader, GradingError, Means, read_grader
from rule_rm.graders.asking import Judges
from rule_rm.graders.case import Grade, without_thinking
from rule_rm.graders.keys import check_keys
from rule_rm.graders.reading import graded, needs_sandbox
from rule_rm.judge.client.question import Question, Reply
from rule_rm.sandbox.running.waiting import on_behalf_of
from rule_rm.service import Service
from rule_rm.web.api.described import described, object_of
from rule_rm.web.bodies import read_object
from rule_rm.web.front import ARRIVED, CALLER

PATHS = ("/v1/fine_tuning/alpha/graders", "/openai/v1/fine_tuning/alpha/graders")
_FLAGS = (
    "formula_parse_error",
    "sample_parse_error",
    "truncated_observation_error",
    "unresponsive_reward_error",
    "invalid_variable_error",
    "other_error",
    "python_grader_server_error",
    "python_grader_runtime_error",
    "model_grader_server_error",
    "model_grader_refusal_error",
    "model_grader_parse_error",
)
_DETAILS = {
    "python_grader_server_error": "python_grader_server_error_type",
    "python_grader_runtime_error": "python_grader_runtime_error_details",
    "model_grader_server_error": "model_grader_server_error_details",
}

_RUN = object_of("grader", "model_sample", grader="object", model_sample="string", item=["object", "null"])


def blueprint(service: Service) -> Blueprint:
    """Return the paths of OpenAI's client, whose base URL ends in `/v1`."""
    graders = Blueprint("graders", __name__)
    settings = service.settings
    judges = Judges(",".join(settings.judge_url), settings.judge_model or "", settings.judge_api_key_env)

    def ask(model: str, question: Question, until: float) -> Reply:
        """Ask a judge, unless the client has gone."""
        caller = request.environ.get(CALLER)
        if caller is not None and caller.is_gone:
            raise JudgeError("nobody waits for the grade any more")
        return judges.ask(model, question, until)

    @described(body=_RUN, reply=object_of("reward", "metadata", reward="number", metadata="object"))
    def run() -> dict[str, Any]:
        """Return the reward that the grader in the request gives to a sample."""
        payload = read_object(request)
        grader = _grader(payload, "model_sample", "item", "reference_answer")
        if needs_sandbox(grader) and not settings.serve_sandbox:
            raise PayloadError("a python grader in a request needs a server with --serve-sandbox", "grader")
        sample, item = payload.get("model_sample"), payload.get("item") or {}
        if not isinstance(sample, str):
            raise PayloadError("model_sample must be a string", "model_sample")
        if not isinstance(item, Mapping):
            raise PayloadError("item must be an object", "item")
        began = time.monotonic()
        arrived = request.environ.get(ARRIVED, began)
        if began - arrived > settings.request_timeout:
            raise OverloadedError("too many graders are waiting to be run", 1.0)
        sandbox = service.engine.sandbox if settings.serve_sandbox else None
        means = Means(arrived + settings.request_timeout, ask if settings.judge_url else None, sandbox)
        with on_behalf_of(request.environ.get(CALLER)):
            grade, errors = _graded(grader, Case.of_text(without_thinking(sample), item), means)
        reward = settings.unscored_reward if grade is None else grade.reward
        return {
            "reward": reward,
            "metadata": {
                "name": grader.name,
                "type": payload["grader"]["type"],
                "errors": errors,
                "execution_time": time.monotonic() - began,
                "scores": grade.parts if grade else {},
                "token_usage": sum(grade.tokens.values()) if grade and grade.tokens else None,
                "sampled_model_name": next(iter(grade.tokens), None) if grade else None,
            },
            "sub_rewards": grade.parts if grade else {},
            "model_grader_token_usage_per_model": grade.tokens if grade else {},
        }

    @described(body=object_of("grader", grader="object"), reply=object_of("grader", grader="object"))
    def validate() -> dict[str, Any]:
        """Return the grader of the request if it is valid."""
        payload = read_object(request)
        _grader(payload)
        return {"grader": payload["grader"]}

    for number, path in enumerate(PATHS):
        graders.add_url_rule(f"{path}/run", f"run_{number}", run, methods=["POST"])
        graders.add_url_rule(f"{path}/validate", f"validate_{number}", validate, methods=["POST"])
    return graders


def _grader(payload: Mapping[str, Any], *others: str) -> Grader:
    """Return the grader of a request that may have these other keys."""
    try:
        check_keys(payload, ("grader", *others), "the request")
        return read_grader(payload.get("grader"))
    except ConfigurationError as error:
        raise PayloadError(str(error), "grader") from None


def _graded(grader: Grader, case: Case, means: Means) -> tuple[Grade | None, dict[str, Any]]:
    """Return the grade, None if it is unscored, and all error flags."""
    grade: Grade | None = None
    raised: Mapping[str, str]
    try:
        grade = graded(grader, case, means)
        raised = grade.flags
    except GradingError as error:
        raised = {error.flag: str(error)}
    errors: dict[str, Any] = {flag: flag in raised for flag in _FLAGS}
    return grade, errors | {details: raised.get(flag) for flag, details in _DETAILS.items()}
