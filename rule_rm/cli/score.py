"""Score a file of rollouts with any reward, mixture or running server, and sum it up."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rule_rm.cli import _scoring
from rule_rm.cli._settings import chosen_settings
from rule_rm.errors import ConfigurationError

FAILED = 1
ENDING = ".scored.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, the output, the thresholds and the settings of the service."""
    _scoring.add_arguments(parser, f"NAME{ENDING}")
    parser.add_argument("--compare", metavar="RESULTS", help="results of the same rollouts: show what flips")
    parser.add_argument(
        "--fail-under",
        type=float,
        metavar="REWARD",
        help="exit with status 1 if the mean reward is below this number",
    )


def run(arguments: argparse.Namespace) -> int:
    """Score the rollouts; return 1 if a threshold is not met, else 0."""
    from rule_rm.workbench import flips as comparing
    from rule_rm.workbench.results_file import read_results

    if arguments.compare is not None:
        # A file of another kind shows before anything is scored.
        next(iter(read_results(arguments.compare)), None)
    done = _scoring.score_files(arguments, ENDING)
    failures = _scoring.unmet(done.outcome, chosen_settings(arguments).max_unscored)
    failures += _too_low(done.outcome["mean_reward"], arguments.fail_under)
    flips, causes = None, []
    if arguments.compare is not None:
        if done.output is None:
            raise ConfigurationError("--compare needs results in a file; name an --output")
        flips = comparing.between(read_results(arguments.compare), read_results(done.output))
        causes = comparing.causes(_scoring.record_next_to(arguments.compare), done.about)
    if arguments.report is not None and done.output is not None:
        from rule_rm.workbench.report import write_report

        write_report(arguments.report, done.output, done.about, flips, causes)
    if arguments.json:
        compared = {"compare": {**flips.as_json(), "causes": causes}} if flips else {}
        print(json.dumps({**done.outcome, **compared, "failures": failures}, indent=2))
    else:
        _scoring.print_outcome(done)
        for line in comparing.table(flips, causes) if flips else []:
            print(line)
        if arguments.report is not None:
            print(f"report: {arguments.report}")
    for failure in failures:
        _scoring.note(f"rule-rm score: {failure}")
    return FAILED if failures else 0


def _too_low(mean: Any, fail_under: float | None) -> list[str]:
    """Return a sentence if the mean reward is below the threshold."""
    if fail_under is None or (mean is not None and mean >= fail_under):
        return []
    shown = "missing, as nothing is scored" if mean is None else f"{mean:.4f}"
    return [f"the mean reward is {shown}; --fail-under asks for {fail_under:g}"]
