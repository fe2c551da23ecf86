"""Reward servers side by side, in one run: rule_rm and a faithful reference of each peer's approach.

Run `python -m benchmarks.servers --quick` first. README.md describes the contestants and workloads.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import scenarios
from benchmarks.contestants import Contestant, align_anything, lmm_r1, rule_rm
from benchmarks.processes import ServerFailedError
from benchmarks.report import HangRow, SizeRow, SpeedRow, hang_table, size_table, speed_table
from benchmarks.scenarios import Step
from benchmarks.workloads import (
    ROOT,
    Data,
    DataMissingError,
    Sample,
    cold_mix,
    gsm8k_solutions,
    math_groups,
    setting_of_345,
    with_hangs,
)

GROUPS = ("math", "gsm8k", "cold", "singles", "golden345", "shipped", "hangs")
CLIENTS = 256
HANGING_REWARD = str(ROOT / "benchmarks/hanging_reward.py")
HANG_WAYS = ("sleep", "loop", "c", "swallow", "memory")
WITHOUT_GMPY2 = {"SYMPY_GROUND_TYPES": "python", "MPMATH_NOGMPY": "1"}


@dataclass(frozen=True)
class Scale:
    """How much work there is: samples for each kind of server, and seconds that a step may take at most."""

    questions: int
    """In the large golden dataset."""
    ours: int
    pool: int
    lookup: int
    loop: int
    hang_singles: int
    hang_stride: int
    """Only every nth step and reward function with hangs runs; this is n."""
    limit: float
    hang_limit: float
    pools: tuple[int, ...]
    """The numbers of workers that the process pool is tried with."""


FULL = Scale(
    questions=12_000,
    ours=4096,
    pool=1024,
    lookup=256,
    loop=512,
    hang_singles=1024,
    hang_stride=1,
    limit=60.0,
    hang_limit=30.0,
    pools=(2, 16),
)
QUICK = Scale(
    questions=12_000,
    ours=1024,
    pool=128,
    lookup=16,
    loop=64,
    hang_singles=256,
    hang_stride=2,
    limit=10.0,
    hang_limit=6.0,
    pools=(2,),
)


@dataclass
class Results:
    """All rows of a run."""

    speed: list[SpeedRow] = field(default_factory=list)
    size: list[SizeRow] = field(default_factory=list)
    hangs: list[HangRow] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One run of the benchmark."""

    data: Data
    scale: Scale
    only: frozenset[str]
    workers: int
    folder: Path
    results: Results = field(default_factory=Results)

    def everything(self) -> Results:
        """Run the chosen workloads, one server at a time."""
        self._large_golden_set()
        if "golden345" in self.only:
            self._golden_set_of_345()
        if "shipped" in self.only:
            self._as_shipped()
        if "hangs" in self.only:
            self._hangs()
        return self.results

    def _large_golden_set(self) -> None:
        """Measure the speed of all servers with a large golden dataset, and of the loop without one."""
        scale = self.scale
        steps = self._speed_steps()
        if not steps:
            return
        goldens = self.data.golden_set(scale.questions)
        warm_up = math_groups(self.data, 512, part=4)
        self._speed(rule_rm(self.workers, scale.ours), goldens, steps, warm_up)
        for workers in scale.pools:
            self._speed(lmm_r1(workers, scale.pool), goldens, steps, warm_up)
        fresh = [step for step in steps if not step.is_repeat]
        self._speed(align_anything(scale.lookup), goldens, fresh, warm_up)
        for step in fresh:
            if step.clients == 1:
                _tell(f"math-verify in a loop: {step.name}")
                row = scenarios.plain_loop(step, scale.loop, self.folder, 4 * scale.limit)
                self.results.speed.append(row)

    def _speed_steps(self) -> list[Step]:
        data, count = self.data, self.scale.ours
        groups = math_groups(data, count)
        singles = math_groups(data, count // 2, part=1)
        steps = {
            "math": [
                Step("MATH, batches of 512", groups),
                Step("MATH, batches of 512 again", groups, is_repeat=True),
            ],
            "gsm8k": [Step("GSM8K, batches of 512", gsm8k_solutions(data, count))],
            "cold": [Step("cold mix, batches of 512", cold_mix(data, count))],
            "singles": [
                Step("256 single clients, MATH", singles, 1, CLIENTS),
                Step("256 single clients, MATH again", singles, 1, CLIENTS, is_repeat=True),
            ],
        }
        asked = [step for group in GROUPS if group in self.only for step in steps.get(group, [])]
        return [step for step in asked if step.samples]

    def _golden_set_of_345(self) -> None:
        goldens, samples = setting_of_345(self.data)
        count = len(samples) * 4 // 9
        steps = [
            Step("345 golden questions, batches of 512", samples[:count]),
            Step("345 golden questions, 256 single clients", samples[count : 2 * count], 1, CLIENTS),
        ]
        warm_up = samples[2 * count :]
        self._speed(rule_rm(self.workers, self.scale.ours), goldens, steps, warm_up)
        self._speed(align_anything(3 * self.scale.lookup), goldens, steps, warm_up)

    def _as_shipped(self) -> None:
        """Measure align-anything's approach with math-verify's own time limits in place."""
        goldens, samples = setting_of_345(self.data)
        step = Step("as shipped, batch of 64", samples)
        self._speed(align_anything(64, "--as-shipped"), goldens, [step], samples)

    def _hangs(self) -> None:
        """Answers that hang a verifier; then a reward function that hangs, which only rule_rm has."""
        ours, pool = rule_rm(self.workers, 0), lmm_r1(2, 0)
        groups = math_groups(self.data, 512, part=2)
        single = math_groups(self.data, self.scale.hang_singles, part=3)
        steps = [
            Step("1 % hangs, batch of 512", with_hangs(groups, 0.01)),
            Step("1 % hangs, 256 single clients", with_hangs(single, 0.01), 1, CLIENTS),
        ]
        self._hang(ours, steps, WITHOUT_GMPY2)
        self._hang(pool, steps, WITHOUT_GMPY2)
        self._hang(align_anything(0), steps[:1], WITHOUT_GMPY2)
        if importlib.util.find_spec("gmpy2"):
            steps = [replace(step, name=f"{step.name}, gmpy2") for step in steps]
            self._hang(ours, steps, {})
            self._hang(pool, steps, {})
        else:
            _tell("gmpy2 is not installed: no run with it")
        self._functions_that_hang(groups, single)

    def _functions_that_hang(self, groups: Sequence[Sample], single: Sequence[Sample]) -> None:
        def write(number: int) -> str:
            return f"HANG:{HANG_WAYS[number % len(HANG_WAYS)]}"

        name, clients = "a function that hangs", "256 single clients"
        steps = [
            Step(f"{name}, 1 %, batch of 512", with_hangs(groups, 0.01, write)),
            Step(f"{name}, 1 %, {clients}", with_hangs(single, 0.01, write), 1, CLIENTS),
            Step(f"{name}, 5 %, {clients}", with_hangs(single, 0.05, write), 1, CLIENTS),
        ]
        for reward_type in ("math_that_hangs", "bare_math_that_hangs")[:: self.scale.hang_stride]:
            options = ("--reward-file", HANGING_REWARD, "--reward-type", reward_type)
            contestant = rule_rm(self.workers, 0, *options)
            self._hang(replace(contestant, name=f"rule_rm, {reward_type}"), steps, {})

    def _speed(
        self,
        contestant: Contestant,
        goldens: Mapping[str, str],
        steps: Sequence[Step],
        warm_up: Sequence[Sample],
    ) -> None:
        _tell(f"{contestant.name}: {len(goldens):,} golden questions")
        with contestant.serve(self.folder, goldens) as running:
            rows, size = scenarios.speed(contestant, running, warm_up, steps, self.scale.limit)
        self.results.speed += rows
        self.results.size.append(size)

    def _hang(self, contestant: Contestant, steps: Sequence[Step], environ: Mapping[str, str]) -> None:
        """Run each step on a fresh server, so that none suffers from the last; quickly, every other one."""
        for step in steps[:: self.scale.hang_stride]:
            _tell(f"{contestant.name}: {step.name}")
            with contestant.serve(self.folder, self.data.math, environ) as running:
                row = scenarios.hangs(contestant, running, step, self.scale.hang_limit)
            self.results.hangs.append(row)


def _tell(what: str) -> None:
    print(f"{time.strftime('%X')} … {what}", file=sys.stderr, flush=True)


def main() -> int:
    """Run the benchmark; 2 if it can't be run as asked."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="a minute instead of ten; coarser")
    options.add_argument("--only", default=",".join(GROUPS), help="some of %(default)s")
    options.add_argument("--data", metavar="DIR", help="the shared data; ../shared/data by default")
    options.add_argument("--workers", type=int, default=2, help="rule_rm's workers; %(default)s by default")
    options.add_argument("--json", metavar="FILE", type=Path, help="write the figures to this file too")
    given = options.parse_args()
    only = frozenset(given.only.split(","))
    if unknown := only - set(GROUPS):
        options.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(GROUPS)}")
    begun = time.monotonic()
    try:
        data = Data.load(given.data)
        with tempfile.TemporaryDirectory(prefix="rule_rm_benchmark_") as folder:
            run = Run(data, QUICK if given.quick else FULL, only, given.workers, Path(folder))
            results = run.everything()
    except (DataMissingError, ServerFailedError) as error:
        print(f"servers.py: {error}", file=sys.stderr)
        return 2
    print(_report(results, time.monotonic() - begun))
    if given.json:
        figures = _without_nan({"machine": _machine(), **asdict(results)})
        given.json.write_text(json.dumps(figures, indent=1, allow_nan=False), encoding="utf-8")
    return 0


def _report(results: Results, seconds: float) -> str:
    tables = (
        speed_table(results.speed) if results.speed else "",
        size_table(results.size) if results.size else "",
        hang_table(results.hangs) if results.hangs else "",
    )
    machine = ", ".join(f"{name} {value}" for name, value in _machine().items())
    return "\n\n".join([*filter(None, tables), f"{machine}; {seconds:.0f} s"])


def _without_nan(value: Any) -> Any:
    """Return the same with null for not a number, which JSON has no word for."""
    if isinstance(value, dict):
        return {name: _without_nan(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_nan(member) for member in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _machine() -> dict[str, str | int]:
    return {
        "processors": os.cpu_count() or 0,
        "Python": platform.python_version(),
        "math-verify": version("math-verify"),
        "sympy": version("sympy"),
    }


if __name__ == "__main__":
    sys.exit(main())
