"""The configuration file: every setting in YAML, each with the line that sets it.

    reward_type: math_verifier
    port: 6000
    alarm: {drift: 0.2, constant: off}
    mixture:
      rewards: [{reward_type: math_equal}]

Paths are relative to the folder of the file. `mixture` is what `--reward-config` has in a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.settings.reading import CONFIG, Sourced, did_you_mean
from rule_rm.settings.yaml_file import read_yaml

MIXTURE = "mixture"
"""The key of a mixture in the file."""
_PATHS = ("FILE", "PATH", "DIRECTORY")
_NO_PATH = "none"


def read_config(path: str, settings: Mapping[str, Field[Any]]) -> dict[str, Sourced]:
    """Return the settings in a file. Raises ConfigurationError, with file and line, if one is invalid."""
    content, lines = read_yaml(path)
    if not isinstance(content or {}, dict):
        raise ConfigurationError(f"{path}: it must be a mapping of names to values")
    known = [*(name for name in settings if name != CONFIG), MIXTURE]
    found = {}
    for name, value in (content or {}).items():
        where = f"{path}:{lines.get(str(name), 1)}"
        if name not in known:
            plain = str(name).removeprefix("--").replace("-", "_")
            hint = f"; did you mean {plain}?" if plain in known else did_you_mean(plain, known)
            raise ConfigurationError(f"{where}: there is no setting {name}{hint}")
        if name == MIXTURE:
            if "reward_config" in content:
                raise ConfigurationError(f"{where}: {MIXTURE} and reward_config are both given; keep one")
            found["reward_config"] = Sourced(path, where)
        elif value is not None:
            found[name] = Sourced(_plain(settings[name], value, Path(path).parent, where), where)
    return found


def _plain(setting: Field[Any], value: Any, folder: Path, where: str) -> Any:
    """Return a value of YAML as the command line would give it, with its path made absolute."""
    name = setting.name
    if isinstance(setting.default, tuple):
        return tuple(_path(setting, part, folder) for part in _parts(setting, value, where))
    if name == "reward_type" and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ",".join(value)
    if isinstance(value, (list, dict)):
        raise ConfigurationError(f"{where}: {name} must be one value")
    choices = setting.metadata["choices"]
    if isinstance(value, bool) and "yes" in choices:
        # YAML reads a bare yes as true.
        return "yes" if value else "no"
    is_number = isinstance(setting.default, (int, float)) and not isinstance(setting.default, bool)
    is_int = isinstance(setting.default, int)
    if is_number and (isinstance(value, bool) or (is_int and isinstance(value, float) and value % 1)):
        kind = "an int" if is_int else "a number"
        raise ConfigurationError(f"{where}: {name} must be {kind}, not {value!r}")
    if isinstance(setting.default, bool) and not isinstance(value, bool):
        raise ConfigurationError(f"{where}: {name} must be a bool, not {value!r}")
    return _path(setting, value if is_number or isinstance(value, bool) else str(value), folder)


def _parts(setting: Field[Any], value: Any, where: str) -> list[str]:
    """Return the values of a setting with several, from one value, a list, or a mapping of NAME=VALUE."""
    if isinstance(value, Mapping):
        if "=" not in setting.metadata["value"]:
            raise ConfigurationError(f"{where}: {setting.name} must be a list, not a mapping")
        return [f"{name}={_word(part)}" for name, part in _flat(value).items()]
    parts = value if isinstance(value, list) else [value]
    if any(isinstance(part, (list, dict)) or part is None for part in parts):
        raise ConfigurationError(f"{where}: {setting.name} must be a list of single values")
    return [_word(part) for part in parts]


def _flat(value: Mapping[Any, Any], before: str = "") -> dict[str, Any]:
    """Return nested options under dotted names.

    >>> _flat({"math_verifier": {"format_weight": 0.2}, "x": 1})
    {'math_verifier.format_weight': 0.2, 'x': 1}
    """
    found: dict[str, Any] = {}
    for name, part in value.items():
        found |= _flat(part, f"{before}{name}.") if isinstance(part, Mapping) else {f"{before}{name}": part}
    return found


def _word(value: Any) -> str:
    """Return a value as it is written on a command line; YAML reads a bare `off` as false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _path(setting: Field[Any], value: Any, folder: Path) -> Any:
    kind = setting.metadata["value"]
    if not isinstance(value, str):
        return value
    names_file = (kind in _PATHS and value != _NO_PATH) or (
        kind == "TEMPLATE" and ("/" in value or "." in value)
    )
    return str((folder / value).absolute()) if names_file else value
