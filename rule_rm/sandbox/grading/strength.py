"""The strength of a row's tests: whether its reference solution passes, and which broken ones pass too.

The reference solution is broken in one place at a time, as by a slip. A comparison, sign, constant, condition
or result is changed. A broken solution that passes all tests would be paid. One that returns the same as the
reference in many other calls is not broken and does not count. Others may still be as right as the reference,
so the share is only a hint: read the weakest rows.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rule_rm.sandbox.grading.equivalence import Behaviour
from rule_rm.sandbox.grading.formats import FormatError, read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.grading.suites import StdioSuite, Suite
from rule_rm.sandbox.running.execution import Sandbox
from rule_rm.sandbox.running.languages import PYTHON

MUTANTS = 20
"""Broken solutions of one row, spread over all that can be made."""
REFERENCES = ("canonical_solution", "reference_solution", "gold_standard_solution", "solution", "code")
"""Keys under which data sets have a solution: HumanEval, PrimeIntellect, KodCode, MBPP."""


@dataclass(frozen=True, slots=True)
class Strength:
    """The strength of a row's tests."""

    error: str = ""
    """Why they can't be used, or why the reference solution does not pass them."""
    broken: int = 0
    """How many broken solutions were tried."""
    accepted: tuple[str, ...] = ()
    """The broken programs that passed, each by its change."""
    constant: str | None = None
    """A result with which a program passes that returns nothing else; None if there is none."""

    @property
    def share(self) -> float:
        """The share of broken solutions that the tests accept."""
        return len(self.accepted) / self.broken if self.broken else 0.0


def strength(
    sandbox: Sandbox, ground_truth: Any, prompt: str = "", grading: Grading | None = None
) -> Strength:
    """Return how strong the tests of a row are. Raises SandboxError if nothing can be run."""
    how = grading or Grading()
    try:
        suite = read_tests(ground_truth, prompt)
        reference = _reference(ground_truth)
        if reference is None:
            return Strength()
        found = grade(sandbox, reference, PYTHON, suite, how)
        if found.passed < found.total:
            reason = next(filter(None, found.outcomes))
            return Strength(f"the reference solution passes {found.passed} of {found.total} tests: {reason}")
        return _tried(sandbox, suite, reference, how)
    except FormatError as error:
        return Strength(str(error))


_CONSTANTS = ("None", "True", "False", "0", "1", "''", "[]", "{}")
"""Results that a program may return without looking at its arguments."""


def _constant(sandbox: Sandbox, suite: Suite, reference: str, how: Grading) -> str | None:
    """Return the constant for which a program passes that returns it in every call; None if there is none."""
    if isinstance(suite, StdioSuite):
        return None
    for constant in _CONSTANTS:
        code = with_results(reference, constant)
        if code is None:
            return None
        found = grade(sandbox, code, PYTHON, suite, how)
        if found.passed == found.total and not Behaviour(sandbox, suite, reference).is_that_of(code):
            return constant
    return None


def with_results(code: str, result: str) -> str | None:
    """Return the program with functions that return a constant; None if it has none with arguments.

    >>> print(with_results("def f(x):\\n    return x + 1\\n", "0"))
    def f(x):
        return 0
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    # One without arguments always returns the same, and rightly so.
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.args.args]
    for function in functions:
        function.body = [ast.Return(ast.parse(result, mode="eval").body)]
    return ast.unparse(ast.fix_missing_locations(tree)) if functions else None


def _tried(sandbox: Sandbox, suite: Suite, reference: str, how: Grading) -> Strength:
    accepted, broken, behaviour = [], 0, None
    for change, code in _chosen(list(mutants(reference))):
        found = grade(sandbox, code, PYTHON, suite, how)
        if found.passed == found.total:
            behaviour = behaviour or Behaviour(sandbox, suite, reference)
            if behaviour.is_that_of(code):
                # As far as can be seen, it is another right solution.
                continue
            accepted.append(change)
        broken += 1
    constant = _constant(sandbox, suite, reference, how)
    return Strength(broken=broken, accepted=tuple(accepted), constant=constant)


def _chosen(made: list[tuple[str, str]]) -> list[tuple[str, str]]:
    step = max(1, -(-len(made) // MUTANTS))
    return made[::step]


def _reference(ground_truth: Any) -> str | None:
    if not isinstance(ground_truth, Mapping):
        return None
    return next((str(ground_truth[key]) for key in REFERENCES if ground_truth.get(key)), None)


def mutants(code: str) -> Iterator[tuple[str, str]]:
    """Yield programs that differ from one in a place, each with its change; none if it is not Python.

    >>> for change, _ in mutants("def f(x):\\n    return x + 1\\n"): print(change)
    line 2: return x + 1 -> return None
    line 2: x + 1 -> x - 1
    line 2: 1 -> 2
    """
    prefix = ""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        # The body of a function whose head is in the prompt.
        prefix = "def _(): \n"
        try:
            tree = ast.parse(prefix + code)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return
    for number, node in enumerate(ast.walk(tree)):
        for index in range(len(list(_changes(node)))):
            whole = copy.deepcopy(tree)
            twin = next(one for place, one in enumerate(ast.walk(whole)) if place == number)
            list(_changes(twin))[index]()
            line = getattr(node, "lineno", 1) - bool(prefix)
            head = whole.body[0]
            inside = head.body if prefix and isinstance(head, ast.FunctionDef) else None
            text = ast.unparse(whole) if inside is None else _indented(inside)
            yield f"line {line}: {_short(ast.unparse(node))} -> {_short(ast.unparse(twin))}", text + "\n"


def _indented(body: list[ast.stmt]) -> str:
    return "\n".join("    " + line for one in body for line in ast.unparse(one).split("\n"))


_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
}


def _changes(node: ast.AST) -> Iterator[Callable[[], None]]:
    """Yield a function for each possible change of a node."""
    match node:
        case ast.Compare(ops=[compared]) if type(compared) in _COMPARED:
            yield lambda: setattr(node, "ops", [_COMPARED[type(compared)]()])
        case ast.BinOp(op=operator) if type(operator) in _COMPUTED:
            yield lambda: setattr(node, "op", _COMPUTED[type(operator)]())
        case ast.BoolOp(op=joined):
            yield lambda: setattr(node, "op", ast.Or() if isinstance(joined, ast.And) else ast.And())
        case ast.Constant(value=bool() as value):
            yield lambda: setattr(node, "value", not value)
        case ast.Constant(value=int() | float() as value):
            yield lambda: setattr(node, "value", value + 1)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.expr()):
            yield lambda: setattr(node, "value", ast.Constant(None))
        case ast.AugAssign(op=operator) if type(operator) in _COMPUTED:
            yield lambda: setattr(node, "op", _COMPUTED[type(operator)]())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
