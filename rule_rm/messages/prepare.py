"""A rollout as rewards read it: with the thinking that its prompt opened, up to its end, by its turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rule_rm.messages import harmony
from rule_rm.messages.first_marks import first_opening
from rule_rm.messages.prefilled import with_opened_think
from rule_rm.messages.said import all_turns, joined
from rule_rm.messages.templates import OPENING, role_of
from rule_rm.messages.thinking_turns import in_tags
from rule_rm.messages.turns import first_turn
from rule_rm.settings import Settings
from rule_rm.types import Rollout


def prepared(rollout: Rollout, settings: Settings) -> Rollout:
    """Return the rollout with the response that the settings ask for."""
    rollout = _with_response(rollout, _ended(rollout.response, settings.end_token))
    if settings.turns != "first":
        rollout = _with_response(rollout, _chosen(rollout, settings.turns))
    rollout = with_opened_think(rollout, settings.think_prefilled)
    return _with_response(rollout, _plain(rollout.response))


def _with_response(rollout: Rollout, response: str) -> Rollout:
    """Return the rollout with this response; itself if it has it, which saves making another."""
    return rollout if response is rollout.response else replace(rollout, response=response)


def _plain(response: str) -> str:
    """Return a response of gpt-oss, Muse or HyperCLOVA as other models write it, with `<think>…</think>`."""
    response = in_tags(response)
    split = harmony.split(response) if harmony.is_in(response) else None
    if split is None:
        return response
    return f"<think>{split[0]}</think>{split[1]}" if split[0] else split[1]


def has_several_turns(rollout: Rollout) -> bool:
    """Return True if the response is one text in which the assistant speaks more than once."""
    if rollout.completion is not None or first_opening(rollout.response) is None:
        return False
    return len(turns_of(in_tags(rollout.response))) > 1


def turns_of(response: str) -> list[str]:
    r"""Return the turns of the assistant in a text that begins with the first of them.

    >>> turns_of("7<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n<|im_start|>assistant\nNo, 5.<|im_end|>")
    ['7', 'No, 5.']
    """
    turns: list[str] = []
    start, is_spoken, is_same_turn = 0, True, False
    marks = [*OPENING.finditer(response), None]
    for mark in marks:
        end = mark.start() if mark else len(response)
        is_harmony = mark is not None and mark.lastgroup == "harmony"
        is_next_spoken = mark is not None and role_of(mark) == "assistant"
        # A turn of gpt-oss is several messages, each with the opening of a turn.
        is_same_turn = is_harmony and is_next_spoken and is_spoken
        if is_same_turn:
            continue
        if is_spoken:
            turns.append(response[start:end])
        is_spoken = is_next_spoken
        if mark is not None:
            start = mark.start() if is_harmony else mark.end()
    ended = [turn if "<|message|>" in turn else first_turn(turn) for turn in turns]
    return [turn for turn in ended if turn.strip()]


def _chosen(rollout: Rollout, which: str) -> str:
    if rollout.completion is not None:
        return all_turns(rollout.completion) if which == "all" else rollout.response
    turns = turns_of(rollout.response)
    if len(turns) < 2:
        return rollout.response
    return joined(turns) if which == "all" else turns[-1]


def _ended(response: str, tokens: Sequence[str]) -> str:
    """Return the response up to the first of the tokens."""
    ends = [place for place in map(response.find, tokens) if place >= 0]
    return response[: min(ends)] if ends else response
