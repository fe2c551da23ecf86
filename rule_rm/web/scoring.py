"""The one view that matters: a request comes in, rewards go out.

recognise → parse_request → golden.attach → engine.score → journal.record → build_response
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request

from rule_rm import protocols
from rule_rm.errors import PayloadError
from rule_rm.golden import Match
from rule_rm.types import Score
from rule_rm.web.bodies import read_object
from rule_rm.web.service import Service


def blueprint(service: Service) -> Blueprint:
    """`POST /get_reward`, and `POST /get_reward/<reward type>` for another than the one of the settings."""
    scoring = Blueprint("scoring", __name__)
    settings = service.settings

    @scoring.post("/get_reward")
    @scoring.post("/get_reward/<reward_type>")
    def get_reward(reward_type: str = settings.reward_type) -> dict[str, Any]:
        began = time.monotonic()
        payload = read_object(request)
        wants_details = _wants_details(payload, request.args)
        wire_format = protocols.recognise(payload)
        rollouts, matches = service.golden.attach(wire_format.parse_request(payload))
        scores = service.engine.score(rollouts, reward_type)
        service.journal.record(reward_type, scores, time.monotonic() - began)
        reply = wire_format.build_response(
            scores,
            metrics=service.engine.rewards[reward_type].metrics,
            unscored_reward=settings.unscored_reward,
        )
        if wants_details:
            reply["details"] = _details(scores, matches)
        return reply

    return scoring


def _wants_details(payload: Mapping[str, Any], arguments: Mapping[str, str]) -> bool:
    wanted = payload.get("details", False)
    if not isinstance(wanted, bool):
        raise PayloadError("details must be true or false", "details")
    return wanted or arguments.get("details", "0") in ("1", "true")


def _details(scores: Sequence[Score], matches: Sequence[Match]) -> list[dict[str, Any]]:
    """For each rollout, how its reward came about; the reward is null where there is none."""
    return [
        {
            "reward": score.reward,
            "status": score.status.value,
            "answer": score.answer,
            "explanation": score.explanation,
            "metrics": dict(score.metrics),
            "golden": {"tier": match.tier.value, "similarity": match.similarity},
        }
        for score, match in zip(scores, matches, strict=True)
    ]
