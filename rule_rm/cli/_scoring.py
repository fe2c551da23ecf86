"""Score the rollouts of some files, as `score` and `replay` do: options, one run, thresholds."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.errors import ConfigurationError

NAMES = (
    *("reward_type", "reward_weights", "reward_config", "reward_option", "reward_file"),
    *("dataset", "question_key", "answer_key", "fuzzy_threshold"),
    *("chat_template", "think_prefilled", "end_token", "turns"),
    *("workers", "rollout_timeout", "worker_memory_mb", "max_unscored", "sandbox", "allow_weak_sandbox"),
    *("judge_url", "judge_model", "judge_template", "judge_api_key_env", "token", "token_file"),
)
"""The settings that change a score, or how it is obtained."""


_REWARD = ("reward_type", "reward_config", "reward_file", "reward_option", "reward_weights")


class Done(NamedTuple):
    """A run that is over."""

    outcome: Mapping[str, Any]
    """The summary."""
    table: list[str]
    about: Mapping[str, Any]
    """The reward and the configuration."""
    output: Path | None
    """The results; None if they went to the standard output."""


def add_arguments(parser: argparse.ArgumentParser, default_output: str) -> None:
    """Add the files, the columns, the output, the server to ask, and the settings."""
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
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="where to write results: .jsonl or .parquet, - for the standard output "
        f"(default {default_output} in the working directory); a run that was cut off goes on from there",
    )
    parser.add_argument("--overwrite", action="store_true", help="score all rows anew, whatever is there")
    parser.add_argument(
        "--report", metavar="FILE", help="write a page with plots and rollouts to read: report.html"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    add_settings(parser, NAMES)


def score_files(arguments: argparse.Namespace, ending: str, *, wants_recorded: bool = False) -> Done:
    """Score the rollouts of the arguments' files; `ending` is that of the default output.

    `wants_recorded` refuses files without recorded rewards, before anything is scored.
    """
    from rule_rm.workbench.columns import given_columns
    from rule_rm.workbench.progress import Progress
    from rule_rm.workbench.report import check_report
    from rule_rm.workbench.results_file import STDOUT, check_output, open_output
    from rule_rm.workbench.rollout_rows import RolloutReader
    from rule_rm.workbench.row_files import number_of_rows, rows_of
    from rule_rm.workbench.scoring import open_scorer
    from rule_rm.workbench.scoring_run import ScoringRun, about, summary

    settings = chosen_settings(arguments)
    reader = RolloutReader(given_columns(arguments.columns), arguments.skip_bad_rows, announce=note)
    name = arguments.output or default_output(arguments.sources, ending)
    if name == STDOUT and (arguments.json or arguments.report):
        raise ConfigurationError("--output - and --json or --report don't go together; name a file")
    check_output(name, arguments.sources, getattr(arguments, "compare", None))
    if arguments.report is not None:
        check_report(arguments.report)
    # A mistake in the files shows before the workers are started.
    rollouts = reader.begin(rows_of(arguments.sources), arguments.sources)
    if wants_recorded and (reader.columns is None or reader.columns.reward is None):
        raise ConfigurationError(
            f"{arguments.sources[0]} has no recorded rewards to compare with; `rule-rm score` scores it, and "
            "--columns reward=COLUMN names the column that has them"
        )
    reward_type = getattr(arguments, "reward_type", None)
    asked = ",".join(reward_type) if isinstance(reward_type, list) else reward_type
    with open_scorer(settings, arguments.url, asked) as scorer:
        output = open_output(name, scorer.identity, overwrite=arguments.overwrite)
        try:
            run = ScoringRun(scorer, reader, output)
            run.run(rollouts, Progress(number_of_rows(arguments.sources)))
            record = about(run, arguments.sources)
            output.finish(record)
        finally:
            output.close()
    return Done(summary(run), run.tally.table(), record, output.path)


def note(sentence: str) -> None:
    """Print a sentence for the user on the standard error."""
    print(sentence, file=sys.stderr)


def unmet(outcome: Mapping[str, Any], max_unscored: float) -> list[str]:
    """Return a sentence if more rollouts are unscored than `--max-unscored` allows."""
    rollouts, unscored = outcome["rollouts"], outcome["unscored"]
    if unscored <= max_unscored * rollouts:
        return []
    are = "is" if unscored == 1 else "are"
    return [f"{unscored} of {rollouts} rollouts {are} unscored; --max-unscored allows {max_unscored:g}"]


def default_output(sources: list[str], ending: str) -> str:
    """Return the name of the results of these sources, in the working directory."""
    first = sources[0].rstrip("/")
    if first == "-":
        raise ConfigurationError("name an --output for rollouts from the standard input")
    stem = first.rpartition("/")[2].replace(":", "_").removesuffix(".gz")
    for suffix in (Path(stem).suffix, ".scored", ".replayed"):
        stem = stem.removesuffix(suffix) if suffix else stem
    return stem + ending


def print_outcome(done: Done) -> None:
    """Print the summary of a run; to the standard error if the results went to the standard output."""
    outcome = done.outcome
    stream = sys.stderr if done.output is None else sys.stdout
    version = f"version {outcome['version']}, configuration {outcome['configuration']}"
    print(f"reward: {outcome['reward_type']} ({version})", *done.table, sep="\n", file=stream)
    if outcome["resumed"]:
        print(f"{outcome['resumed']} results were there already", file=stream)
    if bad := outcome["bad_rows"]:
        print("1 bad row was skipped:" if bad == 1 else f"{bad} bad rows were skipped:", file=stream)
        for fault in outcome["bad_rows_named"]:
            print(f"  {fault}", file=stream)
    if outcome["output"]:
        print(f"results: {outcome['output']}", file=stream)


def adopt_configuration(arguments: argparse.Namespace, source: str) -> None:
    """Take the settings that scored a file of results, unless the arguments name a reward or a server."""
    if source == "-" or arguments.url or any(hasattr(arguments, name) for name in _REWARD):
        return
    record = record_next_to(source)
    found = record.get("configuration")
    if not isinstance(found, Mapping):
        from rule_rm.workbench.row_files import rows_of

        _, row = next(iter(rows_of([source])), ("", {}))
        name = row.get("reward_type") if isinstance(row, Mapping) else None
        # The parts of a mixture are not in the rows.
        found = {"reward_type": name} if isinstance(name, str) and name != "mixture" else {}
    for name, value in found.items():
        if name in NAMES and not hasattr(arguments, name):
            setattr(arguments, name, value)
    if found:
        note(f"reward: as {source} was scored; name another by --reward-type or --reward-config")


def record_next_to(path: str) -> dict[str, Any]:
    """Return the record of the run that wrote the results at a path; empty if there is none."""
    try:
        record = json.loads(Path(path + ".run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
