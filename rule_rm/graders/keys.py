"""The keys of OpenAI's graders: a key that nothing reads is an error, with the nearest that is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.settings.reading import did_you_mean

_MODEL = ("model", "input", "sampling_params")
GRADERS: Mapping[str, tuple[str, ...]] = {
    "string_check": ("input", "reference", "operation"),
    "text_similarity": ("input", "reference", "evaluation_metric"),
    "score_model": (*_MODEL, "range"),
    "label_model": (*_MODEL, "labels", "passing_labels"),
    "python": ("source", "image_tag"),
    "multi": ("graders", "calculate_output"),
}
"""The keys of each type, apart from those of all."""
_OF_ALL = ("type", "name", "pass_threshold")
SAMPLING = ("seed", "top_p", "temperature", "max_completions_tokens", "reasoning_effort")
MESSAGE = ("role", "content", "type")
PART = ("type", "text", "image_url", "detail")


def check_keys(given: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise ConfigurationError for a key that is none of the known ones.

    >>> check_keys({"role": "user", "contents": "x"}, MESSAGE, "grader 'a': a message")
    Traceback (most recent call last):
    rule_rm.errors.ConfigurationError: grader 'a': a message has no key 'contents'; did you mean content?
    """
    names = tuple(known)
    unknown = next((str(key) for key in given if key not in names), None)
    if unknown is not None:
        hint = did_you_mean(unknown, names) or f"; its keys are {', '.join(names)}"
        raise ConfigurationError(f"{where} has no key {unknown!r}{hint}")


def check_grader(given: Mapping[str, Any], kind: str) -> None:
    """Raise ConfigurationError for a key that graders of this type don't have."""
    check_keys(given, (*_OF_ALL, *GRADERS[kind]), f"grader {given.get('name', kind)!r}: a {kind}")
