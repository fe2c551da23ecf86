"""Say which rule of `<think>…</think><answer>…</answer>` a response breaks, and where."""

from __future__ import annotations

_TAGS = ("<think>", "</think>", "<answer>", "</answer>")
_SHOWN = 30


def tag_fault(response: str, *, allow_space: bool = True) -> str | None:
    """Return the first rule that a response breaks, with its place; None if the format is right.

    >>> tag_fault("<think>a</think><answer>183</answer>x")
    "after </answer>, at character 36, there is 'x'"
    """
    text = response.strip() if allow_space else response
    offset = response.find(text) if text else 0
    if not text:
        return "the response is empty"
    for tag in _TAGS:
        if (times := text.count(tag)) != 1:
            return _miscounted(text, tag, times, offset)
    places = [text.index(tag) for tag in _TAGS]
    if places != sorted(places):
        return "the tags are not in the order <think>, </think>, <answer>, </answer>"
    between = text[places[1] + len(_TAGS[1]) : places[2]]
    parts = (
        ("before <think>", 0, text[: places[0]]),
        (
            "between </think> and <answer>",
            places[1] + len(_TAGS[1]),
            between.strip() if allow_space else between,
        ),
        ("after </answer>", places[3] + len(_TAGS[3]), text[places[3] + len(_TAGS[3]) :]),
    )
    for where, at, found in parts:
        if found:
            return f"{where}, at character {at + offset}, there is {found[:_SHOWN]!r}"
    return None


def _miscounted(text: str, tag: str, times: int, offset: int) -> str:
    if times == 0:
        hint = ""
        if tag == "<think>" and "</think>" in text:
            hint = "; if the chat template opens it in the prompt, use --think-prefilled yes"
        return f"{tag} is missing{hint}"
    second = text.index(tag, text.index(tag) + 1)
    return f"{tag} is there {times} times, the second time at character {second + offset}"
