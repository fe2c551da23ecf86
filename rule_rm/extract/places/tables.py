"""Read the last row of a table that declares the answer: `| **Answer** | 42 |`."""

from __future__ import annotations

import re

from rule_rm.extract.places.anchors import is_anchor

_ROW = re.compile(
    r"^[ \t]*\|[ \t*_]*(?P<name>[^|\n]{1,40}?)[ \t*_:：]*\|[ \t]*(?P<value>[^|\n]+?)[ \t]*\|[ \t]*$"
    r"(?!\n[ \t]*\|)",
    re.MULTILINE,
)
"""The last row of a table of two columns: `| **Answer** | 42 |`."""


def with_row_as_label(text: str) -> str:
    """Return a text in which the last row of a table says "Answer: 42", if it is the only one named so.

    >>> with_row_as_label("| Answer | 42 |"), with_row_as_label("| Eggs | 42 |")
    ('Answer: 42', '| Eggs | 42 |')
    """
    row = _ROW.search(text)
    if row is None:
        return text
    label = row["name"] + ":"
    is_named = is_anchor(label)
    if not is_named or text.lower().count(row["name"].lower()) > 1:
        return text
    return f"{text[: row.start()]}{label} {row['value']}{text[row.end() :]}"
