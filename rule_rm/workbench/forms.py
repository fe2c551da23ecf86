r"""The forms in which a response states its answer, and the one that a reward pays for.

Rewards read answers from a box, a tag, a line that begins with `####`, a fence or anywhere. Nobody declares
which, so each form is tried with golden answers, and the one that earns the most is the reward's form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rule_rm.types import Rollout, Score
from rule_rm.workbench.right_answers import Kind

_THINK = "<think>Let me see.</think>"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to state an answer: an opening, the answer in its marks, and a closing."""

    name: str
    opening: str
    marks: str
    """The text with `{}` for the answer, such as `\\boxed{{}}`, in which a reward finds it."""
    closing: str = ""

    def mark(self, answer: str) -> str:
        r"""Return the answer within its marks: `\boxed{42}`."""
        return self.marks.replace("{}", answer)

    def frame(self, text: str) -> str:
        """Return a whole response that states the text as it is."""
        return f"{self.opening}{text}{self.closing}"

    def say(self, answer: str) -> str:
        """Return a whole response that states the answer."""
        return self.frame(self.mark(answer))

    @property
    def after_thinking(self) -> str:
        """The opening without the thinking."""
        return self.opening.replace(_THINK, "").lstrip("\n")


def _framed(name: str, marks: str) -> tuple[Form, ...]:
    """Return the forms that state marks alone, after thinking, and in the answer tag."""
    return (
        Form(name, "", marks),
        Form(f"{name} after thinking", _THINK, marks),
        Form(f"{name} in the answer tag", f"{_THINK}<answer>", marks, "</answer>"),
        Form(
            f"{name} in the answer tag on its own lines",
            "<think>\nLet me see.\n</think>\n<answer>\n",
            marks,
            "\n</answer>",
        ),
    )


_TEXT = (
    Form("a box", "So the answer is ", r"\boxed{{}}"),
    Form("after ####", "Let me see.\n", "#### {}"),
    Form("after Answer:", "Let me see.\n", "Answer: {}"),
    Form("after The answer is", "", "The answer is {}."),
    Form("the answer tag", "", "<answer>{}</answer>"),
    Form("a JSON object", "", '{"answer": "{}"}'),
    *_framed("a box", r"\boxed{{}}")[1:],
    *_framed("the answer alone", "{}"),
    Form("after The answer is, after thinking", _THINK, "The answer is {}."),
)
FORMS: dict[Kind, tuple[Form, ...]] = {
    Kind.TEXT: _TEXT,
    Kind.CODE: (*_framed("a Python fence", "```python\n{}\n```"), *_framed("the program alone", "{}")),
    Kind.SQL: (*_framed("an SQL fence", "```sql\n{}\n```"), *_framed("the query alone", "{}")),
    Kind.JSON: (*_framed("JSON alone", "{}"), *_framed("a JSON fence", "```json\n{}\n```")),
    Kind.XML: (*_framed("XML alone", "{}"), *_framed("an XML fence", "```xml\n{}\n```")),
    Kind.CALLS: (
        *_framed("calls in tags", "{}"),
        *_framed("a JSON fence", "```json\n{}\n```"),
    ),
    Kind.OTHER: _framed("the text alone", "{}"),
}
"""Forms by kind, the likeliest first: if several earn the same, the first is chosen."""


def best_form(
    kind: Kind, rows: Sequence[tuple[Rollout, str]], score: Callable[[Sequence[Rollout]], Sequence[Score]]
) -> Form:
    """Return the form in which the right answers of the rows earn the most in sum."""
    forms = FORMS[kind]
    asked = [replace(rollout, response=form.say(answer)) for form in forms for rollout, answer in rows]
    scores = iter(score(asked))
    sums = [sum(next(scores).reward or 0.0 for _ in rows) for _ in forms]
    return forms[sums.index(max(sums))]
