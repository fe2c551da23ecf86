"""Requests of other shapes than in `servers.py`, side by side with the peers: one command, minutes.

    python -m benchmarks.shapes --data ../shared/data            # all shapes
    python -m benchmarks.shapes --only kept,sizes --samples 256
    python -m benchmarks.shapes --plot docs/images/shapes.svg    # needs matplotlib

- *kept*: 256 single clients, with a new connection for each request, and with one for all of them
- *different*: no question and no response twice, from 256 single clients and in batches
- *sizes*: responses of 2, 16 and 64 KB, from 32 single clients
- *golden*: 345, 12,000 and 100,000 golden questions, and with `--million` 1,000,000

Programs have `sandbox.py` and `http_batches.py`, judges `judge_client.py`, hangs `servers.py --only hangs`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import scenarios
from benchmarks.contestants import Contestant, align_anything, lmm_r1, rule_rm
from benchmarks.plots import plot_speed
from benchmarks.report import SizeRow, SpeedRow, size_table, speed_table
from benchmarks.scenarios import Step
from benchmarks.workloads import Data, Sample, cold_mix, math_groups

CLIENTS = 256
KILOBYTES = (2, 16, 64)
GOLDEN = (345, 12_000, 100_000)
MILLION = 1_000_000
LIMIT = 60.0


@dataclass(frozen=True)
class Shape:
    """Steps that are measured with one golden dataset."""

    goldens: Mapping[str, str]
    steps: Sequence[Step]


def main() -> int:
    """Print the tables of the chosen shapes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", metavar="DIR", help="the shared data; ../shared/data by default")
    parser.add_argument("--only", default=",".join(SHAPES), help="some of %(default)s")
    parser.add_argument("--samples", type=int, default=1024, help="of a step, for rule_rm; peers get fewer")
    parser.add_argument("--million", action="store_true", help="a golden dataset of 1,000,000 questions too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the rates as an SVG (matplotlib)")
    options = parser.parse_args()
    if unknown := set(options.only.split(",")) - set(SHAPES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(SHAPES)}")
    data, count = Data.load(options.data), options.samples
    speed: list[SpeedRow] = []
    size: list[SizeRow] = []
    with tempfile.TemporaryDirectory(prefix="rule_rm_shapes_") as folder:
        for name in options.only.split(","):
            shapes = SHAPES[name](data, count)
            if name == "golden" and options.million:
                shapes.append(golden_set(data, count, MILLION))
            for shape in shapes:
                for contestant in (rule_rm(2, count), lmm_r1(2, count // 4), align_anything(count // 64)):
                    rows, figures = measured(contestant, shape, data, Path(folder))
                    speed += rows
                    size.append(figures)
    print(speed_table(speed), size_table(size), sep="\n\n")
    if options.plot is not None:
        plot_speed(speed, options.plot)
    return 0


def measured(
    contestant: Contestant, shape: Shape, data: Data, folder: Path
) -> tuple[list[SpeedRow], SizeRow]:
    """Serve the golden dataset of a shape, and send its steps."""
    names = ", ".join(step.name for step in shape.steps)
    print(f"{time.strftime('%X')} … {contestant.name}: {names}", file=sys.stderr, flush=True)
    patient = replace(contestant, patience=300.0)
    with patient.serve(folder, shape.goldens) as running:
        return scenarios.speed(patient, running, math_groups(data, 64, part=7), shape.steps, LIMIT)


def kept(data: Data, count: int) -> list[Shape]:
    """Return single clients with new connections and with kept ones; no sample is sent twice."""
    return [
        Shape(
            data.math,
            [
                Step("256 clients, new connections", math_groups(data, count, part=1), 1, CLIENTS),
                Step(
                    "256 clients, kept connections",
                    math_groups(data, count, part=3),
                    1,
                    CLIENTS,
                    keeps_alive=True,
                ),
            ],
        )
    ]


def different(data: Data, count: int) -> list[Shape]:
    """Return samples of which none repeats a question."""
    mix = cold_mix(data, 2 * count)
    steps = [
        Step("all different, 256 clients", mix[:count], 1, CLIENTS),
        Step("all different, batches of 512", mix[count:]),
    ]
    return [Shape(data.questions(), steps)]


def sizes(data: Data, count: int) -> list[Shape]:
    """Return responses of several sizes."""
    steps = [
        Step(
            f"{number} KB, 32 clients",
            [longer(one, number << 10) for one in math_groups(data, count // 2, part=place)],
            1,
            32,
        )
        for place, number in enumerate(KILOBYTES)
    ]
    return [Shape(data.math, steps)]


def longer(sample: Sample, size: int) -> Sample:
    """Return the sample with a longer thought, until the response has about `size` characters."""
    head, tag, rest = sample.response.partition("</think>")
    thought = head.removeprefix("<think>")
    times = max((size - len(rest)) // max(len(thought), 1), 1)
    return replace(sample, response=f"<think>{thought * times}{tag}{rest}")


def golden_sets(data: Data, count: int) -> list[Shape]:
    """Return golden datasets of several sizes, with batches about the questions that all of them have."""
    return [golden_set(data, count, size) for size in GOLDEN]


def golden_set(data: Data, count: int, size: int) -> Shape:
    """Return a golden dataset of a size; each has the questions that are asked."""
    samples = math_groups(data, min(count, 345 * 8), part=2)
    asked = {one.prompt: one.golden for one in samples}
    others = {question: answer for question, answer in data.golden_set(size).items() if question not in asked}
    goldens = {**asked, **dict(list(others.items())[: max(size - len(asked), 0)])}
    return Shape(goldens, [Step(f"{size:,} golden questions, batches of 512", samples)])


SHAPES = {"kept": kept, "different": different, "sizes": sizes, "golden": golden_sets}

if __name__ == "__main__":
    sys.exit(main())
