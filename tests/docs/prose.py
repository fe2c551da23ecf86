"""The prose rules that a machine can check, over docstrings, comments, errors and pages.

    python tests/docs/prose.py [PATH ...]

prints each finding of the files and folders as `file:line: rule: sentence`.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
MOST_WORDS = 25
"""Of a sentence. Longer ones are read twice."""

TURNS = {
    # `What is asked: the judge's client.` at the beginning, `what can be read` within: say the noun.
    "headless what": (
        r"(?:^|[.:;] )What (?!if\b)[^?]*$"
        r"|\bwhat (?:is|are|was|were|can|may|must|has|have|comes|came|goes)\b(?![^.]*\?)"
    ),
    # `whoever asks`, `whatever it returns`: say the noun.
    "whoever": r"\b(?:[Ww]hoever|[Ww]hatever|[Tt]hat which)\b",
    # `the answer stands in a box`: say is, occurs or is written.
    "stands": r"\b[Ss](?:tands?|tood)\b(?! (?:in )?for\b)",
    # `the format is told by its keys`: say detected, reported or given.
    "told": r"\b(?:told|tells)\b",
    # `remember so many`: say how many of what.
    "so many": r"\b[Ss]o (?:many|often|long|much)\b",
    # `a value that can't be meant`: say invalid.
    "can't be meant": r"\bcan(?:'t|not) be meant\b",
    # `it is no Python file`: say is not a.
    "is no": r"(?<!here )\b(?:is|are|was|were|be) no\b(?! (?:longer|more|less|fewer)\b)",
    # `beside the others`: say next to, besides or in addition to.
    "beside": r"\b[Bb]eside\b",
    # `must be a whole number`, `true or false`, `must be a text`: say int, bool, string.
    "nouns": r"\bwhole numbers?\b|\btrue or false\b|\b(?:be|is|as) a text\b",
}
"""Turns of phrase that are not plain English, by name. Each pattern is for one sentence."""

_PATTERNS = {name: re.compile(pattern) for name, pattern in TURNS.items()}
_NO_VERB = re.compile(
    r"(?i)(?:an?|the|this|that|these|those|each|every|all|any|some|no|none|nothing|nobody|something|one|two|it|its"
    r"|their|there|they|in|on|at|of|by|for|from|with|without|within|after|before|between|beyond|how|why|whether"
    r"|when|where|which|who|if|unless|because|as|and|or|but)\b"
)
"""An article, pronoun, number, preposition or conjunction in place of the verb: `How` in "How many"."""
_RAISES = re.compile(r"^Raises \w")
"""A sentence on errors: `Raises ValueError if the text is empty.`"""
_CONDITION = re.compile(r"\b(?:if|unless|when|where|while|after|before)\b")
"""A condition of an error: `if` in `Raises ValueError if the text is empty.`"""
_CODE = re.compile(r"``.+?``|`[^`]+`|\$[^$]+\$|https?://\S+|\]\([^)]*\)|<[^>]*>|\"[^\"\n]*\"")
r"""Parts without prose: `` `code` ``, `$x^2$`, `https://example.org`, `](page.md)`, `<tag>`, `"a quote"`."""
_END = re.compile(r"(?<=[.!?])[\"')*]*\s+(?=[A-Z`\"'(])|\n\s*\n|\n\s*(?:[-*#]|\d+\.) |:\n")
"""Where a sentence ends: before `T` in `one. Two`, at an empty line, at an item of a list."""
_NOQA = re.compile(r"#\s*noqa\b:?\s*(?:[A-Z]+\d+(?:, ?[A-Z]+\d+)*)?(.*)")
"""A suppressed rule: `# noqa: S102 - our own text`; the group is the reason."""
_INDENTED = re.compile(r"(?m)^ {4,}\S.*\n")
"""A line of code in a docstring: `    python -m benchmarks.servers`."""
_ROW = re.compile(r"(?m)^ *\|.*\|\n")
"""A row of a table in a docstring: `| APPS | TACO |`."""
_EXAMPLE = re.compile(r"`[^`]+`|\"[^\"]+\"|(?:such as|:) +\S")
"""An example in the line on a regular expression: `` `\\boxed{4}` ``."""


class Prose(NamedTuple):
    """A piece of prose and the line on which it begins."""

    line: int
    text: str


class Finding(NamedTuple):
    """A sentence that breaks a rule."""

    path: Path
    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.rule}: {self.sentence[:160]}"


def docstrings(nodes: Iterable[ast.AST]) -> Iterator[Prose]:
    """Yield every docstring, those of attributes included, without their examples."""
    for node in nodes:
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            text = _ROW.sub("\n", value.value.partition(">>>")[0])
            yield Prose(value.lineno, _INDENTED.sub("\n", text) if "\n\n    " in text else text)


def summaries(nodes: Iterable[ast.AST]) -> Iterator[Prose]:
    """Yield the first lines of the docstrings of functions, properties aside, that begin without a verb."""
    for node in nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        summary = (ast.get_docstring(node) or "").partition("\n")[0]
        is_property = any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
        if not is_property and _NO_VERB.match(summary):
            yield Prose(node.body[0].lineno, summary)


def errors(nodes: Iterable[ast.AST]) -> Iterator[Prose]:
    """Yield the texts of the exceptions that are raised; an inserted value is a word."""
    for node in nodes:
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args:
                if text := _literal(argument):
                    yield Prose(argument.lineno, text)


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) or "`x`" for part in node.values)
    return ""


def comments(source: str) -> Iterator[Prose]:
    """Yield the comments, those on consecutive lines as one."""
    begin, last, lines = 0, 0, []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or re.match(r"#\s*(?:noqa|type:|!)", token.string):
            continue
        line = token.start[0]
        if lines and line != last + 1:
            yield Prose(begin, "\n".join(lines))
            lines = []
        if not lines:
            begin = line
        last = line
        lines.append(token.string.lstrip("# "))
    if lines:
        yield Prose(begin, "\n".join(lines))


def page(text: str) -> Iterator[Prose]:
    """Yield the paragraphs of a Markdown page without code, tables and front matter."""
    text = re.sub(r"(?ms)^ *(```|~~~).*?^ *\1 *$", lambda match: "\n" * match[0].count("\n"), text)
    line = 1
    for paragraph in re.split(r"(\n\s*\n)", text):
        if paragraph.strip() and not paragraph.lstrip().startswith(("|", "<", "---", "    ")):
            yield Prose(line, paragraph)
        line += paragraph.count("\n")


def sentences(prose: Prose) -> Iterator[Prose]:
    """Yield the sentences, each code span as one word."""
    text = _CODE.sub(lambda match: re.sub(r"[^\n]", "X", match[0]), prose.text)
    begin = 0
    for end, after in [*(match.span() for match in _END.finditer(text)), (len(text), 0)]:
        part = text[begin:end]
        if sentence := " ".join(part.split()).strip("*-# "):
            yield Prose(prose.line + text.count("\n", 0, end - len(part.lstrip())), sentence)
        begin = after


def broken(sentence: str) -> Iterator[str]:
    """Yield the names of the rules that a sentence breaks."""
    for name, pattern in _PATTERNS.items():
        if pattern.search(sentence):
            yield name
    if _RAISES.match(sentence) and not _CONDITION.search(sentence):
        yield "raises without if"
    if len(sentence.split()) > MOST_WORDS:
        yield "long sentence"


def _lines_of(node: ast.stmt, lines: list[str]) -> str:
    """Return the source of a statement, which costs less than to write its tree out again."""
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def regexes(tree: ast.Module, source: str) -> Iterator[Prose]:
    """Yield the module-level regular expressions without a line that says what they match, by an example."""
    lines = source.splitlines()
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        value = getattr(node, "value", None)
        if not (isinstance(node, ast.Assign | ast.AnnAssign) and "re.compile(" in _lines_of(node, lines)):
            continue
        if not (isinstance(value, ast.Call) and ast.unparse(value.func) == "re.compile"):
            continue
        above, line = [], node.lineno - 2
        while line >= 0 and lines[line].startswith("#"):
            above.append(lines[line])
            line -= 1
        below = (
            after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        )
        inside = [line for line in lines[node.lineno - 1 : node.end_lineno] if re.search(r"(?:^|\s)# ", line)]
        if not _EXAMPLE.search("\n".join([*above, below, *inside])):
            yield Prose(node.lineno, lines[node.lineno - 1])


def suppressions(source: str) -> Iterator[Prose]:
    """Yield the suppressed rules without a reason."""
    # Most files have none, and to take a file apart costs more than all other rules.
    tokens = tokenize.generate_tokens(io.StringIO(source).readline) if "noqa" in source else ()
    for token in tokens:
        match = _NOQA.match(token.string) if token.type == tokenize.COMMENT else None
        if match and not re.search(r"\w{2}", match[1]):
            yield Prose(token.start[0], token.string)


def findings(path: Path) -> Iterator[Finding]:
    """Yield the sentences, regular expressions and suppressions of a file that break a rule."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(source)
        nodes = [*ast.walk(tree)]
        pieces = [*docstrings(nodes), *errors(nodes), *comments(source)]
        for prose in regexes(tree, source):
            yield Finding(path, prose.line, "regex without example", prose.text)
        # The name of a test is its summary.
        for prose in () if path.is_relative_to(ROOT / "tests") else summaries(nodes):
            yield Finding(path, prose.line, "summary without verb", prose.text)
        for prose in suppressions(source):
            yield Finding(path, prose.line, "suppression without reason", prose.text)
    else:
        pieces = list(page(source))
    for piece in pieces:
        for sentence in sentences(piece):
            for rule in broken(sentence.text):
                yield Finding(path, sentence.line, rule, sentence.text)


def pydocstyle(*places: Path) -> Iterator[Finding]:
    """Yield what ruff says of the form of docstrings, for example D401: the first line is an imperative."""
    beside = Path(sys.executable).with_name("ruff")
    command = [str(beside) if beside.exists() else "ruff", "check", "--output-format", "json", "--no-fix"]
    rules = ["--select", "D2,D3,D4", "--ignore", "D203,D213,D301"]
    done = subprocess.run([*command, *rules, *map(str, places)], capture_output=True, text=True, check=False)
    for found in json.loads(done.stdout):
        yield Finding(Path(found["filename"]), found["location"]["row"], found["code"], found["message"])


def files(*places: Path) -> Iterator[Path]:
    """Yield the Python files and the pages of files and folders."""
    for place in places:
        if place.is_file():
            yield place
        else:
            yield from sorted([*place.rglob("*.py"), *place.rglob("*.md")])


if __name__ == "__main__":
    given = [Path(argument).resolve() for argument in sys.argv[1:]]
    chosen = given or [ROOT / "rule_rm", ROOT / "docs", ROOT / "README.md"]
    for finding in [finding for path in files(*chosen) for finding in findings(path)]:
        print(finding)
    for finding in pydocstyle(*chosen):
        print(finding)
