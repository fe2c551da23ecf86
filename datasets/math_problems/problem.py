"""What a problem is: a question, its answer in LaTeX, and a computation that finds the answer anew.

A problem is written as a function: its docstring is the question, its decorator states level and answer, and
its body works the answer out, by enumeration or by symbolic computation, without looking at the statement.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

LEVELS = range(1, 6)


@dataclass(frozen=True)
class Problem:
    """One row of the dataset, and the computation its answer is held against."""

    name: str
    question: str
    answer: str
    level: int
    subject: str
    compute: Callable[[], object]

    @property
    def row(self) -> dict[str, str | int]:
        return {
            "question": self.question,
            "answer": self.answer,
            "level": self.level,
            "subject": self.subject,
        }


@dataclass
class Subject:
    """The problems of one subject, in the order in which they are written."""

    name: str
    problems: list[Problem] = field(default_factory=list)

    def problem(self, level: int, answer: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
        """Add the decorated function as a problem of this subject."""
        if level not in LEVELS:
            raise ValueError(f"level {level} of {answer!r} is not one of 1 to 5")

        def add(compute: Callable[[], object]) -> Callable[[], object]:
            question = " ".join((inspect.getdoc(compute) or "").split())
            self.problems.append(Problem(compute.__name__, question, answer, level, self.name, compute))
            return compute

        return add
