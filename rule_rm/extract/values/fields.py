r"""Answers in a field of JSON: `{"reasoning": "…", "answer": "16"}`, as some prompts ask for."""

from __future__ import annotations

import re

_ANSWER = re.compile(
    r"\"(?:final[_ ]?)?(?:answer|result|solution|response|答案)\"\s*:\s*"
    r"(?:\"(?P<text>(?:[^\"\\]|\\.)*)\"|(?P<plain>-?[\w.+-]+)|\[(?P<list>[^\[\]]*)\])",
    re.IGNORECASE | re.DOTALL,
)
"""A field with an answer, such as `"answer": "16"`."""
_END = re.compile(
    r"\s*(?:,\s*\"[^\"]+\"\s*:(?:\s*\"(?:[^\"\\]|\\.)*\"|[^{}\[\]\"]*))*\s*(?:\}\s*)+(?:```)?\s*\Z", re.DOTALL
)
"""Text after the field: other fields, and the end of the object and of its fence."""
_START = re.compile(r"\{\s*\"")
"""The beginning of an object: `{"`."""
_OUTER = re.compile(r"\"([^\"]*)\"\s*:\s*\{")
"""A field with an object: `"result": {`."""
_OF_RESULT = re.compile(
    r"(?:final[_ ]?)?(?:result|response|output|answer|solution|data|json)s?", re.IGNORECASE
)
"""A name of an object that has the answer: "result"."""
_CORRECTS = re.compile(r"\"(?:correct(?:ion|ed)|revis|actual|real)\w*\"\s*:", re.IGNORECASE)
"""A field behind the answer that replaces it: `"correction":`."""
_LONGEST_END = 4_000


def answer_field(text: str) -> str | None:
    r"""Return the answer in the JSON object that ends a text, or None.

    >>> answer_field('{"reasoning": "4 * 4 = 16.", "answer": "16"}'), answer_field('{"answer": "\\\\frac12"}')
    ('16', '\\frac12')
    """
    end = text.strip()
    if end.startswith("{'") and '"' not in end:
        text = end = end.replace("'", '"')
    if not end.endswith(("}", "}```", "}\n```", "} ```")) and not end.endswith("```"):
        return None
    if _START.search(text) is None:
        return None
    every = list(_ANSWER.finditer(text))
    found = every[-1] if every else None
    if found is None or len(text) - found.end() > _LONGEST_END or _END.match(text, found.end()) is None:
        return None
    if not all(_OF_RESULT.fullmatch(outer) for outer in _OUTER.findall(text, 0, found.start())):
        return None
    if _CORRECTS.search(text, found.end()) or _is_repeated(text, every):
        return ""
    if found["list"] is not None:
        return ", ".join(part.strip().strip('"') for part in _decoded(found["list"]).split(","))
    plain = found["plain"]
    return _decoded(found["text"]) if plain is None else "" if plain == "null" else plain


def _is_repeated(text: str, fields: list[re.Match[str]]) -> bool:
    """Return True if the object of the last of some fields has another of its name, with another value."""
    if len(fields) < 2:
        return False
    earlier, last = fields[-2:]
    keys = {field.group().partition(":")[0].strip() for field in (earlier, last)}
    is_beside = len(keys) == 1 and not set("{}") & set(text[earlier.end() : last.start()])
    values = {(field["text"] or field["plain"] or field["list"] or "") for field in (earlier, last)}
    return is_beside and len(values) > 1


def _decoded(text: str) -> str:
    r"""Return a JSON string's text; a backslash before a letter is TeX, whether it was doubled or not."""
    return re.sub(r"\\([\\\"/])", r"\1", text)
