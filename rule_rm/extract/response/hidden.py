r"""Remove text that is hidden or struck out in the rendered response."""

from __future__ import annotations

import html
import re

from rule_rm.extract.response.visible import is_visible

_ELEMENT = re.compile(r"<(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:\s[^<>]*)?)>")
"""The start of an HTML element, such as `<span hidden>`."""
_UNSEEN = frozenset({"del", "s", "strike", "script", "style", "template", "noscript", "head", "title"})
"""HTML elements whose content is not displayed, or is struck out."""
_DRESS = re.compile(
    r"</?(?:(?P<inline>b|i|em|strong|u|span|font|mark|big|small)|center|p|div|h[1-6]|details|summary|section|blockquote)(?:\s[^<>]{0,200})?>",
    re.IGNORECASE,
)
"""A tag of an element that dresses its content, such as `<b>` or `</p>`."""
_HIDDEN_STYLE = re.compile(
    r"(?:^|\s)hidden(?:[\s=]|$)|display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?<![\w-])opacity\s*:\s*(?:0(?![.\d])|0?\.[01]\d*)"
    r"|font-size\s*:\s*(?:0(?![.\d])|(?:[01](?:\.\d+)?|\.\d+)(?:p[xt]|(?=[;\"'\s]|$))|0?\.[0-3]\d*(?:r?em|ex)|[12]?\d(?:\.\d+)?%)"
    r"|(?<!-)color\s*[:=]\s*[\"']?\s*"
    r"(?:white|transparent|snow|ivory|ghost|#(?:f[\da-f]?){3}\b|rgba?\(\s*2[45]\d\s*,\s*2[45]\d\s*,\s*2[45]\d|hsla?\([^()]*,\s*(?:9\d|100)%)"
    r"|aria-label\s*=|(?<![\w-])clip(?:-path)?\s*:"
    r"|text-indent\s*:\s*-|position\s*:\s*(?:absolute|fixed)|(?:left|right|top|bottom|margin[\w-]*)\s*:\s*-\d{2}"
    r"|(?<![\w-])(?:max-)?(?:width|height)\s*:\s*0(?![.\d])|(?<![\w-])transform\s*:|z-index\s*:\s*-",
    re.IGNORECASE,
)
"""Attributes that hide an element, such as `style="display:none"`."""
_BLOCKS = re.compile(
    r"<!--.*?(?:-->|\Z)|\\if(?:false|0)(?![a-zA-Z]).*?(?:\\fi(?![a-zA-Z])|\Z)"
    r"|\[asy\].*?(?:\[/asy\]|\Z)|\\begin\s*\{(?P<unset>comment|filecontents\*?|lrbox)\}.*?(?:\\end\s*\{(?P=unset)\}|\Z)"
    r"|~~[^~\n]*~~|^[ \t]*\[(?://|comment|#|\^)[^\]\n]*\]\s*:[^\n]*|^[ \t]*%[^\n]*$"
    r"|(?<![\\\d(\[（a-zA-Z])(?<![\da-zA-Z]\s)%(?=[^\n]*\\(?:boxed|fbox))[^\n]*"
    r"|!\[[^\]\n]*\]\([^()\n]*\)|(?<=\])\((?:[a-z]+:|www\.|[/#.])[^\s()]*(?:\s+[\"'][^\"'\n]*[\"'])?\)|\[\^\w+\]",
    re.DOTALL | re.MULTILINE,
)
"""Comments of HTML, TeX and Markdown, such as `<!-- … -->`, footnotes, figures in Asymptote, addresses of
links, and text that is struck out: `~~…~~`. A `%` behind a word, as in "in %", begins no comment."""
_MACRO = re.compile(
    r"\\(?P<name>[hv]?phantom|[bx]?cancel(?:to)?|sout|xout|st|label|index|typeout|hidden|gobble|transparent"
    r"|footnote(?:text)?|marginpar|marginnote|thanks"
    r"|(?:new|renew|provide)command\*?|[gex]?def|tag|textcolor|color|raisebox|scalebox|resizebox)(?![a-zA-Z])"
)
"""A macro that hides its argument or sets it aside, or may: `\\phantom`, `\\footnote`, `\\textcolor`."""
_COLOUR = re.compile(r"\s*(?:\[[^\]\n]*\]\s*)?\{\s*([^{}\n]*)\}\s*")
"""The colour of a macro: `{white}`."""
_WHITE = re.compile(r"white!?\d*|transparent|1\s*,\s*1\s*,\s*1|f{6}|1(?:\.0+)?|#fff(?:fff)?", re.IGNORECASE)
"""The name of a colour that is not seen on white paper: `white`, `1,1,1`."""
_DEFINED = re.compile(r"\s*(?:\{?\s*\\[a-zA-Z]+\s*\}?)?(?:\s*\[[^\]\n]*\]|#\d)*\s*")
r"""The name and parameters of a defined macro: `{\foo}[1]`."""
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
r"""A brace, or an escape: `{`, `\}`."""
_PLACED = re.compile(
    r"\s*\{\s*(?P<number>-?[\d.]*)\s*(?P<unit>[a-z]*)[^{}]*\}(?:\s*(?:\{[^{}]*\}(?=\s*\{)|\[[^\]\n]*\]))*"
)
r"""Where a macro puts its content, or how it scales it: the `{-100cm}` of `\raisebox{-100cm}{…}`."""
_FURTHEST = {"": 3.0, "pt": 30.0, "ex": 6.0, "em": 3.0, "mm": 10.0}
"""How far content may be raised or lowered and be seen at its place."""
_SMALLEST = {"": 0.3, "pt": 3.0, "ex": 1.0, "em": 0.5, "mm": 1.0}
"""The least size to which content may be scaled and be read."""
_COMMENTED = re.compile(
    r"^[ \t]*```[ \t]*(?P<language>[\w+#-]+)[^\n]*\n(?P<code>.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE
)
"""A fenced block with its language: "```python … ```"."""
_HASH = re.compile(r"(?<![#\w])#(?!#)[^\n]*")
"""A comment of Python and its like: `# so`."""
_SLASHES = re.compile(r"/\*.*?(?:\*/|\Z)|(?<!:)//[^\n]*", re.DOTALL)
"""A comment of C and its like: `// so`, `/* so */`."""
_LIKE_PYTHON = re.compile(
    r"bash|jl|julia|perl|py|python3?|rb?|ruby|sage|z?sh|shell|toml|ya?ml", re.IGNORECASE
)
"""A language of a fenced block whose comments begin with `#`: `python`."""
_LIKE_C = re.compile(
    r"c|c#|c\+\+|cc|cpp|cs|csharp|dart|go|golang|java|javascript|js|kotlin|rs|rust|scala|swift|ts|typescript",
    re.IGNORECASE,
)
"""A language of a fenced block whose comments begin with `//`: `java`. JSON, for example, has none."""
_MARKS = (
    "<!",
    "[asy]",
    "\\if",
    "comment",
    "filecontents",
    "lrbox",
    "~~",
    "[//",
    "%",
    "[#",
    "[comment",
    "[^",
    "](",
)


def shown(text: str) -> str:
    r"""Return the text that a reader sees, with a space for each part that is hidden.

    >>> shown(r"43 <span style='display:none'>42</span>\phantom{42}~~42~~").split()
    ['43']
    """
    if any(mark in text for mark in _MARKS):
        text = _BLOCKS.sub(" ", text)
    if "```" in text:
        text = _COMMENTED.sub(_without_comments, text)
    if "<" in text:
        text = _without_dress(_without_elements(text))
    return _without_macros(text) if "\\" in text else text


def is_seen(text: str) -> bool:
    """Return True if a reader sees something of a text: no comment, no blank character or entity alone.

    >>> [is_seen(text) for text in ("so", "&nbsp;", "<!-- so -->", r"\\phantom{so}")]
    [True, False, False, False]
    """
    if is_visible(text) and "&" not in text and "<" not in text and "\\" not in text:
        return True
    return is_visible(html.unescape(shown(text)))


def _without_comments(block: re.Match[str]) -> str:
    """Return a fenced block of a program without its comments."""
    if _LIKE_PYTHON.fullmatch(block["language"]):
        comment = _HASH
    elif _LIKE_C.fullmatch(block["language"]):
        comment = _SLASHES
    else:
        return block.group()
    return block.group().replace(block["code"], comment.sub(" ", block["code"]))


def _without_dress(text: str) -> str:
    """Return a text without the tags of elements that only dress their content."""
    return _DRESS.sub(lambda found: "" if found["inline"] else "\n", text) if "</" in text else text


def _without_elements(text: str) -> str:
    kept: list[str] = []
    position = 0
    for start in _ELEMENT.finditer(text):
        name = start["name"].lower()
        if start.start() < position or not (name in _UNSEEN or _HIDDEN_STYLE.search(start["attributes"])):
            continue
        kept.append(text[position : start.start()] + " ")
        end = text.find(f"</{start['name']}", start.end())
        closing = text.find(">", end) if end >= 0 else -1
        position = closing + 1 if closing >= 0 else len(text)
        if position == len(text):
            break
    return "".join(kept) + text[position:] if position else text


def _without_macros(text: str) -> str:
    found = _MACRO.search(text)
    if found is None:
        return text
    ends = _closings(text)
    kept: list[str] = []
    position = 0
    while found is not None:
        end = _end_of_hidden(text, found, ends)
        if end is not None:
            kept.append(text[position : found.start()] + " ")
            position = end
        found = _MACRO.search(text, max(position, found.end()))
    return "".join(kept) + text[position:]


def _is_readable(name: str, number: str, unit: str) -> bool:
    """Return True if content that is moved by a length or scaled to a size can be read at its place.

    >>> _is_readable("raisebox", "-2", "pt"), _is_readable("scalebox", "0", "")
    (True, False)
    """
    try:
        value = float(number)
    except ValueError:
        return True
    if name == "raisebox":
        return abs(value) <= _FURTHEST.get(unit, 1.0)
    return value >= _SMALLEST.get(unit, 0.3)


def _closings(text: str) -> dict[int, int]:
    """Return where each brace that is opened is closed."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for brace in _BRACE.finditer(text):
        if brace.group() == "{":
            opened.append(brace.start())
        elif brace.group() == "}" and opened:
            ends[opened.pop()] = brace.start()
    return ends


def _end_of_hidden(text: str, macro: re.Match[str], ends: dict[int, int]) -> int | None:
    """Return where the text that a macro hides ends, or None if it hides none."""
    name, position = macro["name"], macro.end()
    if name in ("textcolor", "color"):
        colour = _COLOUR.match(text, position)
        if colour is None or not _WHITE.fullmatch(colour[1].strip()):
            return None
        position = colour.end()
        if name == "color" and text[position : position + 1] != "{":
            inside = [end for start, end in ends.items() if start < macro.start() < end]
            return min(inside, default=len(text))
    elif name in ("raisebox", "scalebox", "resizebox"):
        placed = _PLACED.match(text, position)
        if placed is None or _is_readable(name, placed["number"], placed["unit"]):
            return None
        position = placed.end()
    elif name.endswith(("command", "command*", "def")):
        defined = _DEFINED.match(text, position)
        position = defined.end() if defined else position
    while text[position : position + 1].isspace():
        position += 1
    end = ends.get(position)
    return end + 1 if end is not None else None
