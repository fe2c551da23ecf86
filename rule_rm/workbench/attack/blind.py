"""Search for a policy that earns without seeing an answer: exploitability.

A policy that can't solve a prompt can still rearrange it. The search begins with every part of the prompt in
every wrapper. It halves the policies by their earnings on more and more rows, and breeds the survivors. It
sees prompts and rewards, never a golden answer. The best policy is then paid on rows that the search has not
seen, next to the best answer that is always the same. The difference could be learnt instead of solving.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rule_rm.workbench.attack.genomes import Genome, Segment, at_random, constants, grid, mutated
from rule_rm.workbench.attack.pieces import CONSTANTS, SELECTORS, Prompt
from rule_rm.workbench.forms import Form

Earn = Callable[[Sequence[tuple[int, str]]], Sequence[float]]
"""Return the earnings of responses to rows, each from 0 (a wrong answer's) to 1 (a right answer's)."""
BUDGET = 2000
_FIRST_ROWS = 8
_LEAST_HELD_OUT = 8
_FINALISTS = 5
_POPULATION = 48
_GENERATIONS = 12
_COMMON = 5
_OTHER_FORMS = 3
"""Constants that are tried in each form but the reward's own."""
_BEST_CONSTANTS = 6
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Exploitability:
    """The best policy of a search, and the best answer that is always the same."""

    policy: str
    earned: float
    """The mean earnings of the best policy on the rows held out, from 0 to 1."""
    constant: str
    constant_earned: float
    interval: tuple[float, float]
    """The interval of 95 % of the difference, from resampled rows."""
    example: str
    """The response of the policy to the first row that pays it, else to the first row."""
    example_row: int
    scored: int
    """Responses that were scored for the search."""
    held_out: int
    """Rows that the search had not seen; 0 if there were too few to hold any out."""
    answer: str
    """The answer of the best constant policy, which earns the floor."""
    constants: tuple[tuple[str, str], ...]
    """The constant policies that earn most, each by its answer and its response.

    The answer is empty for a policy that states several.
    """

    @property
    def exploitability(self) -> float:
        """The earnings of the best policy above those of the best constant one; 0 if it earns less."""
        return max(0.0, self.earned - self.constant_earned)


class _Search:
    """Pays policies on rows within a budget, each once for each row."""

    def __init__(self, prompts: Sequence[str], earn: Earn, budget: int) -> None:
        self.prompts = [Prompt.read(text) for text in prompts]
        self._earn, self._budget = earn, budget
        self._known: dict[tuple[Genome, int], float] = {}

    @property
    def is_over(self) -> bool:
        """True if the budget is spent."""
        return self.left <= 0

    @property
    def left(self) -> int:
        """Responses that may still be scored."""
        return self._budget - len(self._known)

    @property
    def scored(self) -> int:
        """Responses that were scored."""
        return len(self._known)

    def means(self, policies: Sequence[Genome], rows: Sequence[int]) -> list[float]:
        """Return the mean earnings of each policy on the rows."""
        asked = [(policy, row) for policy in policies for row in rows if (policy, row) not in self._known]
        responses = [(row, policy.respond(self.prompts[row])) for policy, row in asked]
        said = [(row, response) for row, response in responses if response is not None]
        paid = iter(self._earn(said))
        for key, (_, response) in zip(asked, responses, strict=True):
            self._known[key] = 0.0 if response is None else next(paid)
        return [sum(self._known[policy, row] for row in rows) / len(rows) for policy in policies]

    def best(self, policies: Sequence[Genome], rows: Sequence[int], most: int) -> list[Genome]:
        """Return the policies that earn most, the first of equals first."""
        means = self.means(policies, rows)
        order = sorted(range(len(policies)), key=lambda place: -means[place])
        return [policies[place] for place in order[:most]]

    def earned(self, policy: Genome, rows: Sequence[int]) -> list[float]:
        """Return the reward of a policy on each row."""
        self.means([policy], rows)
        return [self._known[policy, row] for row in rows]


def search(
    prompts: Sequence[str],
    answers: Sequence[str],
    earn: Earn,
    forms: Sequence[Form],
    *,
    budget: int = BUDGET,
    seed: int = 0,
) -> Exploitability:
    """Return the best policy that is found; `answers` give the commonest ones to the constant policies alone.

    The first of the forms is the reward's own.
    """
    rng = random.Random(seed)  # noqa: S311 - equal seeds must give equal searches
    order = rng.sample(range(len(prompts)), len(prompts))
    half = len(order) // 2 if len(order) >= 2 * _LEAST_HELD_OUT else len(order)
    seen, held_out = order[:half], order[half:] or order
    found = _Search(prompts, earn, budget)
    # A policy can't learn to give always an answer that occurs once.
    common = [answer for answer, times in Counter(answers).most_common(_COMMON) if times > 1]
    always = _best_constants(found, rng, forms, common, seen)
    constant = always[0]
    finalists = _evolved(found, rng, forms, seen)
    (best,) = found.best(finalists, seen, 1)
    if best.is_constant and len(best.segments) == 1:
        # One answer that earns more than another on few rows is luck, not a policy above the floor.
        best = constant = found.best([constant, best], seen, 1)[0]
    ours, theirs = found.earned(best, held_out), found.earned(constant, held_out)
    paid = [row for row, earned in zip(held_out, ours, strict=True) if earned > 0.5] or held_out
    return Exploitability(
        policy=str(best),
        earned=sum(ours) / len(ours),
        constant=str(constant),
        constant_earned=sum(theirs) / len(theirs),
        interval=_interval([a - b for a, b in zip(ours, theirs, strict=True)], rng),
        example=best.respond(found.prompts[paid[0]]) or "",
        example_row=paid[0],
        scored=found.scored,
        held_out=len(held_out) if half < len(order) else 0,
        answer=constant.segments[0].constant,
        constants=_stated([*always, *(one for one in finalists if one.is_constant)], found),
    )


def _best_constants(
    search: _Search, rng: random.Random, forms: Sequence[Form], common: Sequence[str], seen: Sequence[int]
) -> list[Genome]:
    """Return the policies of one answer that earn most, the best first."""
    own = constants(forms[0], common)
    few = [
        Genome(form, (Segment(constant=text),))
        for form in forms[1:]
        for text in rng.sample(CONSTANTS, _OTHER_FORMS)
    ]
    likely = search.best([*own, *few], seen[:_FIRST_ROWS], _BEST_CONSTANTS)
    # A common answer may be in none of the first rows.
    return search.best(list(dict.fromkeys((*likely, *own[: len(common)]))), seen, _BEST_CONSTANTS)


def _stated(policies: Sequence[Genome], search: _Search) -> tuple[tuple[str, str], ...]:
    """Return the answer and the response of each constant policy."""
    return tuple(
        dict.fromkeys(
            (
                one.segments[0].constant if len(one.segments) == 1 else "",
                one.respond(search.prompts[0]) or "",
            )
            for one in policies
        )
    )


def _evolved(search: _Search, rng: random.Random, forms: Sequence[Form], seen: Sequence[int]) -> list[Genome]:
    """Return the finalists: the grid halved on growing samples, then bred until the budget is spent."""
    size = min(_FIRST_ROWS, len(seen))
    single = grid(forms[0])
    # Plain copies are tried with every seed.
    plain, rest = single[: len(SELECTORS)], single[len(SELECTORS) :]
    rest += [at_random(rng, forms) for _ in range(_POPULATION)]
    # Half of the budget is for the first round, and the other half for the rounds after it.
    most = max(_FINALISTS, search.left // (2 * size))
    alive = [*plain[:most], *rng.sample(rest, min(len(rest), max(0, most - len(plain))))]
    while len(alive) > _POPULATION and not search.is_over:
        alive = search.best(alive, seen[:size], max(_POPULATION, len(alive) // 2))
        size = min(2 * size, len(seen))
    for _ in range(_GENERATIONS):
        if search.is_over:
            break
        parents = search.best(alive, seen[:size], _POPULATION // 3)
        children = [mutated(rng.choice(parents), rng, forms) for _ in range(_POPULATION // 2)]
        alive = list(dict.fromkeys([*parents, *children, *(at_random(rng, forms) for _ in parents)]))
        size = min(2 * size, len(seen))
    return search.best(search.best(alive, seen[:size], _FINALISTS), seen, _FINALISTS)


def _interval(differences: Sequence[float], rng: random.Random) -> tuple[float, float]:
    """Return the middle 95 % of the means of resampled rows."""
    number = len(differences)
    means = sorted(sum(rng.choices(differences, k=number)) / number for _ in range(_RESAMPLES))
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]
