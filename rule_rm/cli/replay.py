"""Score recorded rollouts again, by today's code or another configuration, and show flipped verdicts."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rule_rm.cli import _scoring
from rule_rm.errors import ConfigurationError

FAILED = 1
ENDING = ".replayed.scored.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, the output, the threshold and the settings of the service."""
    _scoring.add_arguments(parser, f"NAME{ENDING}")
    parser.add_argument(
        "--max-flips",
        type=float,
        metavar="SHARE",
        help="exit with status 1 if more than this share of the rollouts flips, 0 to 1",
    )


def run(arguments: argparse.Namespace) -> int:
    """Score the rollouts again; return 1 if more flip than allowed, else 0."""
    from rule_rm.workbench import flips as comparing
    from rule_rm.workbench.results_file import read_results

    _scoring.adopt_configuration(arguments, arguments.sources[0])
    done = _scoring.score_files(arguments, ENDING, wants_recorded=True)
    if done.output is None:
        raise ConfigurationError("replay compares the results afterwards; name a file as --output")
    flips = comparing.against_recorded(read_results(done.output))
    if not flips.compared:
        raise ConfigurationError(f"{arguments.sources[0]} has no recorded rewards to compare with")
    causes = comparing.causes(_recorded(arguments.sources[0], done), done.about)
    if arguments.report is not None:
        from rule_rm.workbench.report import write_report

        write_report(arguments.report, done.output, done.about, flips, causes)
    if arguments.json:
        print(json.dumps({**done.outcome, "replay": {**flips.as_json(), "causes": causes}}, indent=2))
    else:
        _scoring.print_outcome(done)
        print(*comparing.table(flips, causes), sep="\n")
        if arguments.report is not None:
            print(f"report: {arguments.report}")
    # Not `>`: NaN allows nothing.
    if arguments.max_flips is not None and not flips.share <= arguments.max_flips:
        _scoring.note(
            f"rule-rm replay: {flips.flipped} of {flips.compared} rollouts flipped; --max-flips allows "
            f"{arguments.max_flips:g}"
        )
        return FAILED
    return 0


def _recorded(source: str, done: _scoring.Done) -> dict[str, Any]:
    """Return the record of the run that scored the rollouts first, from its file or from a rollout."""
    from rule_rm.workbench.results_file import read_results

    record = _scoring.record_next_to(source)
    if record or done.output is None:
        return record
    recorded: dict[str, Any] = next(
        (one["recorded"] for one in read_results(done.output) if one.get("recorded")), {}
    )
    # Without a record, only the names in the rollouts can differ.
    return {**done.about, **{name: recorded[name] for name in ("reward_type", "version") if name in recorded}}
