"""Convert a scored request to rows of the database, without secrets and within bounds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from rule_rm.journal.parcels import Parcel
from rule_rm.redaction import redact, redact_bytes

TEXT_LIMIT = 200_000
"""Characters of one text that are kept: more than a model writes in a usual run, less than a request."""
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Row(NamedTuple):
    """One rollout as it is kept. A text is None where texts are not kept."""

    time: float
    request: int
    member: int
    """The place in the request."""
    reward_type: str
    source: str
    step: int | None
    question: int
    """The identity of prompt and golden answer, equal for the members of a group."""
    reward: float | None
    status: str
    answer: str | None
    explanation: str | None
    components: str
    tier: str | None
    similarity: float | None
    length: int
    """Characters of the response."""
    seconds: float
    stages: str
    version: str
    client: str | None
    """The name of the token that the request carried."""
    request_id: str | None
    """The id of the request in the log; with `member` that of the rollout."""
    prompt: str | None
    ground_truth: str | None
    response: str | None


def picker(*names: str) -> Callable[[Row], tuple[Any, ...]]:
    """Return a function that picks these fields of a row, at a third of the cost of their names."""
    return itemgetter(*map(Row._fields.index, names))


def rows(parcel: Parcel, request: int, *, with_texts: bool = True) -> list[Row]:
    """Return the rows of a request; `request` is its number."""
    cleaned = clean if _needs_cleaning(parcel) else _as_it_is
    stages = _figures(parcel.stages)
    made: list[Row] = []
    asked_prompt = asked_golden = None
    prompt = golden = ""
    question = 0
    for place, member in enumerate(parcel.members):
        raw_prompt, raw_golden, response, source, step, reward, status, answer, explanation = member[:9]
        metrics, tier, similarity = member[9:]
        if raw_prompt != asked_prompt or raw_golden != asked_golden:
            # The members of a group follow each other.
            asked_prompt, asked_golden = raw_prompt, raw_golden
            prompt, golden = cleaned(raw_prompt), cleaned(raw_golden)
            question = _identity(prompt, golden)
        made.append(
            Row._make(
                (
                    parcel.time,
                    request,
                    place,
                    parcel.reward_type,
                    cleaned(source)[:200] if source else source,
                    step,
                    question,
                    reward,
                    status,
                    cleaned(answer) if with_texts and answer is not None else None,
                    cleaned(explanation) if with_texts and explanation is not None else None,
                    _listed(tuple(metrics.items())) if metrics else "{}",
                    tier,
                    similarity,
                    len(response),
                    parcel.seconds,
                    stages,
                    parcel.version,
                    parcel.client,
                    parcel.request_id,
                    prompt if with_texts else None,
                    golden if with_texts else None,
                    cleaned(response) if with_texts else None,
                )
            )
        )
    return made


@lru_cache(4096)
def _listed(metrics: tuple[tuple[str, float], ...]) -> str:
    """Return components as JSON. Few differ, also between requests."""
    return clean_of_secrets(_ENCODER.encode(dict(metrics)))


def _figures(stages: Mapping[str, float]) -> str:
    """Return stages as JSON, whose names are plain words and whose seconds are finite.

    >>> _figures({"read": 0.5, "score": 1e-7})
    '{"read": 0.5, "score": 1e-07}'
    """
    return "{" + ", ".join([f'"{name}": {seconds!r}' for name, seconds in stages.items()]) + "}"


@lru_cache(4096)
def components(listed: str) -> Mapping[str, float]:
    """Return the components of a row, of which few differ."""
    found: dict[str, float] = json.loads(listed)
    return found


@lru_cache(4096)
def component(listed: str, name: str) -> float | None:
    """Return a component, in a mixture with the name of its reward before its own: `hybrid_overturned`."""
    return next(
        (value for one, value in components(listed).items() if one == name or one.endswith(f"_{name}")), None
    )


def _needs_cleaning(parcel: Parcel) -> bool:
    """Return True if any text of a request is too long, can't be kept, or may hold a secret.

    All are looked through at once, as they were packed, which costs a fraction of looking at each.
    """
    packed = parcel.packed
    if len(packed) > TEXT_LIMIT and any(
        len(text) > TEXT_LIMIT for member in parcel.members for text in member[:3] + member[7:9] if text
    ):
        return True
    return _has_surrogates(packed) or redact_bytes(packed) is not packed


def _has_surrogates(packed: bytes) -> bool:
    r"""Return True if there may be half of a pair of UTF-16 in it, which UTF-8 does not have.

    >>> _has_surrogates("\ud83d".encode("utf-8", "surrogatepass")), _has_surrogates("한 \U0001f600".encode())
    (True, False)
    """
    # A search for one byte takes a hundredth of one by a pattern.
    at = packed.find(0xED)
    while at >= 0:
        if b"\xa0" <= packed[at + 1 : at + 2] <= b"\xbf":
            return True
        at = packed.find(0xED, at + 1)
    return False


def _as_it_is(text: str) -> str:
    return text


def clean(text: str) -> str:
    r"""Return a text without secrets, as a database can keep it: cut, and without lone surrogates.

    >>> clean("\ud83d!")
    '\\ud83d!'
    """
    if len(text) > TEXT_LIMIT:
        text = f"{text[:TEXT_LIMIT]}\n… ({len(text)} characters)"
    return clean_of_secrets(text)


def clean_of_secrets(text: str) -> str:
    """Return a text without secrets and lone surrogates; the same object if it has none."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-8", "backslashreplace").decode()
    return redact(text)


def _identity(prompt: str, golden: str) -> int:
    """Return a number for a prompt and its golden answer, that fits into a column of integers."""
    digest = hashlib.blake2b(f"{len(prompt)} {prompt}{golden}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
