"""What is scored, as a conversation: it came as one text, as messages, or as prompt and response.

A prompt may hold the markers of the policy's chat template, which mean nothing to a reward model with another
one. They are read here, from the prompt alone: what a policy wrote is one message, whatever markers it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.fields import content_of
from rule_rm.messages.templates import OPENING, TOKENS
from rule_rm.messages.turns import turns
from rule_rm.types import Rollout

Message = dict[str, str]

_CONTROL = re.compile(f"{OPENING.pattern}|{TOKENS.pattern}")


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
    return [{"role": role, "content": content} for role, content in turns(rollout.prompt)]


def _defused(text: str) -> str:
    return _CONTROL.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)


def _role(message: Mapping[str, Any]) -> str:
    role = message.get("role")
    return role if isinstance(role, str) else "user"
