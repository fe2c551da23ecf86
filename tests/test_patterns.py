"""No response can make a regular expression take exponential time.

The server's own thread reads most responses, and nothing can end a regular expression under way. So no loop
of one may read a text in two ways: each turn of it would double the time of a failure.
"""

import ast
import importlib
import inspect
import pkgutil
import re

import pytest

import rule_rm
from rule_rm.extract.words.patterns import Deferred

from .patterns import ambiguous_text

READERS = ("extract", "golden", "judge", "math", "messages", "rewards", "structured")
"""The packages that read responses and prompts."""
_CALLS = ("compile", "match", "search", "fullmatch", "split", "sub", "findall", "finditer")


def modules_of(package):
    root = importlib.import_module(f"{rule_rm.__name__}.{package}")
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
        yield importlib.import_module(found.name)


def patterns_of(module):
    """Yield the regular expressions of a module: its constants, and those written where they are used."""
    for value in vars(module).values():
        several = value.values() if isinstance(value, dict) else value
        yield from several if isinstance(several, (list, tuple)) else [several]
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        if ast.unparse(node.func.value) == "re" and node.func.attr in _CALLS:
            yield _compiled(node, module)


def _compiled(call, module):
    flags = next((word.value for word in call.keywords if word.arg == "flags"), None)
    if call.func.attr in ("compile", "match", "search", "fullmatch"):
        at = 1 if call.func.attr == "compile" else 2
        flags = call.args[at] if len(call.args) > at else flags
    source = f"re.compile({ast.unparse(call.args[0])}, {ast.unparse(flags) if flags else 0})"
    try:
        return eval(source, {**vars(module), "re": re})
    except NameError:  # it has parts that are known where it is used
        return None


@pytest.mark.parametrize("package", READERS)
def test_no_loop_of_a_regular_expression_reads_a_text_in_two_ways(package):
    seen = set()
    ambiguous = []
    for module in modules_of(package):
        for found in patterns_of(module):
            pattern = found.compile() if isinstance(found, Deferred) else found
            if not isinstance(pattern, re.Pattern) or not isinstance(pattern.pattern, str) or pattern in seen:
                continue
            seen.add(pattern)
            if (text := ambiguous_text(pattern)) is not None:
                ambiguous.append(f"{module.__name__}: {text!r} in {pattern.pattern[:80]!r}")
    assert seen
    assert not ambiguous, "\n".join(ambiguous)


def test_a_deferred_pattern_is_a_pattern_from_its_first_use_on():
    pattern = Deferred("a(b)", re.IGNORECASE)
    assert "sub" not in vars(pattern)
    assert pattern.sub(r"\1", "xAB") == "xB"
    assert pattern.search("ab").end(1) == 2
    assert vars(pattern)["sub"] == re.compile("a(b)", re.IGNORECASE).sub
    with pytest.raises(AttributeError, match="has no attribute 'groups'"):
        _ = pattern.groups


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:a|b|ab)*c",
        r"(?:\w+\s*)*x",
        r"(?:\s*,?\s*)*x",
        r"(?:a?b?)*c",
        r"(?:and|an|d)*x",
        r"(?:(?:and|or|and)\b\s*)+x",
        r"(?:\b(?:can|\w+t)(?!\w)\W*|\bcant\s*)+\Z",
        r"(?:x(?:a*)*)c",
    ],
)
def test_a_loop_with_two_ways_is_found(pattern):
    assert ambiguous_text(re.compile(pattern)) is not None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:a|b)*c",
        r"(?:\w+\s+)*x",
        r"(?:\b\w+\W*)*x",
        r"(?:a(?!\w)|ab)*c",
        r"(?:(?=(?P<x>a|ab|b))(?P=x))*c",
        r"(?:a|b|ab){1,3}c",
        r"(?:\d(?:,\d)?)*x",
    ],
)
def test_a_loop_with_one_way_is_not_found(pattern):
    assert ambiguous_text(re.compile(pattern)) is None
