"""Logs of inspect are read in every form in which it writes them."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import pytest

from rule_rm.errors import DatasetError
from rule_rm.golden.rows import Unreadable
from rule_rm.workbench.rollout_rows import RolloutReader
from rule_rm.workbench.row_files import rows_of

SAMPLE = {
    "id": 7,
    "epoch": 1,
    "input": "2+2?",
    "target": "4",
    "output": {
        "choices": [
            {
                "message": {
                    "role": "assistant",
                    "content": [{"type": "reasoning", "reasoning": "2 and 2"}, {"type": "text", "text": "4"}],
                }
            }
        ]
    },
    "scores": {"match": {"value": "C", "answer": "4"}},
    "metadata": {"level": 1},
    "events": [{"event": "model"}],
}


def archive(path: Path, entries: dict[str, object]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("header.json", "{}")
        for name, content in entries.items():
            written.writestr(name, content if isinstance(content, str) else json.dumps(content))
    return str(path)


def rollout(path: str):
    (one,) = RolloutReader().read(rows_of([path]))
    return one


def check(one) -> None:
    assert (one.prompt, one.ground_truth, one.group, one.recorded_reward) == ("2+2?", "4", "7", 1.0)
    assert one.response[0]["content"][1]["text"] == "4"
    assert one.extra_info["level"] == 1


def test_a_sample_with_parts_of_thinking_and_a_grade_is_a_rollout(tmp_path):
    check(rollout(archive(tmp_path / "a.eval", {"samples/7_epoch_1.json": SAMPLE})))


def test_a_log_as_json_gives_the_same(tmp_path):
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"version": 2, "eval": {"task": "sums"}, "samples": [SAMPLE]}))
    check(rollout(str(path)))


def test_a_sample_in_chunks_gives_the_same(tmp_path):
    shell = {**SAMPLE, "input": "attachment://1", "message_refs": [[0, 2]]}
    del shell["events"], shell["metadata"]
    folder = "samples/7_epoch_1"
    check(
        rollout(
            archive(
                tmp_path / "a.eval",
                {
                    f"{folder}/sample.json": shell,
                    f"{folder}/metadata.json": {"level": 1},
                    f"{folder}/messages/0.json": [{"role": "user", "content": "2+2?"}],
                    f"{folder}/attachments/0.json": ["other"],
                    f"{folder}/attachments/1.json": ["2+2?"],
                },
            )
        )
    )


def test_an_archive_that_is_compressed_by_zstd_is_read(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    text = json.dumps(SAMPLE).encode()
    # Two frames one after the other, as inspect writes large samples.
    packed = b"".join(pyarrow.compress(part, "zstd", asbytes=True) for part in (text[:50], text[50:]))
    path = tmp_path / "a.eval"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("samples/7_epoch_1.json", packed)
    whole = bytearray(path.read_bytes())
    # The method is at byte 8 of the local header, and at byte 10 of the directory's.
    struct.pack_into("<H", whole, 8, 93)
    struct.pack_into("<H", whole, whole.index(b"PK\x01\x02") + 10, 93)
    path.write_bytes(whole)
    check(rollout(str(path)))


def test_samples_that_are_broken_say_so_each(tmp_path):
    path = archive(tmp_path / "a.eval", {"samples/1_epoch_1.json": {"id": 1}, "samples/2_epoch_1.json": "{"})
    (_, first), (place, second) = rows_of([path])
    assert first == {"id": 1}
    assert isinstance(second, Unreadable)
    assert "samples/2_epoch_1.json" in place


def test_a_file_that_is_cut_off_is_an_error_with_its_name(tmp_path):
    path = Path(archive(tmp_path / "a.eval", {"samples/7_epoch_1.json": SAMPLE}))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DatasetError, match=r"a\.eval: is not a log of inspect, or is cut off"):
        list(rows_of([str(path)]))
