"""A run that is cut off anywhere ends with exactly the rows of an unbroken one."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from rule_rm.errors import ConfigurationError, DatasetError, PayloadError
from rule_rm.workbench.progress import Progress
from rule_rm.workbench.results_file import ResultsFile, read_results
from rule_rm.workbench.rollout_rows import RolloutReader
from rule_rm.workbench.scoring import Identity, Scorer, in_batches
from rule_rm.workbench.scoring_run import ScoringRun, summary

IDENTITY = Identity("length", "1", {})
ROWS = [
    (
        f"f:{n}",
        {"prompt": f"{n // 3}", "response": "x" * (n % 7) + "é\n", "answer": n, "data_source": "ab"[n % 2]},
    )
    for n in range(50)
]


def scored(payload):
    return {"details": [{"reward": float(len(one)), "status": "ok"} for one in payload["responses"]]}


def run(path, rows=ROWS, identity=IDENTITY, ask=scored, **options):
    with Scorer(ask, identity, lambda: None) as scorer:
        output = ResultsFile(path, identity, **options)
        try:
            reader = RolloutReader()
            scoring = ScoringRun(scorer, reader, output, batch=4)
            scoring.run(reader.begin(rows), Progress(None))
            output.finish({})
        finally:
            output.close()
    return scoring


@pytest.mark.parametrize("seed", range(10))
def test_a_file_that_is_torn_anywhere_is_completed_without_losing_or_repeating_a_row(seed, tmp_path):
    path = tmp_path / "out.jsonl"
    run(path)
    whole = path.read_bytes()
    cut = random.Random(seed).randrange(len(whole))
    path.write_bytes(whole[:cut])
    again = run(path)
    assert path.read_bytes() == whole
    assert again.resumed == whole[:cut].count(b"\n")
    assert summary(again)["rollouts"] == 50


def test_the_scores_that_are_there_are_not_asked_for_again(tmp_path):
    path = tmp_path / "out.jsonl"
    run(path)
    assert run(path, ask=lambda _: pytest.fail("asked again")).resumed == 50


def test_parquet_is_completed_from_its_partial_lines(tmp_path):
    pytest.importorskip("pyarrow")
    lines, path = tmp_path / "lines.jsonl", tmp_path / "out.parquet"
    run(lines)
    (tmp_path / "out.parquet.partial.jsonl").write_bytes(lines.read_bytes()[:3000])
    assert run(path).resumed > 0
    assert list(read_results(path)) == list(read_results(lines))
    assert not (tmp_path / "out.parquet.partial.jsonl").exists()
    with pytest.raises(ConfigurationError, match="is there already"):
        run(path)


def test_a_group_is_never_split_between_two_requests():
    rollouts = list(RolloutReader().read(ROWS))
    batches = list(in_batches(rollouts, 4))
    assert [one for batch in batches for one in batch] == rollouts
    for left, right in itertools.pairwise(batches):
        assert left[-1].prompt != right[0].prompt


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        (Identity("other", "1", {}), "begun with the reward type length, which is other now"),
        (Identity("length", "2", {}), "begun with the version 1, which is 2 now"),
        (Identity("length", "1", {"turns": "last"}), "begun with the configuration"),
    ],
)
def test_results_of_another_reward_are_not_continued(identity, message, tmp_path):
    path = tmp_path / "out.jsonl"
    run(path)
    with pytest.raises(ConfigurationError, match=message):
        run(path, identity=identity)
    assert run(path, identity=identity, overwrite=True).resumed == 0


@pytest.mark.parametrize(
    "rows", [[*ROWS[:20], ("f", {"prompt": "a", "response": "b"}), *ROWS[21:]], ROWS[:20]]
)
def test_results_of_other_rollouts_are_not_continued(rows, tmp_path):
    path = tmp_path / "out.jsonl"
    run(path)
    with pytest.raises(ConfigurationError, match="the input changed"):
        run(path, rows=rows)


def test_a_file_of_something_else_is_not_appended_to(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text(json.dumps({"my": "data"}) + "\n")
    with pytest.raises(ConfigurationError, match=r"out.jsonl:1 is not the result of row 0"):
        run(path)
    assert json.loads(path.read_text()) == {"my": "data"}


def test_two_processes_do_not_write_to_one_file(tmp_path):
    path = tmp_path / "out.jsonl"
    first = ResultsFile(path, IDENTITY)
    try:
        with pytest.raises(ConfigurationError, match="another process writes to it"):
            ResultsFile(path, IDENTITY)
    finally:
        first.close()


def test_the_end_of_a_last_line_is_found_however_long_the_torn_one_is(tmp_path):
    path = tmp_path / "out.jsonl"
    run(path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"row": 50, "response": "' + b"x" * 200_000)
    run(path)
    assert path.read_bytes() == whole


def test_a_run_without_rollouts_is_an_error(tmp_path):
    with pytest.raises(DatasetError, match="no rollouts"):
        run(tmp_path / "out.jsonl", rows=[])


def test_a_rollout_that_the_service_refuses_is_named_by_its_place(tmp_path):
    def refusing(payload):
        raise PayloadError("extra_infos[1] is nested more than 32 deep", "extra_infos", 1)

    with pytest.raises(DatasetError, match=r"f:1: extra_infos\[1\] is nested"):
        run(tmp_path / "r.jsonl", ask=refusing)


def test_the_summary_counts_by_data_source_and_status(tmp_path):
    scoring = run(tmp_path / "out.jsonl")
    outcome = summary(scoring)
    assert outcome["data_sources"]["a"]["rollouts"] == 25
    assert outcome["statuses"] == {"ok": 50}
    header, *rows = scoring.tally.table()
    assert header.split() == ["data", "source", "rollouts", "mean", "reward", "unscored", "ok"]
    assert [row.split()[0] for row in rows] == ["a", "b", "all"]


def test_results_with_another_recorded_reward_are_of_another_input(tmp_path):
    """Else a replay would compare with the rewards of the run before."""
    path = tmp_path / "out.jsonl"
    run(path)
    recorded = [(place, {**row, "reward": 0.5}) for place, row in ROWS]
    with pytest.raises(ConfigurationError, match="the input changed"):
        run(path, recorded)


def test_the_first_rollout_of_each_status_without_a_reward_is_in_the_summary(tmp_path):
    def unscored(payload):
        refused = {"reward": None, "status": "bad_ground_truth", "explanation": "it has no tests\x1b[2J"}
        return {"details": [refused for _ in payload["responses"]]}

    scoring = run(tmp_path / "out.jsonl", ask=unscored)
    assert summary(scoring)["unscored_reasons"] == {"bad_ground_truth": "f:0: it has no tests\x1b[2J"}
    assert scoring.tally.table()[-1] == "bad_ground_truth: f:0: it has no tests\N{REPLACEMENT CHARACTER}[2J"
