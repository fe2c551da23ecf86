"""Hooks of MkDocs: a link to a file outside of docs/ works on the site as it does on disk.

The file is copied to the place in the site that corresponds to its place in the repository, so
`../examples/trl.sh` in `docs/index.md` becomes `examples/trl.sh`.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""Pages of the site that are at the top of the repository."""
# The target of a relative link: `[text](../examples/trl.sh)`, without its anchor.
_LINK = re.compile(r"(?<=\]\()([^)#:\s]+)(?=[)#])")


def on_files(files: Files, config: Any) -> Files:
    """Add the guides, and every file outside of docs/ to which a page links."""
    for name in GUIDES:
        files.append(_file(name, config))
    for page in list(files.documentation_pages()):
        text = page.content_string
        for target in _LINK.findall(text):
            name = _outside(page.src_uri, target)
            if name is not None and files.get_file_from_path(name) is None:
                files.append(_file(name, config))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Point links that leave docs/ to the copies in the site."""

    def replace(match: re.Match[str]) -> str:
        name = _outside(page.file.src_uri, match[0])
        return (
            match[0] if name is None else posixpath.relpath(name, posixpath.dirname(page.file.src_uri) or ".")
        )

    return _LINK.sub(replace, markdown)


def _file(name: str, config: Any) -> File:
    return File.generated(config, name, abs_src_path=str(ROOT / name))


def _outside(page: str, target: str) -> str | None:
    """Return the place in the repository of a file that a page links to; None if it is below docs/."""
    folder = PurePosixPath() if page in GUIDES else PurePosixPath("docs")
    name = posixpath.normpath(str(folder / PurePosixPath(page).parent / target))
    if page in GUIDES and name.startswith("docs/"):
        return name.removeprefix("docs/")
    return None if name.startswith(("docs/", "..")) or not (ROOT / name).is_file() else name
