r"""Chat templates: where the response begins in a text that holds prompt and response, and where it ends.

A policy is paid for its response, so it must not be able to choose where that begins. If the prompt is known
and the text begins with it, the rest is the response, whatever markers are in it. Otherwise the response
begins at the *first* assistant marker of the template with which the text begins: what a policy writes comes
after that one, so a marker of its own cuts nothing off. (A conversation of several turns whose prompt is
unknown is cut too early then, never too late.) A template that was named is the only one that is looked for.

All of it takes linear time, and the response stays as it is, byte for byte, but for end-of-text tokens.
"""

from __future__ import annotations

import re

from rule_rm.settings import AUTO

END_TOKENS = (
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|finetune_right_pad_id|>",
    "<|end|>",
    "<|eot|>",
    "<｜end▁of▁sentence｜>",
    "<｜▁pad▁｜>",
    "<end_of_turn>",
    "<eos>",
    "<pad>",
    "[PAD]",
    "</s>",
)
_BEGIN_TOKENS = ("<s>", "<bos>", "<|begin_of_text|>", "<｜begin▁of▁sentence｜>")

_TEMPLATES = {
    "chatml": (r"<\|im_start\|>", r"<\|im_start\|>assistant(?:<\|im_sep\|>|\n)?"),
    "llama3": (
        r"<\|(?:start_header_id|header_start)\|>",
        r"<\|(?:start_header_id|header_start)\|>assistant<\|(?:end_header_id|header_end)\|>(?:\n\n)?",
    ),
    "deepseek": (r"<｜User｜>", r"<｜Assistant｜>"),
    "gemma": (r"<start_of_turn>", r"<start_of_turn>model\n?"),
    "phi": (r"<\|(?:user|system|assistant)\|>", r"<\|assistant\|>\n?"),
    "mistral": (r"\[INST\]", r"\[/INST\][ ]?"),
    "plain": (r"\b(?:User|Human|USER):", r"\b(?:Assistant|ASSISTANT):[ \n]?"),
}
"""What tells a template, and its assistant marker with the white space that belongs to it; Llama 4's is with
Llama 3's."""

_ANY_TEMPLATE = re.compile("|".join(f"(?P<{name}>{told_by})" for name, (told_by, _) in _TEMPLATES.items()))
_ASSISTANT = {name: re.compile(marker) for name, (_, marker) in _TEMPLATES.items()}
_UNMISTAKABLE = "|".join(marker for name, (_, marker) in _TEMPLATES.items() if name != "plain")
_LEADING_MARKER = {name: re.compile(rf"\s*(?:{marker})") for name, (_, marker) in _TEMPLATES.items()} | {
    AUTO: re.compile(rf"\s*(?:{_UNMISTAKABLE})")
}
_LEADING_TOKENS = re.compile(r"(?:\s|" + "|".join(map(re.escape, (*_BEGIN_TOKENS, *END_TOKENS))) + ")*")
_WORD = re.compile(r"\S+")

_PROBE = 64
"""So many characters (white space apart) at a text's beginning must be found in a prompt that was cut."""
_PROBES = 8


def split_query(query: str, prompt: str | None, template: str = AUTO) -> tuple[str, str]:
    r"""Prompt and response of a text that holds both; `prompt` is None if only the text is known.

    `template` is one of `CHAT_TEMPLATES`.

    >>> split_query("<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>", None)
    ('<|im_start|>user\n1+1?<|im_end|>\n', '2')
    """
    if prompt and not prompt.isspace():
        end = len(prompt) if query.startswith(prompt) else _end_of_prompt(query, prompt)
        if end is not None:
            return prompt, strip_markers(query[end:], template)
    marker = _first_marker(query, template)
    if marker is None:
        return prompt or query, strip_markers(query, template)
    return prompt or query[: marker.start()], strip_markers(query[marker.end() :], template)


def strip_markers(response: str, template: str = AUTO) -> str:
    r"""The response without an assistant marker at its very beginning and end-of-text tokens at its end.

    >>> strip_markers("<|im_start|>assistant\n42 <|im_end|>\n<|endoftext|>")
    '42 '
    """
    marker = _LEADING_MARKER[template].match(response)
    return response[marker.end() if marker else 0 : _end_of_text(response)]


def _first_marker(query: str, template: str) -> re.Match[str] | None:
    """The first assistant marker: of the template that is named, else of that with which the text begins."""
    if template != AUTO:
        return _ASSISTANT[template].search(query)
    told = _ANY_TEMPLATE.search(query)
    return _ASSISTANT[told.lastgroup or ""].search(query, told.start()) if told else None


def _end_of_text(text: str) -> int:
    """Where the end-of-text and padding tokens begin that end the text; white space only between them."""
    end = place = len(text)
    while True:
        while place and text[place - 1].isspace():
            place -= 1
        token = next((token for token in END_TOKENS if text.endswith(token, 0, place)), None)
        if token is None:
            return end
        end = place = place - len(token)


def _end_of_prompt(query: str, prompt: str) -> int | None:
    """Where the prompt ends at the query's beginning, although decoding may have changed it.

    Tokens before it are passed over, white space may differ, and its beginning may be missing, as trainers
    cut long prompts there. None if the query does not begin with it.
    """
    start = _end_of_match(_LEADING_TOKENS, query)
    wanted = "".join(prompt[_end_of_match(_LEADING_TOKENS, prompt) :].split())
    given = "".join(query[start:].split())
    place = wanted.find(given[:_PROBE]) if len(wanted) >= _PROBE else 0
    for _ in range(_PROBES):
        if place < 0:
            break
        if wanted and given.startswith(wanted[place:]):
            end = _end_of_characters(query, start, len(wanted) - place)
            tail = prompt[len(prompt.rstrip()) :]
            return end + len(tail) if query.startswith(tail, end) else end
        place = wanted.find(given[:_PROBE], place + 1)
    return None


def _end_of_match(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _end_of_characters(text: str, start: int, count: int) -> int:
    """Where the first `count` characters after `start` end, not counting white space."""
    for word in _WORD.finditer(text, start):
        if len(word[0]) >= count:
            return word.start() + count
        count -= len(word[0])
    return len(text)
