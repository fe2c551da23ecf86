"""`<think>` and `<answer>`: their contents, and the format that asks for both."""

from __future__ import annotations


def tag_contents(text: str, tag: str) -> list[str]:
    """Return the contents of all `<tag>…</tag>`, in order; a tag that is opened twice counts once."""
    opening, closing = f"<{tag}>", f"</{tag}>"
    contents = []
    position = text.find(opening)
    while position >= 0:
        start = position + len(opening)
        end = text.find(closing, start)
        if end < 0:
            break
        contents.append(text[start:end])
        position = text.find(opening, end)
    return contents


def tagged_answer(response: str, *, allow_space: bool = True) -> str | None:
    """Return the answer tag's content if the response is `<think>…</think><answer>…</answer>`, else None.

    Each tag must occur exactly once, in this order, with nothing outside of them; white space around and
    between them only with `allow_space`.
    """
    text = response.strip() if allow_space else response
    if not (text.startswith("<think>") and text.endswith("</answer>")):
        return None
    if any(text.count(tag) != 1 for tag in ("<think>", "</think>", "<answer>", "</answer>")):
        return None
    thinking_end, start = text.index("</think>"), text.index("<answer>")
    between = text[thinking_end + len("</think>") : start]
    if start < thinking_end or (between.strip() if allow_space else between):
        return None
    return text[start + len("<answer>") : -len("</answer>")]
