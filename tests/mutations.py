"""Values and bytes near those that a parser reads: examples with parts replaced, removed, doubled or cut."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "\0",
        "\ud800",
        "a\udfff",
        "NaN",
        "1e999",
        "<|im_start|>",
        "<think>",
        "</think>",
        "[INST]",
        "\\boxed{",
        "}{",
    ]
)
NUMBERS = st.integers(-3, 3) | st.sampled_from([10**30, -(10**400), 2**63, 0.5, -0.0, 1e308])
NOT_FINITE = st.sampled_from([float("nan"), float("inf"), -float("inf")])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
"""JSON values, those that people do not expect among them."""
DEEP = json.loads("[" * 500 + "]" * 500)


@st.composite
def near(draw: st.DrawFn, examples: list[Any], most: int = 3) -> Any:
    """Draw one of the JSON values with up to `most` parts changed."""
    value = draw(st.sampled_from(examples))
    for _ in range(draw(st.integers(0, most))):
        value = _changed(draw, value)
    return value


def _changed(draw: st.DrawFn, value: Any) -> Any:
    """Return the value with a part replaced, removed or added, where a walk from the root ends."""
    if isinstance(value, (dict, list)) and value and draw(st.integers(0, 4)):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key, how = draw(st.sampled_from(keys)), draw(st.integers(0, 5))
        changed: Any = dict(value) if isinstance(value, dict) else list(value)
        if how == 0:
            del changed[key]
        elif how == 1 and isinstance(changed, list):
            changed.insert(key, changed[key])
        elif how == 1:
            changed[draw(TEXTS)] = changed[key]
        else:
            changed[key] = _changed(draw, changed[key])
        return changed
    how = draw(st.integers(0, 7))
    if how == 0:
        return [value]
    if how == 1:
        return {draw(TEXTS): value}
    if how == 2:
        return DEEP
    if how == 3:
        return json.dumps(value)
    return draw(VALUES)


@st.composite
def near_bytes(draw: st.DrawFn, examples: list[bytes]) -> bytes:
    """Draw one of the contents with bytes cut, replaced or put in."""
    content = draw(st.sampled_from(examples))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 2, 30, len(content)])))
        piece = draw(
            st.binary(max_size=4)
            | st.sampled_from(
                [b"", b"\xff", b"\xef\xbb\xbf", b"\0", b"[" * 3_000, b'"', b"\r", b"{}", b"9" * 5000]
            )
        )
        content = content[:start] + piece + content[end:]
    return content


def near_json(examples: list[Any]) -> st.SearchStrategy[bytes]:
    """Draw bytes that are one of the values written as JSON, changed before or after it is written."""
    written = [json.dumps(example).encode() for example in examples]
    return near_bytes(written) | near(examples).map(lambda value: json.dumps(value).encode())
