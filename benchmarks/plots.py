"""The plot of a run: rollouts a second on each workload, for each server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import SpeedRow

_COLOURS = ("#0969da", "#bf8700", "#8250df", "#57606a")


def plot_speed(rows: Sequence[SpeedRow], path: Path) -> None:
    """Write an SVG of bars on a logarithmic scale; a server that answered nothing has none."""
    import matplotlib as mpl

    mpl.use("Agg")
    # The same figures make the same file.
    mpl.rcParams["svg.hashsalt"] = path.name
    from matplotlib import pyplot

    workloads = list(dict.fromkeys(row.workload for row in rows))
    servers = list(dict.fromkeys(row.server for row in rows))
    height = 0.8 / len(servers)
    figure, panel = pyplot.subplots(figsize=(9, 1.2 + 0.55 * len(workloads)))
    for number, server in enumerate(servers):
        own = {row.workload: row.per_second for row in rows if row.server == server and row.per_second > 0}
        places = [workloads.index(name) + (number - (len(servers) - 1) / 2) * height for name in own]
        bars = panel.barh(places, list(own.values()), height, label=server, color=_COLOURS[number % 4])
        labels = [f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}" for rate in own.values()]
        panel.bar_label(bars, labels, fontsize=7, padding=2)
    panel.set(yticks=range(len(workloads)), yticklabels=workloads, xscale="log", xlabel="rollouts/s")
    panel.invert_yaxis()
    panel.margins(x=0.12)
    panel.grid(axis="x", alpha=0.3)
    panel.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(servers))
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
