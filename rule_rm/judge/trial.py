"""Try out at start whether the judge takes the questions that will be asked, with the template of the reward.

A server can refuse a system prompt, or give no logprobs; without the trial every question would fail in the
run.
"""

from __future__ import annotations

import time

from rule_rm.errors import ConfigurationError, JudgeError
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.grader import Asking, Grader
from rule_rm.judge.prompting.case import Reading
from rule_rm.judge.prompting.templates import JudgeTemplate
from rule_rm.types import Rollout, Score

START_TIMEOUT = 60.0
"""Seconds that a judge may take at start, while it says that it is not ready yet."""
SAMPLE = Rollout(
    "What is 1 + 1?",
    "<think>It is one more than 1.</think>It is 2.",
    "2",
    messages=(
        {"role": "system", "content": "You teach arithmetic."},
        {"role": "user", "content": "What is 1 + 1?"},
    ),
)


def try_out(
    client: JudgeClient,
    grader: Grader,
    reading: Reading,
    template: JudgeTemplate,
    asking: Asking,
    reward: str,
) -> None:
    """Ask each server for a token, and the judge for the first token of a verdict.

    Raises ConfigurationError if no judge answers, or not as it must: to the template, and with logprobs for
    the expected value.
    """
    until = time.monotonic() + START_TIMEOUT
    client.check(until)
    case = reading.read(SAMPLE)
    if isinstance(case, Score):
        # For example a rubric, whose criteria come with each rollout.
        return
    try:
        reply = grader.try_out(case, until)
    except JudgeError as error:
        raise ConfigurationError(f"{reward}: the model can't be asked by {template.name}: {error}") from None
    if asking.expected_value and reply.logprobs is None:
        raise ConfigurationError(
            f"{reward}: expected_value needs logprobs, and the server gives none; leave it out, or start the "
            "server with logprobs"
        )
    if asking.expected_value and reply.reasoning:
        raise ConfigurationError(
            f"{reward}: expected_value needs a judge that does not think first; see extra_body"
        )
    client.start_counting()
