r"""Where this package, math-verify and sympy disagree about two answers, counted and listed.

    python -m benchmarks.differences [--generated 120] [--write docs/differences.md]

The pairs are the labelled cases of `tests/math/cases` and generated identities, true and false. The default
settings of math-verify are used. For sympy, latex2sympy2_extended reads both sides, and the simplified
difference has to be 0. Each has two seconds of processor time for a pair. A pair that a verifier can't read
counts as not accepted.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import logging
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "math" / "cases"
SECONDS = 2
MOST_ROWS = 60

Verdict = Callable[[str, str], bool]


@dataclass(frozen=True)
class Pair:
    family: str
    golden: str
    answer: str
    is_same: bool


def written_pairs() -> Iterator[Pair]:
    """Yield the pairs of the tests that need no question."""
    for name, is_same in (("equal", True), ("right", True), ("different", False), ("wrong", False)):
        for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if not row.get("question"):
                family = row.get("family") or "written: other forms and near misses"
                yield Pair(family, row["golden"], row["answer"], is_same)


def family_pairs() -> Iterator[Pair]:
    """Yield a right form and a wrong twin of each family of the tests that needs no question."""
    for line in (CASES / "families.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row.get("question"):
            for side, is_same in (("right", True), ("wrong", False)):
                for answer in row[side][:1]:
                    yield Pair("families of mathematics and science", row["golden"], answer, is_same)


def generated_pairs(count: int) -> Iterator[Pair]:
    """Yield random identities from the generator of the tests."""
    path = ROOT / "tests" / "math" / "identities.py"
    spec = importlib.util.spec_from_file_location("identities", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["identities"] = module
    spec.loader.exec_module(module)
    for pair in module.pairs(7, count):
        yield Pair("generated identities", pair.golden, pair.answer, pair.is_same)


def ours() -> Verdict:
    """Return this package's verdict on values."""
    from rule_rm.math.compare import compare

    return lambda golden, answer: compare(answer, golden, value_alone=True).equal is True


def math_verify() -> Verdict:
    """Return math-verify's verdict, with its default settings."""
    from math_verify import parse, verify

    def verdict(golden: str, answer: str) -> bool:
        reference = parse(f"${golden}$", parsing_timeout=None)
        return bool(
            verify(reference, parse(f"$\\boxed{{{answer}}}$", parsing_timeout=None), timeout_seconds=None)
        )

    return verdict


def sympy() -> Verdict:
    """Return True if sympy simplifies the difference of both sides to 0."""
    import sympy
    from latex2sympy2_extended import latex2sympy

    def verdict(golden: str, answer: str) -> bool:
        left, right = latex2sympy(golden), latex2sympy(answer)
        return bool(left == right or sympy.simplify(left - right) == 0)

    return verdict


def within_limits(verdict: Verdict) -> Verdict:
    """Return a verdict that is False where the verifier fails or takes too much processor time."""

    def interrupt(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, interrupt)

    def limited(golden: str, answer: str) -> bool:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            return verdict(golden, answer)
        except Exception:  # noqa: BLE001 - a verifier that fails accepts nothing
            return False
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    return limited


def page(pairs: list[Pair], verdicts: dict[str, list[bool]]) -> str:
    """Return the page: counts for each family, then the disagreements."""
    names = list(verdicts)
    lines = [INTRODUCTION.format(count=len(pairs), right=sum(pair.is_same for pair in pairs))]
    lines += ["| verifier | right answers missed | wrong answers accepted |", "|---|---|---|"]
    for name in names:
        missed = sum(pair.is_same and not said for pair, said in zip(pairs, verdicts[name], strict=True))
        paid = sum(said and not pair.is_same for pair, said in zip(pairs, verdicts[name], strict=True))
        lines.append(f"| {name} | {missed} | {paid} |")
    lines += ["", "## By kind", "", BY_KIND, "", "| kind | pairs | " + " | ".join(names) + " |"]
    lines.append("|---|---|" + "---|" * len(names))
    counts: Counter[str] = Counter(pair.family for pair in pairs)
    for family, count in sorted(counts.items()):
        cells = []
        for name in names:
            said = [
                (pair, one) for pair, one in zip(pairs, verdicts[name], strict=True) if pair.family == family
            ]
            missed = sum(pair.is_same and not one for pair, one in said)
            cells.append(f"{missed} / {sum(one and not pair.is_same for pair, one in said)}")
        lines.append(f"| {family} | {count} | {' | '.join(cells)} |")
    lines += ["", "## Pairs that they judge differently", "", LISTED.format(most=MOST_ROWS), ""]
    lines += [
        "| golden answer | answer | the same? | " + " | ".join(names) + " |",
        "|---|---|---|" + "---|" * len(names),
    ]
    differing = [at for at in range(len(pairs)) if len({verdicts[name][at] for name in names}) > 1]
    wrong = [at for at in range(len(pairs)) if verdicts[names[0]][at] != pairs[at].is_same]
    shown = random.Random(1).sample(differing, min(MOST_ROWS, len(differing)))
    for at in sorted({*shown, *wrong}):
        pair = pairs[at]
        marks = " | ".join("yes" if verdicts[name][at] else "no" for name in names)
        lines.append(
            f"| {_code(pair.golden)} | {_code(pair.answer)} | {'yes' if pair.is_same else 'no'} | {marks} |"
        )
    return "\n".join(itertools.chain(lines, [""]))


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"


INTRODUCTION = """# Differences from math-verify and sympy

`rule_rm` compares answers by its own reader and identity test, with math-verify behind them. This page counts
where the three disagree. `python -m benchmarks.differences --write docs/differences.md` writes it anew.

The {count} pairs ({right} of them the same) are the cases of this project's tests and generated identities.
The project was developed against the written cases, so its figures on them do not carry over to others.
Use the page to see which kinds of answers the verifiers read differently.

math-verify runs with its default settings. sympy simplifies the difference of both sides. Each has two
seconds for a pair. A pair that a verifier can't read, or not in time, counts as not accepted.
"""
BY_KIND = "Each cell has the right answers missed and the wrong answers accepted."
LISTED = "A random sample of at most {most} pairs, and every pair that this package judges wrongly."


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--generated", type=int, default=120, help="the number of generated identities")
    parser.add_argument("--write", type=Path, help="the page to write; without it the page is printed")
    options = parser.parse_args()
    logging.disable()
    pairs = [*written_pairs(), *family_pairs(), *generated_pairs(options.generated)]
    verifiers = {"rule_rm": ours(), "math-verify": math_verify(), "sympy": sympy()}
    for verdict in verifiers.values():  # imports count against nobody
        verdict(r"\sum_{k=1}^{n} k", "1")
    verdicts = {
        name: [within_limits(verdict)(pair.golden, pair.answer) for pair in pairs]
        for name, verdict in verifiers.items()
    }
    text = page(pairs, verdicts)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
