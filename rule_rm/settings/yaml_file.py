"""Read a YAML file in which each key may occur once, and know the line of each."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from rule_rm.errors import ConfigurationError

_DEEPEST = 64
"""How deep brackets may be nested: PyYAML's time grows with the square of it."""


class _OneValueEach(yaml.SafeLoader):  # type: ignore[misc]
    """A loader that refuses a key that is written twice; YAML would silently take the last."""

    def fetch_flow_collection_start(self, token: Any) -> Any:
        """Begin a list or mapping in brackets. Raises RecursionError if it is in too many others."""
        if self.flow_level >= _DEEPEST:
            raise RecursionError
        super().fetch_flow_collection_start(token)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return the mapping. Raises YAMLError if a key is there twice, or is a list."""
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            line = key.start_mark.line + 1
            if not isinstance(name, Hashable):
                raise yaml.YAMLError(f"line {line}: a key must be a single value, not {name!r}")
            if name in seen:
                raise yaml.YAMLError(f"line {line}: the key {name!r} is there twice")
            seen.add(name)
        return super().construct_mapping(node, deep)


def read_yaml(path: str) -> tuple[Any, dict[str, int]]:
    """Return the content of a YAML file, and the line of each key of a mapping, from 1.

    Raises ConfigurationError if it can't be read, or has a key twice.
    """
    content, node = _read(path)
    lines = (
        {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
        if isinstance(content, dict)
        else {}
    )
    return content, lines


def _read(path: str) -> tuple[Any, Any]:
    try:
        text = Path(path).read_text(encoding="utf-8")
        loader = _OneValueEach(text)
        # So that a value which contains itself is an error.
        loader.deep_construct = True
        try:
            node = loader.get_single_node()
            return (None if node is None else loader.construct_document(node)), node
        finally:
            loader.dispose()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except RecursionError:
        raise ConfigurationError(f"{path}: it is nested too deeply") from None
    except (ValueError, LookupError, AttributeError, yaml.YAMLError) as error:
        # PyYAML raises any of them for a value that its tag does not fit: `!!bool x`, a thirteenth month.
        raise ConfigurationError(f"{path}: it is not YAML: {error}") from None
