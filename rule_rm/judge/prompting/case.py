"""The parts of a rollout that a judge sees, or the score of a rollout that needs no judge.

Where answers are graded, a judge sees the final answer. Where the response itself is rated, it sees
everything after the thinking. A text that is not shown can't persuade it. Equal answers make equal texts, so
a group that agrees costs one question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rule_rm.extract import Extraction, final_answer, golden_answer, tag_contents
from rule_rm.judge.prompting.criteria import Criterion, found_criteria
from rule_rm.judge.prompting.declaration import Declared, Kind
from rule_rm.judge.prompting.dialogue import Dialogue, dialogue_of
from rule_rm.judge.prompting.screen import has_content
from rule_rm.messages.turns import split_thinking
from rule_rm.types import Rollout, Score, Status

LONGEST_ANSWER = 2_000
"""Characters; a longer text is not a final answer."""
_SHOWN, _ECHO, _SHORT = 80, 40, 200
_WORDS = re.compile(r"(?<!\\)\b[^\W\d_]{3,}")
r"""A word that is not a command: `half`, and not `\frac`."""
_PLAIN_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
"""A number that can be compared at once: `-1.5`."""
_MATHS_EDGES = re.compile(r"\A\$+(.*?)\$+\Z", re.DOTALL)
"""Mathematics as a whole: `$42$`."""


@dataclass(frozen=True, slots=True)
class Case:
    """The texts to judge."""

    texts: Mapping[str, str]
    """The texts by variable; a missing optional text is empty."""
    dialogue: Dialogue
    criteria: tuple[Criterion, ...] = ()

    @property
    def shown(self) -> str | None:
        """The answer that was extracted, for the score; a whole response is none."""
        return self.texts.get("answer")


@dataclass(frozen=True, slots=True)
class Reading:
    """How rollouts are read for one template."""

    declared: Declared
    uses: frozenset[str]
    """The variables of the template."""
    longest: int
    """Characters that a response, or its thinking, may have."""
    vision: bool = False
    criteria: tuple[Criterion, ...] = ()
    """Those of rollouts that bring none."""

    def read(self, rollout: Rollout) -> Case | Score:
        """Return the case, or the score if there is nothing to ask."""
        texts: dict[str, str] = {}
        try:
            criteria = self._criteria(rollout)
            if self.uses & {"reference", "second", "answer"}:
                reference = self._reference(rollout)
                texts["reference"] = golden_answer(reference) if "answer" in self.uses else reference
        except ValueError as error:
            return Score.unscored(Status.BAD_GROUND_TRUTH, str(error))
        missing = self._missing(texts, criteria)
        if missing:
            return Score.unscored(Status.NO_GROUND_TRUTH, missing)
        judged = self._judged(rollout, texts.get("reference", ""))
        if isinstance(judged, Score):
            return judged
        dialogue = dialogue_of(rollout, vision=self.vision)
        return Case(
            {**texts, **judged, "question": dialogue.question, "system": dialogue.system}, dialogue, criteria
        )

    def _reference(self, rollout: Rollout) -> str:
        is_list = isinstance(rollout.ground_truth, (list, tuple))
        if self.declared.kind is Kind.CRITERIA and is_list and not found_criteria(None, rollout.extra_info):
            return ""  # The list holds the criteria.
        return reference_of(rollout.ground_truth, rollout.extra_info)

    def _criteria(self, rollout: Rollout) -> tuple[Criterion, ...]:
        if self.declared.kind is not Kind.CRITERIA:
            return ()
        return found_criteria(rollout.ground_truth, rollout.extra_info) or self.criteria

    def _missing(self, texts: Mapping[str, str], criteria: tuple[Criterion, ...]) -> str | None:
        if self.declared.kind is Kind.CRITERIA and not criteria:
            return "neither the rollout nor the template has criteria"
        is_needed = self.uses & {"reference", "second"} and "reference" not in self.declared.optional
        return "there is no reference to judge by" if is_needed and not texts["reference"] else None

    def _judged(self, rollout: Rollout, reference: str) -> dict[str, str] | Score:
        """Return the texts of the policy; the score if they are not worth asking about."""
        split = split_thinking(rollout.response)
        if split is None:
            return nothing("the thinking is not closed")
        found = {}
        if "answer" in self.uses:
            answer = answer_of(rollout, split[1].strip(), reference)
            if isinstance(answer, Score):
                return answer
            found["answer"] = answer
        if self.uses & {"response", "first"}:
            found["response"] = split[1].strip()
        if "thinking" in self.uses:
            # A chain of thought without tags is the response itself.
            found["thinking"] = split[0].strip() or split[1].strip()
        for name, text in found.items():
            if len(text) > (LONGEST_ANSWER if name == "answer" else self.longest):
                why = f"the {name} has {len(text)} characters"
                return Score(0.0, Status.REFUSED, text[:_SHOWN] + "…", why)
            # An announcing word may be the answer: "solution" can be the name of a mixture.
            if not has_content(text, reference) and (not reference or has_content(reference)):
                return nothing(f"the {name} says nothing", text[:_SHOWN])
        return found


def nothing(why: str, answer: str | None = None) -> Score:
    """Return the score of a response in which there is nothing to judge."""
    return Score(0.0, Status.NO_ANSWER, answer or None, why)


def answer_of(rollout: Rollout, said: str, reference: str) -> str | Score:
    """Return the final answer of a response, `said` being the text after its thinking.

    If the reference is in words, and there is no box and no tag, it is all of `said`, if that is short or
    declares no answer in words. An extractor of expressions takes the year out of "Hastings in 1066".
    """
    found = final_answer(rollout.response, rollout.prompt)
    is_marked = "\\boxed" in said or "\\fbox" in said or "<answer>" in said
    in_words = bool(_WORDS.search(reference)) or not reference
    is_declared = found.answer is not None and bool(_WORDS.search(found.answer))
    if in_words and not is_marked and len(said) <= (_SHORT if is_declared else LONGEST_ANSWER):
        return normalised(_without_echo(said, rollout.prompt.strip()))
    if found.answer is None:
        return nothing(found.reason)
    if is_marked and in_words and "<answer>" in said and found.reason != "the box":
        tagged = tag_contents(said, "answer")
        if tagged and "\\boxed" not in tagged[-1]:
            return normalised(tagged[-1])
    return _all_forms(found)


def _all_forms(found: Extraction) -> str | Score:
    """Return the answer with its other forms, which may be other answers: the judge must see them all.

    Different plain numbers are two answers, which is none.
    """
    forms = list(dict.fromkeys(normalised(form) for form in (found.answer or "", *found.also)))
    numbers = {float(form) for form in forms if _PLAIN_NUMBER.fullmatch(form)}
    if len(numbers) > 1:
        return nothing(f"the response says {forms[0]}, and also {forms[1]}", forms[0])
    return ", and also ".join(forms)


def _without_echo(said: str, prompt: str) -> str:
    """Return the text without the prompt, word for word; short prompts are part of many answers."""
    return said.replace(prompt, " ") if len(prompt) >= _ECHO else said


def normalised(answer: str) -> str:
    """Return an answer without insignificant differences, so that equal ones are asked about once.

    >>> normalised(" $42$. "), normalised("the  answer\\n\\n\\nis 42")
    ('42', 'the answer\\nis 42')
    """
    lines = (" ".join(line.split()) for line in answer.splitlines())
    text = "\n".join(line for line in lines if line)
    text = text.rstrip(" ,;")
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1].rstrip()
    maths = _MATHS_EDGES.match(text)
    return maths[1].strip() if maths and "$" not in maths[1] else text


def reference_of(ground_truth: Any, extra_info: Mapping[str, Any]) -> str:
    """Return the reference as one string; "" if there is none. Raises ValueError if it is not a string.

    Of several answers each is right.
    """
    if isinstance(ground_truth, Mapping):
        named = next((ground_truth[name] for name in ("answer", "reference") if ground_truth.get(name)), None)
        ground_truth = extra_info.get("reference") if named is None else named
    if ground_truth is None:
        return ""
    if isinstance(ground_truth, bool) or not isinstance(ground_truth, (str, int, float, list, tuple)):
        raise ValueError("the reference must be a string, a number or a list of them")
    if isinstance(ground_truth, str):
        return ground_truth.strip()
    if isinstance(ground_truth, (list, tuple)):
        if not all(isinstance(one, (str, int, float)) and not isinstance(one, bool) for one in ground_truth):
            return ""
        return "\nOR\n".join(str(one).strip() for one in ground_truth)
    return json.dumps(ground_truth)
