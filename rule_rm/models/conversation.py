"""What is scored, as a conversation: it came as one text, as messages, or as prompt and response.

A prompt may hold the markers of the policy's chat template, which mean nothing to a reward model with another
one. They are read here, from the prompt alone: what a policy wrote is one message, whatever markers it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.chat_templates import END_TOKENS
from rule_rm.messages.fields import content_of
from rule_rm.types import Rollout

Message = dict[str, str]

_MARKERS = (
    r"<\|im_start\|>(?P<chatml>\w+)(?:<\|im_sep\|>|\n)?",
    r"<\|start_header_id\|>(?P<llama>\w+)<\|end_header_id\|>\s*",
    r"<start_of_turn>(?P<gemma>\w+)\n?",
    r"<\|(?P<phi>user|system|assistant)\|>\n?",
    r"<｜(?P<deepseek>User|Assistant)｜>",
    r"(?P<mistral>\[/?INST\]) ?",
)
_MARKER = re.compile("|".join(_MARKERS))
_ROLES = {"model": "assistant", "[INST]": "user", "[/INST]": "assistant"}
_TOKENS = "|".join(
    map(re.escape, ("<s>", "<bos>", "<|begin_of_text|>", "<｜begin▁of▁sentence｜>", *END_TOKENS))
)
_EDGES = re.compile(rf"(?:\s|{_TOKENS})*")
_CONTROL = re.compile(f"{_MARKER.pattern}|{_TOKENS}")


def as_request(rollout: Rollout) -> dict[str, Any]:
    """The rollout as a message for the model's process: `text` or None, `messages`, `response`."""
    return {"text": rollout.text, "messages": messages_before(rollout), "response": rollout.response}


def as_engine_text(rollout: Rollout, chat_template: str) -> dict[str, Any]:
    """The rollout for an engine, which has the tokenizer: `text` or None, `messages`, `prompt`, `response`.

    Without a text the engine has to apply its template, or to join the pair. What then stands in a message
    has its control tokens broken up, as the engine would read them as turns.
    """
    if chat_template == "none":
        joined = rollout.prompt + rollout.response
        text = joined if rollout.text is None else rollout.text
        return {"text": text, "messages": [], "prompt": rollout.prompt, "response": rollout.response}
    messages = [{**message, "content": _defused(message["content"])} for message in messages_before(rollout)]
    response = _defused(rollout.response)
    prompt = plain(messages)
    texts = {"auto": rollout.text, "strip": f"{prompt}\n\n{response}"}
    return {"text": texts.get(chat_template), "messages": messages, "prompt": prompt, "response": response}


def plain(messages: Sequence[Mapping[str, str]]) -> str:
    """The contents of messages as one text, a blank line between them."""
    return "\n\n".join(message["content"] for message in messages)


def messages_before(rollout: Rollout) -> list[Message]:
    """The conversation before the response: as messages if they were sent, else read from the prompt."""
    if rollout.messages is not None:
        return [{"role": _role(message), "content": content_of(message)} for message in rollout.messages]
    return turns(rollout.prompt)


def turns(prompt: str) -> list[Message]:
    r"""The messages of a prompt with chat markers; one of the user's if it has none. Takes linear time.

    An assistant's marker at its end, which opens the response, is no message.

    >>> turns("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n")
    [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': '1+1?'}]
    >>> turns("1+1?")
    [{'role': 'user', 'content': '1+1?'}]
    """
    markers = list(_MARKER.finditer(prompt))
    if not markers:
        return [{"role": "user", "content": prompt}]
    found = []
    before = _bare(prompt[: markers[0].start()])
    if before:
        found.append({"role": "system", "content": before})
    for number, marker in enumerate(markers):
        end = markers[number + 1].start() if number + 1 < len(markers) else len(prompt)
        name = marker[marker.lastgroup or ""]
        role = _ROLES.get(name, name.lower())
        content = _bare(prompt[marker.end() : end])
        if content or (role != "assistant" and number + 1 < len(markers)):
            found.append({"role": role, "content": content})
    return found or [{"role": "user", "content": ""}]


def _defused(text: str) -> str:
    return _CONTROL.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)


def _role(message: Mapping[str, Any]) -> str:
    role = message.get("role")
    return role if isinstance(role, str) else "user"


def _bare(text: str) -> str:
    """Without begin and end tokens and white space at both ends."""
    start = _EDGES.match(text)
    text = text[start.end() if start else 0 :]
    while True:
        shorter = text.rstrip()
        for token in END_TOKENS:
            shorter = shorter.removesuffix(token)
        if shorter == text:
            return text
        text = shorter
