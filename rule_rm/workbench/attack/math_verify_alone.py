"""math-verify alone as a reward, to compare with the usual verifier."""

from __future__ import annotations

import logging

from rule_rm.registry import register
from rule_rm.types import Rollout

NAME = "math_verify_alone"


@register(NAME, summary="1 if math-verify finds the golden answer in the response, else 0")
def math_verify_alone(rollout: Rollout) -> float:
    """Return 1.0 if math-verify, with the settings of its own example, says that the response is right."""
    from math_verify import parse, verify

    logging.getLogger("math_verify").setLevel(logging.ERROR)
    golden = parse(f"${rollout.ground_truth}$", parsing_timeout=None)
    answer = parse(rollout.response, parsing_timeout=None)
    return float(verify(golden, answer, timeout_seconds=None))
