"""Names of settings, and their values: from strings, checked, with the nearest name in errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import Field
from difflib import get_close_matches
from typing import Any, NamedTuple

from rule_rm.errors import ConfigurationError

CONFIG = "config"
"""The setting that names the configuration file."""
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_PREFIX = "RULE_RM_"
OTHER_VARIABLES = frozenset(
    {
        "RULE_RM_URL",
        "RULE_RM_TIMEOUT",
        "RULE_RM_RETRY_SECONDS",
        "RULE_RM_IMAGES",
        "RULE_RM_MODEL_KEY",
        "RULE_RM_SANDBOX_PROBE",
        "RULE_RM_SANDBOX_SOCKET",
        "RULE_RM_SHARED_DATA",
        "RULE_RM_JUDGED_ROLLOUTS",
    }
)
"""Variables with the prefix that are not settings: of the integrations, of processes, of tests."""
_FREE_PREFIX = "RULE_RM_TEST_"
_PREFIXES = re.compile("^(?:RULE_RM_|REWARD_)+")
"""The beginning of a variable's name: RULE_RM_REWARD_ of RULE_RM_REWARD_FILE, REWARD_ of REWARD_PORT."""


class Sourced(NamedTuple):
    """A value, and the option, the variable, or the file and line that it comes from."""

    value: Any
    where: str


def as_bool(text: str) -> bool | None:
    """Return the bool that a string names: `true`, `1` or `yes`, `false`, `0` or `no`; None for any other."""
    return _BOOLEANS.get(text.lower())


def flag(name: str) -> str:
    """Return the command-line option of a setting: `--reward-type` for `reward_type`."""
    return "--" + name.replace("_", "-")


def env_name(setting: Field[Any]) -> str:
    """Return the environment variable of a setting: the traditional one, else `RULE_RM_<NAME>`."""
    return setting.metadata["env"] or _PREFIX + setting.name.upper()


def check_variables(environ: Mapping[str, str], settings: Iterable[Field[Any]]) -> None:
    """Raise ConfigurationError for a RULE_RM_ variable that nothing reads: it is misspelt."""
    known = {env_name(setting) for setting in settings} | OTHER_VARIABLES
    known.add(environ.get("RULE_RM_JUDGE_API_KEY_ENV", ""))
    for name in environ:
        if name.startswith(_PREFIX) and not name.startswith(_FREE_PREFIX) and name not in known:
            hint = _nearest_variable(name, known)
            raise ConfigurationError(f"nothing reads the environment variable {name}{hint}")


def _nearest_variable(name: str, known: Iterable[str]) -> str:
    """Return the hint at the known variable whose name without the prefix is nearest.

    >>> _nearest_variable("RULE_RM_PROT", ["REWARD_PORT", "RULE_RM_URL"])
    '; did you mean REWARD_PORT?'
    """
    by_end = {_PREFIXES.sub("", one): one for one in sorted(known) if one}
    near = get_close_matches(_PREFIXES.sub("", name), by_end, n=1)
    return f"; did you mean {by_end[near[0]]}?" if near else ""


def convert(setting: Field[Any], value: Any, where: str) -> Any:
    """Return the value in the type of the default; commas separate several values in a string."""
    if isinstance(setting.default, tuple):
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else tuple(value)
    if isinstance(value, (list, tuple)):
        return ",".join(value)
    if "INFO" in setting.metadata["choices"]:
        return str(value).upper()
    if isinstance(setting.default, bool):
        if str(value).lower() not in _BOOLEANS:
            raise ConfigurationError(f"{where} must be yes or no, not {value!r}")
        return _BOOLEANS[str(value).lower()]
    if isinstance(setting.default, (int, float)) and not isinstance(value, type(setting.default)):
        try:
            return type(setting.default)(value)
        except (TypeError, ValueError):
            kind = "an int" if isinstance(setting.default, int) else "a number"
            raise ConfigurationError(f"{where} must be {kind}, not {value!r}") from None
    return value


def is_name(value: str) -> bool:
    """Return True if the value looks like a name: letters, digits, hyphens and underscores.

    >>> is_name("chat-ml"), is_name("Output:")
    (True, False)
    """
    return value.replace("-", "_").isidentifier()


def check_choice(setting: Field[Any], value: Any) -> None:
    """Raise ConfigurationError, with the nearest choice, unless the value is one of the setting's choices."""
    choices = setting.metadata["choices"]
    is_text = setting.metadata["or_text"] and not is_name(str(value))
    if value not in choices and not is_text:
        hint = did_you_mean(str(value), choices)
        raise ConfigurationError(
            f"{flag(setting.name)} must be one of {', '.join(choices)}, not {value!r}{hint}"
        )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of an error message that names the nearest known name; empty if none is near.

    >>> did_you_mean("prot", ["port", "host"]), did_you_mean("x", ["port"])
    ('; did you mean port?', '')
    """
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
