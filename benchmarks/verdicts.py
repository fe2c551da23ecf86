r"""Verdicts on labelled answers: this package and math-verify in the configurations that trainers use.

    python -m benchmarks.verdicts --data ../shared/data [--only equivalence ...] [--disagreements FILE]

Every contestant answers every case in one run and in one shuffled order. Each has a process of its own that
is killed after 3 seconds or 1 GiB. `recall` and `precision` are over the labelled answers. `paid` is the
share of attacks that earn the accuracy reward; `paid unflagged` leaves out those that a policy allows.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

SECONDS = 3.0
BYTES = 1 << 30
SETS = ("gsm8k", "triples", "triples, core", "equivalence", "adversarial", "bombs")


@dataclass(frozen=True)
class Case:
    id: str
    kind: str
    question: str
    golden: str
    response: str
    expected: bool | None
    flag: str = ""


@dataclass
class Tally:
    answers: dict[str, bool] = field(default_factory=dict)
    seconds: float = 0.0
    killed: int = 0
    slowest: float = 0.0
    megabytes: int = 0


# Contestants: each is a function that prepares (imports) and returns (question, golden, response) -> bool.


def rule_rm_equal() -> Callable[[str, str, str], bool]:
    return _rule_rm("math_equal", lambda response: response)


def rule_rm_verifier() -> Callable[[str, str, str], bool]:
    return _rule_rm("math_verifier", _in_format)


def _in_format(response: str) -> str:
    """Return the response in the format that the gate asks for, unless it plays with the tags itself."""
    return (
        response
        if "<think>" in response or "<answer>" in response
        else f"<think></think><answer>{response}</answer>"
    )


def _rule_rm(name: str, dress: Callable[[str], str]) -> Callable[[str, str, str], bool]:
    from rule_rm import registry, rewards
    from rule_rm.types import Rollout

    rewards.load()
    function = registry.get(name)
    if function.warm_up:
        function.warm_up()

    def verdict(question: str, golden: str, response: str) -> bool:
        score = function(Rollout(question, dress(response), golden))
        return score.metrics.get("accuracy", 0.0) == 1.0

    return verdict


def math_verify_default() -> Callable[[str, str, str], bool]:
    """Call it as its README and verl do: the golden answer boxed, LaTeX and plain expressions read."""
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

    configs = [ExprExtractionConfig(), LatexExtractionConfig()]

    def verdict(_question: str, golden: str, response: str) -> bool:
        reference = parse(f"\\boxed{{{golden}}}", [LatexExtractionConfig()], parsing_timeout=None)
        return verify(reference, parse(response, configs, parsing_timeout=None), timeout_seconds=None)

    return verdict


def math_verify_strict_latex() -> Callable[[str, str, str], bool]:
    """LaTeX alone, and the box first: TRL's and open-r1's accuracy reward."""
    return _boxed_first("$%s$")


def align_anything() -> Callable[[str, str, str], bool]:
    """Return the box first and no malformed operators; an unreadable golden answer earns the reward."""
    return _boxed_first("$%s$", unreadable=True)


def align_anything_bare() -> Callable[[str, str, str], bool]:
    """Return the same with the golden answer unchanged, as in its datasets."""
    return _boxed_first("%s", unreadable=True)


def _boxed_first(golden_form: str, *, unreadable: bool = False) -> Callable[[str, str, str], bool]:
    from latex2sympy2_extended import NormalizationConfig
    from math_verify import LatexExtractionConfig, parse, verify

    normalization = NormalizationConfig(
        nits=False, malformed_operators=False, basic_latex=True, equations=True, boxed="all", units=True
    )
    config = LatexExtractionConfig(
        normalization_config=normalization, boxed_match_priority=0, try_extract_without_anchor=False
    )

    def verdict(_question: str, golden: str, response: str) -> bool:
        reference = parse(golden_form % golden, [LatexExtractionConfig()], parsing_timeout=None)
        if not reference:
            return unreadable
        answer = parse(response, [config], extraction_mode="first_match", parsing_timeout=None)
        return verify(answer, reference, timeout_seconds=None)

    return verdict


CONTESTANTS: dict[str, Callable[[], Callable[[str, str, str], bool]]] = {
    "rule_rm math_equal": rule_rm_equal,
    "rule_rm math_verifier": rule_rm_verifier,
    "math-verify, default": math_verify_default,
    "math-verify, LaTeX": math_verify_strict_latex,
    "align-anything": align_anything,
    "align-anything, bare golden": align_anything_bare,
}


class Killable:
    """One process that answers case after case, and is replaced when it takes too long or dies."""

    def __init__(self, contestant: str) -> None:
        self.contestant = contestant
        self.context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self.pipe, theirs = self.context.Pipe()
        self.process = self.context.Process(target=_serve, args=(self.contestant, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.pipe.recv()

    def ask(self, case: Case) -> tuple[bool, float, int] | None:
        """Return the verdict, its seconds and the process's megabytes; None if it had to be killed."""
        self.pipe.send((case.question, case.golden, case.response))
        try:
            if self.pipe.poll(SECONDS):
                return self.pipe.recv()
        except EOFError:
            pass
        self.stop()
        self._start()
        return None

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(contestant: str, pipe: Connection) -> None:
    logging.disable()
    verdict = CONTESTANTS[contestant]()
    verdict("", "1", r"\boxed{\frac{2}{2}}")
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    pipe.send(True)
    while True:
        try:
            question, golden, response = pipe.recv()
        except EOFError:
            return
        started = time.perf_counter()
        try:
            answer = bool(verdict(question, golden, response))
        except Exception:  # noqa: BLE001 - what a trainer would count as wrong
            answer = False
        seconds = time.perf_counter() - started
        pipe.send((answer, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def read_cases(data: Path) -> dict[str, list[Case]]:
    """Return the cases of every set, each in a shuffled order."""
    sets = {
        "gsm8k": list(_rows(data / "gsm8k_model_solutions.jsonl")),
        "triples": list(_rows(data / "verdict_triples.jsonl")),
        "triples, core": list(_rows(data / "verdict_triples.jsonl", only_core=True)),
        "equivalence": list(_rows(data / "equivalence.jsonl")),
        "adversarial": list(_rows(data / "adversarial.jsonl")),
        "bombs": list(_rows(data / "bombs.jsonl")),
    }
    for cases in sets.values():
        random.Random(1).shuffle(cases)
    return sets


def _rows(path: Path, *, only_core: bool = False) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if only_core and not row["core"]:
            continue
        response = row["response"] or "".join(text * times for text, times in row.get("response_parts") or [])
        if row.get("response_style") == "bare":
            response = f"The answer is $\\boxed{{{response}}}$."
        expected = row.get("expected", row.get("label", row.get("expected_verdict")))
        kind = row.get("kind") or row.get("source") or ""
        yield Case(
            str(row["id"]),
            kind,
            row.get("question") or "",
            row["gold"],
            response,
            expected,
            row.get("flag") or "",
        )


def run(contestant: str, cases: list[Case]) -> Tally:
    tally, worker = Tally(), Killable(contestant)
    for case in cases:
        found = worker.ask(case)
        if found is None:
            tally.killed += 1
            tally.seconds += SECONDS
            tally.slowest = SECONDS
            tally.answers[case.id] = False
            continue
        tally.answers[case.id], seconds, megabytes = found
        tally.seconds += seconds
        tally.slowest = max(tally.slowest, seconds)
        tally.megabytes = max(tally.megabytes, megabytes)
    worker.stop()
    return tally


def report(name: str, cases: list[Case], tallies: dict[str, Tally]) -> None:
    print(f"\n## {name}: {len(cases)} cases\n")
    columns = "recall | precision | paid | paid unflagged | killed | slowest s | MB | verdicts/s | ratio"
    print(f"| contestant | {columns} |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    base = next((tally for key, tally in tallies.items() if key.startswith("math-verify, default")), None)
    for contestant, tally in tallies.items():
        right = [case for case in cases if case.expected]
        wrong = [case for case in cases if case.expected is False]
        found = sum(tally.answers[case.id] for case in right)
        paid = [case for case in wrong if tally.answers[case.id]]
        recall = f"{100 * found / len(right):.2f}" if right else "–"
        precision = f"{100 * found / (found + len(paid)):.2f}" if found else "–"
        share = f"{100 * len(paid) / len(wrong):.1f}" if wrong else "–"
        unflagged = sum(not case.flag for case in paid)
        ratio = f"{base.seconds / tally.seconds:.1f}" if base else "–"
        print(
            f"| {contestant} | {recall} | {precision} | {share} | {unflagged} | {tally.killed} "
            f"| {tally.slowest:.2f} | {tally.megabytes} | {len(cases) / tally.seconds:.0f} | {ratio} |"
        )


def weak_kinds(cases: list[Case], tally: Tally) -> list[str]:
    """Return the kinds whose recall is below 0.9."""
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for case in cases:
        if case.expected:
            counts[case.kind][tally.answers[case.id]] += 1
    return [
        f"{kind} {count[True]}/{count.total()}"
        for kind, count in counts.items()
        if count[True] < 0.9 * count.total()
    ]


def disagreements(cases: list[Case], tally: Tally) -> Iterator[str]:
    for case in cases:
        if case.expected is not None and case.expected != tally.answers[case.id]:
            shown = case.response if len(case.response) < 120 else "…" + case.response[-120:]
            label = "right" if case.expected else "wrong"
            yield f"{label} {case.kind} {case.flag}\n    golden   {case.golden!r}\n    response {shown!r}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the directory with the labelled sets")
    parser.add_argument("--only", nargs="+", choices=SETS, default=SETS, help="the sets to run")
    parser.add_argument("--contestants", nargs="+", choices=list(CONTESTANTS), default=list(CONTESTANTS))
    parser.add_argument("--most", type=int, default=10**9, help="the most cases of a set")
    differing = "a file for the cases where math_equal differs from the label"
    parser.add_argument("--disagreements", type=Path, help=differing)
    options = parser.parse_args()
    sets, lines = read_cases(options.data), []
    for name in options.only:
        cases = sets[name][: options.most]
        tallies = {contestant: run(contestant, cases) for contestant in options.contestants}
        report(name, cases, tallies)
        ours = tallies.get("rule_rm math_equal")
        if ours:
            print(f"\nkinds below 0.9: {', '.join(weak_kinds(cases, ours)) or 'none'}")
            lines += [f"# {name}", *disagreements(cases, ours)]
    if options.disagreements:
        options.disagreements.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
