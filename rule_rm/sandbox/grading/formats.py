"""Reading tests: the ground truths of the field's data sets, told apart by their shape and not by a name.

| shape | who writes it |
|---|---|
| `{"inputs": […], "outputs": […]}`, with `fn_name` or without | APPS, TACO, verl, rllm |
| `[{"input", "output", "testtype"/"type", "fn_name" …}, …]` | LiveCodeBench, PrimeIntellect, rllm, open-r1 |
| `{"input": […], "output": […]}` under `public_tests`, `private_tests`, `generated_tests` | CodeContests |
| `[{"input": {"stdin"}, "output": {"stdout"}}, …]` under `corner_cases` | CodeContests-O |
| `{"test", "entry_point"}`, the test with `check` | HumanEval, evalplus |
| `["assert …", …]`, `{"test_list": […]}` | MBPP, open-instruct, AceCode |
| a text of test functions or test cases | KodCode, BigCodeBench |

Each may stand under a key such as `tests`, and be JSON in a text, or that compressed by zlib in base64.
Pickles are refused, as reading one can run anything. A `checker` may come with what is read and written.
"""

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rule_rm.sandbox.grading import asserts
from rule_rm.sandbox.grading.suites import (
    CallSuite,
    CallTest,
    Checker,
    CodeSuite,
    Limited,
    StdioSuite,
    StdioTest,
    Suite,
)
from rule_rm.sandbox.running.execution import Call, Trial
from rule_rm.sandbox.running.languages import CHECKER, PYTHON

MAX_TEXT = 64 << 20
"""Bytes that a compressed text may have when it is read."""
_NESTED = (
    "tests",
    "test_cases",
    "unit_tests",
    "verification_info",
    "ground_truth",
    "official_tests",
    "corner_cases",
    "input_output",
)
_TOGETHER = ("public_test_cases", "private_test_cases", "public_tests", "private_tests", "generated_tests")
"""Tests in several parts, of which all count."""
_CHECKERS = ("checker", "generated_checker")
_FUNCTIONAL = ("functional", "function_call", "call_based", "function")
_TESTS_AS_CODE = re.compile(
    r"^\s*(?:async\s+)?def\s+(?:test|check)|^\s*class\s+Test|^\s*assert\b", re.MULTILINE
)


class FormatError(ValueError):
    """The tests can't be read: nobody's response is wrong for that."""


def read_tests(ground_truth: Any, prompt: str = "") -> Suite:
    """The tests of a ground truth; `prompt` is the program's beginning, if the ground truth has none.

    Raises FormatError.
    """
    try:
        return _read(ground_truth, prompt, {})
    except FormatError:
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise FormatError(f"the tests can't be read: {type(error).__name__}: {error}") from None


def _read(truth: Any, prompt: str, around: Mapping[str, Any]) -> Suite:
    if isinstance(truth, str):
        return _read_text(truth, prompt, around)
    if isinstance(truth, Mapping):
        return _read_mapping({**around, **truth}, truth, prompt)
    if isinstance(truth, Sequence) and truth:
        if all(isinstance(one, str) for one in truth):
            return asserts.read(list(truth), setup="")
        if all(isinstance(one, Mapping) for one in truth):
            return _read_cases(truth, around)
    raise FormatError("no tests of a known form")


def _read_text(text: str, prompt: str, around: Mapping[str, Any]) -> Suite:
    stripped = text.strip()
    if stripped.startswith(("{", "[")):
        return _read(json.loads(stripped), prompt, around)
    if _TESTS_AS_CODE.search(text):
        return _read_code(text, prompt, around)
    return _read(json.loads(decompressed(stripped)), prompt, around)


def decompressed(text: str) -> bytes:
    """The JSON that zlib and base64 were made of. Raises FormatError, also for a pickle."""
    try:
        inflate = zlib.decompressobj()
        content = inflate.decompress(base64.b64decode(text, validate=True), MAX_TEXT)
    except (binascii.Error, ValueError, zlib.error):
        raise FormatError("the tests are neither JSON nor test code, nor compressed JSON") from None
    if not content.lstrip().startswith((b"{", b"[", b'"')):
        raise FormatError(
            "the compressed tests are no JSON; pickled ones, as LiveCodeBench's private tests are, are never "
            "read: write them as JSON once, where you trust them (docs/sandbox.md shows how)"
        )
    return content


def _read_mapping(known: Mapping[str, Any], truth: Mapping[str, Any], prompt: str) -> Suite:
    prompt = str(truth.get("prompt") or prompt)
    if "inputs" in truth and "outputs" in truth:
        return _read_columns(truth, known)
    if "test_list" in truth:
        setup = "\n".join(
            [str(truth.get("test_setup_code") or ""), *map(str, truth.get("test_imports") or ())]
        )
        return asserts.read([str(test) for test in truth["test_list"]], setup=setup.strip())
    for key in ("test", "test_code"):
        if isinstance(truth.get(key), str):
            return _read_code(truth[key], prompt, known)
    for key in _NESTED:
        if truth.get(key):
            return _read(truth[key], prompt, {**known, key: None})
    parts = [key for key in _TOGETHER if _has_tests(truth.get(key))]
    if parts:
        return _together([_read(truth[key], prompt, {**known, key: None}) for key in parts])
    if "input" in truth and "output" in truth:
        return _read_single(truth, known)
    raise FormatError(f"no tests under the keys {', '.join(sorted(map(str, truth)))}")


def _has_tests(part: Any) -> bool:
    """True if tests stand here; a number under such a key only counts them."""
    if isinstance(part, Mapping):
        return bool(part.get("input") or part.get("inputs"))
    return isinstance(part, (str, Sequence)) and len(part) > 0


def _together(parts: Sequence[Suite]) -> Suite:
    """The tests of all parts, which must be of one kind."""
    first = parts[0]
    if isinstance(first, CodeSuite) or {type(part) for part in parts} != {type(first)}:
        raise FormatError("the parts of the tests are of several kinds, or are code")
    tests: list[Any] = [test for part in parts if not isinstance(part, CodeSuite) for test in part.tests]
    if isinstance(first, StdioSuite):
        return replace(first, tests=tests)
    return replace(first, tests=tests)


def _read_single(truth: Mapping[str, Any], known: Mapping[str, Any]) -> Suite:
    """One test; or, as CodeContests has it, a column of inputs and one of outputs."""
    if isinstance(truth["input"], list) and isinstance(truth["output"], list):
        return _read_columns({"inputs": truth["input"], "outputs": truth["output"]}, known)
    return _read_cases([truth], known)


def _read_columns(truth: Mapping[str, Any], known: Mapping[str, Any]) -> Suite:
    inputs, outputs = list(truth["inputs"]), list(truth["outputs"])
    if len(inputs) != len(outputs) or not inputs:
        raise FormatError(f"{len(inputs)} inputs and {len(outputs)} outputs")
    name = known.get("fn_name")
    if name:
        return _calls([(str(name), one, other) for one, other in zip(inputs, outputs, strict=True)])
    return _stdio([(one, other) for one, other in zip(inputs, outputs, strict=True)], known)


def _read_cases(cases: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> Suite:
    if "assert_case" in cases[0]:
        return asserts.read([str(one) for case in cases for one in _as_list(case["assert_case"])], setup="")
    kinds = {str(case.get("testtype") or case.get("type") or "stdin") for case in cases}
    if kinds & set(_FUNCTIONAL):
        if len(kinds) > 1:
            raise FormatError(f"tests of several kinds: {', '.join(sorted(kinds))}")
        return _calls([(_function_name(case, known), case["input"], case["output"]) for case in cases])
    return _stdio([(case["input"], case["output"]) for case in cases], known)


def _function_name(case: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    metadata = case.get("metadata") or known.get("metadata") or {}
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    name = case.get("fn_name") or metadata.get("func_name") or known.get("fn_name") or known.get("func_name")
    if not name:
        raise FormatError("a function is to be called, and nothing names it")
    return str(name)


def _stdio(pairs: Sequence[tuple[Any, Any]], known: Mapping[str, Any]) -> StdioSuite:
    language = known.get("language")
    return StdioSuite(
        [StdioTest(_as_text(one), _as_text(other)) for one, other in pairs],
        _checker(known),
        str(language) if language else None,
        Limited(_seconds(known.get("time_limit")), _megabytes(known)),
        by_files=known.get("input_mode") == "file",
    )


def _checker(known: Mapping[str, Any]) -> Checker | None:
    source = next((str(known[key]) for key in _CHECKERS if known.get(key)), None)
    if source is None:
        return None
    is_cpp = re.search(r"^\s*#\s*include\b", source, re.MULTILINE)
    return Checker(source, CHECKER if is_cpp else PYTHON)


def _seconds(limit: Any) -> float | None:
    """A time limit: a number, or as CodeContests has it."""
    if isinstance(limit, Mapping):
        limit = float(limit.get("seconds") or 0) + float(limit.get("nanos") or 0) / 1e9
    return float(limit) if limit else None


def _megabytes(known: Mapping[str, Any]) -> int | None:
    if known.get("memory_limit_bytes"):
        return max(1, int(known["memory_limit_bytes"]) >> 20)
    return int(float(known["memory_limit"])) if known.get("memory_limit") else None


def _as_text(value: Any) -> str:
    """Input or output as the program reads or writes it; APPS has some as lists of lines."""
    if isinstance(value, Mapping):
        return str(value["stdin"] if "stdin" in value else value["stdout"])
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    return str(value)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _calls(triples: Sequence[tuple[str, Any, Any]]) -> CallSuite:
    return CallSuite(
        [CallTest(_call(name, given), _expected(wanted)) for name, given, wanted in triples], prelude=True
    )


def _call(name: str, given: Any) -> Call:
    """Arguments come as a list, as named ones, or as a text with one JSON value on each line."""
    if isinstance(given, Mapping):
        return Call(name, keywords=dict(given))
    if isinstance(given, str):
        return Call(name, [_as_value(line) for line in given.splitlines() if line.strip()])
    return Call(name, list(given))


def _expected(wanted: Any) -> Any:
    return _as_value(wanted) if isinstance(wanted, str) else wanted


def _as_value(text: str) -> Any:
    """A JSON value; where it is none, a Python literal; else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _read_code(test: str, prompt: str, known: Mapping[str, Any]) -> Suite:
    entry_point = str(known["entry_point"]) if known.get("entry_point") else None
    if entry_point and re.search(r"^def check\(", test, re.MULTILINE):
        return asserts.read_check(test, entry_point, prompt)
    if re.search(r"^(?:async )?def test|^class Test", test, re.MULTILINE):
        return CodeSuite(Trial([test], "functions", entry_point), prompt)
    return asserts.read_block(test)
