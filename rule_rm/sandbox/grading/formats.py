"""Read tests: the ground truths of common datasets, which are distinguished by shape and not by name.

| shape | datasets and trainers |
|---|---|
| `{"inputs": […], "outputs": […]}`, with `fn_name` or without | APPS, TACO, verl, rllm |
| `[{"input", "output", "testtype"/"type", "fn_name" …}, …]` | LiveCodeBench, PrimeIntellect, rllm, open-r1 |
| `{"input": […], "output": […]}` under `public_tests`, `private_tests`, `generated_tests` | CodeContests |
| `[{"input": {"stdin"}, "output": {"stdout"}}, …]` under `corner_cases` | CodeContests-O |
| `{"test", "entry_point"}`, the test with `check` | HumanEval, evalplus |
| `["assert …", …]`, `{"test_list": […]}` | MBPP, open-instruct, AceCode |
| a text of test functions or test cases | KodCode, BigCodeBench |

Each may be the value of a key such as `tests`. It may be JSON in a string, or such JSON compressed by zlib
and encoded in base64. Pickles are refused, because reading one can run any code. A `checker` may accompany
inputs and outputs.
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

from rule_rm.errors import InternalError
from rule_rm.sandbox.grading import asserts
from rule_rm.sandbox.grading.asserts import NoClaimError
from rule_rm.sandbox.grading.limits import limits
from rule_rm.sandbox.grading.suites import (
    CallSuite,
    CallTest,
    Checker,
    CodeSuite,
    Parts,
    StdioSuite,
    StdioTest,
    Suite,
)
from rule_rm.sandbox.running.execution import Call
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
    r"^\s*(?:async\s+)?def\s+\w|^\s*class\s+\w|^\s*assert\b|^\s*(?:from|import)\s+\w", re.MULTILINE
)
"""The beginning of a line of Python as tests have them, such as `def check(` or `class AddTest(`."""


class FormatError(InternalError, ValueError):
    """The tests can't be read: nobody's response is wrong for that."""


def read_tests(ground_truth: Any, prompt: str = "") -> Suite:
    """Return the tests of a ground truth; `prompt` is the program's beginning, if the ground truth has none.

    Raises FormatError if they can't be read, or if every program passes them.
    """
    try:
        return _read(ground_truth, prompt, {})
    except FormatError:
        raise
    except NoClaimError as error:
        raise FormatError(str(error)) from None
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise FormatError(f"the tests can't be read: {type(error).__name__}: {error}") from None


def _read(truth: Any, prompt: str, around: Mapping[str, Any]) -> Suite:
    if isinstance(truth, str):
        return _read_text(truth, prompt, around)
    if isinstance(truth, Mapping):
        return _read_mapping({**around, **truth}, truth, prompt)
    if isinstance(truth, Sequence) and truth:
        if all(isinstance(one, str) for one in truth):
            return limited(asserts.read([str(one) for one in truth], prompt=prompt), around)
        if all(isinstance(one, Mapping) for one in truth):
            return _read_cases(truth, around)
    raise FormatError("no tests of a known form")


def _read_text(text: str, prompt: str, around: Mapping[str, Any]) -> Suite:
    stripped = text.strip()
    if stripped.startswith(("{", "[")):
        return _read(json.loads(stripped), prompt, around)
    if _TESTS_AS_CODE.search(text) or _is_code(text):
        return _read_code(text, prompt, around)
    return _read(json.loads(decompressed(stripped)), prompt, around)


def _is_code(text: str) -> bool:
    """Return whether a text is Python that calls something, as no compressed text is."""
    if "(" not in text:
        return False
    try:
        return any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def decompressed(text: str) -> bytes:
    """Return the JSON of compressed, base64-encoded tests. Raises FormatError if it is anything else."""
    try:
        inflate = zlib.decompressobj()
        content = inflate.decompress(base64.b64decode(text, validate=True), MAX_TEXT)
    except (binascii.Error, ValueError, zlib.error):
        raise FormatError("the tests are neither JSON nor test code, nor compressed JSON") from None
    if not content.lstrip().startswith((b"{", b"[", b'"')):
        raise FormatError(
            "the compressed tests are not JSON. Pickles, such as LiveCodeBench's private tests, are never "
            "read: convert them to JSON once, where you trust them (docs/sandbox.md shows how)"
        )
    return content


def _read_mapping(known: Mapping[str, Any], truth: Mapping[str, Any], prompt: str) -> Suite:
    prompt = str(truth.get("prompt") or prompt)
    suites: list[Suite] = []
    if "inputs" in truth and "outputs" in truth:
        suites.append(_read_columns(truth, known))
    if truth.get("test_list"):
        setup = "\n".join(
            [str(truth.get("test_setup_code") or ""), *map(str, truth.get("test_imports") or ())]
        )
        tests = [str(test) for test in (*truth["test_list"], *(truth.get("challenge_test_list") or ()))]
        suites.append(limited(asserts.read(tests, setup.strip(), prompt), known))
    suites += [
        _read_code(truth[key], prompt, known)
        for key in ("test", "test_code")
        if isinstance(truth.get(key), str)
    ]
    suites += [
        _read(truth[key], prompt, {**known, key: None})
        for key in (*_NESTED, *_TOGETHER)
        if _has_tests(truth.get(key))
    ]
    if suites:
        return _together(suites)
    if "input" in truth and "output" in truth:
        return _read_single(truth, known)
    raise FormatError(f"no tests under the keys {', '.join(sorted(map(str, truth)))}")


def _has_tests(part: Any) -> bool:
    """Return whether there are tests here; a number under such a key only counts them.

    >>> [_has_tests(part) for part in ("[]", {"inputs": [], "outputs": []}, 3, ["assert f(1)"])]
    [False, False, False, True]
    """
    if isinstance(part, str) and part.strip().startswith(("{", "[")):
        try:
            part = json.loads(part)
        except (ValueError, RecursionError):
            # The reader of such texts names its mistake.
            return True
    if isinstance(part, Mapping):
        return any(not isinstance(one, list) or one for one in part.values())
    return isinstance(part, (str, Sequence)) and len(part) > 0


def _together(parts: Sequence[Suite]) -> Suite:
    """Return one suite of the tests of all parts; those of one kind are graded in one go."""
    flat = [one for part in parts for one in (part.suites if isinstance(part, Parts) else [part])]
    merged: list[StdioSuite | CallSuite | CodeSuite] = []
    for suite in flat:
        last = merged[-1] if merged else None
        joined = _joined(last, suite)
        merged[len(merged) - (joined is not None) :] = [joined or suite]
    return merged[0] if len(merged) == 1 else Parts(merged)


def _joined(
    one: StdioSuite | CallSuite | CodeSuite | None, other: StdioSuite | CallSuite | CodeSuite
) -> StdioSuite | CallSuite | None:
    """Return the suite of both parts' tests; None if they differ in more than their tests."""
    if isinstance(one, StdioSuite) and isinstance(other, StdioSuite):
        return (
            replace(one, tests=[*one.tests, *other.tests]) if replace(other, tests=one.tests) == one else None
        )
    if isinstance(one, CallSuite) and isinstance(other, CallSuite) and not one.is_one_test:
        return (
            replace(one, tests=[*one.tests, *other.tests]) if replace(other, tests=one.tests) == one else None
        )
    return None


def _read_single(truth: Mapping[str, Any], known: Mapping[str, Any]) -> Suite:
    """Read one test; or, as CodeContests has it, a column of inputs and one of outputs."""
    if isinstance(truth["input"], list) and isinstance(truth["output"], list):
        return _read_columns({"inputs": truth["input"], "outputs": truth["output"]}, known)
    return _read_cases([truth], known)


def _read_columns(truth: Mapping[str, Any], known: Mapping[str, Any]) -> Suite:
    inputs, outputs = list(truth["inputs"]), list(truth["outputs"])
    if len(inputs) != len(outputs) or not inputs:
        raise FormatError(f"{len(inputs)} inputs and {len(outputs)} outputs")
    name = known.get("fn_name")
    if name:
        suite = _calls([(str(name), one, other) for one, other in zip(inputs, outputs, strict=True)], known)
        # APPS writes each expected value as a list of one; other data sets in its shape write it bare.
        return replace(suite, may_be_wrapped=_are_wrapped(outputs))
    return _stdio([(one, other) for one, other in zip(inputs, outputs, strict=True)], known)


def _are_wrapped(outputs: Sequence[Any]) -> bool:
    return all(isinstance(one, list) and len(one) == 1 for one in outputs)


def _read_cases(cases: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> Suite:
    if "assert_case" in cases[0]:
        tests = [str(one) for case in cases for one in _as_list(case["assert_case"])]
        return limited(asserts.read(tests), known)
    kinds = {str(case.get("testtype") or case.get("type") or "stdin") for case in cases}
    if kinds & set(_FUNCTIONAL):
        if len(kinds) > 1:
            raise FormatError(f"tests of several kinds: {', '.join(sorted(kinds))}")
        calls = [(_function_name(case, known), case["input"], case["output"]) for case in cases]
        # PrimeIntellect's problems are APPS', with their lists of one.
        may_be_wrapped = kinds == {"function_call"} and _are_wrapped([case["output"] for case in cases])
        return replace(_calls(calls, known), may_be_wrapped=may_be_wrapped)
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
    tests = [StdioTest(_as_text(one), _as_text(other)) for one, other in pairs]
    checker, by_files = _checker(known), known.get("input_mode") == "file"
    if checker is None and not by_files and not any(test.stdout.strip() for test in tests):
        raise FormatError("the tests expect no output, so a program that does nothing passes")
    return StdioSuite(tests, checker, str(language) if language else None, limits(known), by_files=by_files)


def _checker(known: Mapping[str, Any]) -> Checker | None:
    source = next((str(known[key]) for key in _CHECKERS if known.get(key)), None)
    if source is None:
        return None
    is_cpp = re.search(r"^\s*#\s*include\b", source, re.MULTILINE)
    return Checker(source, CHECKER if is_cpp else PYTHON)


def limited(suite: Suite, known: Mapping[str, Any]) -> Suite:
    """Return the suite with the limits that its problem has."""
    return suite if isinstance(suite, Parts) else replace(suite, limited=limits(known))


def _as_text(value: Any) -> str:
    """Return input or output as the program reads or writes it; APPS has some as lists of lines."""
    if isinstance(value, Mapping):
        return str(value["stdin"] if "stdin" in value else value["stdout"])
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    return str(value)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _calls(triples: Sequence[tuple[str, Any, Any]], known: Mapping[str, Any]) -> CallSuite:
    tests = [CallTest(_call(name, given), _expected(given, wanted)) for name, given, wanted in triples]
    return CallSuite(tests, prelude=True, limited=limits(known))


def _call(name: str, given: Any) -> Call:
    """Return a call whose arguments come as a list, by name, or as a string with a JSON value a line."""
    if isinstance(given, Mapping):
        return Call(name, keywords=dict(given))
    if isinstance(given, str):
        return Call(name, [_as_value(line) for line in given.splitlines() if line.strip()])
    return Call(name, list(given))


def _expected(given: Any, wanted: Any) -> Any:
    """Return the expected value: where arguments are written as text so is it, else a string is a string."""
    return _as_value(wanted) if isinstance(given, str) and isinstance(wanted, str) else wanted


def _as_value(text: str) -> Any:
    """Return a JSON value; where it is none, a Python literal; else the text itself."""
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
    return limited(asserts.read_code(test, entry_point, prompt), known)
