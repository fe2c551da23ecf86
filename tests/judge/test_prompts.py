"""Each template of the package works, a custom one is a file, and an unusable one is an error at start."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.judge.prompting import templates as prompts
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.slots import Slot

HEAD = "---\nkind: label\nlabels: {YES: 1, NO: 0}\n---\n"
USER = "{% block user %}{{ answer }} {{ reference }}{% endblock %}"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a template and returns its path."""

    def write(text):
        path = tmp_path / "mine.j2"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def slots(template, **texts):
    values = {name: Slot(texts.get(name, name), name, "1a2b") for name in prompts.TEXTS}
    turns = [{"role": "user", "content": Slot("hello", "turn", "1a2b")}]
    return {**template.declared.shown(), **values, "history": turns, "criteria": [], "nonce": "1a2b"}


@pytest.mark.parametrize("name", prompts.names())
@pytest.mark.parametrize(("json", "reasoning"), [(False, False), (False, True), (True, False), (True, True)])
def test_every_template_of_the_package_says_what_may_be_said_and_fences_what_it_shows(name, json, reasoning):
    template = prompts.load(name)
    system, user = template.render({**slots(template), "json": json, "reasoning": reasoning})
    menu = template.declared.menu
    assert all(word in system + user for word in (*menu.labels, *menu.dimensions))
    assert ("JSON" in user) is json if "json" in template.uses else True
    for text in template.uses & set(prompts.TEXTS):
        assert f"<{text} 1a2b>\n{text}\n</{text} 1a2b>" in system + user


@pytest.mark.parametrize("name", ["reference", "quality", "rubric", "pairwise", "dimensions"])
def test_the_system_part_is_the_same_for_all_so_that_servers_can_keep_it(name):
    template = prompts.load(name)
    system = {
        template.render({**slots(template, answer=a, response=a), "json": 0, "reasoning": 1})[0] for a in "xy"
    }
    assert len(system) == 1
    assert "1a2b" not in system.pop()


def test_a_template_of_ones_own_may_be_in_any_language(write):
    template = prompts.load(
        write(
            "---\nkind: label\nlabels: {正确: 1, 错误: 0}\nsentinel: 结论：\n---\n"
            "{% block user %}标准答案：{{ reference }}\n学生答案：{{ answer }}\n{{ sentinel }}？"
            "{% endblock %}"
        )
    )
    _, user = template.render({**slots(template), "json": False, "reasoning": False})
    assert user.startswith("标准答案：<reference 1a2b>\nreference\n</reference 1a2b>")
    assert template.declared.menu.sentinel == "结论："
    assert set(template.declared.menu.labels) == {"正确", "错误"}


def test_yes_and_no_are_words_whatever_yaml_makes_of_them(write):
    assert set(prompts.load(write(HEAD + USER)).declared.menu.labels) == {"YES", "NO"}


def test_a_judge_that_was_trained_on_a_fixed_form_gets_texts_without_fences(write):
    template = prompts.load(
        write(
            HEAD
            + "{% block user %}Reference: {{ reference | bare }}\nAnswer: {{ answer | bare }}{% endblock %}"
        )
    )
    _, user = template.render(
        {**slots(template, reference="42", answer="41"), "json": False, "reasoning": False}
    )
    assert user == "Reference: 42\nAnswer: 41"


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% for x in y %}", "{{ nonce }}", "{# #}"])
def test_an_untrusted_text_is_no_template(text, write):
    template = prompts.load(write(HEAD + USER))
    _, user = template.render({**slots(template, answer=text), "json": False, "reasoning": False})
    assert f"<answer 1a2b>\n{text}\n</answer 1a2b>" in user


WRONG = {
    "a misspelt variable": (HEAD + "{% block user %}{{ anwser }}{% endblock %}", "no variable 'anwser'"),
    "no head": (USER, "must begin with a head"),
    "an endless head": ("---\nkind: label\n" + USER, "must begin with a head"),
    "no kind": ("---\nlabels: {A: 1, B: 0}\n---\n" + USER, "must have a kind"),
    "an unknown kind": ("---\nkind: stars\n---\n" + USER, "one of label, scale"),
    "an unknown key": ("---\nkind: label\nlabel: {A: 1}\n---\n" + USER, "'label' in the head is none of"),
    "no labels": ("---\nkind: label\n---\n" + USER, "needs `labels`"),
    "one label": ("---\nkind: label\nlabels: {A: 1}\n---\n" + USER, "at least two"),
    "two labels that are one": ("---\nkind: label\nlabels: {A: 1, a: 0}\n---\n" + USER, "one word twice"),
    "a label worth nothing": ("---\nkind: label\nlabels: {A: x, B: 0}\n---\n" + USER, "not 'x'"),
    "a label worth NaN": ("---\nkind: label\nlabels: {A: nan, B: 0}\n---\n" + USER, "not 'nan'"),
    "a label without a letter": ("---\nkind: label\nlabels: {'**': 1, B: 0}\n---\n" + USER, "is not a word"),
    "a scale upside down": ("---\nkind: scale\nscale: [10, 1]\n---\n" + USER, "least, greatest"),
    "a scale without numbers": ("---\nkind: scale\nscale: [a, b]\n---\n" + USER, "two numbers"),
    "a scale with labels": (
        "---\nkind: scale\nscale: [0, 1]\nlabels: {A: 1, B: 0}\n---\n" + USER,
        "has no `labels`",
    ),
    "dimensions without a scale": ("---\nkind: dimensions\ndimensions: [a]\n---\n" + USER, "needs `scale`"),
    "a dimension twice": ("---\nkind: dimensions\nscale: [0, 1]\ndimensions: [a, A]\n---\n" + USER, "twice"),
    "criteria for labels": (
        "---\nkind: label\nlabels: {A: 1, B: 0}\ncriteria: [x]\n---\n" + USER,
        "no `criteria`",
    ),
    "criteria without a weight": (
        "---\nkind: criteria\nlabels: {A: 1, B: 0}\ncriteria: [{text: x, weight: y}]\n---\n" + USER,
        "must be a number",
    ),
    "an optional that is none": (HEAD.replace("\n---\n", "\noptional: [answer]\n---\n") + USER, "`optional`"),
    "a weight beyond 1": (
        HEAD.replace("\n---\n", "\naccuracy: {reward_type: math_equal, weight: 2}\n---\n") + USER,
        "from 0 to 1",
    ),
    "an empty sentinel": (HEAD.replace("\n---\n", '\nsentinel: ":"\n---\n') + USER, "`sentinel`"),
    "no YAML": ("---\nkind: [\n---\n" + USER, "not YAML"),
    "a syntax error": (HEAD + "{% block user %}{{ answer }{% endblock %}", "mine.j2:5: "),
    "an unknown filter": (HEAD + "{% block user %}\n\n{{ answer | shout }}{% endblock %}", "mine.j2:7: "),
    "an unknown attribute": (
        HEAD
        + "{% block user %}{{ answer }}{% for turn in history %}{{ turn.txt }}{% endfor %}{% endblock %}",
        "no attribute 'txt'",
    ),
    "an include": (HEAD + "{% block user %}{{ answer }}{% include 'x' %}{% endblock %}", "mine.j2"),
    "a way out": (HEAD + "{% block user %}{{ answer.__class__.__mro__ }}{% endblock %}", "mine.j2"),
    "no user part": (HEAD + "{% block system %}{{ answer }}{% endblock %}", "block user"),
    "a third part": (HEAD + USER + "{% block other %}{% endblock %}", "block user"),
    "text outside": (HEAD + "Grade this: " + USER, "all of its text"),
    "a pair that shows one": (
        "---\nkind: pairwise\nlabels: {A: 1, B: 0}\n---\n{% block user %}{{ first }}{% endblock %}",
        "must show first and second",
    ),
    "criteria that are not shown": (
        "---\nkind: criteria\nlabels: {A: 1, B: 0}\n---\n{% block user %}{{ response }}{% endblock %}",
        "must show criterion",
    ),
    "a pair with other worths": (
        "---\nkind: pairwise\nlabels: {A: 2, B: 0}\n---\n{% block user %}{{ first }} {{ second }}"
        "{% endblock %}",
        "0.5 for neither",
    ),
    "a label for a pair": (HEAD + "{% block user %}{{ first }}{{ second }}{% endblock %}", "has no first"),
    "nothing to judge": (HEAD + "{% block user %}{{ question }}{% endblock %}", "nothing to judge"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_template_that_cannot_work_is_told_at_start(what, write):
    text, told = WRONG[what]
    with pytest.raises(ConfigurationError, match="judge template") as caught:
        prompts.load(write(text))
    assert told in str(caught.value)


def test_a_name_that_is_no_file_is_told_with_the_names_there_are():
    with pytest.raises(ConfigurationError, match=r"refrence: No such file.*quality, reference"):
        prompts.load("refrence")


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "mine.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="no UTF-8"):
        prompts.load(str(tmp_path / "mine.j2"))


def test_kinds_that_need_numbers_have_them():
    kinds = {name: prompts.load(name).declared.kind for name in prompts.names()}
    assert kinds["dimensions"] is Kind.DIMENSIONS
    assert prompts.load("dimensions").declared.accuracy.weight == 0.8


def test_importing_the_rewards_imports_no_jinja():
    script = "import sys; from rule_rm import rewards; rewards.load(); print('jinja2' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


HEAD = "---\nkind: label\nlabels: {YES: 1, NO: 0}\n---\n"
EXPRESSIONS = [
    "answer | trim",
    "answer | upper",
    "answer | replace('a', 'b')",
    "answer | indent",
    "answer | e",
    "answer.strip()",
    "answer.upper()",
    "answer[:500]",
    "'A: ' ~ answer",
    "answer ~ reference",
    "[answer] | join(', ')",
    "answer | truncate(9)",
    "answer | default('none')",
    "answer or 'none'",
    "answer | trim | upper | replace('X', 'y')",
    "'%s' % answer",
    "'A: {}'.format(answer)",
    "answer + '!'",
    "answer.split('-') | first",
    "answer | wordwrap(5)",
    "answer | center(20)",
    "answer | tojson",
    "(answer | string).lower()",
]


def own(tmp_path: Path, expression: str) -> prompts.JudgeTemplate:
    path = tmp_path / "own.j2"
    path.write_text(HEAD + "{% block user %}A {{ " + expression + " }} B{% endblock %}", encoding="utf-8")
    return prompts.load(str(path))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_keeps_the_fence(expression: str, tmp_path: Path) -> None:
    template = own(tmp_path, expression)
    values = {name: Slot(f"{name} text", name, "1a2b") for name in prompts.TEXTS}
    _, user = template.render({**template.declared.shown(), **values, "history": [], "criteria": []})
    inside = re.sub(r"<(\w+) 1a2b>\n.*?\n</\1 1a2b>", "", user, flags=re.DOTALL)
    assert inside != user
    assert "text" not in inside.lower()


@pytest.mark.parametrize(
    "expression", ["answer | list | join('')", "answer.bare", "answer | map('upper') | join"]
)
def test_an_expression_that_would_lose_the_fence_is_refused(expression: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="out of its fence"):
        own(tmp_path, expression)


@pytest.mark.parametrize("expression", ["answer | bare", "answer | trim | bare", "(answer | bare) ~ '.'"])
def test_a_fence_can_be_left_out_on_purpose(expression: str, tmp_path: Path) -> None:
    template = own(tmp_path, expression)
    values = {name: Slot(f"{name} text", name, "1a2b") for name in prompts.TEXTS}
    _, user = template.render({**template.declared.shown(), **values, "history": [], "criteria": []})
    assert "1a2b" not in user
    assert "answer text" in user


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("place: somewhere", "`place` must be one of"),
        ("place: whole\nsentinel: 'V:'", "has no `sentinel`"),
        ("synonyms: {OUI: MAYBE}", "none of `labels`"),
        ("synonyms: {yes: NO}", "two meanings"),
        ("markers: ['a']", "at least 3 characters"),
        ("raw: perhaps", "must be `true` or `false`"),
    ],
)
def test_a_head_that_contradicts_itself_is_refused(head: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "own.j2"
    path.write_text(
        HEAD.removesuffix("---\n") + head + "\n---\n{% block user %}{{ answer }}{% endblock %}",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError, match=why):
        prompts.load(str(path))
