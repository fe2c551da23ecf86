"""The judge's page is true: its tables are compared with the code, and its files are used."""

from __future__ import annotations

import re
from pathlib import Path

from rule_rm import Rollout, Settings, registry, rewards
from rule_rm.engine import Engine
from rule_rm.judge.prompting import templates as prompts
from rule_rm.judge.prompting.declaration import KEYS

from ..fakes.scripted_judge import ScriptedJudge, question_text

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "judge.md").read_text(encoding="utf-8")
rewards.load()


def block(language):
    return re.search(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1]


def table(title):
    """Return the names in the first column of the table with this first heading."""
    rows = PAGE.partition(f"| {title} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [(re.findall(r"`(\w+)`", row.split("|")[1]), row) for row in rows]


def test_the_table_of_templates_has_those_of_the_package():
    named = {name for names, _ in table("template") for name in names} | {"yes_no", "generative_rm"}
    assert named == set(prompts.names())


def test_the_table_of_options_has_them_all_with_their_defaults():
    defaults = registry.get("llm_judge").defaults
    rows = table("option")
    assert [name for names, _ in rows for name in names] == list(defaults)
    for names, row in rows:
        shown = row.split("|")[2].strip().strip("`")
        if not names[0].startswith("judge_"):
            assert {str(defaults[name]) for name in names} == {shown}


def test_the_tables_of_the_head_and_of_variables_are_whole():
    assert {name for names, _ in table("in the head") for name in names} == set(KEYS)
    assert {name for names, _ in table("variable") for name in names} == prompts.VARIABLES


def test_the_template_of_the_page_grades(tmp_path):
    path = tmp_path / "my_judge.j2"
    path.write_text(block("jinja"), encoding="utf-8")
    with ScriptedJudge("意思相同。\n结论：正确") as judge:
        settings = Settings(
            reward_type="llm_judge",
            judge_url=(judge.url,),
            judge_model="judge",
            judge_template=str(path),
            workers=1,
        )
        with Engine(settings) as engine:
            (score,) = engine.score([Rollout("首都？", "<answer>巴黎</answer>", "巴黎")])
    assert score.reward == 1.0


def test_the_configuration_of_the_page_is_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "judge.yaml").write_text(block("yaml"))
    with ScriptedJudge(
        lambda body: "VERDICT: MET" if "is kind" in question_text(body) else "VERDICT: UNMET"
    ) as judge:
        settings = Settings.load(
            {"reward_config": "judge.yaml", "judge_url": judge.url, "judge_model": "judge", "workers": 1}, {}
        )
        with Engine(settings) as engine:
            (score,) = engine.score([Rollout("Hello?", "Gladly, dear friend!", ["is kind", "is short"])])
    assert score.reward == 0.5
    assert (tmp_path / "judge.sqlite").exists()
