"""Check a configuration without serving it, or show each setting and where its value comes from."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import Field, fields
from typing import Any

from rule_rm.cli._settings import NAMES, add_settings
from rule_rm.settings import Settings
from rule_rm.settings.reading import Sourced
from rule_rm.settings.sources import sourced

_HIDDEN = "***"
_WIDEST = 60
"""Characters before the column of the sources."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to do, the file, and every setting."""
    parser.add_argument("action", choices=["check", "show"], help="check: load everything; show: print it")
    parser.add_argument("file", nargs="?", help="the configuration file, as --config takes it")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check or show, as the arguments say."""
    given = {name: value for name, value in vars(arguments).items() if name in NAMES}
    if arguments.file is not None:
        if "config" in given:
            arguments.parser.error("the file is given twice: as an argument and as --config")
        given["config"] = arguments.file
    settings = Settings.load(given)
    if arguments.action == "show":
        table = {setting.name: setting for setting in fields(Settings)}
        found = sourced(table, given, os.environ)
        shown = _as_json(settings, found) if arguments.json else "\n".join(_lines(settings, found))
    else:
        shown = _checked(settings, arguments.json)
    print(shown)
    return 0


def _lines(settings: Settings, found: dict[str, Sourced]) -> list[str]:
    """Return a line of YAML for each setting, with its source as a comment."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for setting in fields(Settings):
        value, where = _public(settings, setting), _where(setting.name, found)
        shown = value if value is _HIDDEN else _yaml(value)
        groups.setdefault(setting.metadata["group"], []).append((f"{setting.name}: {shown}", where))
    width = min(max(len(line) for rows in groups.values() for line, _ in rows), _WIDEST)
    lines = []
    for group, rows in groups.items():
        lines += [f"# {group}", *(f"{line:{width}}  # {where}" for line, where in rows), ""]
    return lines[:-1]


def _as_json(settings: Settings, found: dict[str, Sourced]) -> str:
    """Return the value of each setting and its source."""
    shown = {
        setting.name: {"value": _public(settings, setting), "source": _where(setting.name, found)}
        for setting in fields(Settings)
    }
    return json.dumps(shown, indent=2, ensure_ascii=False, default=str)


def _public(settings: Settings, setting: Field[Any]) -> Any:
    value = getattr(settings, setting.name)
    return _HIDDEN if setting.metadata["secret"] and value is not None else value


def _where(name: str, found: dict[str, Sourced]) -> str:
    return found[name].where if name in found else "default"


def _yaml(value: Any) -> str:
    """Return a value in one line of YAML."""
    import yaml

    shown = list(value) if isinstance(value, tuple) else value
    text: str = yaml.safe_dump(shown, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _checked(settings: Settings, is_json: bool) -> str:
    """Load all that a server would load, and return a line on it. Raises ConfigurationError if it can't."""
    # Loading them is the check; `show` needs none of it.
    from rule_rm.editions import load_golden
    from rule_rm.engine.served import load_rewards
    from rule_rm.registry.mixture import describe
    from rule_rm.registry.options import package
    from rule_rm.token import check_exposure
    from rule_rm.web.certificates import Certificate
    from rule_rm.web.tokens import Tokens

    check_exposure(settings, Tokens.of(settings))
    Certificate.of(settings)
    functions = load_rewards(settings, describe(settings))
    golden = load_golden(settings)
    reward = functions[settings.reward_type]
    for module, extra in reward.extras:
        package(module, reward.name, extra)
    if is_json:
        told = {"reward": reward.name, "summary": reward.summary, "golden_questions": len(golden)}
        return json.dumps(told, indent=2, ensure_ascii=False)
    return (
        f"{reward.name}: {reward.summary}; golden questions: {len(golden)}. The configuration can be served."
    )
