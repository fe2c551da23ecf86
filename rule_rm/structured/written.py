"""A value as a model has written it, without a type."""

from __future__ import annotations

from typing import Any

from rule_rm.structured.strict import same_json, strict_json


class Written(str):
    """A value as its text, without a type."""

    __slots__ = ()

    def is_value(self, wanted: Any) -> bool:
        """Return True if the text is the wanted value: the same text, or that value in JSON or Python.

        >>> Written("3").is_value(3), Written("3").is_value("3"), Written("True").is_value(1)
        (True, True, False)
        """
        if isinstance(wanted, str):
            return str(self) == wanted
        text = self.strip()
        if wanted is None:
            return text.lower() in ("null", "none")
        if isinstance(wanted, bool):
            return text.lower() == str(wanted).lower()
        try:
            return same_json(strict_json(text), wanted)
        except ValueError:
            return False
