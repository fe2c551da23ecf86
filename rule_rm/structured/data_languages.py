"""Read YAML and TOML as strictly as JSON: one value for each key, and nothing that JSON has no value for."""

from __future__ import annotations

import datetime
import importlib
import json
import sys
from typing import Any

import yaml

from rule_rm.structured.strict import DEEPEST, DoubledKeyError, strict_json

LANGUAGES = ("json", "yaml", "toml")


def read(text: str, language: str) -> Any:
    """Return the value of a text in one of `LANGUAGES`. Raises ValueError if it has none.

    >>> read("a: [1, yes]", "yaml"), read("a = 1979-05-27", "toml")
    ({'a': [1, 'yes']}, {'a': '1979-05-27'})
    """
    if language == "json":
        return strict_json(text)
    try:
        value = _plain(_yaml(text) if language == "yaml" else _toml(text))
        # Through JSON, numbers that are infinite or too long are refused.
        return strict_json(json.dumps(value, allow_nan=False))
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except TypeError:
        raise ValueError("it has a value that JSON lacks") from None


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads YAML 1.2's core schema, without aliases: a few of them make a huge value."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the node. Raises ValueError if it is an alias or too deep."""
        if self.check_event(yaml.events.AliasEvent):
            raise ValueError("it has an alias (*name)")
        if self.depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return the mapping. Raises DoubledKeyError if a key is there twice."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise DoubledKeyError(f"it has the key {str(key)[:80]!r} twice")
        return super().construct_mapping(node, deep)


def _is_kept(tag: str, letter: str) -> bool:
    """Return True for a rule of YAML 1.1 that 1.2 has too: `yes` and dates are strings there."""
    if tag == "tag:yaml.org,2002:bool":
        return letter in "tTfF"
    return tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, rule) for tag, rule in rules if _is_kept(tag, letter)]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except (LookupError, AttributeError):
        # PyYAML raises them for `!!bool x` and `!!timestamp x`.
        raise ValueError("it has a value that its tag does not fit") from None


def _toml(text: str) -> Any:
    name = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    return importlib.import_module(name).loads(text)


def _plain(value: Any) -> Any:
    """Return a value with its dates as strings. Raises ValueError if a key is none."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("it has a key that is not a string")
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value
