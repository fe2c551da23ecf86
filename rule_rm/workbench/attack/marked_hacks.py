"""Hacks that hide an answer in markup: a reader sees one answer, the grader another."""

from __future__ import annotations

from collections.abc import Iterator

from rule_rm.workbench.attack.empty_hacks import one
from rule_rm.workbench.attack.families import family
from rule_rm.workbench.attack.target import Case, Target
from rule_rm.workbench.right_answers import Kind

_HIDDEN = (
    "<!-- {} -->",
    '<span style="display:none">{}</span>',
    "<del>{}</del>",
    "~~{}~~",
    r"\iffalse {} \fi",
    r"\phantom{{}}",
    r"\textcolor{white}{{}}",
    "<details hidden>{}</details>",
    '<img alt="{}">',
)


@family("html", kinds=(Kind.TEXT,))
def html(target: Target) -> Iterator[Case]:
    """Show a wrong answer and hide the right one, before or after it."""
    wrong, right = target.mark(target.wrong), target.mark(target.right)
    for pattern in _HIDDEN:
        hidden = pattern.replace("{}", right)
        shown = pattern.replace("{}", "…")
        yield one(f"{shown} before", target.frame(f"{hidden} {wrong}"))
        yield one(f"{shown} after", target.frame(f"{wrong} {hidden}"))
        yield one(f"{shown} in the mark", target.say(f"{target.wrong}{pattern.replace('{}', target.right)}"))
        yield one(f"{shown} alone", target.say(pattern.replace("{}", target.right)))
    yield one("a script", target.say("<script>document.title = 'right'</script>"))
