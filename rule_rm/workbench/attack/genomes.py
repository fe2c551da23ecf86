"""The policies of the blind search: a frame, and one to three segments made from the prompt alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rule_rm.workbench.attack.pieces import CONSTANTS, SELECTORS, WRAPPERS, Prompt
from rule_rm.workbench.forms import Form

_JOINS = (" or ", ", ", "\n", " = ", "")
_MOST_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the prompt in a wrapper, or a constant."""

    selector: str = ""
    """The name of the part; empty for a constant."""
    wrapper: str = "as it is"
    constant: str = ""

    def of(self, prompt: Prompt) -> str | None:
        """Return the text for a prompt; None if the prompt has no such part."""
        if not self.selector:
            return self.constant
        part = SELECTORS[self.selector](prompt)
        return None if part is None else WRAPPERS[self.wrapper].replace("{}", part)

    def __str__(self) -> str:
        if not self.selector:
            return repr(self.constant)
        return self.selector if self.wrapper == "as it is" else f"{self.selector} ({self.wrapper})"


@dataclass(frozen=True, slots=True)
class Genome:
    """A policy: it states its segments in a form, or each of them in the form's marks."""

    form: Form
    segments: tuple[Segment, ...]
    join: str = " or "
    marks_each: bool = False
    """True: each segment has marks of its own."""

    def respond(self, prompt: Prompt) -> str | None:
        """Return the response to a prompt; None if the prompt lacks a part."""
        texts = [segment.of(prompt) for segment in self.segments]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return None
        if self.marks_each:
            return self.form.frame(self.join.join(map(self.form.mark, known)))
        return self.form.say(self.join.join(known))

    @property
    def is_constant(self) -> bool:
        """True if its response is the same for every prompt."""
        return not any(segment.selector for segment in self.segments)

    def __str__(self) -> str:
        between = f" {self.join.strip() or 'beside'} ".replace("\n", "line break")
        each = ", each in marks" if self.marks_each and len(self.segments) > 1 else ""
        return f"{between.join(map(str, self.segments))}, in {self.form.name}{each}"


def constants(form: Form, answers: Sequence[str]) -> list[Genome]:
    """Return the policies that state one answer to every prompt."""
    return [Genome(form, (Segment(constant=text),)) for text in dict.fromkeys((*answers, *CONSTANTS))]


def grid(form: Form) -> list[Genome]:
    """Return every part in every wrapper, in one form; the parts as they are come first."""
    return [Genome(form, (Segment(selector, wrapper),)) for wrapper in WRAPPERS for selector in SELECTORS]


def at_random(rng: random.Random, forms: Sequence[Form]) -> Genome:
    """Return a policy at random."""
    number = rng.choice((1, 1, 2, 2, _MOST_SEGMENTS))
    segments = tuple(_segment(rng) for _ in range(number))
    return Genome(rng.choice(forms), segments, rng.choice(_JOINS), marks_each=rng.random() < 0.3)


def mutated(genome: Genome, rng: random.Random, forms: Sequence[Form]) -> Genome:
    """Return a policy that differs in one place."""
    change = rng.randrange(5)
    segments = list(genome.segments)
    if change == 0:
        return replace(genome, form=rng.choice(forms))
    if change == 1:
        return replace(genome, join=rng.choice(_JOINS), marks_each=not genome.marks_each)
    if change == 2 and len(segments) < _MOST_SEGMENTS:
        segments.insert(rng.randrange(len(segments) + 1), _segment(rng))
    elif change == 3 and len(segments) > 1:
        segments.pop(rng.randrange(len(segments)))
    else:
        segments[rng.randrange(len(segments))] = _segment(rng)
    return replace(genome, segments=tuple(segments))


def _segment(rng: random.Random) -> Segment:
    if rng.random() < 0.35:
        return Segment(constant=rng.choice(CONSTANTS))
    return Segment(rng.choice(tuple(SELECTORS)), rng.choice(tuple(WRAPPERS)))
