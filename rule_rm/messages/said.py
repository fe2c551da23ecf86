"""Join the assistant's words in a list of messages: chat messages, or the items of a Responses reply.

Some trainers parse the policy's text: its reasoning is in a field or an item of its own, its tool calls in
another. The reasoning is put back as `<think>…</think>`, so that every reward reads it as thinking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rule_rm.messages.chat_templates import strip_markers
from rule_rm.messages.fields import THINKING_PARTS, content_of, utf8
from rule_rm.messages.turns import opens_thinking, split_thinking
from rule_rm.settings import AUTO

REASONING_KEYS = ("reasoning_content", "reasoning", "thinking")
"""The keys of the reasoning in chat messages: vLLM's and SGLang's first two names, Ollama's third."""
_DETAILS = "reasoning_details"
"""OpenRouter's key of the reasoning, a list of parts."""


_PART_KEYS = ("thinking", "reasoning", "text")
"""The keys of the text in a part that is thinking."""


class Turn(NamedTuple):
    """One turn of the assistant."""

    thought: str = ""
    text: str = ""
    calls: tuple[Mapping[str, Any], ...] = ()
    is_open: bool = True
    """True if the next item of the assistant may belong to it."""

    @property
    def response(self) -> str:
        """The thinking and the text, as one text."""
        if not self.thought.strip() or opens_thinking(self.text):
            return utf8(self.text)
        return utf8(f"<think>{self.thought}</think>{self.text}")


def written(
    completion: str | tuple[Mapping[str, Any], ...], template: str = AUTO
) -> tuple[str, tuple[Mapping[str, Any], ...] | None]:
    """Return a response without the markers of its template, and its messages if it came as such."""
    if isinstance(completion, str):
        return strip_markers(completion, template), None
    return strip_markers(last_turn(completion), template), completion


def last_turn(messages: Sequence[Any]) -> str:
    """Return the last words of the assistant, after their thinking; empty if there are none.

    >>> last_turn([{"role": "assistant", "reasoning": "2 + 2", "content": "4"}, {"role": "assistant"}])
    '<think>2 + 2</think>4'
    """
    turns = assistant_turns(messages)
    return turns[-1].response if turns else ""


def all_turns(messages: Sequence[Any]) -> str:
    """Return the assistant's words in all turns, for `joined`."""
    return joined([turn.response for turn in assistant_turns(messages)])


def tool_calls(messages: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Return the structured tool calls of all turns, in order."""
    return [call for turn in assistant_turns(messages) for call in turn.calls]


def joined(turns: Sequence[str]) -> str:
    """Return several turns as one: first the thinking of all of them, then the rest.

    If the last turn's thinking is not closed, then that of the whole is not.

    >>> joined(["<think>a</think>b", "<think>c</think>d"])
    '<think>a\\n\\nc</think>b\\n\\nd'
    """
    split = [split_thinking(turn) for turn in turns]
    if len(turns) < 2 or split[-1] is None:
        return turns[-1] if turns else ""
    thought = "\n\n".join(one[0] for one in split if one and one[0])
    said = "\n\n".join(one[1].strip() for one in split if one and one[1].strip())
    return f"<think>{thought}</think>{said}" if thought else said


def assistant_turns(messages: Iterable[Any]) -> list[Turn]:
    """Return the turns of the assistant, without those that say, think and call nothing."""
    turns: list[Turn] = []
    for item in messages:
        if not isinstance(item, Mapping):
            continue
        part = _part(item)
        if part is None:
            turns = [turn._replace(is_open=False) for turn in turns]
        elif turns and turns[-1].is_open and not _begins(part, turns[-1]):
            last = turns[-1]
            turns[-1] = Turn(
                last.thought + part.thought, last.text + part.text, last.calls + part.calls, part.is_open
            )
        elif part.thought.strip() or part.calls or strip_markers(part.text).strip():
            turns.append(part)
    return turns


def _begins(part: Turn, last: Turn) -> bool:
    """Return True if a part can't belong to the turn before it: a second text, or thinking after the text."""
    return bool((part.text and last.text) or (part.thought and (last.text or last.calls)))


def _part(item: Mapping[str, Any]) -> Turn | None:
    """Return the part of a turn that an item is; None if it is not the assistant's."""
    kind = item.get("type")
    if kind == "reasoning":
        return Turn(thought=_texts(item.get("content")) or _texts(item.get("summary")))
    if kind in ("function_call", "custom_tool_call"):
        return Turn(calls=(item,))
    if item.get("role") != "assistant":
        return None
    thoughts = (_texts(item.get(key)) for key in (*REASONING_KEYS, _DETAILS))
    thought = next((text for text in thoughts if text), "") or _thinking_parts(item)
    # An item of the Responses interface may be followed by calls of the same turn, a chat message holds them.
    return Turn(thought, content_of(item), tuple(_calls(item)), is_open=kind == "message")


def _calls(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tool calls of a chat message: a list, the older single one, or Anthropic's parts."""
    calls = [call for call in _list(message.get("tool_calls")) if isinstance(call, Mapping)]
    if not calls and isinstance(message.get("function_call"), Mapping):
        calls = [message["function_call"]]
    used = [part for part in _parts(message) if part.get("type") == "tool_use"]
    return calls + [{"name": part.get("name"), "arguments": part.get("input")} for part in used]


def _thinking_parts(message: Mapping[str, Any]) -> str:
    """Return the thinking in a message's content, as Mistral and Anthropic write it."""
    found = [part for part in _parts(message) if part.get("type") in THINKING_PARTS]
    return "".join(next(filter(None, (_texts(part.get(key)) for key in _PART_KEYS)), "") for part in found)


def _parts(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in _list(message.get("content")) if isinstance(part, Mapping)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(given: Any) -> str:
    """Return the string, or those of a list of parts."""
    if isinstance(given, str):
        return given
    texts = [part.get("text") or part.get("summary") for part in _list(given) if isinstance(part, Mapping)]
    return "\n\n".join(text for text in texts if isinstance(text, str))
