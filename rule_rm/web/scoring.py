"""The views for rewards: a request comes in, rewards go out. `Service.answer` does the work between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from rule_rm import protocols
from rule_rm.errors import PayloadError
from rule_rm.http.endpoints import DEADLINE_HEADER
from rule_rm.protocols import WireFormat, nemo_gym
from rule_rm.service import Answer, Service
from rule_rm.web.api.described import described, object_of
from rule_rm.web.api.schemas import any_of, component, reference
from rule_rm.web.bodies import read, read_object
from rule_rm.web.deadline import patience
from rule_rm.web.front import ARRIVED, LATER
from rule_rm.web.logs import current_sender

JUDGE = "llm_judge"
QUERY = {
    "details": "1 adds `details` to the reply: how each reward came about",
    "reward_key": "the key of the reward in a reply to slime, which is a bare number without it",
}
_IN_QUERY = {*QUERY, "token"}
_SWITCH = {"1": True, "true": True, "0": False, "false": False}
_OF_SCORING = (404, 424)
_REPLIES = object_of("verify_responses", verify_responses={"type": "array", "items": {"type": "object"}})
_SESSION = object_of(resources_session_id={}, episode_id={})


def blueprint(service: Service) -> Blueprint:
    """Return the blueprint of `POST /get_reward` and of the other paths that trainers ask for.

    `/get_reward/<reward type>` names another reward than the settings do. `/get_reward2` is the judge's
    reward. The rest belongs to a resources server of NeMo-Gym.
    """
    scoring = Blueprint("scoring", __name__)

    @scoring.post("/get_reward")
    @scoring.post("/get_reward/<reward_type>")
    @described(body=any_of("Request"), reply=any_of("Reply"), errors=_OF_SCORING, query=QUERY)
    def get_reward(reward_type: str | None = None) -> Response:
        """Return the rewards of the rollouts in the request, whose format is detected from its keys."""
        payload = read_object(request)
        check_query(request.args)
        is_detailed = wants_details(payload, request.args)
        if "reward_key" in request.args:
            payload.setdefault("reward_key", request.args["reward_key"])
        return _scored(service, payload, reward_type, wants_details=is_detailed)

    @scoring.post("/get_reward2")
    @described(body=any_of("Request"), reply=any_of("Reply"), errors=_OF_SCORING, query=QUERY)
    def get_judged_reward() -> Response:
        """Return the judge's reward, or without one that of the settings: an error would be a silent 0."""
        return get_reward(JUDGE if JUDGE in service.engine.rewards else None)

    for wire_format in protocols.BY_PATH:
        _add(scoring, service, wire_format)

    @scoring.post("/seed_session")
    @described(body=_SESSION, reply=_SESSION)
    def seed_session() -> dict[str, Any]:
        """Return the session's id where one was given: none has a state here."""
        return _named(read_object(request), "resources_session_id")

    @scoring.post("/close_session")
    @described(body=_SESSION, reply=_SESSION)
    def close_session() -> dict[str, Any]:
        """Return the ids of the session: there is nothing to close."""
        return _named(read_object(request), "resources_session_id", "episode_id")

    @scoring.post("/verify")
    @described(
        body=reference(component(nemo_gym, "Request")),
        reply=reference(component(nemo_gym, "Reply")),
        errors=_OF_SCORING,
    )
    def verify() -> Response:
        """Score by NeMo-Gym's format, as the path says: its datasets' columns may have any names."""
        return _scored(service, read_object(request), wire_format=nemo_gym)

    @scoring.post("/aggregate_metrics")
    @described(body=_REPLIES, reply=object_of("group_level_metrics", "agent_metrics", "key_metrics"))
    def aggregate_metrics() -> dict[str, Any]:
        """Return the means of the metrics in the replies of a run, and the rewards of each task."""
        return nemo_gym.aggregate(read_object(request))

    @scoring.get("/reverify_mode")
    @described(reply={"type": "string"})
    def reverify_mode() -> Response:
        """Return `stateless`: nothing is kept between requests, so a row may be verified again."""
        return jsonify("stateless")

    return scoring


def _add(scoring: Blueprint, service: Service, wire_format: WireFormat) -> None:
    """Add the path that identifies a format, alone and with a reward type behind it."""

    @described(
        body=reference(component(wire_format, "Request")),
        reply=reference(component(wire_format, "Reply")),
        errors=_OF_SCORING,
    )
    def score(reward_type: str | None = None) -> Response:
        """Return the rewards of the rollouts in the request, whose format the path names."""
        payload = (
            {wire_format.KEYS[0]: read(request)} if protocols.is_list(wire_format) else read_object(request)
        )
        return _scored(service, payload, reward_type, wire_format=wire_format)

    path = protocols.path_of(wire_format) or ""
    name = path.strip("/")
    scoring.add_url_rule(path, name, score, methods=["POST"])
    scoring.add_url_rule(f"{path}/<reward_type>", f"{name}_of", score, methods=["POST"])


def _named(payload: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: payload[name] for name in names if name in payload}


def _scored(
    service: Service,
    payload: Mapping[str, Any],
    reward_type: str | None = None,
    *,
    wire_format: WireFormat | None = None,
    wants_details: bool = False,
) -> Response:
    """Return the response; where the server can wait without a thread, leave the answer to it."""
    deadline = request.headers.get(DEADLINE_HEADER)
    answer = service.begin(
        payload,
        reward_type,
        wire_format=wire_format,
        wants_details=wants_details,
        arrived=request.environ.get(ARRIVED),
        patience=None if deadline is None else patience(deadline),
        sender=current_sender(),
    )
    later: list[Answer] | None = request.environ.get(LATER)
    if later is not None and not answer.batch.is_complete:
        later.append(answer)
        return Response(status=202)
    answer.batch.wait(answer.until)
    return jsonify(answer.reply())


def wants_details(payload: Mapping[str, Any], arguments: Mapping[str, str]) -> bool:
    """Return True if the reply should have details. Raises PayloadError if `details` is not a bool."""
    wanted = payload.get("details", False)
    if not isinstance(wanted, bool):
        raise PayloadError("details must be a bool", "details")
    given = arguments.get("details", "0")
    if given not in _SWITCH:
        raise PayloadError(f"details must be 1 or 0 in the URL, not {given}", "details")
    return wanted or _SWITCH[given]


def check_query(arguments: Mapping[str, str]) -> None:
    """Raise PayloadError for a misspelt name in the URL's query: it would be ignored."""
    for name in arguments.keys() - _IN_QUERY:
        meant = protocols.nearest_name(name, _IN_QUERY)
        if meant is not None:
            raise PayloadError(f"{name} is not read from the URL; did you mean {meant}?", name)
