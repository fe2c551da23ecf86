"""The views for rewards: a request comes in, rewards go out. `Service.answer` does the work between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from rule_rm import protocols
from rule_rm.errors import PayloadError
from rule_rm.protocols import WireFormat, nemo_gym
from rule_rm.service import Answer, Service
from rule_rm.web.bodies import read, read_object
from rule_rm.web.front import ARRIVED, LATER

JUDGE = "llm_judge"


def blueprint(service: Service) -> Blueprint:
    """Return the blueprint of `POST /get_reward` and of the other paths that trainers ask for.

    `/get_reward/<reward type>` names another reward than the settings do. `/get_reward2` is the judge's
    reward. The rest belongs to a resources server of NeMo-Gym.
    """
    scoring = Blueprint("scoring", __name__)

    @scoring.post("/get_reward")
    @scoring.post("/get_reward/<reward_type>")
    def get_reward(reward_type: str | None = None) -> Response:
        payload = read_object(request)
        wants_details = _wants_details(payload, request.args)
        if "reward_key" in request.args:
            payload["reward_key"] = request.args["reward_key"]
        arrived = request.environ.get(ARRIVED)
        return _given(service.begin(payload, reward_type, wants_details=wants_details, arrived=arrived))

    @scoring.post("/get_reward2")
    def get_judged_reward() -> Response:
        """Return the judge's reward, or without one that of the settings: an error would be a silent 0."""
        return get_reward(JUDGE if JUDGE in service.engine.rewards else None)

    for wire_format in protocols.BY_PATH:
        _add(scoring, service, wire_format)

    @scoring.post("/seed_session")
    def seed_session() -> dict[str, Any]:
        """Return the session's id where one was given: none has a state here."""
        return _named(read_object(request), "resources_session_id")

    @scoring.post("/close_session")
    def close_session() -> dict[str, Any]:
        return _named(read_object(request), "resources_session_id", "episode_id")

    @scoring.post("/verify")
    def verify() -> Response:
        """Score by NeMo-Gym's format, as the path says: its datasets' columns may have any names."""
        arrived = request.environ.get(ARRIVED)
        return _given(service.begin(read_object(request), wire_format=nemo_gym, arrived=arrived))

    @scoring.post("/aggregate_metrics")
    def aggregate_metrics() -> dict[str, Any]:
        return nemo_gym.aggregate(read_object(request))

    @scoring.get("/reverify_mode")
    def reverify_mode() -> Response:
        """Nothing is kept between requests, so a row may be verified again at any time."""
        return jsonify("stateless")

    return scoring


def _add(scoring: Blueprint, service: Service, wire_format: WireFormat) -> None:
    """Add the path that identifies a format, alone and with a reward type behind it."""

    def score(reward_type: str | None = None) -> Response:
        payload = (
            {wire_format.KEYS[0]: read(request)} if protocols.is_list(wire_format) else read_object(request)
        )
        arrived = request.environ.get(ARRIVED)
        return _given(service.begin(payload, reward_type, wire_format=wire_format, arrived=arrived))

    path = protocols.path_of(wire_format) or ""
    name = path.strip("/")
    scoring.add_url_rule(path, name, score, methods=["POST"])
    scoring.add_url_rule(f"{path}/<reward_type>", f"{name}_of", score, methods=["POST"])


def _named(payload: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: payload[name] for name in names if name in payload}


def _given(answer: Answer) -> Response:
    """Return the response; where the server can wait without a thread, leave the answer to it."""
    later: list[Answer] | None = request.environ.get(LATER)
    if later is not None and not answer.batch.is_complete:
        later.append(answer)
        return Response(status=202)
    answer.batch.wait(answer.until)
    return jsonify(answer.reply())


def _wants_details(payload: Mapping[str, Any], arguments: Mapping[str, str]) -> bool:
    wanted = payload.get("details", False)
    if not isinstance(wanted, bool):
        raise PayloadError("details must be a bool", "details")
    return wanted or arguments.get("details", "0") in ("1", "true")
