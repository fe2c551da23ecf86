"""Load the templates of judges. Each file has one question and its possible verdicts.

A template begins with a few lines of YAML between `---`, which declare its verdict, and goes on with two
Jinja blocks, `system` and `user`. Jinja runs sandboxed, and untrusted texts are values, never templates. A
template that can't work (an unknown variable, no kind of verdict, a syntax error, a fence lost) is refused
when it is loaded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rule_rm.errors import ConfigurationError
from rule_rm.judge.prompting.declaration import Declared, Kind, declared
from rule_rm.judge.prompting.slots import Slot

if TYPE_CHECKING:
    from jinja2 import Environment, nodes
    from jinja2.environment import Template as JinjaTemplate

DIRECTORY = Path(__file__).parents[1] / "templates"
_VERIFIERS = Path(__file__).parents[1] / "verifiers"
TEXTS = ("question", "system", "answer", "response", "thinking", "reference", "criterion", "first", "second")
"""The variables that hold untrusted texts."""
VARIABLES = frozenset(
    {*TEXTS, "history", "criteria", "labels", "scale", "dimensions", "sentinel", "reasoning", "json", "nonce"}
)
JUDGED = frozenset({"answer", "response", "thinking", "first"})
"""The texts to be judged; a template must show at least one of them."""
_BLOCKS = {"system", "user"}
_MARK = "---"


@dataclass(frozen=True, slots=True)
class JudgeTemplate:
    """One way of asking a judge."""

    name: str
    declared: Declared
    uses: frozenset[str]
    """The variables that it mentions."""
    digest: str
    """The SHA-256 of its text."""
    jinja: JinjaTemplate

    def render(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Return the system part, which may be empty, and the user part; `values` has all variables.

        A `Slot` is written in its fence, unless the template asks for it `| bare`.
        """
        context = self.jinja.new_context(dict(values))
        parts = (self.jinja.blocks.get(block) for block in ("system", "user"))
        system, user = ("".join(part(context)).strip() if part else "" for part in parts)
        return system, user


def names() -> list[str]:
    """Return the names of the templates that come with the package."""
    return sorted(path.stem for path in DIRECTORY.glob("*.j2"))


def verifiers() -> list[str]:
    """Return the names of the templates for verifier models, which show texts in a fixed form."""
    return sorted(path.stem for path in _VERIFIERS.glob("*.j2"))


def load(name: str) -> JudgeTemplate:
    """Return the package's template of this name, or that in the file at this path.

    Raises ConfigurationError, with file and line where there is one, for a template that can't work.
    """
    known = {**dict.fromkeys(verifiers(), _VERIFIERS), **dict.fromkeys(names(), DIRECTORY)}
    path = known[name] / f"{name}.j2" if name in known else Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigurationError(
            f"judge template {name}: {reason}; there are {', '.join(sorted(known))}, or name a file"
        ) from None
    return _template(name, text)


def _template(name: str, text: str) -> JudgeTemplate:
    from jinja2 import TemplateError, meta, nodes

    head, body = _split(text, name)
    found = declared(head, name)
    environment = _environment()
    try:
        tree = environment.parse(body)
        uses = frozenset(meta.find_undeclared_variables(tree))
        _check(name, {block.name for block in tree.find_all(nodes.Block)}, uses, _outside(tree))
        _check_kind(name, found.kind, uses)
        template = JudgeTemplate(
            name, found, uses, hashlib.sha256(text.encode()).hexdigest(), environment.from_string(body)
        )
        _try(template)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"{name}:{line}" if line else name
        raise ConfigurationError(f"judge template {where}: {error.message}") from None
    except (TypeError, ValueError, LookupError) as error:
        raise ConfigurationError(f"judge template {name}: {type(error).__name__}: {error}") from None
    return template


def _split(text: str, name: str) -> tuple[str, str]:
    """Return the YAML of the head, and the rest, each on the lines that it has in the file."""
    lines = text.removeprefix("\ufeff").splitlines()
    ends = [place for place, line in enumerate(lines) if line.rstrip() == _MARK]
    if len(ends) < 2 or ends[0] != 0:
        raise ConfigurationError(
            f"judge template {name}: it must begin with a head between two lines of {_MARK}, such as\n"
            "---\nkind: label\nlabels: {CORRECT: 1, INCORRECT: 0}\n---"
        )
    return "\n".join(["", *lines[1 : ends[1]]]), "\n" * (ends[1] + 1) + "\n".join(lines[ends[1] + 1 :])


def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=lambda value: value.fenced if isinstance(value, Slot) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    for name, function in environment.filters.items():
        environment.filters[name] = _keeping_the_fence(function)
    environment.filters["bare"] = lambda value: value.exposed() if isinstance(value, Slot) else value
    return environment


def _keeping_the_fence(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter whose result is in the fence that its argument was in."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        # A filter may take the context or the environment before the value.
        slot = next((one for one in args[:2] if isinstance(one, Slot)), None)
        if slot is None:
            return function(*args, **kwargs)
        first = [one.bare if isinstance(one, Slot) else one for one in args[:2]]
        result = function(*first, *args[2:], **kwargs)
        return slot.like(result) if isinstance(result, str) else result

    return call


def _outside(tree: nodes.Template) -> bool:
    """Return True if there is text outside of the blocks, which would never be shown."""
    from jinja2 import nodes

    loose = [node for node in tree.body if isinstance(node, nodes.Output)]
    return any(
        not isinstance(part, nodes.TemplateData) or part.data.strip() for node in loose for part in node.nodes
    )


def _check(name: str, blocks: set[str], uses: frozenset[str], is_outside: bool) -> None:
    unknown = sorted(uses - VARIABLES)
    if unknown:
        raise ConfigurationError(
            f"judge template {name}: there is no variable {unknown[0]!r}, but {', '.join(sorted(VARIABLES))}"
        )
    if "user" not in blocks or blocks - _BLOCKS or is_outside:
        raise ConfigurationError(
            f"judge template {name}: all of its text must be in {{% block user %}}…{{% endblock %}} and, "
            "if wanted, {% block system %}…{% endblock %}"
        )
    if not uses & JUDGED:
        raise ConfigurationError(
            f"judge template {name}: it shows nothing to judge, neither {' nor '.join(sorted(JUDGED))}"
        )


def _check_kind(name: str, kind: Kind, uses: frozenset[str]) -> None:
    """Raise ConfigurationError unless it shows the texts of its kind, and none of another kind."""
    for of_kind, variables in ((Kind.PAIRWISE, {"first", "second"}), (Kind.CRITERIA, {"criterion"})):
        if uses & variables != (variables if kind is of_kind else set()):
            wanted = "must show" if kind is of_kind else "has no"
            raise ConfigurationError(
                f"judge template {name}: kind: {kind.value} {wanted} {' and '.join(sorted(variables))}"
            )


def _try(template: JudgeTemplate) -> None:
    """Render a template once with everything there, and once with as little as there may be.

    Raises ConfigurationError if an untrusted text gets out of its fence otherwise than by `| bare`.
    """
    for number, text in ((1, _TRACER), (0, "")):
        values: dict[str, Any] = {name: _Tracer(text, name, _NONCE) for name in TEXTS}
        slot = _Tracer(text, "turn", _NONCE)
        values |= {"history": [{"role": "user", "content": slot}] * number, "criteria": [slot] * number}
        for is_json in (True, False):
            values |= {"json": is_json, "reasoning": bool(number)}
            rendered = "\n".join(template.render({**values, **template.declared.shown(), "nonce": _NONCE}))
            if _TRACER[0] in _FENCED.sub("", rendered).casefold():
                raise ConfigurationError(
                    f"judge template {template.name}: an expression takes a text out of its fence; write the "
                    "variable by itself, or with `| bare` to do without a fence"
                )


_NONCE = "0"
_TRACER = "\ue000" * 4
"""A probe text that occurs nowhere else and that no filter changes."""
_FENCED = re.compile(rf"<(?P<name>[a-z]+) {_NONCE}>\n.*?\n</(?P=name) {_NONCE}>", re.DOTALL)
"""A text in its fence: `<answer 0>…</answer 0>`, with line breaks."""


class _Tracer(Slot):
    """A text whose way through a template can be followed."""

    def exposed(self) -> str:
        """Return nothing: a text that the template takes out of its fence by `| bare` may be out of it."""
        return ""
