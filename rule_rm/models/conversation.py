"""Read a rollout as a conversation, from one text, from messages, or from prompt and response.

A prompt may hold the markers of the policy's chat template, which mean nothing to a reward model with another
one. They are read here, from the prompt alone: a policy's response is one message, even if it has markers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.control_tokens import broken_tokens
from rule_rm.messages.fields import content_of
from rule_rm.messages.turns import turns
from rule_rm.types import Rollout

Message = dict[str, str]


def as_request(rollout: Rollout) -> dict[str, Any]:
    """Return the rollout as a message for the model's process: `text` or None, `messages`, `response`."""
    return {"text": rollout.text, "messages": messages_before(rollout), "response": rollout.response}


def as_engine_text(rollout: Rollout, chat_template: str) -> dict[str, Any]:
    """Return the rollout for an engine with its own tokenizer, as `text` or None, and in parts.

    Without a text the engine applies its template, or joins the pair. Control tokens in its messages are
    broken up, since the engine would read them as turns.
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
    """Return the contents of messages as one text, separated by blank lines."""
    return "\n\n".join(message["content"] for message in messages)


def messages_before(rollout: Rollout) -> list[Message]:
    """Return the conversation before the response: the messages that were sent, else those in the prompt."""
    if rollout.messages is not None:
        return [{"role": _role(message), "content": content_of(message)} for message in rollout.messages]
    return [{"role": role, "content": content} for role, content in turns(rollout.prompt)]


def _defused(text: str) -> str:
    return broken_tokens(text, thinking=False)


def _role(message: Mapping[str, Any]) -> str:
    role = message.get("role")
    return role if isinstance(role, str) else "user"
