"""The tables of a run, with ratios, and the same as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OURS = "rule_rm"
_SPEED_HEAD = ("samples", "samples/s", "×", "CPU ms/sample", "×", "p50 ms", "p99 ms", "agree", "lost")
_HANG_HEAD = (
    "hangs",
    "s",
    "lost",
    "wrong",
    "paid",
    "p50 ms",
    "p99 ms",
    "then lost",
    "then wrong",
    "idle CPU",
)


@dataclass
class SpeedRow:
    """How a server did on a workload. Times are seconds, `nan` where there is none."""

    workload: str
    server: str
    samples: int
    per_second: float
    cpu_ms: float
    """Processor time per sample in milliseconds, of the server and all its processes."""
    p50: float
    p99: float
    agreement: float
    """The share of the samples whose reward agrees with the label."""
    lost: int
    """Samples without a reward, or with that of an unscored one."""
    error: str = ""


@dataclass
class SizeRow:
    """A server's start-up time in seconds, and its memory in MB before and after the load."""

    server: str
    questions: int
    ready: float
    memory_at_start: float
    memory_under_load: float


@dataclass
class HangRow:
    """How a server did where some samples hang the verifier."""

    workload: str
    server: str
    hangs: int
    innocents: int
    seconds: float
    lost: int
    """Innocents without a reward, or with that of an unscored one."""
    wrong: int
    """Innocents whose reward disagrees with the label."""
    paid: int
    """Hanging samples that earned the accuracy reward."""
    p50: float
    p99: float
    lost_after: int
    """Innocents without a reward when they come once more, alone."""
    wrong_after: int
    idle_cpu: float
    """Processors kept busy after all that, where 0 is right."""
    error: str = ""


def speed_table(rows: Sequence[SpeedRow]) -> str:
    """Return one block for each workload, with the ratios rule_rm : other."""
    blocks = []
    for workload in dict.fromkeys(row.workload for row in rows):
        of_it = [row for row in rows if row.workload == workload]
        ours = next((row for row in of_it if row.server == OURS), None)
        lines = [
            (
                row.server,
                str(row.samples),
                f"{row.per_second:,.0f}",
                _ratio(ours, row, lambda one, other: one.per_second / other.per_second),
                f"{row.cpu_ms:.3f}",
                _ratio(ours, row, lambda one, other: other.cpu_ms / one.cpu_ms),
                _milliseconds(row.p50),
                _milliseconds(row.p99),
                f"{row.agreement:.4f}",
                str(row.lost),
            )
            for row in of_it
        ]
        blocks.append(_table((workload, *_SPEED_HEAD), lines) + _errors(of_it))
    return "\n\n".join(blocks)


def size_table(rows: Sequence[SizeRow]) -> str:
    """Start-up time and memory."""
    lines = [
        (
            row.server,
            f"{row.questions:,}",
            f"{row.ready:.2f}",
            f"{row.memory_at_start:.0f}",
            f"{row.memory_under_load:.0f}",
        )
        for row in rows
    ]
    return _table(("start-up and memory", "questions", "ready s", "MB at start", "MB after load"), lines)


def hang_table(rows: Sequence[HangRow]) -> str:
    """Return the tables of the workloads with hanging responses, one for each workload."""
    blocks = []
    for workload in dict.fromkeys(row.workload for row in rows):
        of_it = [row for row in rows if row.workload == workload]
        lines = [
            (
                row.server,
                f"{row.hangs}/{row.hangs + row.innocents}",
                f"{row.seconds:.1f}",
                str(row.lost),
                str(row.wrong),
                str(row.paid),
                _milliseconds(row.p50),
                _milliseconds(row.p99),
                str(row.lost_after),
                str(row.wrong_after),
                f"{row.idle_cpu:.2f}",
            )
            for row in of_it
        ]
        blocks.append(_table((workload, *_HANG_HEAD), lines) + _errors(of_it))
    return "\n\n".join(blocks)


def _ratio(ours: SpeedRow | None, row: SpeedRow, divide: Callable[[SpeedRow, SpeedRow], float]) -> str:
    if ours is None or ours is row:
        return ""
    try:
        return f"{divide(ours, row):.1f}"
    except ZeroDivisionError:
        return "∞"


def _milliseconds(seconds: float) -> str:
    return "–" if math.isnan(seconds) else f"{seconds * 1000:,.0f}"


def _errors(rows: Sequence[SpeedRow] | Sequence[HangRow]) -> str:
    return "".join(f"\n  {row.server}: {row.error}" for row in rows if row.error)


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, the first to the left, the others to the right."""
    widths = [max(len(line[column]) for line in (head, *lines)) for column in range(len(head))]
    drawn = []
    for first, *others in (head, *lines):
        right = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        drawn.append("  ".join([first.ljust(widths[0]), *right]))
    return "\n".join([drawn[0], "─" * len(drawn[0]), *drawn[1:]])
