"""ROLL's `submit_task` and `task_result`: a reward is asked for, and fetched when it is there.

No connection waits, so a judge may take longer than any proxy or client would. A result is kept for
`KEPT` seconds after it was first there.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from rule_rm.errors import OverloadedError, PayloadError
from rule_rm.service import Answer, Service
from rule_rm.web.api.described import described, object_of
from rule_rm.web.bodies import read_object
from rule_rm.web.logs import current_sender

KEPT = 600.0
"""Seconds for which a result can be fetched."""
MOST = 100_000
"""Tasks that are kept at a time."""
DONE, RUNNING, UNKNOWN, UNSCORED = 0, 1, 2, 3
"""`errcode` of a result; ROLL knows the first two, and takes any other as an error."""
_GOLDEN = ("ground_truth", "reference_answer", "answer", "label", "solution")
"""Keys of `reward_info` for the golden answer; the first that is there counts."""

_OUTCOME = {"errcode": "integer", "errmsg": "string"}
_TASK = object_of(
    "prompt", "response", prompt=["string", "array"], response=["string", "array"], reward_info={}
)


@dataclass(slots=True)
class _Task:
    answer: Answer
    kept_until: float
    result: dict[str, Any] | None = None


class Tasks:
    """The tasks that were submitted, by id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task] = {}

    def add(self, answer: Answer) -> str:
        """Keep an answer and return its id. Raises OverloadedError if there are too many."""
        now = time.monotonic()
        with self._lock:
            if len(self._tasks) >= MOST:
                self._tasks = {name: task for name, task in self._tasks.items() if task.kept_until > now}
                if len(self._tasks) >= MOST:
                    raise OverloadedError(f"{MOST} tasks are kept already; fetch their results", 1.0)
            name = uuid.uuid4().hex
            self._tasks[name] = _Task(answer, answer.until + KEPT)
        return name

    def result(self, name: str) -> dict[str, Any]:
        """Return the result of a task, the same whenever it is asked for."""
        with self._lock:
            task = self._tasks.get(name)
            if task is None:
                return {
                    "errcode": UNKNOWN,
                    "errmsg": f"there is no task {name}, or its result is no longer kept",
                }
            if task.result is None:
                if not task.answer.batch.is_complete and time.monotonic() < task.answer.until:
                    return {"errcode": RUNNING, "errmsg": ""}
                task.result = _result(task.answer)
                task.kept_until = time.monotonic() + KEPT
            return task.result


def blueprint(service: Service) -> Blueprint:
    """Return `POST /submit_task` and `GET` or `POST /task_result`."""
    deferred = Blueprint("deferred", __name__)
    tasks = Tasks()

    @deferred.post("/submit_task")
    @deferred.post("/submit_task/<reward_type>")
    @described(body=_TASK, reply=object_of("reward_request_id", *_OUTCOME, **_OUTCOME), errors=(404,))
    def submit(reward_type: str | None = None) -> dict[str, Any]:
        """Take a task, and return the id under which its result can be fetched."""
        payload = _as_batch(read_object(request))
        answer = service.begin(payload, reward_type, wants_details=True, sender=current_sender())
        return {"reward_request_id": tasks.add(answer), "errcode": DONE, "errmsg": ""}

    @deferred.route("/task_result", methods=["GET", "POST"])
    @described(
        body=object_of("reward_request_id", reward_request_id="string"),
        reply=object_of(*_OUTCOME, **_OUTCOME),
        errors=(424,),
    )
    def result() -> dict[str, Any]:
        """Return the result of a task, or `errcode` 1 while it is being scored."""
        name = read_object(request).get("reward_request_id")
        if not isinstance(name, str):
            raise PayloadError("reward_request_id must be a string", "reward_request_id")
        return tasks.result(name)

    return deferred


def _as_batch(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task as a batch of one."""
    for key in ("prompt", "response"):
        if not isinstance(payload.get(key), (str, list)):
            raise PayloadError(f"{key} must be a string", key)
    info = payload.get("reward_info")
    golden = info
    if isinstance(info, Mapping):
        golden = next((info[key] for key in _GOLDEN if info.get(key) is not None), None)
    return {
        "prompts": [payload["prompt"]],
        "responses": [payload["response"]],
        "golden_responses": [golden],
    }


def _result(answer: Answer) -> dict[str, Any]:
    reply = answer.reply()
    detail: Mapping[str, Any] = reply["details"][0] if isinstance(reply, dict) else {}
    score, why = detail["reward"], f"{detail['status']}: {detail['explanation']}"
    if score is None:
        return {"errcode": UNSCORED, "errmsg": f"unscored: {why}"}
    parts = {name: {"score": value} for name, value in detail["metrics"].items()}
    # The spelling is ROLL's.
    return {"errcode": DONE, "errmsg": "", "reward_score": score, "dimention_reward_score": parts}
