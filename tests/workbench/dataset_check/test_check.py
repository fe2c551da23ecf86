"""Planted defects in ten kinds of datasets are found, and no sound row is reported."""

from __future__ import annotations

import json

import pytest

from rule_rm import Settings, rewards
from rule_rm.cli import main
from rule_rm.registry import registry
from rule_rm.workbench.dataset_check.examination import examine

# Loaded once for all: what a test loads first into a registry of its own is in no other.
rewards.load()


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))


def found(path, engine=None, **settings) -> dict[int, set[str]]:
    """Return the kinds of findings by row, from 1."""
    return kinds_of(examine(Settings(dataset=str(path), workers=1, **settings), 5.0, engine))


def kinds_of(examination) -> dict[int, set[str]]:
    kinds: dict[int, set[str]] = {}
    for finding in examination.findings:
        kinds.setdefault(finding.index + 1, set()).add(finding.kind)
    return kinds


def lines(path, rows) -> str:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return str(path)


def qa(question, answer) -> dict:
    return {"question": question, "answer": answer}


def test_eleven_defects_in_a_file_of_mathematics(tmp_path, engine):
    path = lines(
        tmp_path / "math.jsonl",
        [
            qa("What is 2 + 3?", "5"),
            qa("How many sides has a hexagon?", r"\frac{1}{"),  # 2: unreadable
            qa("What is half of one?", "\frac{1}{2}"),  # 3: an escape that was lost
            qa("What is the cost of 3 pens at 2 euros each?", "9^{9^{9^9}}"),  # 4: costly
            qa("What is 7 times 8?", "56"),
            qa("What is 7 times 8?", "54"),  # 5, 6: a conflict
            qa("What is 9 minus 4?", "nan"),  # 7: a missing value
            '{"question": "What is 1 + 1?", "answer": "2"',  # 8: no JSON
            qa("What is 10 / 2?", None),  # 9: no answer
            qa("", "4"),  # 10: no question
            {"problem": "What is 3 + 3?", "answer": "6"},  # 11: another column
            qa("How many legs has a spider?", "8"),
            qa("How many  legs has a spider?", "8"),  # 13: a duplicate
            qa("Itâ€™s 5 o'clock. How many hours until 9?", "4"),  # 14: a wrong encoding
            qa("Is 3 &lt; 4? How many integers lie from 3 to 8?", "6"),  # 15: an entity
            qa("What is the square root of 2?", r"\sqrt{2}"),
        ],
    )
    assert found(path, engine) == {
        2: {"unreadable"},
        3: {"broken_escape"},
        4: {"costly"},
        5: {"conflict"},
        6: {"conflict"},
        7: {"placeholder"},
        8: {"unreadable_row"},
        9: {"unreadable_row"},
        10: {"unreadable_row"},
        11: {"unreadable_row"},
        13: {"duplicate"},
        14: {"broken_text"},
        15: {"entity"},
    }


def test_five_defects_in_a_file_of_boxes(tmp_path, engine):
    path = lines(
        tmp_path / "boxes.jsonl",
        [
            qa("Where is the red car in this picture?", [12, 40, 300, 220]),
            qa("Where is the dog?", {"bbox_2d": [5, 5, 80, 90]}),
            qa("Where is the door?", [0.1, 0.2, 0.5, 0.9]),
            qa("Where is the cat?", [300, 40, 12, 220]),  # 4: the corners the other way round
            qa("Where is the bird?", [10, 10, 50]),  # 5: three numbers
            qa("Where is the cup?", [10, 10, 10, 90]),  # 6: no area
            qa("Where is the lamp?", [[1, 2, 3, 4], [5, 6, 7, 8]]),  # 7: two boxes
            qa("Where is the chair?", {"box": ["a", 1, 2, 3]}),  # 8: no number
        ],
    )
    faulty = {row: {"unreadable"} for row in range(4, 9)}
    assert found(path, engine, reward_type="box_iou") == faulty


def test_four_defects_in_a_file_of_measured_numbers(tmp_path, engine):
    path = lines(
        tmp_path / "units.jsonl",
        [
            qa("How fast is light?", {"answer": "299792458", "unit": "m/s"}),
            qa("How long is the rod?", {"answer": "2.5", "unit": "m", "relative": 0.01}),
            qa("How large is the resistance?", {"answer": "4.7", "unit": "kΩ"}),
            qa("How much is it?", "12.5%"),
            qa("How heavy is the stone?", {"answer": "about five", "unit": "kg"}),  # 5: no number
            qa("How hot is it?", {"answer": "21.5", "unit": "K", "tolerance": -1}),  # 6: no tolerance
            qa("How far is it?", {"answer": "3.2", "unit": "km", "relative": "ten"}),  # 7: no number
            qa("How many grams?", {"anser": "12", "unit": "g"}),  # 8: another key
        ],
    )
    assert found(path, engine, reward_type="numeric_tolerance") == {
        row: {"unreadable"} for row in range(5, 9)
    }


def test_five_defects_in_a_file_of_short_answers(tmp_path, engine):
    path = lines(
        tmp_path / "short.jsonl",
        [
            qa("Who wrote Hamlet?", ["William Shakespeare", "Shakespeare"]),
            qa("In which year did it end?", 1945),
            qa("What is left of it?", "none"),
            qa("Which of the years was it?", [1945, 1946]),
            qa("Who painted it?", []),  # 5: no answer of this reward
            qa("Which river is it?", ["Nile", ""]),  # 6: an empty one of two
            qa("Which is the largest planet?", "<answer>Jupiter</answer>"),  # 7: the tags of a response
            qa("Who sang it?", None),  # 8: no answer
            qa("Who played it?", "None"),  # 9: Python's None
        ],
    )
    assert found(path, engine, reward_type="exact_match") == {
        5: {"unreadable"},
        6: {"placeholder"},
        7: {"not_paid"},
        8: {"unreadable_row"},
        9: {"placeholder"},
    }


def test_five_defects_in_a_file_of_choices(tmp_path, engine):
    path = tmp_path / "choices.csv"
    path.write_text(
        "question,answer\n"
        '"Which is prime?\nA. 4\nB. 5\nC. 6",B\n'
        '"Which is even?\nA. 3\nB. 5\nC. 6",D\n'  # 2: no such choice
        '"Which is odd?\nA. 2\nB. 4\nC. 7",seven\n'  # 3: no choice's text
        '"Which is a planet?\nA. Mars\nB. Sirius",A,extra\n'  # 4: a cell too many
        '"Which is a metal?\nA. iron\nB. wood",A\n'
        '"Which is a  metal?\nA) iron\nB) wood",B\n'  # 5, 6: nearly the same question, another answer
        '"Which ocean is the largest of all?\nA. Pacific\nB. Arctic",A\n'
        '"Which ocean is the largest of alll?\nA. Pacific\nB. Arctic",A\n'  # 8: nearly the same question
    )
    assert found(path, engine, reward_type="multiple_choice") == {
        2: {"unreadable"},
        3: {"unreadable"},
        4: {"unreadable_row"},
        5: {"conflict"},
        6: {"conflict"},
        8: {"near_duplicate"},
    }


@pytest.mark.slow
def test_a_letter_without_choices_is_a_defect_unless_the_question_has_them_in_a_form_of_its_own(
    tmp_path, engine
):
    path = lines(
        tmp_path / "choices.jsonl",
        [
            qa("Which of these is a mineral?\nA. quartz\nB. amber", "A"),
            qa("Which sea is the saltiest of all?", "B"),  # 2: no choices
            qa("Which tool cuts wood?  [B] the saw, or else [C] the spoon", "B"),
            {**qa("Which metal rusts in the rain?", "C"), "choices": ["gold", "tin", "iron"]},
            {**qa("Which animal is in the picture?", "D"), "images": ["cat.png"]},
            qa("Which vitamin do we get from the sun? (D)", "(d)"),
            qa("Which planet has the most rings?", "(E)"),  # 7: no choices
        ],
    )
    assert found(path, engine, reward_type="multiple_choice") == {2: {"not_offered"}, 7: {"not_offered"}}


@pytest.mark.slow
def test_eight_defects_in_a_file_of_tool_calls(tmp_path, engine):
    parameters = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    }
    tools = [{"type": "function", "function": {"name": "weather", "parameters": parameters}}]

    def call(question, *calls, tools=tools):
        return {**qa(question, list(calls) or "[]"), "tools": tools}

    def weather(**arguments):
        return {"name": "weather", "arguments": arguments}

    path = lines(
        tmp_path / "calls.jsonl",
        [
            call("Will it rain in Rome?", weather(city="Rome")),
            call("Will it rain in Oslo tomorrow?", weather(city="Oslo", days=1), tools=json.dumps(tools)),
            call("Thank you, that is all!"),
            call(
                "Will it snow in Bern?", {"name": "wether", "arguments": {"city": "Bern"}}
            ),  # 4: no such tool.
            call("Will it snow in Linz?", weather(town="Linz")),
            call("Will it snow in Nice?", weather(city=6000)),
            call("Will it snow this week?", weather(days=7)),  # 7: an argument is missing.
            call("Will it hail in Gent?", {"name": "", "arguments": {}}, tools=None),  # 8: no name.
            call("Will it hail in Cork?", {"arguments": {"city": "Cork"}}),
            call("Will it hail in Kiel?", {"name": "weather", "arguments": '{"city": '}),
            call("Will it hail in Graz?", {"name": "any", "arguments": {"x": 1}}, tools=[]),
            call(
                "Is it dry in Lima?",
                weather(city="Lima"),
                tools=[{"name": "weather", "parameters": {"type": "dict"}}],
            ),
            {**qa("Does it thunder in Riga?", {}), "tools": tools},  # 13: empty.
            {**qa("That was all. Goodbye!", []), "tools": tools},
        ],
    )
    assert found(path, engine, reward_type="tool_call_match") == {
        4: {"not_offered"},
        5: {"not_offered"},
        6: {"not_offered"},
        7: {"not_offered"},
        8: {"not_offered"},
        9: {"unreadable"},
        10: {"unreadable"},
        13: {"unreadable_row"},
    }


@pytest.mark.slow
def test_six_defects_in_a_file_of_instructions(tmp_path, engine):
    def asked(name, *arguments):
        return {"instruction_id_list": [name], "kwargs": list(arguments)}

    paragraphs = "length_constraints:number_paragraphs"
    path = lines(
        tmp_path / "instructions.jsonl",
        [
            qa("Write about the sea without commas.", asked("punctuation:no_comma", {})),
            qa("Write 3 paragraphs about hills.", asked(paragraphs, {"num_paragraphs": 3})),
            qa("Write about snow without commas.", asked("punctuation:no_coma", {})),  # 3: no such kind
            qa("Write 4 paragraphs about rain.", asked(paragraphs, {})),  # 4: no number
            qa("Write 5 paragraphs about wind.", asked(paragraphs)),  # 5: no arguments
            qa("Write six paragraphs about ice.", asked(paragraphs, {"num_paragraphs": "six"})),  # 6: a text
            qa("Say what you like.", {"instruction_id_list": [], "kwargs": []}),  # 7: nothing asked
            qa("Write about fog.", "{'instruction_id_list': ["),  # 8: breaks off
        ],
    )
    assert found(path, engine, reward_type="ifeval") == {row: {"unreadable"} for row in range(3, 9)}


def test_six_defects_in_a_file_for_a_mixture_with_routes(tmp_path):
    mixture = tmp_path / "mixture.yaml"
    mixture.write_text(
        "routes:\n  gsm8k:\n    - reward_type: gsm8k\n  puzzle:\n    - reward_type: countdown\n"
        "  form:\n    - reward_type: json_schema\n"
    )
    person = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    path = tmp_path / "mixed.json"
    rows = [
        {"data_source": "gsm8k", **qa("Ann has 2 pens and buys 3. How many has she?", "5")},
        {"data_source": "gsm8", **qa("Ben has 4 cups and sells 1. How many has he?", "3")},  # 2: no route
        {"data_source": "gsm8k", **qa("Cleo walks 3 km and runs 4. How far is that?", "seven km or so")},  # 3
        {"data_source": "puzzle", **qa("Make 24 from 4, 6.", {"target": 24, "numbers": [4, 6]})},
        {"data_source": "puzzle", **qa("Make 25 from 5, 5.", {"target": 25})},  # 5: no numbers
        {"data_source": "form", **qa("Give an object with n.", person)},
        {"data_source": "form", **qa("Give anything.", {"type": ["object", "string"]})},
        {"data_source": "form", **qa("Give a list.", {"type": "list"})},  # 8: no such type
        {"data_source": "form", **qa("Give a value.", {"properties": []})},  # 9: no properties
        qa("Dan has 9 nuts and eats 2. How many are left?", "7"),  # 10: no data source
    ]
    path.write_text(json.dumps(rows))
    examination = examine(
        Settings(dataset=str(path), workers=1, reward_type="mixture", reward_config=str(mixture)), slow=5.0
    )
    assert kinds_of(examination) == {
        2: {"no_route"},
        3: {"unreadable"},
        5: {"unreadable"},
        8: {"unreadable"},
        9: {"unreadable"},
        10: {"no_route"},
    }
    assert examination.findings[0].message.endswith("did you mean gsm8k?")


def test_four_defects_in_a_file_of_verl_with_nested_columns_and_chats(tmp_path, engine):
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import parquet

    def row(question, answer):
        return {
            "prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}],
            "reward_model": {"style": "rule", "ground_truth": answer},
            "data_source": "mine",
        }

    rows = [
        row("What is the sum of 2 and 3?", "5"),
        row("What is the product of 2 and 3?", None),  # 2: null
        row("What is the sum of 4 and 9?", "n/a"),  # 3: a missing value
        row("What is the sum of 6 and 6?", "12"),
        row("What is the sum of 6 and 6?", "13"),  # 4, 5: a conflict
        {**row("", "1"), "prompt": [{"role": "system", "content": "Be brief."}]},  # 6: nobody asks
        row("What is the sum of 1 and 1?", "2"),
    ]
    path = tmp_path / "train.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    kinds = found(
        path, engine, reward_type="math_equal", question_key="prompt", answer_key="reward_model.ground_truth"
    )
    assert kinds == {
        2: {"unreadable_row"},
        3: {"placeholder"},
        4: {"conflict"},
        5: {"conflict"},
        6: {"unreadable_row"},
    }


@pytest.mark.slow
def test_six_defects_in_a_file_of_programs(tmp_path):
    path = lines(
        tmp_path / "code.jsonl",
        [
            {
                **qa("Write add(a, b).", ["assert add(2, 3) == 5"]),
                "solution": "def add(a, b):\n    return a + b",
            },
            {
                **qa("Write sub(a, b).", ["assert sub(2, 3) == 1"]),
                "solution": "def sub(a, b):\n    return a - b",
            },
            qa("Write mul(a, b).", ["mul(2, 3)"]),  # 3: no claim
            {
                **qa("Write pos(a).", ["assert pos(1) is not None"]),
                "solution": "def pos(a):\n    return a > 0",
            },
            qa("Write neg(a).", ["assert neg(1) == "]),  # 5: no Python
            {**qa("Write one().", ["assert one() == 1"]), "solution": "def one():\n    return 1"},
            {
                **qa("Write size(s).", ["assert size('abc') >= 0"]),  # 7: always 0 passes
                "solution": "def size(s):\n    return len(s)",
            },
            qa("Print nothing.", {"inputs": ["1", "2"], "outputs": ["", "\n"]}),  # 8: no claim
        ],
    )
    assert found(path, reward_type="code_tests") == {
        2: {"unusable"},
        3: {"unusable"},
        4: {"weak"},
        5: {"unusable"},
        7: {"weak"},
        8: {"unusable"},
    }


def test_a_golden_answer_that_is_not_paid_by_a_reward_of_ones_own_is_found(tmp_path):
    rule = tmp_path / "exact.py"
    rule.write_text(
        "from rule_rm import register\n"
        "@register('exact_small')\n"
        "def exact_small(rollout):\n"
        "    return float(rollout.response == rollout.ground_truth.lower())\n"
    )
    path = lines(tmp_path / "own.jsonl", [qa("Capital of France?", "paris"), qa("Capital of Italy?", "Rome")])
    assert found(path, reward_type="exact_small", reward_file=(str(rule),)) == {2: {"not_paid"}}


def test_a_cleaned_copy_has_the_sound_rows_and_the_others_have_reasons(tmp_path, capsys):
    source = lines(
        tmp_path / "a.jsonl",
        [qa("Add 1 and 2.", "3"), qa("Add 2 and 2.", "nan"), "{", {**qa("Add 3 and 4.", "7"), "level": 2}],
    )
    out = tmp_path / "clean.jsonl"
    assert main(["check", "--dataset", source, "--fix", str(out), "--json", "--workers", "1"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 4
    assert [one["kind"] for one in told["findings"]] == ["placeholder", "unreadable_row"]
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        qa("Add 1 and 2.", "3"),
        {**qa("Add 3 and 4.", "7"), "level": 2},
    ]
    dropped = [json.loads(line) for line in (tmp_path / "clean.dropped.jsonl").read_text().splitlines()]
    assert [one["reasons"][0]["kind"] for one in dropped] == ["placeholder", "unreadable_row"]
    assert dropped[0]["row"] == qa("Add 2 and 2.", "nan")
    assert main(["check", "--dataset", str(out), "--workers", "1"]) == 0


def test_a_cleaned_copy_in_parquet_has_the_columns_of_all_rows(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    rows = [qa("Add 1 and 2.", "3"), qa("Add 2 and 2.", "nan"), {**qa("Add 3 and 4.", "7"), "level": [2]}]
    source = lines(tmp_path / "a.jsonl", rows)
    out = tmp_path / "clean.parquet"
    assert main(["check", "--dataset", source, "--fix", str(out), "--workers", "1"]) == 1
    assert parquet.read_table(out).to_pylist() == [{**rows[0], "level": None}, rows[2]]


def test_a_cleaned_copy_of_an_unknown_format_is_refused(tmp_path, capsys):
    source = lines(tmp_path / "a.jsonl", [qa("Add 1 and 2.", "3")])
    assert main(["check", "--dataset", source, "--fix", "out.xlsx", "--workers", "1"]) == 2
    assert "must end in .jsonl, .json, .csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("dataset", "fix", "message"),
    [
        ("a.jsonl", "a.jsonl", "is the dataset itself"),
        ("a.dropped.jsonl", "a.jsonl", "is the dataset itself"),
        ("a.jsonl", "no/such/b.jsonl", "there is no directory"),
    ],
)
def test_a_cleaned_copy_never_replaces_the_dataset(tmp_path, capsys, dataset, fix, message):
    source = lines(tmp_path / dataset, [qa("Add 1 and 2.", "3"), qa("Add 2 and 2.", "nan")])
    before = (tmp_path / dataset).read_bytes()
    assert main(["check", "--dataset", source, "--fix", str(tmp_path / fix), "--workers", "1"]) == 2
    assert message in capsys.readouterr().err
    assert (tmp_path / dataset).read_bytes() == before


def test_a_dataset_without_rows_is_no_pass(tmp_path, capsys):
    (tmp_path / "a.json").write_text("[]")
    assert main(["check", "--dataset", str(tmp_path / "a.json"), "--workers", "1"]) == 2
    assert "has no rows to check" in capsys.readouterr().err


def test_an_escape_of_latex_in_a_question_is_no_defect(tmp_path, engine):
    path = lines(
        tmp_path / "a.jsonl",
        [
            qa("Find\t$x$ in\n$x \\times 2 = 4$ &c.", "2"),
            qa("What is 3 + 4?", "7"),
            qa("What is 3 + 5?", "8"),
            qa("What is the capital of Niger, and how many letters has it?", "6"),
            qa("What is the capital of Nigeria, and how many letters has it?", "5"),
        ],
    )
    assert found(path, engine) == {}
