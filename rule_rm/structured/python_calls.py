"""Read tool calls that are written as calls in Python, without running anything."""

from __future__ import annotations

import ast
import json
from typing import Any

from rule_rm.structured.strict import strict_json

_LONGEST = 10_000
"""Characters of calls: Python's own parser takes no longer ones here."""


def python_calls(text: str) -> list[dict[str, Any]]:
    """Return calls as Python writes them: a list, a tuple, or one a line, with keyword arguments alone.

    Raises ValueError for anything else.

    >>> python_calls('[add(a=1), now()]')
    [{'name': 'add', 'arguments': {'a': 1}}, {'name': 'now', 'arguments': {}}]
    """
    if len(text) > _LONGEST:
        raise ValueError(f"the calls have more than {_LONGEST} characters")
    try:
        statements = ast.parse(text.strip()).body
        found: list[Any] = []
        for statement in statements:
            value = statement.value if isinstance(statement, ast.Expr) else None
            found += value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
        return [_python_call(one) for one in found]
    except (SyntaxError, RecursionError, MemoryError, TypeError) as error:
        raise ValueError(f"the calls are not Python: {error}") from None


def _python_call(node: Any) -> dict[str, Any]:
    if not isinstance(node, ast.Call) or node.args or any(one.arg is None for one in node.keywords):
        raise ValueError("a call has arguments without names")
    name = ast.unparse(node.func)
    # `<|python_tag|>add.call(a=1)` calls a built-in tool of Llama.
    arguments = {str(one.arg): ast.literal_eval(one.value) for one in node.keywords}
    arguments = strict_json(json.dumps(arguments, allow_nan=False))
    return {"name": name.removesuffix(".call"), "arguments": arguments}
