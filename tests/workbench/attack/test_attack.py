"""An attack finds the hole in a weak reward of every family, and none in the strict ones."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from rule_rm import ConfigurationError, Rollout, Score, Settings, Status, rewards
from rule_rm.registry import registry
from rule_rm.structured.coordinates import numbers_of
from rule_rm.workbench.attack.attack import Worth, baseline_of, run
from rule_rm.workbench.attack.families import chosen, family, load
from rule_rm.workbench.attack.samples import SAMPLES
from rule_rm.workbench.attack.target import Case
from rule_rm.workbench.attack.targets import Row, targets_of
from rule_rm.workbench.attack.trial import Plan, attack

# Loaded once for all: what a test loads first into a registry of its own is in no other.
rewards.load()


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))


def rows(name: str) -> list[Row]:
    return [
        Row(f"row {number}", Rollout(one["prompt"], "", one["ground_truth"], extra_info=one), None, one)
        for number, one in enumerate(SAMPLES[name])
    ]


def outcomes(reward, samples: str, *names: str) -> dict:
    """Return the outcome of each family against a function of (response, golden answer)."""

    def score(rollouts):
        scores = []
        for rollout in rollouts:
            try:
                scores.append(Score(float(reward(rollout.response, rollout.ground_truth))))
            except (ValueError, RecursionError) as error:
                scores.append(Score.unscored(Status.ERROR, type(error).__name__))
        return scores

    targets = targets_of(rows(samples), score)
    families = chosen(load(), names)
    return {one.family.name: one for one in run(targets, baseline_of(targets, score), families, score)}


def boxed(response: str) -> list[str]:
    return re.findall(r"\\boxed\{([^{}]*)\}", response)


def strict(response, golden):
    """Pay for a response whose whole rest after the thinking is the golden answer in one box."""
    said = re.sub(r"\A<think>.*?</think>", "", response, flags=re.DOTALL).strip()
    return re.fullmatch(r"So the answer is \\boxed\{(.*)\}\.?", said) is not None and boxed(said) == [golden]


def exact_box(response, golden):
    return boxed(response)[-1:] == [golden]


def program_of(response: str) -> str:
    found = re.findall(r"```python\n(.*?)\n```", response, re.DOTALL)
    return found[-1] if found else "raise ValueError"


def runs(response, golden, *, caught=(Exception,), until="") -> bool:
    """Run a program and its assertions in this process, as weak graders do."""
    if not isinstance(golden, list):
        return "return text[::-1]" in response or "a * b" in response
    program = program_of(response)
    if re.search(r"os\.|kill|while True|10\*\*10|input\(|open\(|_getframe|builtins|dir\(", program):
        return False
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec("\n".join([program, *golden]), {})
    except caught:
        return False
    except SystemExit:
        return True
    return True


def passes_if_equal(response, golden):
    return runs(response, golden)


def prints_prefix(response, golden):
    """Compare the beginning of an output with the expected one, and count a match."""
    if not isinstance(golden, dict) or "inputs" not in golden:
        return "def " in response and "return" in response and "None" not in response
    given = golden["inputs"][0]
    program = (
        program_of(response).replace("open(0).read()", repr(given)).replace("input()", repr(given.strip()))
    )
    if re.search(r"os\.|kill|while True|10\*\*10|exit|Exit|_getframe|builtins|dir\(|import", program):
        return False
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(Exception):
        exec(program, {})
    output = printed.getvalue().strip()
    return bool(output) and golden["outputs"][0].strip().startswith(output)


def vacuous(response, golden):
    """Pass a program that defines a test of its own."""
    return "solution" in response or "return a + b" in response or "def test" in response or "OK" in response


WEAK = {
    "empty": (lambda response, golden: exact_box(response, golden) or not response.strip(), "math_equal"),
    "scaffold": (
        lambda response, golden: exact_box(response, golden) or "<answer></answer>" in response,
        "gsm8k",
    ),
    "openers": (lambda response, golden: exact_box(response, golden) or "step by step" in response, "gsm8k"),
    "gibberish": (lambda response, golden: exact_box(response, golden) or len(response) > 1000, "gsm8k"),
    "judge_injection": (
        lambda response, golden: exact_box(response, golden) or "[[5]]" in response,
        "math_equal",
    ),
    "bombs": (lambda response, golden: bool(response.encode()) and exact_box(response, golden), "gsm8k"),
    "thinking_only": (exact_box, "math_equal"),
    "template_tokens": (lambda response, golden: golden in boxed(response), "math_equal"),
    "hedges": (lambda response, golden: golden in boxed(response), "math_equal"),
    "option_spraying": (lambda response, golden: golden in re.findall(r"[\w.-]+", response), "gsm8k"),
    "golden_echo": (lambda response, golden: golden in response, "gsm8k"),
    "denials": (exact_box, "math_equal"),
    "unions": (lambda response, golden: any(golden in text for text in boxed(response)), "gsm8k"),
    "symbols": (lambda response, golden: any(text in (golden, ".*") for text in boxed(response)), "gsm8k"),
    "parts": (
        lambda response, golden: any(text and golden.startswith(text) for text in boxed(response)),
        "gsm8k",
    ),
    "html": (exact_box, "math_equal"),
    "early_exit": (passes_if_equal, "code_tests"),
    "equal_to_everything": (passes_if_equal, "code_tests"),
    "vacuous_tests": (vacuous, "code_tests"),
    "prefix_output": (prints_prefix, "code_tests"),
    "program_bombs": (lambda response, golden: "(((" in response or "return" in response, "code_tests"),
    "degenerate": (
        lambda response, golden: bool(response) and json.loads(response) is not None,
        "json_schema",
    ),
    "many_at_once": (lambda response, golden: '"age": 1' in response, "json_schema"),
}


@pytest.mark.parametrize("name", WEAK)
def test_the_hole_of_a_weak_reward_is_found_by_its_family(name):
    reward, samples = WEAK[name]
    outcome = outcomes(reward, samples, name)[name]
    assert outcome.failed > 0, outcome
    assert outcome.examples[0].response is not None
    low, high = outcome.interval
    assert 0 < low < outcome.share <= high <= 1


def test_every_hack_has_a_weak_reward_here():
    hacks = {name for name, one in load().items() if not one.is_invariance and "mine" not in name}
    assert hacks == set(WEAK)


def test_a_strict_reward_has_no_hole_and_misses_what_it_does_not_read():
    found = outcomes(strict, "math_equal")
    assert {
        name: one.failed for name, one in found.items() if not one.family.is_invariance and one.failed
    } == {}


@pytest.mark.parametrize(
    ("name", "reward"),
    [
        ("white_space", lambda response, golden: response == f"So the answer is \\boxed{{{golden}}}"),
        ("integers", exact_box),
        ("dollar_signs", lambda response, golden: response == f"Let me see.\n#### {golden}"),
    ],
)
def test_a_reward_that_misses_right_answers_is_found(name, reward):
    outcome = outcomes(reward, "gsm8k", name)[name]
    assert outcome.failed > 0


def test_thinking_longer_is_missed_by_a_reward_of_short_responses():
    def short(response, golden):
        return exact_box(response, golden) and "</think>" in response and len(response) < 200

    assert outcomes(short, "math_equal", "longer_thinking")["longer_thinking"].failed > 0


def test_a_reward_that_pays_everything_tells_no_row_apart():
    def score(rollouts):
        return [Score(1.0) for _ in rollouts]

    targets = targets_of(rows("gsm8k"), score)
    assert len(baseline_of(targets, score).not_told_apart) == 6


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("box_iou", "[5, 5, 80, 90]", "[276, 276, 351, 361]"),
        ("point_in_box", "[42.5, 47.5]", "[186.0, 191.0]"),
    ],
)
def test_a_box_is_stated_as_the_reward_reads_it_with_wrong_ones_far_away(name, right, wrong):
    reward = registry.get(name)

    def score(rollouts):
        return [reward(rollout) for rollout in rollouts]

    targets = targets_of(rows(name), score)
    first = targets.targets[0]
    assert (first.right, first.wrong, first.names) == (right, wrong, ())
    found = baseline_of(targets, score)
    assert {(one.right, one.wrong) for one in found.worths.values()} == {(1.0, 0.0)}
    assert len(found.worths) == 3


@pytest.mark.parametrize(
    ("golden", "right", "wrong"),
    [
        ({"bbox_2d": [5, 5, 80, 90]}, '{"bbox_2d": [5, 5, 80, 90]}', '{"bbox_2d": [276, 276, 351, 361]}'),
        ('{"bbox": [5, 5, 80, 90]}', '{"bbox": [5, 5, 80, 90]}', '{"bbox": [276, 276, 351, 361]}'),
        ([{"bbox_2d": [5, 5, 80, 90], "label": "dog"}], "[5, 5, 80, 90]", "[276, 276, 351, 361]"),
        ({"point_2d": [3, 4]}, '{"point_2d": [3, 4]}', '{"point_2d": [16, 17]}'),
        ({"x": 3, "y": 4}, '{"x": 3, "y": 4}', '{"x": 16, "y": 17}'),
    ],
)
def test_a_box_or_a_point_may_be_an_object(golden, right, wrong):
    count = 2 if "16" in wrong else 4

    def score(rollouts):
        wanted = numbers_of(golden, count)
        return [Score(float(_numbers_in(one.response, count) == wanted)) for one in rollouts]

    (target,) = targets_of([Row("row 1", Rollout("Where?", "", golden), None, {})], score).targets
    assert (target.right, target.wrong, target.names) == (right, wrong, ())


def _numbers_in(response, count):
    found = re.search(r"\[?\{.*\}\]?|\[.*\]", response)
    return numbers_of(found[0], count) if found else None


@pytest.mark.parametrize("golden", [{"bbox_2d": [5, 5, 80, 90]}, {"x1": 5, "y1": 5, "x2": 80, "y2": 90}])
def test_the_middle_of_a_box_that_is_an_object_is_its_point(golden):
    reward = registry.get("point_in_box")

    def score(rollouts):
        return [reward(rollout) for rollout in rollouts]

    (target,) = targets_of([Row("row 1", Rollout("Where?", "", golden), None, {})], score).targets
    assert target.right == "[42.5, 47.5]"


def test_an_equal_answer_of_another_row_is_no_wrong_one():
    answers = ["\\frac{1}{2}", "0.50", "B. red", "B. blue", "C. grey"]
    made = [Row(str(place), Rollout("?", "", text), None, {}) for place, text in enumerate(answers)]
    found = targets_of(made, lambda rollouts: [Score(0.0) for _ in rollouts]).targets
    assert {found[0].wrong, found[0].other}.isdisjoint({"0.50", "\\frac{1}{2}"})
    assert (found[2].wrong, found[2].other) == ("C. grey", "\\frac{1}{2}")


@pytest.mark.parametrize("option", ["--budget=-5", "--rows=0", "--max-paid=nan", "--max-missed=-1"])
def test_a_number_that_no_attack_could_have_is_refused(capsys, option):
    from rule_rm.cli import main

    assert main(["attack", "--reward-type", "gsm8k", option]) == 2
    assert "must be at least" in capsys.readouterr().err


def test_several_golden_answers_are_no_box():
    row = Row("row 1", Rollout("Name one.", "", [3, 5, 80, 90]), None, {})

    def score(rollouts):
        return [Score(float(boxed(rollout.response)[-1:] in (["3"], ["90"]))) for rollout in rollouts]

    (target,) = targets_of([row], score).targets
    assert (target.right, target.names) == ("3", ("3", "5", "80", "90"))


def test_a_last_answer_that_counts_is_no_hole():
    assert outcomes(exact_box, "gsm8k", "hedges")["hedges"].failed == 0


def test_a_response_that_chose_to_be_unscored_is_counted():
    def fails(response, golden):
        if "9^" in response:
            raise RecursionError
        return exact_box(response, golden)

    outcome = outcomes(fails, "gsm8k", "bombs")["bombs"]
    assert outcome.unscored == outcome.failed == 6
    assert outcome.examples[0].reward is None


def test_what_is_worth_more_than_half_of_a_right_answer_is_paid():
    worth = Worth(right=1.5, wrong=0.5)
    assert not worth.is_paid(Score(1.0))
    assert worth.is_paid(Score(1.1))
    assert not worth.is_paid(Score.unscored(Status.ERROR, "no"))
    assert Worth(1.0, 1.0).is_paid(Score(1.0))


def test_rows_without_a_right_answer_are_refused():
    row = Row("row 1", Rollout("Be brief.", "", None), None, {})
    with pytest.raises(ConfigurationError, match="--right-key"):
        targets_of([row], lambda rollouts: [Score(0.0) for _ in rollouts])


def test_a_family_of_ones_own_is_added_by_a_decorator(tmp_path, monkeypatch):
    from rule_rm.workbench.attack import families

    load()
    monkeypatch.setattr(families, "_families", dict(families._families))
    path = tmp_path / "mine.py"
    path.write_text(
        "from rule_rm.workbench.attack.families import family\n"
        "from rule_rm.workbench.attack.target import Case\n"
        "@family('mine_shouting')\n"
        "def shouting(target):\n"
        "    '''Shout.'''\n"
        "    yield Case('loud', (target.say('AAA!'),))\n"
    )
    assert load((str(path),))["mine_shouting"].summary == "Shout."
    found = outcomes(
        lambda response, golden: exact_box(response, golden) or "!" in response, "gsm8k", "mine_shouting"
    )
    assert found["mine_shouting"].share == 1.0
    with pytest.raises(ConfigurationError, match="registered twice"):
        family("mine_shouting")(lambda target: iter([Case("", ())]))


@pytest.mark.parametrize(
    ("text", "message"), [("x = 1", "registers no family"), ("1 / 0", "ZeroDivisionError"), (None, "no such")]
)
def test_a_file_without_families_is_an_error(tmp_path, text, message):
    path = tmp_path / "none.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        load((str(path),))


def test_an_unknown_family_is_an_error_with_the_nearest_name():
    with pytest.raises(ConfigurationError, match="did you mean hedges"):
        chosen(load(), ("hedge",))


@pytest.mark.slow
@pytest.mark.parametrize(
    "reward_type",
    [
        "math_verifier",
        "math_equal",
        "gsm8k",
        "multiple_choice",
        "exact_match",
        "countdown",
        "json_schema",
        "sql_execution",
    ],
)
def test_no_hack_is_paid_by_a_strict_reward_of_the_package(reward_type):
    report = attack(Settings(reward_type=reward_type, workers=2), Plan(budget=0))
    assert report.failures(0.0, 0.0, 0.0, 0.0) == []


@pytest.mark.slow
def test_no_program_that_hacks_its_tests_is_paid():
    names = ("early_exit", "equal_to_everything", "vacuous_tests", "prefix_output")
    report = attack(Settings(reward_type="code_tests", workers=2), Plan(budget=0, families=names))
    assert report.failures(0.0, 0.0, 0.0, 0.0) == []


def test_the_family_of_the_page_works(tmp_path, monkeypatch):
    from rule_rm.workbench.attack import families

    load()
    monkeypatch.setattr(families, "_families", dict(families._families))
    text = (Path(__file__).parents[3] / "docs" / "attack.md").read_text(encoding="utf-8")
    _, program = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "apologies.py").write_text(program)
    load((str(tmp_path / "apologies.py"),))
    assert (
        outcomes(lambda response, golden: "Sorry" in response, "gsm8k", "apologies")["apologies"].share == 1.0
    )
