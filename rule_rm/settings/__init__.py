"""The settings of the service, as one table.

The command line, the environment and `start_server` are all read from it, so an option exists in all three
or in none. Durations are float seconds; sizes are in the unit that the name ends with.

- `table`: `Settings`, each with its default, help, environment variable, choices and check
- `sources`: the value of each setting, and where it comes from
- `file`, `yaml_file`: the configuration file
- `field`: one row of the table, and the checks of values
- `choices`: the values of settings that have few
- `alarms`: the alarms and their bounds
- `reading`: the names of options and variables, and their values from strings

Tests: `tests/test_settings.py`.
"""

from rule_rm.settings.choices import AUTO, CHAT_TEMPLATES, LOG_LEVELS, THINK_PREFILLED, TURNS
from rule_rm.settings.reading import OTHER_VARIABLES, env_name, flag
from rule_rm.settings.table import Settings

__all__ = [
    "AUTO",
    "CHAT_TEMPLATES",
    "LOG_LEVELS",
    "OTHER_VARIABLES",
    "THINK_PREFILLED",
    "TURNS",
    "Settings",
    "env_name",
    "flag",
]
