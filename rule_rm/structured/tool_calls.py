r"""Read the tool calls that a model has written as text, in the way of its family.

The wrappers differ: `<tool_call>`, `[TOOL_CALLS]`, `<|python_tag|>`, `<|tool_call_begin|>`, …. Within them a
call has one of six forms, whichever the wrapper:

    {"name": "add", "arguments": {"a": 1}}                       also a list, or one a line
    add<｜tool▁sep｜>{"a": 1}                                     a name and the arguments in JSON
    <function=add><parameter=a>1</parameter></function>          also <invoke name="add">
    add<arg_key>a</arg_key><arg_value>1</arg_value>
    [add(a=1)]                                                   as in Python
    call:add{a:1}

A value that comes without a type is a `Written`: the golden value says whether `1` is a number or a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from rule_rm.structured.prose_calls import prose_calls
from rule_rm.structured.python_calls import python_calls
from rule_rm.structured.strict import strict_json
from rule_rm.structured.token_calls import MINIMAX, minimax_calls
from rule_rm.structured.written import Written

MOST_CALLS = 64
"""A response with more tool calls is not looked at."""
_DEEPEST = 3
"""Levels of wrappers: `<tool_calls><tool_call><function=…>`."""

_PREFIX = r"(?:[\w.-]{1,20}:|｜\w{1,20}｜[ ]?)?"
"""A prefix of some families before the name of an element: `minimax:` of `<minimax:tool_call>`."""
_WRAPPER = re.compile(
    rf"<(?P<tag>{_PREFIX}(?:tool_?calls?|function_?calls?)(?::\w{{1,20}})?)>"  # <tool_call>
    r"|<[|｜](?P<token>tool[_▁]call)[_▁](?:begin|start)[|｜]>"  # <|tool_call_begin|>
    r"|<\|(?P<plain>tool_call)\|?>"  # Granite's <|tool_call|>, Gemma's <|tool_call>
    r"|\[(?P<bracket>TOOL_CALLS)\]"
    r"|<\|(?P<python>python_tag|python_start)\|>"
    r"|<\|(?P<action>START_ACTION|action_start\|><\|plugin|tools_prefix)\|>"
    r"|<start_(?P<gemma>function_call)>"
    rf"|<(?P<prefix>{_PREFIX})(?P<element>function|invoke)(?==| name=)",
    re.IGNORECASE,
)
"""The opening of a wrapper, or of a call without one: `<tool_call>`, `[TOOL_CALLS]`, `<function=`."""
_CLOSING = re.compile(
    rf"</{_PREFIX}(?:tool_?calls?|function_?calls?|function|invoke)(?::\w{{1,20}})?>"
    r"|<[|｜]tool[_▁]call[_▁]end[|｜]>",
    re.IGNORECASE,
)
"""The end of one: `</tool_call>`, `<｜tool▁call▁end｜>`."""
_SECTION = re.compile(r"<[|｜]tool[_▁]calls(?:_section)?[_▁](?:begin|end)[|｜]>")
"""The bounds of all calls, which some templates open and never close: `<｜tool▁calls▁begin｜>`."""
_OPTIONAL_ENDS = {
    "plain": re.compile(r"<\|/tool_call\|>|<tool_call\|>|(?=<\|tool_call\|?>)|\Z"),
    "bracket": re.compile(r"\[/TOOL_CALLS\]|(?=\[TOOL_CALLS\])|\Z"),
    "python": re.compile(r"<\|python_end\|>|\Z"),
    "action": re.compile(r"<\|(?:END_ACTION|action_end|tools_suffix)\|>|\Z"),
    "gemma": re.compile(r"<end_function_call>|\Z"),
}
"""Ends of wrappers that the next call or the end of the turn may end, too: `<tool_call|>`."""
_ELEMENT = re.compile(
    rf"<{_PREFIX}(?:function|invoke)(?:=|\sname=)\"?(?P<name>[\w.:-]{{1,200}})\"?\s?>"
    r"(?P<body>.*)</[^<>]{1,40}>",
    re.DOTALL,
)
"""A call as an element: `<function=add>…</function>`, `<invoke name="add">…</invoke>`."""
_PARAMETER = re.compile(
    rf"<(?P<tag>{_PREFIX}param(?:eter)?)(?:=|\sname=)\"?(?P<key>[^\s<>\"=]{{1,200}})\"?"
    r"(?P<more>(?:\s\w{1,20}=\"\w{0,20}\"){0,4})\s?>(?P<value>(?:(?!</?(?P=tag)[\s=>]).)*)</(?P=tag)>",
    re.DOTALL,
)
"""An argument as an element: `<parameter=a>1</parameter>`, `<parameter name="a">1</parameter>`."""
_PAIR = re.compile(
    r"<(?P<kind>arg|param)_key(?::\w{1,20})?>(?P<key>[^<>]{1,200})</(?P=kind)_key(?::\w{1,20})?>\s{0,4}"
    r"<(?P=kind)_value(?::\w{1,20})?>(?P<value>(?:(?!</?(?P=kind)_).)*)</(?P=kind)_value(?::\w{1,20})?>",
    re.DOTALL,
)
"""An argument as two elements: `<arg_key>a</arg_key>`, `<arg_value>1</arg_value>`."""
_CDATA = re.compile(r"\A<!\[CDATA\[(.*)\]\]>\Z", re.DOTALL)
"""A value that may hold tags: `<![CDATA[<b>]]>`."""
_NAME = re.compile(r"(?:functions\.)?(?P<name>[\w.-]{1,200}?)(?::\d{1,9})?\Z")
"""The name of a call, perhaps with its number: `functions.add:0`."""
_SEPARATOR = re.compile(
    r"<｜tool▁sep｜>|<\|tool_call_argument_begin\|>|\[CALL_ID\]\w{0,64}|\[ARGS\]|<tool_sep(?::\w{1,20})?>|```(?:json)?"
)
"""Tokens between the name of a call and its arguments: `<｜tool▁sep｜>`, `[ARGS]`."""
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\(")
"""The beginning of calls in Python: `[add(`."""
_OBJECT = re.compile(r"\[?\s*\{")
"""The beginning of a call, or of calls, in JSON: `[{`."""
_NAME_AND_JSON = re.compile(r"[\w.-]{1,200}\n\s*\{.*\}\Z", re.DOTALL)
"""A name above its arguments: `add`, a line break, `{"a": 1}`."""
_GEMMA = re.compile(r"call:(?P<name>[\w.:-]{1,200}?)(?P<arguments>\{.*\})\Z", re.DOTALL)
"""A call of Gemma: `call:add{a:1}`."""
_QUOTES = re.compile(r'<\|"\|>|<escape>')
"""Gemma's quote around a string: `<|"|>`."""
_BARE_KEY = re.compile(r"(?<=[{,])(\s*)([A-Za-z_][\w.-]{0,200})(\s*:)")
"""A key without quotes: `a:` of `{a:1}`."""


def calls_in(text: str) -> list[Any] | None:
    """Return the calls in a text, for `name` and `arguments`; None if there is no sign of any.

    Raises ValueError if there is one, and it can't be read.

    >>> calls_in("<function=add><parameter=a>1</parameter></function>"), calls_in("It is 1.")
    ([{'name': 'add', 'arguments': {'a': '1'}}], None)
    """
    if MINIMAX in text:
        return minimax_calls(text)
    text = _SECTION.sub("", text)
    if not (_WRAPPER.search(text) or _CLOSING.search(text)):
        return None
    found = list(islice(_calls(text, 0), MOST_CALLS + 1))
    if len(found) > MOST_CALLS:
        raise ValueError(f"there are more than {MOST_CALLS}")
    return found


def unwrapped_calls(text: str) -> list[Any] | None:
    """Return the calls that are all of a text, without a wrapper, or in prose; None if it is anything else.

    Llama 3 writes one a line in JSON, or a list in Python; GLM 4 the name, and the arguments below it.

    >>> unwrapped_calls('[add(a=1)]'), unwrapped_calls('add\\n{"a": 1}'), unwrapped_calls("[1, 2]")
    ([{'name': 'add', 'arguments': {'a': 1}}], [{'name': 'add', 'arguments': {'a': 1}}], None)
    """
    text = text.strip()
    in_prose = prose_calls(text)
    if in_prose is not None:
        return in_prose
    if text.startswith("[") and _PYTHON.match(text):
        return python_calls(text)
    if _NAME_AND_JSON.match(text):
        with suppress(ValueError):
            return [_named(text)]
    lines = text.splitlines()
    if len(lines) > 1 and all(line.lstrip().startswith('{"name"') for line in lines):
        return _in_json(text)
    return None


def _calls(text: str, depth: int) -> Iterator[Any]:
    """Yield the calls of a text with wrappers."""
    if depth > _DEEPEST:
        raise ValueError("the tags of calls are nested too deep")
    place = 0
    while (opened := _WRAPPER.search(text, place)) is not None:
        _refuse_closing(text[place : opened.start()])
        ended = _end(opened, text)
        if opened["element"]:
            yield _of_element(text[opened.start() : ended.end()])
        else:
            content = text[opened.end() : ended.start()]
            yield from _calls(content, depth + 1) if _WRAPPER.search(content) else _bare_calls(content)
        place = ended.end()
    _refuse_closing(text[place:])


def _refuse_closing(between: str) -> None:
    if _CLOSING.search(between):
        raise ValueError("the tags do not pair up")


def _end(opened: re.Match[str], text: str) -> re.Match[str]:
    """Return the end of a wrapper. Raises ValueError if there is none."""
    kind = next(name for name in ("tag", "token", "element", *_OPTIONAL_ENDS) if opened[name])
    if kind == "tag":
        end = re.compile(f"</{re.escape(opened['tag'])}>")
    elif kind == "token":
        end = re.compile(rf"<[|｜]{re.escape(opened['token'])}[_▁]end[|｜]>")
    elif kind == "element":
        end = re.compile(f"</{re.escape(opened['prefix'] + opened['element'])}>")
    else:
        end = _OPTIONAL_ENDS[kind]
    found = end.search(text, opened.end())
    if found is None:
        raise ValueError("the tags do not pair up")
    return found


def _of_element(text: str) -> dict[str, Any]:
    """Return a call that is an element, with its arguments in elements or in JSON."""
    found = _ELEMENT.fullmatch(text)
    if found is None:
        raise ValueError("a call has no name, or no end")
    body = found["body"].strip()
    if body.startswith("{"):
        return {"name": found["name"], "arguments": strict_json(body)}
    arguments: dict[str, Any] = {}
    for given in _PARAMETER.finditer(body):
        value = _value(given["value"])
        is_typed = 'string="false"' in given["more"]
        _put(arguments, given["key"], strict_json(value) if is_typed else value)
    if _PARAMETER.sub("", body).strip():
        raise ValueError(f"the arguments of {found['name']:.80} can't be read")
    return {"name": found["name"], "arguments": arguments}


def _value(text: str) -> Written:
    """Return the text of an argument, without the line breaks that some families write around it."""
    text = text.removeprefix("\n").removesuffix("\n")
    data = _CDATA.match(text.strip())
    return Written(data[1] if data else text)


def _put(arguments: dict[str, Any], key: str, value: Any) -> None:
    if key in arguments:
        raise ValueError(f"the argument {key:.80} is there twice")
    arguments[key] = value


def _bare_calls(content: str) -> list[Any]:
    """Return the calls in the content of a wrapper. Raises ValueError if there is none."""
    content = content.strip()
    if _OBJECT.match(content) or content == "[]":
        return _in_json(content)
    if (gemma := _GEMMA.match(content)) is not None:
        return [{"name": gemma["name"], "arguments": _of_gemma(gemma["arguments"])}]
    if _PYTHON.match(content):
        return python_calls(content)
    first = _PAIR.search(content)
    if first is not None:
        arguments: dict[str, Any] = {}
        for pair in _PAIR.finditer(content):
            _put(arguments, pair["key"].strip(), _value(pair["value"]))
        if _PAIR.sub("", content[first.start() :]).strip():
            raise ValueError("the arguments of a call can't be read")
        return [{"name": _name(content[: first.start()]), "arguments": arguments}]
    return [_named(content)]


def _in_json(content: str) -> list[Any]:
    """Return the calls in JSON: an object, a list of them, or one a line, perhaps with semicolons between."""
    try:
        value = strict_json(content)
    except ValueError:
        lines = [line.strip().removesuffix(";") for line in content.splitlines()]
        return [call for line in lines if line for call in _listed(strict_json(line))]
    return _listed(value)


def _listed(value: Any) -> list[Any]:
    calls = value if isinstance(value, list) else [value]
    return [_usual(call) for call in calls]


def _usual(call: Any) -> Any:
    """Return a call with the usual keys: Cohere has `tool_name`, Apertus the name itself as the only key."""
    if isinstance(call, dict) and "tool_name" in call:
        return {"name": call["tool_name"], "arguments": call.get("parameters", {})}
    if isinstance(call, dict) and len(call) == 1:
        name, arguments = next(iter(call.items()))
        if isinstance(arguments, dict) and name not in ("name", "function"):
            return {"name": name, "arguments": arguments}
    return call


def _named(content: str) -> dict[str, Any]:
    """Return a call of a name and JSON: `functions.add:0<|tool_call_argument_begin|>{"a": 1}`."""
    name, brace, arguments = content.partition("{")
    arguments = (brace + arguments).strip().removesuffix("```").strip()
    return {"name": _name(name), "arguments": strict_json(arguments) if brace else {}}


def _name(text: str) -> str:
    """Return the name of a call: the last word, as DeepSeek V3 writes `function` before it."""
    words = _SEPARATOR.sub(" ", text).split()
    found = _NAME.match(words[-1]) if words else None
    if found is None or len(words) > 2 or (len(words) == 2 and words[0] != "function"):
        raise ValueError("a call has no name")
    return found["name"]


def _of_gemma(text: str) -> Any:
    """Return Gemma's arguments, with keys and strings in their own quotes."""
    parts = _QUOTES.split(text)
    if len(parts) % 2 == 0:
        raise ValueError("a string of a call has no end")
    quoted = [
        json.dumps(part, ensure_ascii=False) if place % 2 else _BARE_KEY.sub(r'\1"\2"\3', part)
        for place, part in enumerate(parts)
    ]
    return strict_json("".join(quoted))
