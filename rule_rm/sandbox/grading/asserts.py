"""Tests written as asserts. Plain ones become input and output; the rest goes to the judge.

`assert f(1, [2]) == 3` needs no code to run: call `f` with data, compare data. It is cheaper and can't be
forged, so each assert of that form is turned into it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rule_rm.errors import InternalError
from rule_rm.sandbox.grading.files import needs_files
from rule_rm.sandbox.grading.outside import obstacle
from rule_rm.sandbox.grading.suites import CallSuite, CallTest, CodeSuite
from rule_rm.sandbox.running.claims import Claims, described, has_tests, is_main_guard
from rule_rm.sandbox.running.execution import Call, Trial
from rule_rm.sandbox.running.needs import MODULES_OF_SOLUTIONS, innermost_builtins, undefined
from rule_rm.sandbox.running.trees import Function, parsed

_REMEMBERED = 256
"""Texts that are read once for all the responses to one problem, which come one after another."""
_METHOD = re.compile(r"Solution\(\)\.(\w+)")
"""A method of the class that sites for coding problems ask for, such as `Solution().twoSum`."""
ANY_FUNCTION = "*"
"""The entry point of a test that names none: the last function that the program defines."""


class NoClaimError(InternalError, ValueError):
    """Tests that every program passes."""


def read(tests: Sequence[str], setup: str = "", prompt: str = "") -> CallSuite | CodeSuite:
    """Read a list of asserts, each a test. Raises NoClaimError if it claims nothing."""
    return _read_list(tuple(tests), setup, prompt)


@lru_cache(maxsize=_REMEMBERED)
def _read_list(tests: tuple[str, ...], setup: str, prompt: str) -> CallSuite | CodeSuite:
    trees = [parsed(test) for test in tests]
    if any(has_tests(tree) for tree in trees) or all(
        all(isinstance(one, Function) for one in tree.body) for tree in trees
    ):
        return read_code("\n\n".join([setup, *tests]), None, prompt)
    groups = []
    everything = ast.Module([statement for tree in trees for statement in tree.body], [])
    claims = Claims(ast.Module([*parsed(setup).body, *everything.body], []))
    for test, tree in zip(tests, trees, strict=True):
        found = _grouped(tree.body, claims)
        if not found:
            raise NoClaimError(f"the test {_short(test)} claims nothing; {described(tree)}")
        before, _ = found[0]
        groups.append((before, [one for more, last in found for one in (*more, last)][len(before) :]))
    return _statements(groups, setup)


def read_code(test: str, entry_point: str | None, prompt: str = "") -> CallSuite | CodeSuite:
    """Read a text of tests as unittest, pytest or HumanEval would. Raises NoClaimError if it has no claim."""
    return _read_text(test, entry_point, prompt)


@lru_cache(maxsize=_REMEMBERED)
def _read_text(test: str, entry_point: str | None, prompt: str) -> CallSuite | CodeSuite:
    if entry_point and not entry_point.isidentifier():
        method = _METHOD.fullmatch(entry_point)
        if method is None:
            # The tests are about the value of an expression, so call check with it in a last line.
            return _read_text(f"{test}\ncheck({entry_point})\n", None, prompt)
        entry_point = method[1]
    tree = parsed(test)
    body = [
        inner
        for one in tree.body
        for inner in (one.body if is_main_guard(one) and isinstance(one, ast.If) else [one])
    ]
    claims = Claims(tree)
    groups = _grouped([one for one in body if not _runs_unittest(one)], claims)
    check = next((one for one in tree.body if isinstance(one, Function) and one.name == "check"), None)
    takes_candidate = check is not None and len(check.args.args) == 1
    if takes_candidate and (entry_point or not groups) and claims.has_claims(tree.body):
        return _read_check(test, entry_point or _last_function(prompt) or ANY_FUNCTION, prompt)
    if has_tests(tree):
        return _functions(test, tree, claims, entry_point, prompt)
    uncalled = [] if groups else [one for one in claims.claiming_functions(tree) if not one.args.args]
    if uncalled:
        calls = [f"{one.name}()" for one in uncalled]
        return _statements([(body, ast.parse(call).body) for call in calls[:1]], "", calls[1:])
    if not groups:
        raise NoClaimError(f"the tests claim nothing: no assertion can run; {described(tree)}")
    return _statements([(before, [last]) for before, last in groups], "")


def _read_check(test: str, entry_point: str, prompt: str) -> CallSuite | CodeSuite:
    """Read a text that defines `check(candidate)`: one test."""
    plain = _plain_check(test, entry_point) if entry_point != ANY_FUNCTION else None
    if plain is not None:
        return CallSuite(plain, is_python=True, is_one_test=True, prompt=prompt, entry_point=entry_point)
    tree = parsed(test)
    trial = Trial([test], "check", entry_point, prelude=helpers(prompt, entry_point), files=needs_files(tree))
    return CodeSuite(trial, prompt, obstacle(tree, {entry_point, "candidate"}))


def _functions(
    test: str, tree: ast.Module, claims: Claims, entry_point: str | None, prompt: str
) -> CodeSuite:
    """Read a file of test functions or test classes."""
    if not claims.has_claims(tree.body):
        raise NoClaimError(f"the tests claim nothing: they have no assertion; {described(tree)}")
    targets = undefined(test) | ({entry_point} if entry_point else set())
    if not targets and not any(name in test for name in MODULES_OF_SOLUTIONS):
        raise NoClaimError(
            f"the tests use nothing of the program: every name is their own; {described(tree)}"
        )
    trial = Trial([test], "functions", entry_point, files=needs_files(tree))
    return CodeSuite(trial, prompt, obstacle(tree, targets))


def _statements(
    groups: Sequence[tuple[Sequence[ast.stmt], Sequence[ast.stmt]]], setup: str, more: Sequence[str] = ()
) -> CallSuite | CodeSuite:
    """Make a suite of tests, each of the statements before it and of those that claim something."""
    if not more:
        plain = [
            plain_assert(claiming[0])
            if len(claiming) == 1 and all(isinstance(one, ast.Import | ast.ImportFrom) for one in before)
            else None
            for before, claiming in groups
        ]
        found = [one for one in plain if one is not None]
        everything = "\n".join([setup, *(ast.unparse(one) for before, _ in groups for one in before)])
        if len(found) == len(groups) and _only_imports(everything, {one.call.name for one in found}):
            return CallSuite(found, is_python=True)
    before = [_text(statements) for statements, _ in groups] + [""] * len(more)
    tests = [_text(statements) for _, statements in groups] + list(more)
    whole = [setup, *before, *tests]
    targets = undefined(*whole)
    target = ""
    if not targets and not _imports_a_solution(whole):
        target = _builtin_target(whole)
    tree = parsed("\n".join(whole))
    trial = Trial(tests, "statements", setup=setup, before=before, target=target, files=needs_files(tree))
    return CodeSuite(trial, obstacle=obstacle(tree, targets))


def _imports_a_solution(texts: Sequence[str]) -> bool:
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    return any(
        (isinstance(node, ast.ImportFrom) and node.module in MODULES_OF_SOLUTIONS)
        or (isinstance(node, ast.Import) and any(one.name in MODULES_OF_SOLUTIONS for one in node.names))
        for node in nodes
    )


def _builtin_target(texts: Sequence[str]) -> str:
    """Return the builtin that the tests call. Raises NoClaimError if they call none or several."""
    found = set().union(*map(innermost_builtins, texts)) - {"print", "range", "isinstance"}
    if len(found) != 1:
        raise NoClaimError(
            "the tests use nothing of the program: every name in them is their own or a builtin"
            + (f" ({', '.join(sorted(found))})" if found else "")
        )
    return found.pop()


def _only_imports(text: str, names: set[str]) -> bool:
    """Return whether a text only imports, and imports none of these names."""
    body = parsed(text).body
    return all(isinstance(one, ast.Import | ast.ImportFrom) for one in body) and not any(
        (alias.asname or alias.name).partition(".")[0] in names and not _is_from_solution(one)
        for one in body
        if isinstance(one, ast.Import | ast.ImportFrom)
        for alias in one.names
    )


def _is_from_solution(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module in MODULES_OF_SOLUTIONS


def _grouped(statements: Sequence[ast.stmt], claims: Claims) -> list[tuple[list[ast.stmt], ast.stmt]]:
    """Return each statement that claims something, with those before it that claim nothing."""
    groups: list[tuple[list[ast.stmt], ast.stmt]] = []
    before: list[ast.stmt] = []
    for statement in statements:
        claiming = _as_claim(statement)
        if not isinstance(claiming, Function | ast.ClassDef) and claims.has_claims([claiming]):
            groups.append((before, claiming))
            before = []
        else:
            before.append(statement)
    return groups


def _as_claim(statement: ast.stmt) -> ast.stmt:
    """Return an assertion for a bare comparison, as some data sets write tests."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Compare | ast.BoolOp):
        return ast.copy_location(ast.Assert(statement.value), statement)
    return statement


def _runs_unittest(statement: ast.stmt) -> bool:
    """Return whether it is `unittest.main()`: the judge runs the tests that it would run."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="main"))):
            return True
    return False


def _last_function(prompt: str) -> str | None:
    """Return the last function that a prompt begins; None if the prompt does not begin a program."""
    names = [one.name for one in _program_of(prompt) if isinstance(one, Function)]
    return names[-1] if names else None


def _text(statements: Sequence[ast.stmt]) -> str:
    return "\n".join(map(ast.unparse, statements))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else line[:59] + "…")


@lru_cache(maxsize=_REMEMBERED)
def helpers(prompt: str, entry_point: str) -> str:
    """Return the prompt's definitions, except the requested function: a test may use and trust them.

    Empty for a prompt in a natural language, which is no program.
    """
    kept = [
        one
        for one in _program_of(prompt)
        if getattr(one, "name", None) not in (entry_point, "Solution") and not isinstance(one, ast.Expr)
    ]
    return "\n".join(map(ast.unparse, kept))


def begins_program(prompt: str, entry_point: str) -> bool:
    """Return whether a prompt is the beginning of a program that defines a function."""
    return any(getattr(one, "name", None) == entry_point for one in _program_of(prompt))


def _program_of(prompt: str) -> list[ast.stmt]:
    # A prompt may end in the head of a function whose body is asked for.
    for text in (prompt, prompt + "\n    pass"):
        try:
            return ast.parse(text).body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
    return []


def plain_assert(test: str | ast.stmt, renamed: dict[str, str] | None = None) -> CallTest | None:
    """Return the call and the value of `assert f(literals) == literal`, or None for any other.

    >>> plain_assert("assert f(1, x=[2]) == {3}")
    CallTest(call=Call(name='f', arguments=[1], keywords={'x': [2]}), expected={3})
    """
    try:
        [statement] = ast.parse(test.strip()).body if isinstance(test, str) else [test]
    except (SyntaxError, ValueError):
        return None
    match statement:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name(id=name)) as call, ops=[ast.Eq()], comparators=[wanted]
            )
        ):
            pass
        case _:
            return None
    try:
        arguments = [_literal(one) for one in call.args]
        keywords = {one.arg: _literal(one.value) for one in call.keywords if one.arg is not None}
        expected = _literal(wanted)
    except ValueError:
        return None
    if len(keywords) != len(call.keywords):
        return None
    return CallTest(Call((renamed or {}).get(name, name), arguments, keywords), expected)


def _plain_check(test: str, entry_point: str) -> tuple[CallTest, ...] | None:
    """Return the asserts of a `check` that has nothing else in it but texts and a comparison of constants."""
    try:
        body = ast.parse(test).body
    except (SyntaxError, ValueError):
        return None
    checks = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == "check"]
    if len(checks) != 1 or len(checks[0].args.args) != 1:
        return None
    renamed = {checks[0].args.args[0].arg: entry_point}
    found = []
    for statement in checks[0].body:
        if isinstance(statement, (ast.Expr, ast.Pass)) or _is_true_already(statement):
            continue
        plain = plain_assert(statement, renamed)
        if plain is None or plain.call.name != entry_point:
            return None
        found.append(plain)
    return tuple(found) or None


def _is_true_already(statement: ast.stmt) -> bool:
    """Return True for `assert True, "…"`, which HumanEval's tests are full of."""
    return (
        isinstance(statement, ast.Assert)
        and isinstance(statement.test, ast.Constant)
        and bool(statement.test.value)
    )


def _literal(node: ast.expr) -> Any:
    """Return the value of a literal. Raises ValueError if the node is not a literal."""
    try:
        return ast.literal_eval(node)
    except (TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(str(error)) from None
