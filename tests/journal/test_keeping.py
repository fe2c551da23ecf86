"""The database: whole, bounded, and intact after a writer that was killed."""

from __future__ import annotations

import io
import json
import logging
import marshal
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from rule_rm import Score, Status, redaction
from rule_rm.errors import ConfigurationError
from rule_rm.journal import Journal, keeper
from rule_rm.journal import store as store_module
from rule_rm.journal.bins import Bins
from rule_rm.journal.export import export
from rule_rm.journal.parcels import Sender, pack, unpack
from rule_rm.journal.reader import ENDING, Filter, Reader
from rule_rm.journal.records import Place
from rule_rm.journal.rows import rows
from rule_rm.journal.scribe import HEAD, NotWrittenError, Scribe
from rule_rm.journal.scribe_main import frames
from rule_rm.journal.store import Bounds, Store
from rule_rm.journal.sums import MOST_SOURCES, Sums
from rule_rm.journal.tallies import OTHERS
from rule_rm.journal.writer import Writer
from rule_rm.processes import starting
from rule_rm.processes.kernel import state

from ..waiting import until
from .scored import scored

NOW = 1_000_000.0
SCRIBED = {"size": 1 << 30, "age": 1e12, "sample": 1.0, "with_texts": True, "alarms": None}


def kept(folder, *requests, name="here-1", **options):
    journal = Journal()
    journal.keep(folder / f"{name}{ENDING}", Bounds(age=1e12), **options)
    for request in requests:
        journal.record(request)
    journal.close()
    return Reader(folder)


def write(scribe, *batch):
    """Hand a batch over, and return the alarms that sounded when it was written."""
    scribe.submit(batch, len(batch))
    [(failure, heard)] = scribe.settled(60.0)
    if failure is not None:
        raise failure
    return heard


def move_away(path):
    # Its log stays behind, with the name that the next file's has.
    path.rename(path.with_suffix(".old"))


def packed(request):
    return unpack(pack(request))


def add(sums, request):
    sums.add(rows(packed(request), 1), [packed(request)])


def test_a_rollout_is_read_as_it_was_scored(tmp_path):
    reader = kept(tmp_path, scored(1.0, response="It is 4.", answer="4", step=3))
    [listed] = reader.rollouts(Filter(), 10).rollouts
    whole = reader.rollout(listed["place"])
    assert {name: whole[name] for name in listed} == listed
    assert "response" not in listed
    assert (whole["prompt"], whole["ground_truth"], whole["response"]) == ("2+2?", "4", "It is 4.")
    assert (whole["reward"], whole["step"], whole["components"]) == (1.0, 3, {"accuracy": 1.0})


def test_the_newest_of_several_servers_come_first(tmp_path):
    kept(tmp_path, scored(0.1, time=NOW), scored(0.3, time=NOW + 2), name="a-1")
    reader = kept(tmp_path, scored(0.2, time=NOW + 1), name="b-1")
    listed = reader.rollouts(Filter(), 2)
    assert [rollout["reward"] for rollout in listed.rollouts] == [0.3, 0.2]
    assert [rollout["place"].file for rollout in listed.rollouts] == ["a-1", "b-1"]
    assert listed.reached is None


@pytest.mark.parametrize(
    ("wanted", "rewards"),
    [
        (Filter(source="sums"), [1.0]),
        (Filter(source=""), [0.0, None]),
        (Filter(status="unscored"), [None]),
        (Filter(status="error"), [None]),
        (Filter(least=0.5), [1.0]),
        (Filter(most=0.5), [0.0]),
        (Filter(step=9), [0.0]),
        (Filter(text="LEMON"), [0.0]),
        (Filter(text="broke"), [None]),
        (Filter(text="7F3a"), [1.0]),
        (Filter(text="7F3a:0"), [1.0]),
        (Filter(text="7F3"), []),
        (Filter(text="%"), []),
        (Filter(reward_type="code"), [0.0]),
        (Filter(before={"here-1": 2, "gone": 9}), [None]),
    ],
)
def test_rollouts_are_found_by_what_they_are(tmp_path, wanted, rewards):
    reader = kept(
        tmp_path,
        scored(Score.unscored(Status.ERROR, "it broke"), source=None, time=NOW),
        scored(0.0, source=None, reward_type="code", response="a Lemon", step=9, time=NOW + 1),
        scored(1.0, time=NOW + 2, sender=Sender("trainer", "7F3a")),
    )
    assert [rollout["reward"] for rollout in reader.rollouts(wanted, 9).rollouts] == rewards


def test_a_search_ends_when_its_time_is_over(tmp_path, monkeypatch):
    reader = kept(tmp_path, *(scored(*[1.0] * 500) for _ in range(8)))
    assert reader.rollouts(Filter(text="nowhere"), 10, budget=-1.0).reached is None
    monkeypatch.setattr("rule_rm.journal.reader.SPAN_OF_TEXTS", 500)
    assert reader.rollouts(Filter(text="nowhere"), 10, budget=-1.0).reached is not None


def test_a_search_that_goes_on_from_where_others_ended_finds_everything_once(tmp_path, monkeypatch):
    monkeypatch.setattr("rule_rm.journal.reader.SPAN_OF_TEXTS", 7)
    for name, odd in (("a-1", 0), ("b-1", 1)):
        requests = [
            scored(*[number + place / 100 for place in range(3)], time=NOW + number, response="Lemon")
            for number in range(odd, 40, 2)
        ]
        reader = kept(tmp_path, *requests, scored(0.0, time=NOW + 100, response="pear"), name=name)
    found, before, searches = [], None, 0
    while searches < 200:
        part = reader.rollouts(Filter(text="lemon", before=before), 5, budget=-1.0)
        found += [one["reward"] for one in part.rollouts]
        searches += 1
        if not (before := part.further):
            break
    expected = [number + place / 100 for number in range(40) for place in range(3)]
    assert found == sorted(expected, key=lambda reward: (int(reward), reward), reverse=True)
    assert searches > 20


def test_a_clock_that_is_set_back_makes_the_pages_skip_nothing(tmp_path):
    for name, later in (("a-1", 0.0), ("b-1", 0.5)):
        times = [NOW + later + number - (3600 if number >= 10 else 0) for number in range(20)]
        reader = kept(tmp_path, *(scored(at, time=at) for at in times), name=name)
    found, before = {}, None
    while before is None or before:
        page = reader.rollouts(Filter(before=before), 3)
        for one in page.rollouts:
            found.setdefault(one["place"].file, []).append(one["id"])
        before = page.further
    assert found == {name: [*range(20, 0, -1)] for name in ("a-1", "b-1")}


def test_a_group_is_the_answers_to_a_prompt_in_a_step(tmp_path):
    reader = kept(
        tmp_path,
        scored(1.0, 0.0, step=1),
        scored(0.5, step=1),
        scored(0.2, step=2),
        scored(0.3, step=1, prompt="3+3?"),
    )
    group = reader.group(reader.rollout(Place("here-1", 1)))
    assert [member["reward"] for member in group] == [1.0, 0.0, 0.5]


def test_sums_are_drawn_by_time_and_source(tmp_path):
    reader = kept(
        tmp_path,
        scored(1.0, 0.0, time=NOW),
        scored(0.5, source="other", time=NOW + 50),
    )
    assert reader.sums("reward", Bins.of(NOW, NOW + 100, 10)) == {
        ("reward", "sums", "math", 0): (2, 1.0, 1.0),
        ("reward", "other", "math", 5): (1, 0.5, 0.25),
    }
    assert reader.sums("group ", Bins.of(NOW, NOW + 100), prefix=True) == {
        ("group mixed", "sums", "math", 0): (1, 1, 1)
    }
    assert reader.span() == (NOW, NOW + 60)


@pytest.mark.parametrize("seconds", [7, 900, 3600, 6 * 3600, 86_400, 7 * 86_400])
def test_every_bin_of_a_plot_has_as_many_spans_as_the_others(tmp_path, seconds):
    # A request for each span: a bin with one more would look like a peak.
    begin = NOW - NOW % 600
    width = Bins.of(begin, begin + seconds, 60).width
    reader = kept(tmp_path, *(scored(1.0, time=begin + at) for at in range(0, max(seconds, width), width)))
    bins = Bins.of(begin, begin + max(seconds, width), 60)
    assert bins.number <= 60
    counts = {key[3]: n for key, (n, _, _) in reader.sums("reward", bins).items()}
    assert set(counts) == set(range(bins.number))
    assert len({counts[place] for place in range(1, bins.number)}) <= 1


def test_groups_are_right_wrong_or_mixed_by_their_accuracy():
    sums = Sums()
    for rewards in ((1.0, 1.0), (0.0, 0.0), (0.0, 1.0), (1.0,)):
        add(sums, scored(*rewards))
    names = [total[2] for total in sums.take() if total[2].startswith("group")]
    assert sorted(names) == ["group mixed"] * 2 + ["group right"] * 2 + ["group wrong"] * 2


def test_the_number_of_data_sources_is_bounded():
    sums = Sums()
    for number in range(MOST_SOURCES + 5):
        add(sums, scored(1.0, source=f"source {number}"))
    sources = {total[3] for total in sums.take() if total[2] == "reward"}
    assert len(sources) == MOST_SOURCES + 1
    assert OTHERS in sources


def test_a_sample_keeps_whole_groups_and_everything_unscored(tmp_path):
    requests = [scored(1.0, 0.0, prompt=f"question {number}") for number in range(200)]
    reader = kept(tmp_path, *requests, scored(Score.unscored(Status.ERROR, "no"), prompt="lost"), sample=0.25)
    listed = reader.rollouts(Filter(), 1000).rollouts
    scored_ones = [rollout for rollout in listed if rollout["reward"] is not None]
    assert len(listed) - len(scored_ones) == 1
    assert 20 < len(scored_ones) / 2 < 90
    assert len({rollout["question"] for rollout in scored_ones}) * 2 == len(scored_ones)
    numbers = reader.sums("reward", Bins.of(0, 2 * NOW))
    assert sum(n for n, *_ in numbers.values()) == 400, "sums are of all"


def test_the_file_is_bounded_by_size(tmp_path):
    store = Store(tmp_path / f"x{ENDING}", Bounds(size=1_000_000, age=1e12))
    for number in range(60):
        batch = rows(packed(scored(1.0, response="x" * 40_000, prompt=f"{number}")), number)
        store.write(batch, Sums())
        store.bound()
        assert store.size() < 1_200_000
    (count,) = store._connection.execute("SELECT count(*) FROM prompts").fetchone()
    store.close()
    listed = Reader(tmp_path).rollouts(Filter(), 100).rollouts
    assert 5 < len(listed) == count < 30
    assert listed[0]["request"] == 59


def test_the_file_is_bounded_by_age(tmp_path):
    store = Store(tmp_path / f"x{ENDING}", Bounds(age=3600))
    sums = Sums()
    for ago in (7200, 10):
        parcel = packed(scored(1.0, time=time.time() - ago))
        batch = rows(parcel, 1)
        sums.add(batch, [parcel])
        store.write(batch, sums)
    assert store.bound() == 1
    store.close()
    reader = Reader(tmp_path)
    assert len(reader.rollouts(Filter(), 9).rollouts) == 1
    numbers = reader.sums("reward", Bins.of(time.time() - 9000, time.time() + 600, 20))
    assert sum(n for n, *_ in numbers.values()) == 1


def test_a_server_that_starts_again_goes_on_in_its_file(tmp_path):
    kept(tmp_path, scored(1.0))
    reader = kept(tmp_path, scored(0.5))
    assert [rollout["request"] for rollout in reader.rollouts(Filter(), 9).rollouts] == [2, 1]


def test_nobody_else_may_read_the_file(tmp_path):
    kept(tmp_path, scored(1.0))
    assert (tmp_path / f"here-1{ENDING}").stat().st_mode & 0o077 == 0


def test_a_directory_that_cannot_be_written_is_an_error_with_its_name(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="file"):
        Store(tmp_path / "file" / "x.journal")
    (tmp_path / "x.journal").write_text("no database, but long enough to be read as the head of one" * 20)
    with pytest.raises(ConfigurationError, match=r"x\.journal"):
        Store(tmp_path / "x.journal")


def test_what_cannot_be_written_is_lost_and_counted_and_the_next_is_kept(tmp_path, monkeypatch, caplog):
    store = Store(tmp_path / f"x{ENDING}", Bounds(age=1e12))
    write, fails = store.write, [True]

    def sometimes(*arguments):
        if fails.pop() if fails else False:
            raise sqlite3.OperationalError("database or disk is full")
        return write(*arguments)

    monkeypatch.setattr(store, "write", sometimes)
    monkeypatch.setattr(keeper, "PAUSE", 0.0)
    caplog.set_level(logging.ERROR)
    journal = Journal()
    journal.keeper = keeper.Keeper(Writer(store), lambda alarm: None)
    journal.record(scored(1.0))
    until(lambda: journal.state()["journal"]["lost"], "the loss to be counted")
    assert "disk is full" in caplog.text
    journal.record(scored(0.5))
    journal.close()
    state = journal.state()["journal"]
    assert (state["lost"], state["written"], state["failure"]) == (1, 1, None)


def test_a_full_disk_is_named_and_costs_the_batch_alone(tmp_path):
    store = Store(tmp_path / f"x{ENDING}", Bounds(age=1e12))
    writer = Writer(store)
    store._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError, match="disk is full"):
        writer.write([pack(scored(1.0, response=f"{number} " * 10_000)) for number in range(9)])
    store._connection.execute("PRAGMA max_page_count = 1000000")
    writer.write([pack(scored(0.5))])
    writer.close()
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [0.5]


def test_a_clock_that_is_set_forward_for_a_moment_removes_nothing(tmp_path, monkeypatch):
    store = Store(tmp_path / f"x{ENDING}")
    writer = Writer(store)
    writer.write([pack(replace(scored(1.0), time=time.time()))])
    late = time.time() + 10 * 365 * 86_400
    with monkeypatch.context() as jump:
        jump.setattr("rule_rm.journal.store.time.time", lambda: late)
        writer.bound()
    writer.close()
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [1.0]


def test_requests_that_find_no_room_are_lost_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "QUEUED", 3)
    monkeypatch.setattr(keeper, "PAUSE", 60.0)
    journal = Journal()
    journal.keep(tmp_path / f"x{ENDING}", Bounds(age=1e12))
    for _ in range(3):
        journal.record(scored(1.0, 0.0))
    assert journal.state()["journal"]["lost"] == 4
    journal.close()
    assert journal.state()["journal"]["written"] == 2


def test_so_are_those_whose_texts_would_take_too_much_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "QUEUED_BYTES", 10_000)
    monkeypatch.setattr(keeper, "PAUSE", 60.0)
    journal = Journal()
    journal.keep(tmp_path / f"x{ENDING}", Bounds(age=1e12))
    for _ in range(3):
        journal.record(scored(1.0, response="".join(map(str, range(4_000)))))
    assert journal.state()["journal"]["lost"] == 2
    journal.close()
    assert journal.state()["journal"]["written"] == 1


def test_a_writing_process_that_is_stopped_holds_up_neither_the_end_nor_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "CLOSING", 0.5)
    journal = Journal()
    journal.keep(tmp_path / f"x{ENDING}", Bounds(age=1e12), is_apart=True)
    sink = journal.keeper._sink
    assert isinstance(sink, Scribe)
    process = sink._process
    process.send_signal(signal.SIGSTOP)
    # More than the pipe holds: the thread waits in the middle of a frame.
    journal.record(scored(*[1.0] * 500, response="".join(map(str, range(400_000)))))
    journal.close()
    assert process.wait(10.0) == -signal.SIGKILL
    until(lambda: not journal.keeper._thread.is_alive(), "the thread ends")
    assert journal.state()["journal"]["lost"] == 500


@pytest.mark.parametrize("size", [0, 8 << 20], ids=["answers", "reads"])
def test_a_writing_process_that_is_stopped_is_replaced_and_the_batch_is_written_once(
    tmp_path, monkeypatch, size
):
    monkeypatch.setattr(starting, "STOPPED", 2)
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    stopped = scribe._process
    stopped.send_signal(signal.SIGSTOP)
    write(scribe, pack(scored(1.0, response="x" * size)))
    scribe.close()
    assert stopped.returncode == -signal.SIGKILL
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [1.0]


def test_a_writing_process_that_reads_nothing_is_replaced(tmp_path, monkeypatch):
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    os.kill(scribe._process.pid, signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr("rule_rm.journal.scribe.PATIENCE", 0.2)
        with pytest.raises(NotWrittenError):
            write(scribe, bytes(8 << 20))
    write(scribe, pack(scored(1.0)))
    scribe.close()
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [1.0]


WRITER = """
import sys
from pathlib import Path
from rule_rm import Rollout, Score
from rule_rm.journal import Scored
from rule_rm.journal.bins import Bins
from rule_rm.journal.parcels import pack, unpack
from rule_rm.journal.rows import rows
from rule_rm.journal.store import Store
from rule_rm.journal.sums import Sums
store, sums = Store(Path(sys.argv[1])), Sums()
for number in range(1, 1_000_000):
    request = Scored("math", [Rollout("p", "r" * 5000, "g")] * 7, [Score(1.0)] * 7, time=1e9)
    parcel = unpack(pack(request))
    batch = rows(parcel, number)
    sums.add(batch, [parcel])
    store.write(batch, sums)
    print(number, flush=True)
"""


def test_a_killed_writer_loses_no_row_that_it_had_written_and_tears_none(tmp_path):
    path = tmp_path / f"x{ENDING}"
    written = 0
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            written = int(line)
            if written == 40:
                os.kill(process.pid, signal.SIGKILL)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counts = connection.execute("SELECT request, count(*) FROM rollouts GROUP BY 1").fetchall()
        texts = connection.execute("SELECT count(*) FROM responses WHERE length(response) = 5000").fetchone()
        (total,) = connection.execute("SELECT n FROM sums WHERE width = 10 AND name = 'reward'").fetchone()
    connection.close()
    assert {count for _, count in counts} == {7}
    assert len(counts) >= written
    assert texts[0] == total == 7 * len(counts)


def test_an_export_has_every_rollout_with_its_texts(tmp_path):
    kept(tmp_path, scored(1.0, 0.0, response="x"), name="a-1")
    reader = kept(tmp_path, scored(Score.unscored(Status.ERROR, "no"), response="y"), name="b-1")
    assert export(reader, tmp_path / "out.jsonl") == 3
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(line["server"], line["reward"], line["response"]) for line in lines] == [
        ("a-1", 1.0, "x"),
        ("a-1", 0.0, "x"),
        ("b-1", None, "y"),
    ]
    assert not list(tmp_path.glob(".*")), "no file is left in parts"


def test_parquet_has_the_same_columns(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    reader = kept(tmp_path, scored(1.0, Score.unscored(Status.ERROR, "no"), response="x", step=4))
    assert export(reader, tmp_path / "out.parquet") == 2
    table = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["reward"], row["step"], row["response"]) for row in table] == [(1.0, 4, "x"), (None, 4, "x")]
    assert json.loads(table[0]["components"]) == {"accuracy": 1.0}


def test_an_export_says_why_it_cannot_be(tmp_path):
    with pytest.raises(ConfigurationError, match=r"\.jsonl or \.parquet"):
        export(Reader(tmp_path), tmp_path / "x.csv")
    with pytest.raises(ConfigurationError, match="no journal"):
        export(Reader(tmp_path), tmp_path / "x.jsonl")


@pytest.mark.parametrize("text", ["", "x", "x:", ":1", "x:-1", "x:1e3", "x:" + "9" * 30])
def test_a_text_that_names_no_place_is_none(text):
    assert Place.read(text) is None


def test_a_process_of_its_own_writes_the_same_rows_and_hears_the_same_alarms(tmp_path, caplog):
    requests = [
        scored(1.0, 0.0, answer="any", response="\ud83d", prompt=f"{number}", ground_truth=str(number))
        for number in range(3)
    ]
    here = kept(tmp_path / "here", *requests, alarms={"one-answer": 3})
    apart = kept(tmp_path / "apart", *requests, alarms={"one-answer": 3}, is_apart=True)
    assert len(list(here.every())) == 6
    assert list(apart.every()) == list(here.every())
    assert apart.alarms() == here.alarms() != []
    assert caplog.text.count("'any' was paid for 3 different golden answers") == 2


def test_a_writing_process_that_is_killed_is_started_again_and_loses_no_batch(tmp_path):
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    write(scribe, pack(scored(1.0)))
    scribe._process.kill()
    write(scribe, pack(scored(0.5)))
    scribe.close()
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [1.0, 0.5]


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: shutil.rmtree(path.parent), move_away])
def test_a_file_that_is_removed_or_moved_away_is_made_again_and_no_row_goes_to_the_lost_one(tmp_path, lose):
    folder = tmp_path / "journals"
    writer = Writer(Store(folder / f"x{ENDING}", Bounds(age=1e12)))
    writer.write([pack(scored(1.0))])
    lose(writer.path)
    writer.write([pack(scored(0.5))])
    writer.write([pack(scored(0.25))])
    found = [(one["reward"], one["prompt"], one["request"]) for one in Reader(folder).every()]
    assert found == [(0.5, "2+2?", 1), (0.25, "2+2?", 2)]
    writer.close()


def test_a_file_that_can_not_be_made_again_costs_rows_until_it_can(tmp_path):
    folder = tmp_path / "journals"
    writer = Writer(Store(folder / f"x{ENDING}", Bounds(age=1e12)))
    shutil.rmtree(folder)
    folder.touch()
    with pytest.raises(ConfigurationError, match="can't be written"):
        writer.write([pack(scored(1.0))])
    folder.unlink()
    writer.write([pack(scored(0.5))])
    assert [one["reward"] for one in Reader(folder).every()] == [0.5]
    writer.close()


def test_a_moment_without_memory_loses_no_row_and_confuses_no_count(tmp_path, monkeypatch):
    journal = Journal()
    journal.keep(tmp_path / f"x{ENDING}", Bounds(age=1e12), is_apart=True)
    refused = []

    def refuse(*_: object) -> int:
        refused.append(True)
        raise OSError(27, "File too large")

    with monkeypatch.context() as without_memory:
        without_memory.setattr(os, "pwritev", refuse)
        journal.record(scored(1.0))
        until(lambda: len(refused) > 1, "it to be tried again")
        assert journal.keeper.state()["waiting"] == 1
    journal.record(scored(0.5))
    until(lambda: journal.keeper.state()["written"] == 2, "both to be written")
    assert (journal.keeper.state()["waiting"], journal.keeper.state()["lost"]) == (0, 0)
    journal.close()
    assert [one["reward"] for one in Reader(tmp_path).every()] == [1.0, 0.5]


def test_a_writing_process_that_could_not_be_started_again_at_once_is_started_later(tmp_path, monkeypatch):
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    scribe._process.kill()
    scribe._process.wait()

    def fail() -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as without_descriptors:
        without_descriptors.setattr(scribe, "_start", fail)
        for _ in range(2):
            with pytest.raises(NotWrittenError, match="Too many open files"):
                write(scribe, pack(scored(1.0)))
    scribe.submit([pack(scored(0.5))], 1)
    until(lambda: not scribe.settled(60.0) and not scribe._orders, "all batches to be written")
    scribe.close()
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [1.0, 1.0, 0.5]


def test_a_batch_that_was_committed_before_its_writer_died_is_not_written_twice(tmp_path, monkeypatch):
    path = tmp_path / f"x{ENDING}"
    scribe = Scribe(path, SCRIBED)
    session = json.loads(scribe._options)["session"]
    with monkeypatch.context() as deaf:
        # Its answer is not heard.
        deaf.setattr(scribe, "_hear", lambda until: False)
        scribe.submit([pack(scored(1.0))], 1)
        until(lambda: [*Reader(tmp_path).every()], "the batch to be written")
    scribe._process.kill()
    scribe.submit([pack(scored(0.5))], 1)
    until(lambda: not scribe.settled(60.0) and not scribe._orders, "both batches to be settled")
    scribe.close()
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [1.0, 0.5]
    assert Store(path, session=session).done == 2
    assert Store(path, session="another").done == -1


def test_a_batch_at_which_its_writer_dies_again_is_given_up_and_the_next_is_written(tmp_path, monkeypatch):
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    hear, deaths = scribe._hear, [True, True]

    def dies_twice(until):
        if deaths:
            deaths.pop()
            scribe._process.send_signal(signal.SIGSTOP)
            scribe._process.kill()
        return hear(until)

    scribe._process.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(scribe, "_hear", dies_twice)
    scribe.submit([b""], 1)
    scribe.submit([pack(scored(0.5))], 1)
    found = []
    until(lambda: found.extend(scribe.settled(60.0)) or len(found) == 2, "both batches to be settled")
    scribe.close()
    assert [type(failure) for failure, _ in found] == [NotWrittenError, type(None)]
    assert [rollout["reward"] for rollout in Reader(tmp_path).every()] == [0.5]


SERVER = """
import os, signal, sys
from pathlib import Path
from rule_rm import Rollout, Score
from rule_rm.journal import Scored
from rule_rm.journal.parcels import pack
from rule_rm.journal.scribe import Scribe
options = {"size": 1 << 30, "age": 1e12, "sample": 1.0, "with_texts": True, "alarms": None}
scribe = Scribe(Path(sys.argv[1]), options)
one = pack(Scored("math", [Rollout("p", "r" * 5000, "g")] * 100, [Score(1.0)] * 100, time=1e9))
for _ in range(40):
    scribe.submit([one], 100)
print(scribe._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_batches_of_a_server_that_is_killed_are_written_while_the_next_server_writes(tmp_path):
    path = tmp_path / f"x{ENDING}"
    done = subprocess.run([sys.executable, "-c", SERVER, str(path)], stdout=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL
    # The writer of the killed server is still at work.
    scribe = Scribe(path, SCRIBED)
    for _ in range(20):
        write(scribe, pack(scored(0.5)))
    until(lambda: state(int(done.stdout)) in ("", "Z"), "the writer of the killed server to end")
    write(scribe, pack(scored(0.5)))
    scribe.close()
    rewards = [rollout["reward"] for rollout in Reader(tmp_path).every()]
    assert (rewards.count(1.0), rewards.count(0.5)) == (4_000, 21)


def test_numbers_that_are_not_pythons_own_reach_a_writing_process(tmp_path):
    class Number(float):
        pass

    reader = kept(tmp_path, scored(Score(Number(0.5), metrics={"accuracy": Number(0.25)})), is_apart=True)
    [rollout] = reader.every()
    assert (rollout["reward"], rollout["components"]) == (0.5, {"accuracy": 0.25})


def test_a_writing_process_takes_out_secrets_that_are_learned_later(tmp_path, monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    redaction.remember("tok-ABCDEFGH")
    write(scribe, pack(scored(1.0, response="say tok-ABCDEFGH")))
    scribe.close()
    [rollout] = Reader(tmp_path).every()
    assert rollout["response"] == "say ***"


def test_what_a_writing_process_cannot_write_is_an_error_with_its_reason(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="the journal .*file.* can't be written"):
        Scribe(tmp_path / "file" / f"x{ENDING}", SCRIBED)
    scribe = Scribe(tmp_path / f"x{ENDING}", SCRIBED)
    with pytest.raises(NotWrittenError, match="marshal"):
        write(scribe, b"?")
    write(scribe, pack(scored(1.0)))
    scribe.close()


def test_a_torn_frame_ends_the_frames():
    whole = marshal.dumps(["x"])
    head = len(whole).to_bytes(HEAD, "big")
    assert list(frames(io.BytesIO(head + whole + head + whole[:-1]))) == [["x"]]
    assert list(frames(io.BytesIO(head[:3]))) == []


def make_older(path, version):
    """Turn the tables of a file into those of an older version."""
    with sqlite3.connect(path) as connection:
        if version == 1:
            for name in ("client", "request_id"):
                connection.execute(f"ALTER TABLE rollouts DROP COLUMN {name}")
        connection.executescript(f"""
            CREATE TABLE questions (id INTEGER PRIMARY KEY, prompt TEXT, ground_truth TEXT);
            INSERT OR IGNORE INTO questions SELECT question, prompt, ground_truth FROM prompts;
            DROP TABLE prompts;
            DROP INDEX rollouts_group;
            CREATE INDEX rollouts_question ON rollouts (question);
            PRAGMA user_version = {version};
        """)
    connection.close()


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_an_older_version_is_read_and_written_on(tmp_path, version):
    kept(tmp_path, scored(1.0, 0.0, prompt="2+2?"), scored(0.2, prompt="3+3?"))
    path = tmp_path / f"here-1{ENDING}"
    make_older(path, version)
    reader = Reader(tmp_path)

    def texts():
        return [(rollout["reward"], rollout["prompt"], rollout["client"]) for rollout in reader.every()]

    before = [(1.0, "2+2?", None), (0.0, "2+2?", None), (0.2, "3+3?", None)]
    assert texts() == before
    assert len(reader.group(reader.rollout(Place("here-1", 1)))) == 2
    assert [found["id"] for found in reader.rollouts(Filter(text="3+3"), 9).rollouts] == [3]
    kept(tmp_path, scored(0.5, prompt="3+3?", sender=Sender("trainer", "7f")))
    assert texts() == [*before, (0.5, "3+3?", "trainer")]
    assert len(reader.group(reader.rollout(Place("here-1", 4)))) == 2
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM prompts").fetchone() == (2,)
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name LIKE '%question%'").fetchall()
    connection.close()


def test_the_log_says_that_a_file_of_an_older_version_is_waited_for(tmp_path, caplog):
    kept(tmp_path, scored(1.0, prompt="2+2?"))
    path = tmp_path / f"here-1{ENDING}"
    caplog.set_level(logging.INFO)
    make_older(path, 2)
    Scribe(path, SCRIBED).close()
    assert "is brought from version 2 to 3" in caplog.text
    caplog.clear()
    Scribe(path, SCRIBED).close()
    assert not caplog.text
    assert store_module.older_version(tmp_path / "nothing") is None


def test_a_group_is_found_across_the_parts_of_a_file_and_each_part_has_its_prompts(tmp_path):
    """The file is written in one part after the other, so a prompt that comes again is kept again."""
    whole = 1 << store_module.PART_BITS
    store = Store(tmp_path / f"here-1{ENDING}", Bounds(age=3600))
    batch = rows(packed(scored(*[1.0] * (whole + 20), prompt="2+2?", step=1, time=time.time() - 500)), 1)
    batch[:-10] = [row._replace(time=row.time - 3500) for row in batch[:-10]]
    store.write(
        [*batch[:5], *(row._replace(question=7, prompt="other") for row in batch[5:-20]), *batch[-20:]],
        Sums(),
    )
    reader = Reader(tmp_path)
    group = reader.group(reader.rollout(Place("here-1", whole + 10)))
    assert [member["id"] for member in group] == [*range(1, 6), *range(whole + 1, whole + 21)]
    assert {member["prompt"] for member in group} == {"2+2?"}
    assert store.bound() == whole + 10
    left = store._connection.execute("SELECT part, prompt FROM prompts").fetchall()
    store.close()
    assert left == [(1, "2+2?")]
    assert [rollout["prompt"] for rollout in reader.every()] == ["2+2?"] * 10
