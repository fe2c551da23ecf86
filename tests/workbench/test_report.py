"""The report: figures that add up, and a page in which a hostile response is text."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from rule_rm.workbench.flips import against_recorded
from rule_rm.workbench.report.findings import Findings
from rule_rm.workbench.report.page import render, shown

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7 * 7 }}\u2028</pre>"
ABOUT = {
    "reward_type": HOSTILE,
    "version": None,
    "configuration": {"dataset": HOSTILE},
    "configuration_digest": "0",
    "sources": [HOSTILE],
}


def result(number, reward=1.0, **given):
    return {
        "row": number,
        "place": f"f:{number}",
        "reward": reward,
        "status": "ok" if reward is not None else "error",
        "answer": None,
        "explanation": None,
        "metrics": {},
        "data_source": None,
        "group": None,
        "prompt": "2+2?",
        "response": "4",
        "ground_truth": "4",
        "recorded": {},
        **given,
    }


def found(*results):
    return Findings.of(lambda: results)


def test_the_groups_without_a_gradient_are_counted_and_named():
    rewards = {"a": (1, 1), "b": (0, 0), "c": (0, 1), "d": (0.5, 0.5), "e": (1, None), "f": (1,)}
    results = [
        result(place, reward, group=group, prompt=f"prompt {group}")
        for group, members in rewards.items()
        for place, reward in enumerate(members)
    ]
    findings = found(*results)
    assert findings.kinds_of_groups() == {"all right": 1, "all wrong": 2, "mixed": 1}
    assert [group.prompt for group in findings.named_groups("all wrong")] == ["prompt b", "prompt d"]


def test_every_reward_is_in_one_bar():
    few = found(*(result(place, reward) for place, reward in enumerate([0.0, 1.0, 1.0, None])))
    assert few.rewards.bars() == {"x": [0.0, 1.0], "y": [1, 2]}
    many = found(*(result(place, place / 7) for place in range(100)))
    bars = many.rewards.bars()
    assert (len(bars["x"]), sum(bars["y"])) == (30, 100)
    assert sum(many.by_length()["count"]) == 100


def test_rollouts_to_read_are_of_every_kind_and_of_different_prompts():
    results = [result(place, place % 2, prompt=f"{place // 4}") for place in range(40)]
    results += [result(40, None), result(41, 0.0, status="wrong_format")]
    kinds = found(*results).to_read
    assert {*kinds} == {"the highest reward", "the lowest reward", "unscored: error", "wrong_format"}
    assert len({one["prompt"] for one in kinds["the highest reward"]}) == 4


@pytest.fixture(scope="module")
def page():
    pytest.importorskip("plotly")
    hostile = dict.fromkeys(
        ("prompt", "response", "answer", "explanation", "data_source", "ground_truth"), HOSTILE
    )
    one = result(0, 0.0, status="no_answer", metrics={HOSTILE: 1.0}, **hostile)
    one["recorded"] = {"reward": 1.0, "status": "ok", "explanation": HOSTILE}
    messages = [{"role": HOSTILE, "content": HOSTILE}]
    other = result(1, None, prompt=messages, response=messages)
    return render(found(one, other), ABOUT, against_recorded([one]), [HOSTILE])


def scripts(page):
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)


def test_hostile_texts_are_text_everywhere_in_the_page(page):
    library, ours = scripts(page)
    rest = page.replace(library, "").replace(ours, "")
    assert "<script>alert" not in rest
    assert "<img" not in rest
    assert "{{ 7 * 7 }}" in rest
    assert rest.count("<script") == rest.count("</script>") == 3


def test_only_the_two_scripts_of_the_page_may_run_and_nothing_is_loaded(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    assert "default-src 'none'" in policy
    allowed = re.search(r"script-src ([^;]*)", policy)[1].split()
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts(page)]
    assert allowed == [f"'sha256-{one}'" for one in hashes]
    library, ours = scripts(page)
    rest = page.replace(library, "").replace(ours, "")
    assert not re.search(r'(?:src|href)="', rest)


def test_the_data_of_the_plots_survives_what_is_in_it(page):
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert [*data["metrics"]] == [HOSTILE]
    assert data["rewards"] == {"x": [0.0], "y": [1]}


def test_a_long_text_shows_its_beginning_and_its_end():
    text = shown("a" * 5000 + "b" * 5000)
    assert text.startswith("aaa")
    assert text.endswith("bbb")
    assert "7,000 characters" in text


def test_a_report_on_results_without_a_score_is_a_page():
    pytest.importorskip("plotly")
    assert "Nothing is scored." in render(found(result(0, None)), ABOUT)


def test_the_slowest_rollouts_are_shown_slowest_first():
    seconds = [0.5, None, 3.0, 0.1, *([0.2] * 20), 2.0]
    results = [result(number, seconds=one, prompt=f"{number}") for number, one in enumerate(seconds)]
    results.append(result(99, seconds=2.5, prompt="2"))
    findings = found(*results)
    assert [one["seconds"] for one in findings.slowest][:4] == [3.0, 2.0, 0.5, 0.2]
    assert len(findings.slowest) == 10
    assert "<h2>Slowest</h2>" in render(findings, ABOUT)
    assert "<h2>Slowest</h2>" not in render(found(result(0)), ABOUT)
