"""The output, the warnings and the log of the program, shown in the judge where a test looks for its own."""

from __future__ import annotations

import sys
from typing import Any

from rule_rm.sandbox.inside.proxies.exceptions import ExceptionClasses


def show(answer: dict[str, Any], classes: ExceptionClasses) -> None:
    """Show what a message of the program brings along. Raises any exception if it is malformed."""
    if "printed" in answer:
        sys.stdout.write(str(answer["printed"]))
    if "complained" in answer:
        sys.stderr.write(str(answer["complained"]))
    for name, level, text, is_own_level in answer.get("logged") or ():
        _log(str(name), int(level), str(text), bool(is_own_level))
    for form, text in answer.get("warned") or ():
        import warnings

        category = classes.of(form)
        if issubclass(category, Warning):
            warnings.warn(str(text), category, stacklevel=2)


def _log(name: str, level: int, text: str, is_own_level: bool) -> None:
    """Log a record of the program's, if its level or the test's lets it pass.

    `is_own_level`: the program has set the level of its logger, so that the root's does not count.
    """
    import logging

    logger: Any = logging.getLogger(name)
    above = logger
    while above is not None and above.parent is not None and above.level == logging.NOTSET:
        above = above.parent
    is_set_here = above is not None and above.parent is not None
    if logger.isEnabledFor(level) or (is_own_level and not is_set_here):
        logger.handle(logger.makeRecord(name, level, "solution.py", 0, "%s", (text,), None))
