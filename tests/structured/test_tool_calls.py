"""Tool calls as the families of models write them: one call, read from each form."""

from __future__ import annotations

import json

import pytest

from rule_rm import Rollout
from rule_rm.rewards.tool_call_match import tool_call_match
from rule_rm.structured.python_calls import python_calls
from rule_rm.structured.token_calls import kimi_calls
from rule_rm.structured.tool_calls import MOST_CALLS, calls_in, unwrapped_calls
from rule_rm.structured.written import Written

ARGUMENTS = {"city": 'Oslo, "N"', "days": 2, "wet": False, "hours": [6, 18], "at": {"x": 1.5}, "unit": "2"}
JSON = json.dumps(ARGUMENTS)
GOLDEN = [{"name": "forecast", "arguments": ARGUMENTS}, {"name": "today", "arguments": {}}]
TEXTS = {name: value if isinstance(value, str) else json.dumps(value) for name, value in ARGUMENTS.items()}


def of(each, joined="", before="", after=""):
    """Return both calls, each written by a function of a name and arguments."""
    written = [each(call["name"], call["arguments"]) for call in GOLDEN]
    return before + joined.join(written) + after


def as_json(name, arguments, key="arguments"):
    return json.dumps({"name": name, key: arguments})


def elements(opening, parameter, closing, value="{}", prefix=""):
    def write(name, arguments):
        inner = "".join(
            parameter.format(key, value.format(TEXTS[key])) + f"</{prefix}{closing[1]}>\n"
            for key in arguments
        )
        return f"{opening.format(name)}\n{inner}</{prefix}{closing[0]}>"

    return write


def pairs(name, arguments, kind="arg", more="", end="\n"):
    inner = "".join(
        f"<{kind}_key{more}>{key}</{kind}_key{more}>\n<{kind}_value{more}>{TEXTS[key]}</{kind}_value{more}>{end}"
        for key in arguments
    )
    return f"{name}{end}{inner}"


def in_python(name, arguments):
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def in_gemma(name, arguments):
    def value(one):
        if isinstance(one, str):
            return f'<|"|>{one}<|"|>'
        if isinstance(one, dict):
            return "{" + ",".join(f"{key}:{value(part)}" for key, part in one.items()) + "}"
        return json.dumps(one)

    return f"<|tool_call>call:{name}{value(arguments)}<tool_call|>"


QWEN = elements("<function={}>", "<parameter={}>{}", ("function", "parameter"), "\n{}\n")
INVOKE = elements('<invoke name="{}">', '<parameter name="{}">{}', ("invoke", "parameter"))
FORMS = {
    "Hermes": of(lambda n, a: f"<tool_call>\n{as_json(n, a)}\n</tool_call>", "\n"),
    "Hermes, a call a line": of(as_json, "\n", "<tool_call>\n", "\n</tool_call>"),
    "Qwen 3 Coder": of(lambda n, a: f"<tool_call>\n{QWEN(n, a)}\n</tool_call>", "\n", "Let me see.\n\n"),
    "Qwen 3 Coder without its wrapper": of(QWEN, "\n"),
    "Seed-OSS": of(lambda n, a: f"<seed:tool_call>\n{QWEN(n, a)}\n</seed:tool_call>", "\n"),
    "MiniMax M2": of(INVOKE, "\n", "<minimax:tool_call>\n", "\n</minimax:tool_call>"),
    "DeepSeek V3.2": of(
        elements(
            '<｜DSML｜invoke name="{}">',
            '<｜DSML｜parameter name="{}" string="true">{}',
            ("invoke", "parameter"),
            prefix="｜DSML｜",
        ),
        "\n",
        "<｜DSML｜function_calls>\n",
        "\n</｜DSML｜function_calls>",
    ),
    "DeepSeek V4.1": of(
        elements(
            '<｜DSML｜ invoke name="{}">',
            '<｜DSML｜ parameter name="{}" string="true">{}',
            ("invoke", "parameter"),
            prefix="｜DSML｜ ",
        ),
        "\n",
        "<｜DSML｜ calls>\n",
        "\n</｜DSML｜ calls>",
    ),
    "MiniCPM": of(
        elements('<function name="{}">', '<param name="{}">{}', ("function", "param"), "<![CDATA[{}]]>")
    ),
    "GLM 4.5": of(lambda n, a: f"<tool_call>{pairs(n, a)}</tool_call>", "\n"),
    "Hunyuan 3": of(
        lambda n, a: f"<tool_call:x>{n}<tool_sep:x>\n{pairs('', a, more=':x')}</tool_call:x>",
        "\n",
        "<tool_calls:x>",
        "</tool_calls:x>",
    ),
    "Xing": of(lambda n, a: f"<tool_call>{pairs(n, a, 'param', end='')}</tool_call>"),
    "Hunyuan": of(
        lambda n, a: f"<tool_call>{n}\n```json\n{json.dumps(a)}\n```</tool_call>",
        "\n",
        "<tool_calls>\n",
        "\n</tool_calls>",
    ),
    "MiniMax M1": of(as_json, "\n", "<tool_calls>\n", "\n</tool_calls>"),
    "Nemotron": of(as_json, ", ", "<TOOLCALL>[", "]</TOOLCALL>"),
    "Llama 3": of(lambda n, a: as_json(n, a, "parameters"), "; \n", "<|python_tag|>", "<|eom_id|>"),
    "Llama 3 without a tag": of(lambda n, a: as_json(n, a, "parameters"), "\n"),
    "Llama 3, own tags": of(lambda n, a: f"<function={n}>{json.dumps(a)}</function>"),
    "Llama 3.2": of(in_python, ", ", "[", "]<|eot_id|>"),
    "Llama 4": of(in_python, ", ", "<|python_start|>[", "]<|python_end|><|eom|>"),
    "Olmo 3": of(in_python, "\n", "<function_calls>\n", "\n</function_calls>"),
    "LFM 2": of(in_python, ", ", "<|tool_call_start|>[", "]<|tool_call_end|><|im_end|>"),
    "Mistral": of(as_json, ", ", "[TOOL_CALLS][", "]</s>"),
    "Mistral, newer": of(lambda n, a: f"[TOOL_CALLS]{n}[ARGS]{json.dumps(a)}", after="</s>"),
    "Mistral, with ids": of(lambda n, a: f"[TOOL_CALLS]{n}[CALL_ID]a1b2[ARGS]{json.dumps(a)}"),
    "DeepSeek V3": of(
        lambda n, a: (
            f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{n}\n```json\n{json.dumps(a)}\n```<｜tool▁call▁end｜>"
        ),
        "\n",
        "<｜tool▁calls▁begin｜>",
    ),
    "DeepSeek V3.1": of(
        lambda n, a: f"<｜tool▁call▁begin｜>{n}<｜tool▁sep｜>{json.dumps(a)}<｜tool▁call▁end｜>",
        "",
        "<｜tool▁calls▁begin｜>",
        "<｜tool▁calls▁end｜><｜end▁of▁sentence｜>",
    ),
    "Kimi K2": of(
        lambda n, a: (
            f"<|tool_call_begin|>functions.{n}:0<|tool_call_argument_begin|>{json.dumps(a)}<|tool_call_end|>"
        ),
        "",
        "<|tool_calls_section_begin|>",
        "<|tool_calls_section_end|>",
    ),
    "Granite": of(as_json, ", ", "<|tool_call|>[", "]"),
    "Phi 4 mini": of(as_json, ", ", "<|tool_call|>[", "]<|/tool_call|>"),
    "Cohere": of(
        lambda n, a: json.dumps({"tool_call_id": "0", "tool_name": n, "parameters": a}),
        ",\n",
        "<|START_ACTION|>[",
        "]<|END_ACTION|>",
    ),
    "InternLM": of(
        lambda n, a: f"<|action_start|><|plugin|>{as_json(n, a, 'parameters')}<|action_end|>", "\n"
    ),
    "Apertus": of(lambda n, a: json.dumps({n: a}), ", ", "<|tools_prefix|>[", "]<|tools_suffix|>"),
    "Gemma 4": of(in_gemma),
    "gpt-oss": of(
        lambda n, a: f"<|channel|>commentary to=functions.{n} json<|message|>{json.dumps(a)}<|call|>",
        "<|start|>assistant",
    ),
    "Muse": of(
        lambda n, a: f" to={n}<|message|><m:function_calls>\n{INVOKE(n, a)}\n</m:function_calls><|eom|>",
        "<|start|>assistant",
    ),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_both_calls_of_every_family_are_read_with_their_values(text):
    assert tool_call_match(Rollout("", text, GOLDEN)).reward == 1.0
    if "<|message|>" not in text:
        assert tool_call_match(Rollout("", f"<think>I need it.</think>\n{text}", GOLDEN)).reward == 1.0


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_another_value_earns_less_in_every_family(text):
    said = text.replace("Oslo", "Rome")
    assert said != text
    assert tool_call_match(Rollout("", said, GOLDEN)).reward < 1.0


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_calls_that_are_only_thought_call_nothing(text):
    if "<|message|>" not in text:
        assert tool_call_match(Rollout("", f"<think>{text}</think>It is dry.", GOLDEN)).reward == 0.0


@pytest.mark.parametrize(
    "form", [name for name in FORMS if name not in ("gpt-oss", "Muse", "Llama 3 without a tag", "Llama 3.2")]
)
def test_calls_of_every_family_may_be_the_golden_ones(form):
    assert tool_call_match(Rollout("", FORMS["Hermes"], FORMS[form])).reward == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "<function=a><parameter=x>1</parameter>",
        "<function=a>free text</function>",
        "<function=a><parameter=x>1</parameter><parameter=x>2</parameter></function>",
        "<tool_call>a<arg_key>x</arg_key></tool_call>",
        "<tool_call></tool_call>",
        "<tool_call>a b c</tool_call>",
        "</function>",
        "[TOOL_CALLS]",
        "[TOOL_CALLS]a[ARGS]{x}",
        "<|python_tag|>[a(1)]",
        "<|python_tag|>a(**x)",
        "<|python_tag|>a(x=open('f'))",
        '<|tool_call>call:a{x:<|"|>1}<tool_call|>',
        "<｜tool▁call▁begin｜>a<｜tool▁sep｜>{}",
        "<tool_call>" * 9 + "</tool_call>" * 9,
    ],
)
def test_what_begins_as_a_call_and_is_none_is_an_error(text):
    with pytest.raises(ValueError, match=r"."):
        calls_in(text)


@pytest.mark.parametrize(
    "text", ["It is 4.", "[1, 2]", "f(x) = 2", "a < b and c > d", '{"a": 1}', "", "sin\n{x}"]
)
def test_what_has_no_sign_of_a_call_is_none(text):
    assert calls_in(text) is None
    assert unwrapped_calls(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "<arg_key>a</arg_key><arg_value>" * 4_000,
        "<tool_call>x" + "<arg_key>a</arg_key><arg_value>" * 4_000 + "</tool_call>",
        "<function=a>" + "<parameter=x>" * 8_000 + "</function>",
        "<function=a>" * 8_000,
        "<tool_call>" * 8_000,
        "<|tool_call>call:a{" * 4_000,
        "[TOOL_CALLS]a" * 8_000,
        "<|python_tag|>[f(a=" + "-" * 9_000 + "1)]",
        "<|python_tag|>[f(a=" + "(" * 9_000,
        "<|python_tag|>" + "f()" * 3_000,
        "<|python_tag|>f(a=" + "9" * 9_000 + ")",
        "<|python_tag|>f(a=1e999)",
    ],
)
def test_hostile_texts_are_answered(text):
    try:
        found = calls_in(text)
    except ValueError:
        return
    assert found is None or len(found) <= MOST_CALLS


def test_a_value_without_a_type_is_what_the_golden_one_says():
    assert all(Written("2").is_value(wanted) for wanted in (2, 2.0, "2"))
    assert all(Written(text).is_value(None) for text in ("null", "None"))
    assert not Written("1").is_value(True)
    assert not Written("true").is_value("True")
    assert not Written("[1,").is_value([1])


def test_arguments_in_python_are_literals_by_name():
    assert python_calls("a.b(x=(1, 2), y=None)") == [{"name": "a.b", "arguments": {"x": [1, 2], "y": None}}]
    for text in ("a", "[a()(1)]", "a(x=b)", "a(x={1})", "x = a()"):
        with pytest.raises(ValueError, match=r"."):
            python_calls(text)


def k3(*calls):
    """Return a turn of Kimi K3 that thinks, answers and makes these calls, given by name and arguments."""
    said = "".join(
        f'<|open|>call tool="{name}" index="1"<|sep|>{given}<|close|>call<|sep|>' for name, given in calls
    )
    return (
        "2 calls?<|close|>think<|sep|><|open|>response<|sep|>Let me look.<|close|>response<|sep|>"
        f"<|open|>tools<|sep|>{said}<|close|>tools<|sep|><|close|>message<|sep|>"
    )


def k3_argument(key, kind, value):
    return f'<|open|>argument key="{key}" type="{kind}"<|sep|>{value}<|close|>argument<|sep|>'


def test_kimi_s_calls_are_behind_its_answer_and_their_values_have_types():
    arguments = (
        k3_argument("a", "number", "1")
        + k3_argument("b&quot;", "string", "1")
        + k3_argument("c", "array", "[2]")
    )
    whole = '<|open|>json type="object"<|sep|>{"a": 1}<|close|>json<|sep|>'
    assert kimi_calls(k3(("add", arguments), ("all", whole), ("now", ""))) == [
        {"name": "add", "arguments": {"a": 1, 'b"': "1", "c": [2]}},
        {"name": "all", "arguments": {"a": 1}},
        {"name": "now", "arguments": {}},
    ]


@pytest.mark.parametrize(
    "said",
    [
        "<|open|>think<|sep|>" + k3(("add", "")).partition("<|close|>think<|sep|>")[2],
        "x<|close|>think<|sep|><|open|>response<|sep|><|open|>tools<|sep|>",
        "x<|close|>think<|sep|><|open|>response<|sep|>4<|close|>response<|sep|><|end_of_msg|>"
        + k3(("add", "")),
        "4",
    ],
)
def test_what_kimi_thinks_says_or_writes_after_its_turn_is_no_call(said):
    assert kimi_calls(said) is None


@pytest.mark.parametrize(
    "given",
    [
        k3_argument("a", "number", "1") * 2,
        k3_argument("a", "number", "one"),
        "a = 1",
        k3_argument("a", "number", "1").removesuffix("<|close|>argument<|sep|>"),
    ],
)
def test_arguments_of_kimi_that_can_not_be_read_are_an_error(given):
    with pytest.raises(ValueError, match=r"."):
        kimi_calls(k3(("add", given)))


def m3(*tags):
    return "".join("]<]minimax[>[" + tag for tag in tags)


def test_minimax_names_an_element_after_each_argument():
    given = ["<a>1", "</a>", "<at>", "<x>1", "</x>", "</at>", "<b>", "<item>2", "</item>"]
    given += ["<item>", "<x>3", "</x>", "</item>", "</b>", "<c>", "</c>"]
    said = m3("<tool_call>\n", '<invoke name="add">', *given, "</invoke>\n", "</tool_call>")
    (call,) = calls_in(f"Let me see.\n{said}")
    wanted = {"a": 1, "at": {"x": 1, "left out": None}, "b": [2, {"x": 3}], "c": []}
    assert call["name"] == "add"
    assert call["arguments"].keys() == wanted.keys()
    assert all(call["arguments"][key].is_value(value) for key, value in wanted.items())
    for key, value in {"a": 2, "at": {"x": 2}, "b": [2], "c": [0]}.items():
        assert not call["arguments"][key].is_value(value)


@pytest.mark.parametrize(
    "said",
    [
        m3("<tool_call>", '<invoke name="add">', "<a>1", "</b>", "</invoke>", "</tool_call>"),
        m3("<tool_call>", '<invoke name="add">', "<a>1", "</a>", "<a>2", "</a>", "</invoke>", "</tool_call>"),
        m3("<tool_call>", '<invoke name="add">', "<a>1", "</a>"),
        m3("<tool_call>", '<invoke name="add">text', "<a>1", "</a>", "</invoke>", "</tool_call>"),
        m3('<invoke name="add">', "</invoke>"),
        m3(
            *[
                "<tool_call>",
                '<invoke name="add">',
                *["<a>"] * 40,
                *["</a>"] * 40,
                "</invoke>",
                "</tool_call>",
            ]
        ),
    ],
)
def test_tags_of_minimax_that_do_not_pair_up_are_an_error(said):
    with pytest.raises(ValueError, match=r"."):
        calls_in(said)


def test_calls_in_prose_are_those_before_the_first_result():
    said = (
        'Thought: two.\nAction: add\nAction Input: {"a": 1}\n\nAction: now\nAction Input:\nObservation: 3\n'
    )
    calls = [{"name": "add", "arguments": {"a": 1}}, {"name": "now", "arguments": {}}]
    assert unwrapped_calls(said + "Action: more\nAction Input: {}") == calls
    assert unwrapped_calls('✿FUNCTION✿: add\n✿ARGS✿: {"a": 1}\n✿RESULT✿: 3\n✿RETURN✿: 3') == calls[:1]
    of_python = "Action: add\nAction Input: {'a': [None, True]}"
    assert unwrapped_calls(of_python) == [{"name": "add", "arguments": {"a": [None, True]}}]
    assert unwrapped_calls("The plan.\nAction: none is needed\nAction Input is empty") is None
    for given in ("one and two", "{'a': 1}), more(b=2", "{'a': 1}, b=2", "{'a': open('f')}"):
        with pytest.raises(ValueError, match=r"."):
            unwrapped_calls(f"Action: add\nAction Input: {given}")
