"""A test's reach beyond the names of the program: modules, patches, seeds, settings, code that it runs.

The judge's process has a copy of each of its own. So what a test changes here is changed in the program's
process too.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from rule_rm.sandbox.inside.judge_end.channel import Channel
from rule_rm.sandbox.inside.test_files import outcomes, pytest_stand_in
from rule_rm.sandbox.inside.test_files.outcomes import MODULES_OF_SOLUTIONS, NAMES_OF_RUNNING

_LOOKING = {
    "copy": ("copy", "deepcopy"),
    "dataclasses": ("asdict", "astuple", "fields", "is_dataclass", "replace"),
    "inspect": (
        "signature",
        "isabstract",
        "isclass",
        "isfunction",
        "iscoroutinefunction",
        "isgeneratorfunction",
    ),
    "json": ("dumps",),
}
"""Library functions that inspect parts of an object that can't cross: its type, or all attributes."""
_SETTING = {
    "random": ("seed", "setstate"),
    "numpy.random": ("seed",),
    "sys": ("setrecursionlimit", "set_int_max_str_digits"),
    "locale": ("setlocale",),
    "time": ("tzset",),
}
"""Library functions that set something of the whole process."""
_LOGGING = ("assertLogs", "assertNoLogs", "caplog", "Handler")
"""Words of tests that look at the log."""


class Reach:
    """The connections of one judge, made before the test runs."""

    def __init__(self, order: dict[str, Any], text: str, channel: Channel, namespace: dict[str, Any]) -> None:
        self._order = order
        self._text = text
        self._channel = channel
        self._namespace = namespace

    def connect(self, defined: dict[str, Any]) -> None:
        """Connect all that the text of the test can need; `defined` are the program's names."""
        self._stand_in_for_modules(defined)
        self._follow_settings()
        self._follow_patches()
        self._follow_state()
        self._guard()

    def _stand_in_for_modules(self, defined: dict[str, Any]) -> None:
        """Have `from solution import f` find the program, under the names that test files use for it.

        `import *` brings only what the test leaves undefined, lest a program's own `sorted` hides the
        builtin.
        """

        def attribute(name: str) -> Any:
            if name not in defined:
                # A test that skips itself for this reason skips because of the program. The import system
                # looks for names of its own.
                self._channel.exchanges += not name.startswith("__")
                raise AttributeError(f"the program defines no {name}")
            return self._channel.named(name, defined[name])

        module = types.ModuleType(MODULES_OF_SOLUTIONS[0])
        wanted = set(self._order["names"]) - set(self._namespace)
        module.__dict__.update(__all__=[name for name in defined if name in wanted], __getattr__=attribute)
        sys.modules.update(dict.fromkeys(MODULES_OF_SOLUTIONS, module))
        sys.modules["pytest"] = pytest_stand_in.module

    def _follow_settings(self) -> None:
        """Make a test that sets something of its process, such as a seed, set it in the program's too."""
        # Where the test asks for the state of a generator, both have to begin alike.
        also = ("seed",) if "setstate" in self._text else ()
        for name, functions in _SETTING.items():
            used = [one for one in functions if one in self._text or one in also]
            if not used or name.partition(".")[0] not in self._text:
                continue
            try:
                module = __import__(name, fromlist=["*"])
            except ImportError:
                continue
            for function in used:
                self._follow(module, name, function)
        if also and "random" in self._text:
            import random

            random.seed(random.getrandbits(64))

    def _follow(self, module: Any, name: str, function: str) -> None:
        ours = getattr(module, function)

        def both(*arguments: Any, **named: Any) -> Any:
            made = ours(*arguments, **named)
            self._channel.ask("setting", None, f"{name}.{function}", list(arguments), named)
            return made

        setattr(module, function, both)

    def _follow_patches(self) -> None:
        """Apply a test's patches of its own process to the program's process too."""
        if any(name in self._text for name in ("patch", "capsys", "mock")):
            from rule_rm.sandbox.inside.test_files import patching

            sys.modules["__main__"] = sys.modules[MODULES_OF_SOLUTIONS[0]]
            patching.follow(self._channel)
        if "warn" in self._text.lower():
            self._channel.ask("warnings", None)
        if any(name in self._text for name in _LOGGING):
            self._channel.ask("logs", None)
        self._ask_the_program_of_its_own()

    def _follow_state(self) -> None:
        """Follow what a test changes without a call: assigned attributes, the environment, contexts."""
        followers: list[Any] = []
        if self._order["assigns"]:
            from rule_rm.sandbox.inside.test_files.following import Assigned

            followers.append(Assigned(self._channel, self._order["assigns"]))
        if "decimal" in self._text and "context" in self._text:
            from rule_rm.sandbox.inside.test_files.following import Arithmetic

            followers.append(Arithmetic(self._channel))
        if "environ" in self._text or "env(" in self._text or self._order["files"]:
            from rule_rm.sandbox.inside.test_files.following import Environment

            followers.append(Environment(self._channel))
        self._channel.followers = tuple(followers)

    def _ask_the_program_of_its_own(self) -> None:
        """Call functions that inspect an object in the object's process."""
        for name, functions in _LOOKING.items():
            if name in outcomes.imported:
                module = sys.modules.get(name) or __import__(name)
                for function in functions:
                    setattr(module, function, self._channel.or_there(name, getattr(module, function)))

    def _guard(self) -> None:
        """Have code that the program may have written run in the program."""
        if any(name in self._text for name in NAMES_OF_RUNNING):
            from rule_rm.sandbox.inside.judge_end.foreign import guard

            self._channel.watch_for_text(may_be_in_files=self._order["files"])
            guard(self._namespace, self._channel, self._text)
