"""Find the value of each setting: given, else of the environment, else of the configuration file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.settings.reading import (
    CONFIG,
    Sourced,
    check_variables,
    convert,
    did_you_mean,
    env_name,
    flag,
)


def sourced(
    settings: Mapping[str, Field[Any]], given: Mapping[str, Any], environ: Mapping[str, str]
) -> dict[str, Sourced]:
    """Return the settings that have a value somewhere.

    Raises ConfigurationError if one is unknown or invalid.
    """
    unknown = set(given) - set(settings)
    if unknown:
        hint = did_you_mean(min(unknown), settings)
        raise ConfigurationError(f"there is no setting {', '.join(sorted(unknown))}{hint}")
    check_variables(environ, settings.values())
    found = {}
    for name, setting in settings.items():
        if name in given:
            found[name] = Sourced(convert(setting, given[name], flag(name)), flag(name))
        elif (variable := env_name(setting)) in environ:
            found[name] = Sourced(convert(setting, environ[variable], variable), variable)
    if CONFIG in found and found[CONFIG].value is not None:
        # Few services have a file.
        from rule_rm.settings.file import read_config

        for name, one in read_config(found[CONFIG].value, settings).items():
            if name not in found:
                found[name] = Sourced(convert(settings[name], one.value, one.where), one.where)
    mixture = found.get("reward_config")
    if mixture is not None and mixture.value is not None:
        found.setdefault("reward_type", Sourced("mixture", mixture.where))
    return found


def with_source(error: ConfigurationError, found: Mapping[str, Sourced]) -> ConfigurationError:
    """Return the error with the place that set the option at its beginning, if that was another one."""
    option = str(error).partition(" ")[0]
    for name, one in found.items():
        if flag(name) == option and one.where != option:
            return ConfigurationError(f"{one.where}: {error}")
    return error
