"""Render a report as one HTML file that loads nothing and runs only its own script.

Responses are hostile text. The template escapes all values, and the data for the plots is JSON without `<`.
A policy in the page names the two scripts that may run by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rule_rm.errors import ConfigurationError
from rule_rm.version import __version__
from rule_rm.workbench.flips import KINDS, Flips
from rule_rm.workbench.report.findings import Findings, text_of
from rule_rm.workbench.results_file import read_results

_MOST_SHOWN = 3_000
"""Characters of a text to read: its beginning and its end."""
_LINE = 140
"""Characters of a prompt in a line of a list."""
_TEMPLATES = "workbench/report/templates"
_GROUP_KINDS = ("all right", "mixed", "all wrong")


def check_report(path: str) -> None:
    """Raise ConfigurationError if no report could be written there, before anything is scored for it."""
    _plotly()
    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise ConfigurationError(f"--report {path}: it is a page; its name must end in .html")
    if not Path(path).absolute().parent.is_dir():
        raise ConfigurationError(f"--report {path}: there is no such directory")


def write_report(
    path: str,
    results: Path,
    about: Mapping[str, Any],
    flips: Flips | None = None,
    causes: Sequence[str] = (),
) -> None:
    """Write the report on a file of results. Raises ConfigurationError without plotly, or if it can't be."""
    page = render(Findings.of(lambda: read_results(results)), about, flips, causes)
    try:
        Path(path).write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigurationError(f"--report {path}: {error.strerror}") from None


def render(
    findings: Findings, about: Mapping[str, Any], flips: Flips | None = None, causes: Sequence[str] = ()
) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("rule_rm", _TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"shown": shown, "cut": cut, "number": number, "text_of": text_of}
    library, script = _plotly(), _source(environment, "plots.js")
    kinds = findings.kinds_of_groups()
    return environment.get_template("report.html.j2").render(
        policy=f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src {_hash(library)} {_hash(script)}",
        library=library,
        script=script,
        style=_source(environment, "report.css"),
        data=_data(findings),
        findings=findings,
        totals=findings.tally.all,
        about=about,
        version=__version__,
        written=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        group_kinds=[(kind, kinds[kind]) for kind in _GROUP_KINDS if kinds[kind]],
        groups=kinds.total(),
        flips=flips,
        flip_kinds=KINDS,
        causes=causes,
    )


def shown(text: str) -> str:
    """Return a text to read: if it is long, its beginning and its end."""
    if len(text) <= _MOST_SHOWN:
        return text
    half = _MOST_SHOWN // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters …\n{text[-half:]}"


def cut(text: str) -> str:
    """Return the beginning of a text, up to a space, for one line.

    >>> cut("How many " * 20)[-15:]
    'y How many How…'
    """
    if len(text) <= _LINE:
        return text
    return f"{text[:_LINE].rpartition(' ')[0] or text[:_LINE]}…"


def number(value: float | None) -> str:
    """Return a reward for a reader.

    >>> number(None), number(0.5), number(1 / 3)
    ('–', '0.5', '0.3333')
    """
    return "–" if value is None else f"{value:.4g}"


def _data(findings: Findings) -> dict[str, Any]:
    """Return the values of the plots."""
    statuses = findings.tally.all.statuses.most_common()
    return {
        "rewards": findings.rewards.bars() if findings.tally.all.scored else None,
        "metrics": {name: one.bars() for name, one in findings.metrics.items()},
        "lengths": findings.by_length(),
        "statuses": {"x": [count for _, count in statuses], "y": [name for name, _ in statuses]},
    }


def _plotly() -> str:
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise ConfigurationError(
            "the plots of a report need plotly: pip install plotly, or the extra `report`"
        ) from None
    # An end tag within the script would end it.
    return str(get_plotlyjs()).replace("</script", "<\\/script")


def _source(environment: Environment, name: str) -> str:
    if environment.loader is None:
        raise ConfigurationError("the templates of the report are missing; install the package again")
    return environment.loader.get_source(environment, name)[0]


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
