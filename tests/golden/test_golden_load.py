"""Loading golden datasets: every format, and an error with its line for every fault."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rule_rm.errors import DatasetError
from rule_rm.golden import GoldenDataset

ROWS = [
    {"question": "What is 1 + 1?", "answer": "2", "level": 1},
    {"question": "Solve $x^2 = 4$,\nfor $x > 0$.", "answer": "$2$", "level": 2},
    {"question": "Wie heißt „½“?", "answer": "ein Halb", "level": 3},
]


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8", newline="")
    return path


def answers(golden: GoldenDataset, rows: list[dict[str, Any]] = ROWS) -> list[Any]:
    return [golden.find(row["question"]).ground_truth for row in rows]


def fault(path: Path, **keys: str) -> str:
    """Return the error's message, with the file's name in the place of its path."""
    with pytest.raises(DatasetError) as caught:
        GoldenDataset.load(path, **keys)
    assert str(caught.value).startswith(str(path))
    return str(caught.value).replace(str(path), path.name)


CSV = """level,question,answer
1,What is 1 + 1?,2
2,"Solve $x^2 = 4$,
for $x > 0$.",$2$
3,Wie heißt „½“?,ein Halb
"""
TEXTS = {
    "list.json": json.dumps(ROWS, indent=1),
    "one_line.json": json.dumps(ROWS, ensure_ascii=False),
    "held.json": json.dumps({"version": 3, "authors": ["A"], "data": ROWS}),
    "mapping.json": json.dumps({row["question"]: row["answer"] for row in ROWS}),
    "lines.jsonl": "\n".join(map(json.dumps, ROWS)),
    "lines.ndjson": "\r\n\r\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\r\n",
    "UPPER.JSONL": "\n".join(map(json.dumps, ROWS)),
    "table.csv": CSV,
}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", TEXTS)
def test_every_text_format_gives_the_same_answers(tmp_path: Path, name: str, mark: str) -> None:
    golden = GoldenDataset.load(write(tmp_path / name, mark + TEXTS[name]))
    assert len(golden) == 3
    assert answers(golden) == ["2", "$2$", "ein Halb"]


def test_windows_line_ends_in_a_csv_are_no_part_of_the_answers(tmp_path: Path) -> None:
    golden = GoldenDataset.load(write(tmp_path / "a.csv", CSV.replace("\n", "\r\n")))
    assert golden.find("What is 1 + 1?").ground_truth == "2"


def test_parquet_gives_the_same_answers(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    pytest.importorskip("pyarrow.parquet").write_table(
        pyarrow.Table.from_pylist(ROWS), tmp_path / "a.parquet"
    )
    assert answers(GoldenDataset.load(tmp_path / "a.parquet")) == ["2", "$2$", "ein Halb"]


def save_dataset(folder: Path, rows: list[dict[str, Any]], shards: int = 1) -> Path:
    """As `save_to_disk` of Hugging Face datasets lays it out."""
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    folder.mkdir(parents=True)
    names = [f"data-{number:05}-of-{shards:05}.arrow" for number in range(shards)]
    table = pyarrow.Table.from_pylist(rows)
    for number, name in enumerate(names):
        with pyarrow.ipc.new_stream(folder / name, table.schema) as stream:
            stream.write_table(table.take(list(range(number, len(rows), shards))))
    state = {"_data_files": [{"filename": name} for name in names], "_fingerprint": "0", "_split": "train"}
    (folder / "state.json").write_text(json.dumps(state))
    return folder


def test_a_saved_dataset_gives_the_same_answers(tmp_path: Path) -> None:
    assert answers(GoldenDataset.load(save_dataset(tmp_path / "saved", ROWS, shards=2))) == [
        "2",
        "$2$",
        "ein Halb",
    ]


def test_of_a_saved_dataset_with_splits_one_is_to_be_named(tmp_path: Path) -> None:
    save_dataset(tmp_path / "saved" / "train", ROWS)
    (tmp_path / "saved" / "dataset_dict.json").write_text('{"splits": ["train"]}')
    assert len(GoldenDataset.load(tmp_path / "saved")) == 3
    save_dataset(tmp_path / "saved" / "test", ROWS[:1])
    assert "test, train" in fault(tmp_path / "saved")
    assert len(GoldenDataset.load(tmp_path / "saved" / "test")) == 1


def test_what_datasets_itself_saves_can_be_loaded(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    if not hasattr(datasets, "Dataset"):
        pytest.skip("datasets is not installed; the project's own folder has its name")
    saved = datasets.Dataset.from_list([*ROWS, {**ROWS[0], "question": "?", "answer": ""}])
    saved.select(range(3)).save_to_disk(tmp_path / "saved")
    assert answers(GoldenDataset.load(tmp_path / "saved")) == ["2", "$2$", "ein Halb"]


def test_other_keys_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"problem": "What is 1 + 1?", "solution": 2, "answer": ""}')
    golden = GoldenDataset.load(path, question_key="problem", answer_key="solution")
    assert golden.find("What is 1 + 1?").ground_truth == 2


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2", 2),
        ("-0", 0),
        ("0.10", "0.10"),
        ("1e3", "1e3"),
        ("12345678901234567890", 12345678901234567890),
        ("true", True),
        ('"$0.10$"', "$0.10$"),
        ('["1", 0.5]', ["1", 0.5]),
        ('{"inputs": [1.0]}', {"inputs": [1.0]}),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_answers_are_kept_as_they_are_written(tmp_path: Path, name: str, written: str, read: Any) -> None:
    row = f'{{"question": "Which is it?", "answer": {written}}}'
    golden = GoldenDataset.load(write(tmp_path / name, f"[{row}]" if name == "a.json" else row))
    found = golden.find("Which is it?").ground_truth
    assert (found, type(found)) == (read, type(read))


def test_a_number_in_a_mapping_is_kept_as_it_is_written(tmp_path: Path) -> None:
    golden = GoldenDataset.load(write(tmp_path / "a.json", '{"Which is it?": 0.10}'))
    assert golden.find("Which is it?").ground_truth == "0.10"


def test_one_item_is_a_dataset(tmp_path: Path) -> None:
    assert len(GoldenDataset.load(write(tmp_path / "a.json", json.dumps(ROWS[0])))) == 1


def test_an_empty_list_of_calls_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"question": "Say hello.", "answer": []}]')
    golden = GoldenDataset.load(path)
    assert golden.find("Say hello.").ground_truth == []


def test_repeated_questions_with_one_answer_are_merged_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [*ROWS, {"question": " What is  1 + 1?", "answer": 2}, ROWS[1]]
    with caplog.at_level(logging.INFO):
        golden = GoldenDataset.load(write(tmp_path / "a.json", json.dumps(rows)))
    assert len(golden) == 3
    assert golden.find(" What is  1 + 1?").ground_truth == "2"
    assert "3 golden questions, 2 repeated" in caplog.text


def test_contradicting_answers_are_refused_with_both_lines(tmp_path: Path) -> None:
    rows = [*ROWS, {"question": "What is 1 + 1? ", "answer": "3"}]
    message = fault(write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows))))
    assert message == "a.jsonl:4: the answer is '3', but '2' for the same question at " + str(
        tmp_path / "a.jsonl"
    ).replace(str(tmp_path / "a.jsonl"), "a.jsonl:1; keep one of them")


ITEM = '{"question": "What is 1 + 1?", "answer": "2"}'
FAULTS = [
    ("a.json", "", "a.json:1: is empty"),
    ("a.json", "  \n", "a.json:1: is empty"),
    ("a.json", "[]", "a.json: has no items; give it rows with 'question' and 'answer'"),
    ("a.json", "3", "a.json:1: holds 3, not a list of items"),
    ("a.json", f"[\n{ITEM},\n{ITEM}", "a.json:3: is not JSON: Expecting ',' delimiter"),
    ("a.json", f"[{ITEM},]", "a.json:1: is not JSON"),
    (
        "a.json",
        f"{ITEM}\n{ITEM}",
        "a.json:2: is not JSON: Extra data at column 1; if each line is an item, name",
    ),
    ("a.json", '[{"question": "q?", "answer": NaN}]', "a.json:1: is not JSON: NaN is not a number of JSON"),
    ("a.json", "[" * 100_000, "a.json:1: nests too deeply"),
    ("a.json", f"[\n{ITEM},\n17]", "a.json:3 (item 2): is 17, not an object with 'question' and 'answer'"),
    (
        "a.json",
        '[\n\n{"question": "q?"}]',
        "a.json:3 (item 1): has no 'answer', its keys are 'question'; add it, or name",
    ),
    (
        "a.json",
        '[{"prompt": "q?", "answer": 1}]',
        "a.json:1 (item 1): has no 'question', its keys are 'prompt', 'answer'",
    ),
    (
        "a.json",
        '[{"question": ["q?"], "answer": 1}]',
        "a.json:1 (item 1): 'question' must be a string or chat messages, not ['q?']",
    ),
    ("a.json", '[{"question": " \\n", "answer": 1}]', "a.json:1 (item 1): 'question' is empty"),
    ("a.json", '[{"question": "<|im_end|>", "answer": 1}]', "a.json:1 (item 1): 'question' is empty"),
    (
        "a.json",
        '[{"question": "q?", "answer": null}]',
        "a.json:1 (item 1): 'answer' is missing (null or NaN)",
    ),
    ("a.json", '[{"question": "q?", "answer": " "}]', "a.json:1 (item 1): 'answer' is empty"),
    ("a.json", '[{"question": "q?", "answer": {}}]', "a.json:1 (item 1): 'answer' is empty"),
    (
        "a.json",
        '[{"question": "q\\ud800", "answer": 1}]',
        "a.json:1 (item 1): 'question' holds half a character at 1",
    ),
    ("a.json", '{"q?": "1",\n"r?": ""}', "a.json:2: 'answer' is empty"),
    ("a.json", '{"q?": "1",\n"q?": "2"}', "a.json:2: the answer is '2', but '1' for the same question at"),
    ("a.json", f'{{"a": [{ITEM}], "b": [{ITEM}]}}', "a.json:1: holds 2 lists of items ('a', 'b'); keep one"),
    (
        "a.json",
        '{"a": [1], "b": 2}',
        "a.json:1: is neither a list of items nor an object of answers by question",
    ),
    ("a.jsonl", f"{ITEM}\n\n{{", "a.jsonl:3: is not JSON: Expecting property name"),
    ("a.jsonl", f"{ITEM}\n[{ITEM}]", "a.jsonl:2: is [{'question'"),
    ("a.jsonl", "\n\n", "a.jsonl:1: is empty"),
    (
        "a.csv",
        "question|answer\nq?|1\n",
        "a.csv:1: has no column 'question', the columns are 'question|answer'",
    ),
    ("a.csv", "question,answer,answer\nq?,1,2\n", "a.csv:1: has more than one column 'answer'"),
    (
        "a.csv",
        'question,answer\n"q\n?",1\nr?,1,2\n',
        "a.csv:4: has 3 cells, the header 2; quote what holds a comma",
    ),
    ("a.csv", 'question,answer\nq?,1\n"r?,1\n', "a.csv:3: is not CSV"),
    ("a.csv", '"question,answer\n', "a.csv:1: is not CSV"),
    ("a.csv", "question,answer\n", "a.csv: has no items"),
    (
        "a.txt",
        ITEM,
        "a.txt: a golden dataset is a directory saved by datasets, or a file that ends in .json, .jsonl",
    ),
    ("a.parquet", ITEM, "a.parquet: is not Parquet"),
]


@pytest.mark.parametrize(("name", "text", "expected"), FAULTS)
def test_a_fault_is_told_with_its_line(tmp_path: Path, name: str, text: str, expected: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    assert fault(write(tmp_path / name, text)).startswith(expected)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv"])
def test_what_is_not_utf_8_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"question,answer\n\xe9t\xe9,1\n")
    assert fault(path) == f"{name}:2: is not UTF-8; save it as UTF-8"
    path.write_bytes("question,answer".encode("utf-16"))
    assert fault(path) == f"{name}:1: is UTF-16; save it as UTF-8"


def test_faults_are_told_together_up_to_ten(tmp_path: Path) -> None:
    lines = ["{", ITEM, '{"question": ""}', *[f'{{"answer{number}": 1}}' for number in range(10)]]
    reported = fault(write(tmp_path / "a.jsonl", "\n".join(lines))).split("\n")
    assert [line.split(": ")[0] for line in reported[:3]] == ["a.jsonl:1", "a.jsonl:3", "a.jsonl:4"]
    assert len(reported) == 11
    assert reported[-1] == "and 2 more"


def test_a_fault_of_many_rows_is_one_line_with_their_number(tmp_path: Path) -> None:
    rows = [ITEM, *['{"questions": "a", "answer": "1"}'] * 12]
    (line,) = fault(write(tmp_path / "a.jsonl", "\n".join(rows))).split("\n")
    assert line.startswith("a.jsonl:2: has no 'question', its keys are 'questions', 'answer'")
    assert "did you mean questions?" in line
    assert line.endswith("(and 11 more rows like it)")


def test_a_missing_value_of_pandas_is_missing(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"question": ["a", "b"], "answer": [1.5, float("nan")]})
    parquet.write_table(table, tmp_path / "a.parquet")
    assert fault(tmp_path / "a.parquet") == (
        "a.parquet: row 2: 'answer' is missing (null or NaN); write it, or remove the item"
    )


def test_a_missing_file_and_a_folder_that_is_no_dataset_are_told(tmp_path: Path) -> None:
    assert "No such file" in fault(tmp_path / "a.json")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    (tmp_path / "folder").mkdir()
    assert "has no state.json" in fault(tmp_path / "folder")
    (tmp_path / "folder" / "state.json").write_text("{}")
    assert "is not a dataset saved by datasets" in fault(tmp_path / "folder")


def test_parquet_without_the_column_is_told(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"problem": ["q?"], "answer": ["1"]}), tmp_path / "a.parquet")
    assert fault(tmp_path / "a.parquet").startswith(
        "a.parquet: has no column 'question', the columns are 'problem'"
    )
    parquet.write_table(
        pyarrow.table({"question": ["q?", "r?"], "answer": ["1", None]}), tmp_path / "a.parquet"
    )
    assert fault(tmp_path / "a.parquet").startswith("a.parquet: row 2: 'answer' is missing")


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "needs pyarrow: pip install pyarrow" in fault(write(tmp_path / "a.parquet", ""))
    (tmp_path / "folder").mkdir()
    assert "needs pyarrow: pip install pyarrow" in fault(tmp_path / "folder")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: text.strip().isalnum()),
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1).filter(str.strip),
        min_size=1,
    ),
    st.sampled_from(["a.json", "a.jsonl"]),
)
def test_what_json_holds_is_what_is_found(tmp_path: Path, rows: dict[str, str], name: str) -> None:
    items = [
        {"question": f"{number} {question}", "answer": rows[question]} for number, question in enumerate(rows)
    ]
    text = json.dumps(items, indent=0) if name == "a.json" else "\n".join(map(json.dumps, items))
    golden = GoldenDataset.load(write(tmp_path / name, text))
    assert answers(golden, items) == [item["answer"] for item in items]
