r"""gpt-oss' harmony: a turn of several messages, each in a channel.

    <|channel|>analysis<|message|>2 + 2<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>

The final channel is the answer; analysis and commentary are thinking. `<|end|>` ends a message, not the turn.
Muse has recipients in place of channels: a message to the user is the answer, one to itself is thinking.

    <|start|>assistant to=self<|message|>2 + 2<|eom|><|start|>assistant to=user<|message|>4<|eot|>
"""

from __future__ import annotations

import re

_HEADER = re.compile(
    r"(?:(?:<\|start\|>|\A(?=[ ]?to=))(?P<role>[^<|]{0,80}))?(?:<\|channel\|>(?P<channel>[^<|]{0,80}))?"
    r"(?:<\|constrain\|>[^<|]{0,40})?<\|message\|>"
)
"""The header of a message: `<|start|>assistant<|channel|>commentary to=functions.add<|message|>`.

A response begins with the rest of one, ` to=self<|message|>`, if the prompt ends with `<|start|>assistant`.
"""
_END_OF_MESSAGE = re.compile(r"<\|(?:end|return|call|eom|eot|start|channel|message|endoftext)\|>")
"""A token that ends a message: `<|end|>`, `<|return|>`."""
_RECIPIENT = re.compile(r"\bto=(?:functions\.)?([\w.-]{1,200})")
"""The tool that a message goes to, in its header: `to=functions.add`."""
_OWN_RECIPIENTS = ("self", "user")
"""Recipients of Muse's thinking and of its answer, which are not tools."""
_SKIPPED = re.compile(r"\s*analysis(?=[A-Z])")
"""The rest of a header without its tokens, as decoding leaves it: `analysis` of `analysisThe sum`."""
_SKIPPED_FINAL = "assistantfinal"


def is_in(response: str) -> bool:
    """Return True if the response has channels."""
    if "<|" in response and ("<|channel|>" in response or "<|message|>" in response):
        return True
    return _SKIPPED.match(response) is not None


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
        role = _role(header)
        if role == "user":
            break
        if role == "assistant" and _is_for_the_user(header):
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
        if _role(header) == "user":
            break
        recipient = _recipient(header)
        # The result of a tool has the tool as its role, and goes to the assistant.
        if _role(header) == "assistant" and recipient not in ("", *_OWN_RECIPIENTS):
            found.append((recipient, response[header.end() : stop]))
        header = _HEADER.search(response, stop)
    return found


def _role(header: re.Match[str]) -> str:
    """Return the role that a header names; the assistant's if the prompt has named it."""
    words = (header["role"] or "").split()
    return "assistant" if not words or words[0].startswith("to=") else words[0]


def _recipient(header: re.Match[str]) -> str:
    """Return the recipient that a header names; empty if it names none."""
    found = _RECIPIENT.search(f"{header['role'] or ''} {header['channel'] or ''}")
    return found[1] if found else ""


def _is_for_the_user(header: re.Match[str]) -> bool:
    channel = (header["channel"] or "").strip()
    return channel.startswith("final") if channel else _recipient(header) in ("", "user")


def _split_without_tokens(response: str) -> tuple[str, str] | None:
    opened = _SKIPPED.match(response)
    thought, final, answer = response.partition(_SKIPPED_FINAL)
    if opened is None or not final:
        return None
    return thought[opened.end() :].strip(), answer
