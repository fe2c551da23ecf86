"""The findings of `rule-rm doctor`: this machine's equipment for rewards, and its gaps."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from rule_rm import sandbox
from rule_rm.errors import RuleRmError
from rule_rm.processes.processors import processors
from rule_rm.sandbox import SandboxOptions
from rule_rm.sandbox.host.backends import BACKENDS
from rule_rm.sandbox.running.languages import LANGUAGES
from rule_rm.settings import Settings
from rule_rm.version import __version__

_EXTRAS = {
    "parquet": ("pyarrow",),
    "report": ("plotly",),
    "texts": ("sacrebleu", "rouge_score"),
    "xml": ("lxml",),
    "instructions": ("langdetect", "nltk", "syllapy"),
    "graders": ("nltk", "rouge_score"),
    "gmpy2": ("gmpy2",),
    "model": ("torch", "transformers"),
    "redis": ("redis",),
    "code": ("numpy", "pandas", "scipy", "networkx", "sortedcontainers"),
}
"""The extras of the package, with the modules that each installs."""
_PATIENCE = 3.0
"""Seconds in which a judge or a model must answer a connection."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: a thing, whether it is as it should be, and how it is."""

    name: str
    state: str
    """`ok`, `missing` for an optional thing, or `fault` for one that the settings need."""
    text: str


def facts(settings: Settings) -> Iterator[Fact]:
    """Yield the facts on this machine, for these settings."""
    yield Fact("rule_rm", "ok", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield _cores(settings)
    for extra, modules in _EXTRAS.items():
        absent = [name for name in modules if importlib.util.find_spec(name) is None]
        text = ", ".join(modules) if not absent else f"without {', '.join(absent)}"
        yield Fact(f"extra {extra}", "missing" if absent else "ok", text)
    yield from _sandbox(settings)
    yield from _languages()
    for url in settings.judge_url:
        yield _reachable("judge", url)


def _cores(settings: Settings) -> Fact:
    here, all_of_them = processors(), os.cpu_count() or 1
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else all_of_them
    text = f"{here} usable of {all_of_them} (affinity {affinity}; cgroup), {settings.workers} workers"
    too_many = settings.workers > 2 * here
    return Fact(
        "processors", "fault" if too_many else "ok", text + ("; set --workers lower" if too_many else "")
    )


def _sandbox(settings: Settings) -> Iterator[Fact]:
    """Yield the backends from the strongest one, up to one that holds, with the reasons of the others."""
    if settings.sandbox.startswith(("http://", "https://")):
        yield _reachable("sandbox", settings.sandbox)
        return
    for backend in BACKENDS:
        name = f"sandbox {backend.name}"
        try:
            with sandbox.running(SandboxOptions(backend=backend.name, slots=1)):
                yield Fact(name, "ok", "holds on this machine, and is used")
                return
        except RuleRmError as error:
            reason = str(error).partition(f"{backend.name}: ")[2] or str(error)
            yield Fact(name, "missing", reason)
    yield Fact("sandbox", "fault", "no backend holds: code_tests can't run; install bubblewrap")


def _languages() -> Iterator[Fact]:
    for name, language in LANGUAGES.items():
        absent = [program for program in language.needs if shutil.which(program) is None]
        text = f"without {', '.join(absent)}" if absent else ", ".join(language.needs) or "built in"
        yield Fact(f"language {name}", "missing" if absent else "ok", text)


def _reachable(what: str, url: str) -> Fact:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_PATIENCE).close()
    except OSError as error:
        return Fact(what, "fault", f"{url} can't be reached: {error}; is it started?")
    return Fact(what, "ok", f"{url} can be reached")
