"""Score one rollout with a reward file, in this process: prints and tracebacks are shown as they are."""

# ruff: noqa: N999 - commands are found by the names of their modules

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from pathlib import Path

from rule_rm import registry, rewards
from rule_rm.cli._rewards import golden_value
from rule_rm.errors import ConfigurationError, RegistrationError
from rule_rm.registry import RewardFunction
from rule_rm.types import Rollout, Score

FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the rollout."""
    parser.add_argument("file", metavar="FILE", help="a Python file with reward functions")
    parser.add_argument("--reward-type", metavar="NAME", help="the reward, if the file has several")
    parser.add_argument(
        "--reward-option", nargs="+", default=[], metavar="NAME=VALUE", help="options of the reward"
    )
    parser.add_argument("--prompt", default="What is 12 + 30?", metavar="TEXT", help="the prompt")
    parser.add_argument("--response", default="The answer is 42.", metavar="TEXT", help="the response")
    parser.add_argument(
        "--golden", default="42", metavar="TEXT", help="the golden answer; JSON for a list or object"
    )
    parser.add_argument("--data-source", metavar="NAME", help="the data source")
    parser.add_argument(
        "--extra-info", default="{}", metavar="JSON", help="further columns, as a JSON object"
    )
    parser.add_argument("--json", action="store_true", help="print the score as JSON, after all prints")


def run(arguments: argparse.Namespace) -> int:
    """Print the score; the exit status is 1 if the reward raises."""
    rewards.load()
    try:
        registry.load(arguments.file if "/" in arguments.file else f"./{arguments.file}")
    except RegistrationError as error:
        if error.__cause__ is None:
            raise
        _print_exception(error.__cause__, arguments.file)
        return FAILED
    function = _chosen(arguments).with_options(arguments.reward_option)
    rollout = Rollout(
        arguments.prompt,
        arguments.response,
        golden_value(arguments.golden),
        arguments.data_source,
        _extra_info(arguments.extra_info),
    )
    began = time.perf_counter()
    try:
        score = function(rollout)
    except Exception as error:  # noqa: BLE001 - whatever the file raises is shown
        _print_exception(error, arguments.file)
        return FAILED
    seconds = time.perf_counter() - began
    sys.stdout.flush()
    if arguments.json:
        print(
            json.dumps(
                {"reward_type": function.name, **_as_json(score), "seconds": seconds}, ensure_ascii=False
            )
        )
        return 0
    reward = "unscored" if score.reward is None else f"{score.reward:g}"
    print(f"{'reward':12}{reward} by {function.name}, {score.status.value}, in {seconds:.3f} s")
    for name, value in (("explanation", score.explanation), ("answer", score.answer)):
        if value is not None:
            print(f"{name:12}{value}")
    for name, number in score.metrics.items():
        print(f"{'metric':12}{name} = {number:g}")
    return 0


def _print_exception(error: BaseException, file: str) -> None:
    """Print a traceback from the first frame of the file on; the frames before it are of this package."""
    own = str(Path(file).resolve())
    frames = error.__traceback__
    while frames is not None and str(Path(frames.tb_frame.f_code.co_filename).resolve()) != own:
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)


def _as_json(score: Score) -> dict[str, object]:
    return {
        "reward": score.reward,
        "status": score.status.value,
        "explanation": score.explanation,
        "answer": score.answer,
        "metrics": dict(score.metrics),
    }


def _chosen(arguments: argparse.Namespace) -> RewardFunction:
    path = str(Path(arguments.file).resolve())
    own = [name for name, function in registry.registered().items() if function.source == path]
    if arguments.reward_type is not None:
        return registry.get(arguments.reward_type)
    if len(own) != 1:
        raise ConfigurationError(
            f"{arguments.file} has the rewards {', '.join(own)}; name one by --reward-type"
        )
    return registry.get(own[0])


def _extra_info(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"--extra-info is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ConfigurationError("--extra-info must be a JSON object")
    return value
