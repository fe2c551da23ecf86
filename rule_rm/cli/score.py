"""Score a file of rollouts with any reward, mixture or running server, and sum it up."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.errors import ConfigurationError

FAILED = 1
NAMES = (
    *("reward_type", "reward_weights", "reward_config", "reward_option", "reward_file"),
    *("dataset", "question_key", "answer_key", "fuzzy_threshold"),
    *("chat_template", "think_prefilled", "end_token", "turns"),
    *("workers", "rollout_timeout", "worker_memory_mb", "max_unscored", "sandbox", "allow_weak_sandbox"),
    *("judge_url", "judge_model", "judge_template", "judge_api_key_env", "token", "token_file"),
)
"""The settings that `score` takes: those that change a score, or say how it is come by."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, the output, the thresholds and the settings of the service."""
    add_sources(parser)
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="where to write results: .jsonl or .parquet, - for the standard output "
        "(default NAME.scored.jsonl in the working directory); a run that was cut off goes on from there",
    )
    parser.add_argument("--overwrite", action="store_true", help="score all rows anew, whatever is there")
    parser.add_argument(
        "--fail-under",
        type=float,
        metavar="REWARD",
        help="exit with status 1 if the mean reward is below this number",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    add_settings(parser, NAMES)


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Add what the rollouts are read from, and the server to ask."""
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="FILE",
        help="rollouts: .jsonl, .json, .csv (.gz), .parquet, .eval, .pt, a directory of them, "
        "hf:NAME:SPLIT, or -",
    )
    parser.add_argument(
        "--columns",
        nargs="+",
        action="extend",
        default=[],
        metavar="PART=COLUMN",
        help="the column of a part: prompt, response, ground_truth, data_source, group, extra_info, messages",
    )
    parser.add_argument("--skip-bad-rows", action="store_true", help="count and name bad rows, and go on")
    parser.add_argument("--url", help="ask a running server instead of scoring in this process")


def run(arguments: argparse.Namespace) -> int:
    """Score the rollouts; return 1 if a threshold is not met, else 0."""
    from rule_rm.workbench.columns import given_columns
    from rule_rm.workbench.progress import Progress
    from rule_rm.workbench.results_file import STDOUT, open_output
    from rule_rm.workbench.rollout_rows import RolloutReader
    from rule_rm.workbench.row_files import number_of_rows, rows_of
    from rule_rm.workbench.scoring import open_scorer
    from rule_rm.workbench.scoring_run import ScoringRun, about, summary

    settings = chosen_settings(arguments)
    reader = RolloutReader(given_columns(arguments.columns), arguments.skip_bad_rows, announce=note)
    output_name = arguments.output or default_output(arguments.sources, ".scored.jsonl")
    if output_name == STDOUT and arguments.json:
        raise ConfigurationError("--output - and --json both write to the standard output; keep one")
    reward_type = getattr(arguments, "reward_type", None)
    asked = ",".join(reward_type) if isinstance(reward_type, list) else reward_type
    # A mistake in the files shows before the workers are started.
    rollouts = reader.begin(rows_of(arguments.sources))
    with open_scorer(settings, arguments.url, asked) as scorer:
        output = open_output(output_name, scorer.identity, overwrite=arguments.overwrite)
        try:
            scoring = ScoringRun(scorer, reader, output)
            scoring.run(rollouts, Progress(number_of_rows(arguments.sources)))
            output.finish(about(scoring, arguments.sources))
        finally:
            output.close()
    outcome = summary(scoring)
    failures = unmet(outcome, arguments.fail_under, settings.max_unscored)
    if arguments.json:
        print(json.dumps({**outcome, "failures": failures}, indent=2))
    else:
        _print(outcome, scoring.tally.table(), to_stderr=output_name == STDOUT)
    for failure in failures:
        print(f"rule-rm score: {failure}", file=sys.stderr)
    return FAILED if failures else 0


def unmet(outcome: Any, fail_under: float | None, max_unscored: float) -> list[str]:
    """Return a sentence for each threshold that is not met."""
    failures = []
    mean, rollouts, unscored = outcome["mean_reward"], outcome["rollouts"], outcome["unscored"]
    if fail_under is not None and (mean is None or mean < fail_under):
        shown = "missing, as nothing is scored" if mean is None else f"{mean:.4f}"
        failures.append(f"the mean reward is {shown}; --fail-under asks for {fail_under:g}")
    if unscored > max_unscored * rollouts:
        failures.append(
            f"{unscored} of {rollouts} rollouts are unscored; --max-unscored allows {max_unscored:g}"
        )
    return failures


def default_output(sources: list[str], ending: str) -> str:
    """Return the name of the results of these sources, in the working directory."""
    first = sources[0].rstrip("/")
    if first == "-":
        raise ConfigurationError("name an --output for rollouts from the standard input")
    name = first.rpartition("/")[2].replace(":", "_")
    stem = name.removesuffix(".gz")
    return str(Path(stem).with_suffix(ending)) if Path(stem).suffix else stem + ending


def note(sentence: str) -> None:
    """Print a sentence for the user on the standard error."""
    print(sentence, file=sys.stderr)


def _print(outcome: Any, table: list[str], *, to_stderr: bool) -> None:
    stream = sys.stderr if to_stderr else sys.stdout
    reward = (
        f"{outcome['reward_type']} (version {outcome['version']}, configuration {outcome['configuration']})"
    )
    print(f"reward: {reward}", *table, sep="\n", file=stream)
    if outcome["resumed"]:
        print(f"{outcome['resumed']} results were there already", file=stream)
    if outcome["bad_rows"]:
        bad = outcome["bad_rows"]
        print("1 bad row was skipped:" if bad == 1 else f"{bad} bad rows were skipped:", file=stream)
        for fault in outcome["bad_rows_named"]:
            print(f"  {fault}", file=stream)
    if outcome["output"]:
        print(f"results: {outcome['output']}", file=stream)
