r"""Chat templates: find the beginning and the end of the response in a text of prompt and response.

A policy is paid for its response, so it must not be able to choose its beginning. If the prompt is known and
the text begins with it, the rest is the response, even if it has markers. Otherwise the response begins at
the *first* assistant marker of the template with which the text begins. A policy writes after that marker, so
a marker of its own cuts nothing off. A conversation of several turns with an unknown prompt is cut too early
then, never too late. A template that was named is the only one that is looked for. A template may
write text after its marker, such as an empty pair of thinking: it belongs to the prompt.

All of it takes linear time. The response stays the same, byte for byte, except for end-of-text tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.messages.ends import last_token
from rule_rm.messages.templates import (
    BEGIN_TOKENS,
    END_TOKENS,
    TEMPLATES,
    UNMISTAKABLE,
    openings,
    role_of,
)
from rule_rm.settings import AUTO

_ANY_TEMPLATE = openings(*TEMPLATES)
_OPENINGS = {template.name: openings(template) for template in TEMPLATES} | {AUTO: openings(*UNMISTAKABLE)}
_UNMISTAKABLE_NAMES = {template.name for template in UNMISTAKABLE}
_LEADING_TOKENS = re.compile(r"(?:\s|" + "|".join(map(re.escape, (*BEGIN_TOKENS, *END_TOKENS))) + ")*")
"""White space and tokens at the beginning of a text: `<|im_start|>`."""
_PREFILLED = re.compile(
    rf"(?:{'|'.join(map(re.escape, (*BEGIN_TOKENS, *END_TOKENS)))})*"
    r"(?:<\|START_RESPONSE\|>|Here are my reasoning steps:\n"
    r"|(?:<\|open\|>think<\|sep\|><\|close\|>think<\|sep\|>)?<\|open\|>response<\|sep\|>"
    r"|\s*(?:<(?P<tag>(?:\w{1,20}:)?think(?:ing)?(?::\w{1,20})?)>\s*</(?P=tag)>"
    r"|</(?:\w{1,20}:)?think(?::\w{1,20})?>)\s*"
    r"|\s*\[THINK\]\s*\[/THINK\]\s*|\s*<\|channel>thought\s*<channel\|>\s*)?"
)
"""Text of a template after its marker: `<think>\n\n</think>\n\n`, `</think>`, `<|START_RESPONSE|>`."""
_WHITE_SPACE = re.compile(r"\s*")
r"""A run of white space, which may be empty: ` \n`."""
_GAP = re.compile(r"\s+")
r"""White space, which decoding may change: ` \n`."""
_MEDIA_GAP = re.compile(
    r"(?:\s|<[|/]{0,2}(?=\w{0,24}?(?:image|img|video|audio|vision|media|patch|tile))\w{3,48}\|?>"
    r"|\[IMG(?:_BREAK|_END)?\])+",
    re.IGNORECASE,
)
"""White space and tokens of pictures and sounds, which a processor multiplies: `<|image_pad|>`, `[IMG]`."""

_PROBE = 64
"""Characters, without white space. This much of a text's beginning must occur in a prompt that was cut."""
_PROBES = 8


def split_query(query: str, prompt: str | None, template: str = AUTO) -> tuple[str, str]:
    r"""Return the prompt and the response of a text that holds both; `prompt` is None where it is unknown.

    `template` is one of `CHAT_TEMPLATES`, or the text right before the response.

    >>> split_query("<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>", None)
    ('<|im_start|>user\n1+1?<|im_end|>\n', '2')
    >>> split_query("Instruct: 1+1?\nOutput: 2", None, "Output:")
    ('Instruct: 1+1?\n', '2')
    """
    if prompt and not prompt.isspace():
        end = len(prompt) if query.startswith(prompt) else _end_of_prompt(query, prompt, _GAP)
        if end is None and _MEDIA_GAP.sub("", prompt) != _GAP.sub("", prompt):
            end = _end_of_prompt(query, prompt, _MEDIA_GAP)
        if end is not None:
            return prompt, strip_markers(query[end:], template)
    marker = _first_marker(query, template)
    if marker is None:
        # The tokens before a prompt of no known template end no turn.
        start = 0 if prompt else _end_of_match(_LEADING_TOKENS, query)
        return prompt or query, strip_markers(query[start:], template)
    start = _end_of_match(_PREFILLED, query, marker.end())
    if start == marker.end():
        return prompt or query[: marker.start()], strip_markers(query[start:], template)
    return prompt or query[:start], query[start : start + _end_of_text(query[start:])]


def is_unsplit(text: str, prompt: str, response: str) -> bool:
    """Return True if a whole text was taken as the response: no marker, and it begins with no prompt.

    >>> is_unsplit("Bob: 1+1? Alice: 2", *split_query("Bob: 1+1? Alice: 2", None))
    True
    """
    starts = (0, _end_of_match(_LEADING_TOKENS, text))
    is_whole = any(text.startswith(response, start) for start in starts)
    return is_whole and bool(response.strip()) and len(prompt) + len(response) > len(text)


def strip_markers(response: str, template: str = AUTO) -> str:
    r"""Return the response without an assistant marker at its beginning and end-of-text tokens at its end.

    >>> strip_markers("<|im_start|>assistant\n42 <|im_end|>\n<|endoftext|>")
    '42 '
    """
    opening = _openings(template).match(response, _end_of_match(_WHITE_SPACE, response))
    start = opening.end() if opening and _is_assistants(opening) else 0
    return response[start : _end_of_text(response)]


def _first_marker(query: str, template: str) -> re.Match[str] | None:
    """Return the first assistant marker of the named template, or of the one with which the text begins."""
    if template != AUTO:
        return _assistant_marker(query, template, 0)
    tried: set[str] = set()
    for told in filter(_tells, _ANY_TEMPLATE.finditer(query)):
        name = told.lastgroup or ""
        # SmolVLM's begins as one template and goes on as another.
        marker = _assistant_marker(query, name, told.start()) if name not in tried else None
        if marker is not None:
            return marker
        tried.add(name)
    return None


def _assistant_marker(query: str, template: str, start: int) -> re.Match[str] | None:
    return next(filter(_is_assistants, _openings(template).finditer(query, start)), None)


@lru_cache
def _openings(template: str) -> re.Pattern[str]:
    """Return the pattern of a template's openings, or of the text that the settings give instead."""
    known = _OPENINGS.get(template)
    return known or re.compile(rf"{re.escape(template.rstrip())}[ \n]?")


def _is_assistants(opening: re.Match[str]) -> bool:
    """Return True if an opening is that of the assistant; a text that the settings give always is."""
    return opening.lastgroup is None or role_of(opening) == "assistant"


def _tells(opening: re.Match[str]) -> bool:
    """Return True if the opening identifies the template; `Assistant:` alone may be the policy's own."""
    return opening.lastgroup in _UNMISTAKABLE_NAMES or role_of(opening) != "assistant"


def _end_of_text(text: str) -> int:
    """Return the start of the final end-of-text and padding tokens; only white space is between them."""
    end = place = len(text)
    while True:
        while place and text[place - 1].isspace():
            place -= 1
        start = last_token(text, place)
        if start is None:
            return end
        end = place = start


def _end_of_prompt(query: str, prompt: str, gap: re.Pattern[str]) -> int | None:
    """Return the end of the prompt at the query's beginning, although decoding may have changed it.

    Tokens before it are passed over, gaps may differ, and its beginning may be missing, as trainers
    cut long prompts there. None if the query does not begin with it.
    """
    start = _end_of_match(_LEADING_TOKENS, query)
    wanted = gap.sub("", prompt[_end_of_match(_LEADING_TOKENS, prompt) :])
    given = gap.sub("", query[start:])
    place = wanted.find(given[:_PROBE]) if len(wanted) >= _PROBE else 0
    for _ in range(_PROBES):
        if place < 0:
            break
        if wanted and given.startswith(wanted[place:]):
            end = _end_of_characters(query, start, len(wanted) - place, gap)
            tail = prompt[len(prompt.rstrip()) :]
            return end + len(tail) if query.startswith(tail, end) else end
        place = wanted.find(given[:_PROBE], place + 1)
    return None


def _end_of_match(pattern: re.Pattern[str], text: str, start: int = 0) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _end_of_characters(text: str, start: int, count: int, gap: re.Pattern[str]) -> int:
    """Return the end of the first `count` characters after `start`, not counting those of gaps."""
    for found in gap.finditer(text, start):
        if found.start() - start >= count:
            break
        count -= found.start() - start
        start = found.end()
    return min(start + count, len(text))
