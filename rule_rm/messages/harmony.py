r"""gpt-oss' harmony: a turn of several messages, each in a channel.

    <|channel|>analysis<|message|>2 + 2<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>

The final channel is the answer; analysis and commentary are thinking. `<|end|>` ends a message, not the turn.
"""

from __future__ import annotations

import re

_HEADER = re.compile(
    r"(?:<\|start\|>(?P<role>[^<|]{0,80}))?(?:<\|channel\|>(?P<channel>[^<|]{0,80}))?"
    r"(?:<\|constrain\|>[^<|]{0,40})?<\|message\|>"
)
"""The header of a message: `<|start|>assistant<|channel|>commentary to=functions.add<|message|>`."""
_END_OF_MESSAGE = re.compile(r"<\|(?:end|return|call|start|channel|message|endoftext)\|>")
"""A token that ends a message: `<|end|>`, `<|return|>`."""
_RECIPIENT = re.compile(r"\bto=(?:functions\.)?([\w.-]{1,200})")
"""The tool that a message goes to, in its header: `to=functions.add`."""
_SKIPPED = re.compile(r"\s*analysis(?=[A-Z])")
"""The rest of a header without its tokens, as decoding leaves it: `analysis` of `analysisThe sum`."""
_SKIPPED_FINAL = "assistantfinal"


def is_in(response: str) -> bool:
    """Return True if the response has channels."""
    return "<|channel|>" in response or "<|message|>" in response or _SKIPPED.match(response) is not None


def split(response: str) -> tuple[str, str] | None:
    """Return the thinking and the first final message of the turn; None if there is no final message."""
    if "<|message|>" not in response:
        return _split_without_tokens(response)
    thoughts = []
    start = 0
    header = _HEADER.search(response)
    if header is not None and response[: header.start()].strip():
        # The prompt has opened the channel, which is then that of the analysis.
        thoughts.append(response[: header.start()].removesuffix("<|end|>").strip())
    while header is not None:
        end = _END_OF_MESSAGE.search(response, header.end())
        content = response[header.end() : end.start() if end else len(response)]
        role = (header["role"] or "assistant").strip().split(" ")[0]
        if role == "user":
            break
        channel = (header["channel"] or "").strip()
        if role == "assistant" and (channel.startswith("final") or not channel):
            return "\n\n".join(thoughts), content
        if role == "assistant":
            thoughts.append(content.strip())
        start = end.start() if end else len(response)
        header = _HEADER.search(response, start)
    return None


def calls(response: str) -> list[tuple[str, str]]:
    """Return the name and the arguments, as written, of each tool call of the turn.

    >>> calls('<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a": 1}<|call|>')
    [('add', '{"a": 1}')]
    """
    found = []
    header = _HEADER.search(response)
    while header is not None:
        end = _END_OF_MESSAGE.search(response, header.end())
        stop = end.start() if end else len(response)
        role, channel = header["role"] or "assistant", header["channel"] or ""
        if role.strip().startswith("user"):
            break
        recipient = _RECIPIENT.search(f"{role} {channel}")
        # The result of a tool has the tool as its role, and goes to the assistant.
        if role.strip().startswith("assistant") and recipient is not None:
            found.append((recipient[1], response[header.end() : stop]))
        header = _HEADER.search(response, stop)
    return found


def _split_without_tokens(response: str) -> tuple[str, str] | None:
    opened = _SKIPPED.match(response)
    thought, final, answer = response.partition(_SKIPPED_FINAL)
    if opened is None or not final:
        return None
    return thought[opened.end() :].strip(), answer
