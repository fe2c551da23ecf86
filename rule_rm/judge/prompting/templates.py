"""Templates: how a judge is asked, and what it may say, each in one file.

A template begins with a few lines of YAML between `---`, which declare its verdict, and goes on with two
Jinja blocks, `system` and `user`. Jinja runs sandboxed, and untrusted texts are values, never templates. What
can't work (an unknown variable, no kind of verdict, a syntax error) is told when a template is loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rule_rm.errors import ConfigurationError
from rule_rm.judge.prompting.declaration import Declared, Kind, declared
from rule_rm.judge.prompting.injection import Slot

if TYPE_CHECKING:
    from jinja2 import Environment, nodes
    from jinja2.environment import Template as JinjaTemplate

DIRECTORY = Path(__file__).parents[1] / "templates"
TEXTS = ("question", "system", "answer", "response", "thinking", "reference", "criterion", "first", "second")
"""The variables that hold untrusted texts."""
VARIABLES = frozenset(
    {*TEXTS, "history", "criteria", "labels", "scale", "dimensions", "sentinel", "reasoning", "json", "nonce"}
)
JUDGED = frozenset({"answer", "response", "thinking", "first"})
"""At least one of these must be shown: what is to be judged."""
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
    """Of its whole text, and of nothing else."""
    jinja: JinjaTemplate

    def render(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """The system part, which may be empty, and the user part; `values` for all variables that it uses.

        Texts that are `Slot`s stand in their fences, unless the template asks for them `| bare`.
        """
        context = self.jinja.new_context(dict(values))
        parts = (self.jinja.blocks.get(block) for block in ("system", "user"))
        system, user = ("".join(part(context)).strip() if part else "" for part in parts)
        return system, user


def names() -> list[str]:
    """The templates that come with the package."""
    return sorted(path.stem for path in DIRECTORY.glob("*.j2"))


def load(name: str) -> JudgeTemplate:
    """The template of the package with this name, else the file at this path.

    Raises ConfigurationError, with file and line where there is one, for a template that can't work.
    """
    path = DIRECTORY / f"{name}.j2" if name in names() else Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigurationError(
            f"judge template {name}: {reason}; there are {', '.join(names())}, or give the path of your own"
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
    """The YAML of the head, and the rest, each on the lines that it has in the file."""
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
    environment.filters["bare"] = lambda value: "".join(value)
    return environment


def _outside(tree: nodes.Template) -> bool:
    """True if there is text outside of the blocks, which would never be shown."""
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
            f"judge template {name}: all of its text must stand in {{% block user %}}…{{% endblock %}} and, "
            "if wanted, {% block system %}…{% endblock %}"
        )
    if not uses & JUDGED:
        raise ConfigurationError(
            f"judge template {name}: it shows nothing to judge, neither {' nor '.join(sorted(JUDGED))}"
        )


def _check_kind(name: str, kind: Kind, uses: frozenset[str]) -> None:
    """Raise ConfigurationError unless it shows what its kind asks about, and nothing of another kind."""
    for of_kind, variables in ((Kind.PAIRWISE, {"first", "second"}), (Kind.CRITERIA, {"criterion"})):
        if uses & variables != (variables if kind is of_kind else set()):
            wanted = "must show" if kind is of_kind else "has no"
            raise ConfigurationError(
                f"judge template {name}: kind: {kind.value} {wanted} {' and '.join(sorted(variables))}"
            )


def _try(template: JudgeTemplate) -> None:
    """Render it once, with everything there and with as little as there may be."""
    for text, count in (("x", 1), ("", 0)):
        slot = Slot(text, "x", "0")
        values: dict[str, Any] = dict.fromkeys(TEXTS, slot)
        values |= {"history": [{"role": "user", "content": slot}] * count, "criteria": [slot] * count}
        values |= dict.fromkeys(("json", "reasoning"), bool(count))
        template.render({**values, **template.declared.shown(), "nonce": "0"})
