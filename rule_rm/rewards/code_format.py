"""`code_format`: a complete fenced block of the wanted language that parses.

Nothing is run. Python is parsed; of other languages only the fence is looked at, as a parser for each would
be a compiler for each.
"""

from __future__ import annotations

import ast

from rule_rm.errors import ConfigurationError
from rule_rm.registry import register
from rule_rm.sandbox.grading.source import last_block
from rule_rm.sandbox.running.languages import PYTHON, UnknownLanguageError, canonical
from rule_rm.types import Rollout, Score, Status

MAX_CODE = 200_000
"""Characters: beyond that nothing is parsed, as no solution is that long."""


def _check(*, language: str) -> None:
    try:
        canonical(language)
    except UnknownLanguageError as error:
        raise ConfigurationError(f"language: {error}") from None


@register(
    "code_format",
    summary="1 for a fenced block of the wanted language that parses, else 0",
    check=_check,
)
def code_format(rollout: Rollout, *, language: str = PYTHON) -> Score:
    r"""1.0 if the last complete fenced block names `language` and, for Python, parses; else 0.0.

    A fence that names no language does not count: who reads the response can't know what it is.

    >>> code_format(Rollout("", "```python\nprint(1)\n```")).reward
    1.0
    >>> [code_format(Rollout("", text)).reward for text in ("```\nprint(1)\n```", "```python\nprint(\n```")]
    [0.0, 0.0]
    """
    wanted = canonical(language)
    source = last_block(rollout.response)
    if source is None:
        return Score(0.0, Status.WRONG_FORMAT, None, "there is no complete fenced block of code")
    if not source.language or _language(source.language) != wanted:
        return Score(0.0, Status.WRONG_FORMAT, None, f"the fence names {source.language or 'no language'}")
    problem = _problem(source.code) if wanted == PYTHON else _empty(source.code)
    if problem:
        return Score(0.0, Status.WRONG_FORMAT, None, problem)
    return Score(1.0)


def _language(fence: str) -> str | None:
    try:
        return canonical(fence)
    except UnknownLanguageError:
        return None


def _problem(code: str) -> str:
    """Return why the code is not Python; empty if it is."""
    if len(code) > MAX_CODE:
        return f"the code has {len(code)} characters"
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, MemoryError, RecursionError) as error:
        return f"it can't be parsed: {type(error).__name__}"
    return "" if tree.body else _empty("")


def _empty(code: str) -> str:
    return "" if code.strip() else "the block is empty"
