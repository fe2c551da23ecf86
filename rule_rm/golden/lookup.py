"""The golden dataset in memory: find the ground truth for a prompt in tiers, from certain to similar.

The tiers are exact, normalised, wrapped, truncated, fuzzy, none. Each tier is sure of the question that it
names. None of them looks for the nearest question, since training on the answer of another problem is worse
than skipping this one. A tie between two different answers is therefore not a match either.

The result depends only on the prompt and the dataset: neither on their order nor on earlier lookups.
Many threads may call `find` at once.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from rule_rm.golden.containment import UNDECIDED, Containment
from rule_rm.golden.load import read_answers
from rule_rm.golden.similar import Similar
from rule_rm.golden.text import MAX_LENGTH, canonical, clean
from rule_rm.types import Rollout

logger = logging.getLogger(__name__)

_LEAST_PART = 8
"""Words. A shorter beginning could be that of many a question."""
_CLAUSE_BEGINS = frozenset(
    """
    if given when where such assuming and or in for with as so but that which who from to by on at then
    """.split()  # noqa: SIM905 - as many lines as words otherwise
)
"""Words before which a question may be complete."""
_DANGLING = _CLAUSE_BEGINS | {
    "the",
    "a",
    "an",
    "of",
    "is",
    "are",
    "be",
    "than",
    "let",
    "its",
    "their",
    "his",
    "her",
}
"""Words after which no question is complete."""


class Tier(str, Enum):
    """How the ground truth of a prompt was found."""

    REQUEST = "request"
    """It came with the request."""
    EXACT = "exact"
    """The prompt is a golden question."""
    NORMALISED = "normalised"
    """The prompt is a golden question, except for white space, Unicode forms and chat markers."""
    WRAPPED = "wrapped"
    """The prompt holds a golden question within instructions, chat turns or examples; the last one counts."""
    TRUNCATED = "truncated"
    """The prompt breaks off within the only golden question that begins like it."""
    FUZZY = "fuzzy"
    """The prompt is or wraps a golden question with typing errors."""
    NONE = "none"
    """No golden question is asked, or it is not sure which."""


@dataclass(frozen=True, slots=True)
class Match:
    """The ground truth found for a prompt, and how."""

    tier: Tier
    ground_truth: Any
    similarity: float
    """1 for request, exact, normalised and wrapped. Truncated: the share of the question that is there.
    Fuzzy: the Levenshtein ratio of the tokens. None: the ratio of the nearest question compared, else 0.
    """


_NOTHING = Match(Tier.NONE, None, 0.0)


class GoldenDataset:
    """Golden questions and their answers.

    >>> golden = GoldenDataset({"What is 1 + 1?": "2"})
    >>> golden.find("<|im_start|>user\\nWhat is 1 + 1?<|im_end|>").ground_truth
    '2'
    """

    def __init__(self, answers: Mapping[str, Any], threshold: float = 0.95) -> None:
        """`answers` by question; `threshold` is the least similarity, 0 to 1, of a fuzzy match."""
        self._threshold = threshold
        self._exact = {question: Match(Tier.EXACT, answer, 1.0) for question, answer in answers.items()}
        answers = {canonical(question): answer for question, answer in answers.items()}
        # Sorted, so that the order of the dataset has no influence, and equal beginnings are neighbours.
        self._questions = sorted(answers)
        self._answers = [answers[question] for question in self._questions]
        self._normalised = {question: number for number, question in enumerate(self._questions)}
        self._containment: Containment | None = None
        self._similar: Similar | None = None
        self._building = threading.Lock()
        self._version: str | None = None

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        question_key: str = "question",
        answer_key: str = "answer",
        threshold: float = 0.95,
    ) -> GoldenDataset:
        """Load the golden dataset of a file, or of a directory saved by Hugging Face `datasets`.

        Raises DatasetError, which begins with FILE:LINE, if it can't be read or if a question has two
        answers.
        """
        return cls(read_answers(Path(path), question_key, answer_key), threshold)

    @classmethod
    def empty(cls) -> GoldenDataset:
        """Return a dataset without questions, which finds nothing."""
        return cls({})

    @property
    def version(self) -> str:
        """Return a digest of the questions and answers; equal datasets have equal ones, in any order."""
        if self._version is None:
            digest = hashlib.sha256()
            for question, answer in zip(self._questions, self._answers, strict=True):
                digest.update(repr((question, answer)).encode("utf-8", "surrogatepass"))
            self._version = digest.hexdigest()[:12]
        return self._version

    def __len__(self) -> int:
        return len(self._questions)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield the questions and their answers, in the order of the dataset."""
        return ((question, match.ground_truth) for question, match in self._exact.items())

    def find(self, prompt: str) -> Match:
        """Return the ground truth for a prompt that came without one."""
        exact = self._exact.get(prompt)
        if exact is not None:
            return exact
        if not self._questions or len(prompt) > MAX_LENGTH:
            return _NOTHING
        text = clean(prompt)
        words = text.split()
        key = " ".join(words)
        number = self._normalised.get(key)
        if number is not None:
            return Match(Tier.NORMALISED, self._answers[number], 1.0)
        number = (self._containment or self._contained()).find(text, words)
        if number == UNDECIDED:
            return _NOTHING
        if number is not None:
            return Match(Tier.WRAPPED, self._answers[number], 1.0)
        return self._find_truncated(key) or self._find_similar(text)

    def attach(self, rollouts: Sequence[Rollout]) -> tuple[list[Rollout], list[Match]]:
        """Return the rollouts with the ground truths that were found, and how each was found."""
        found: dict[str, Match] = {}
        attached, matches = [], []
        for rollout in rollouts:
            if rollout.ground_truth is not None:
                match = Match(Tier.REQUEST, rollout.ground_truth, 1.0)
            else:
                match = found.get(rollout.prompt) or found.setdefault(
                    rollout.prompt, self.find(rollout.prompt)
                )
                rollout = rollout.with_ground_truth(match.ground_truth)
            attached.append(rollout)
            matches.append(match)
        return attached, matches

    @property
    def is_prepared(self) -> bool:
        """True if no lookup has to wait until an index is built."""
        return self._similar is not None or not self._questions

    def prepare(self) -> None:
        """Build the indexes for unusual prompts ahead of time, since a large dataset takes a while."""
        if self._questions and self.version:
            self._contained()
            self._nearest()

    def _contained(self) -> Containment:
        """Return the index of questions within prompts, which the first use builds."""
        with self._building:
            if self._containment is None:
                self._containment = Containment(self._normalised)
            return self._containment

    def _nearest(self) -> Similar:
        """Return the index of similar questions, which the first use builds."""
        with self._building:
            if self._similar is None:
                self._similar = Similar(self._questions, self._threshold)
            return self._similar

    def _find_truncated(self, key: str) -> Match | None:
        """Return the only question that begins with this text and visibly goes on.

        Trainers cut prompts: align-anything's client cuts at the word "assistant".
        """
        first = bisect_left(self._questions, key)
        question = self._questions[first] if first < len(self._questions) else ""
        if not question.startswith(key) or not _is_cut(key, question):
            return None
        if first + 1 < len(self._questions) and self._questions[first + 1].startswith(key):
            return None
        return Match(Tier.TRUNCATED, self._answers[first], len(key) / len(question))

    def _find_similar(self, text: str) -> Match:
        numbers, similarity = (self._similar or self._nearest()).find(text)
        answers = [self._answers[number] for number in sorted(numbers)]
        if not answers or any(answer != answers[0] for answer in answers):
            return Match(Tier.NONE, None, similarity)
        return Match(Tier.FUZZY, answers[0], similarity)


def _is_cut(part: str, question: str) -> bool:
    """Return True if the part is long and breaks off within a clause, unlike a whole question."""
    if part.count(" ") < _LEAST_PART - 1 or 2 * len(part) < len(question) or question[len(part)] != " ":
        return False
    last, following = part.rsplit(" ", 1)[1], question[len(part) :].split(maxsplit=1)[0]
    if last in _DANGLING or last.endswith(","):
        return True
    return last[-1].isalnum() and following[0].islower() and following not in _CLAUSE_BEGINS
