"""Check XML against an XML Schema (XSD 1.0), read so that a hostile document costs nothing.

A document type is refused before a parser sees it, and with it every entity: none is expanded, fetched or
read from a file. Hints to schemas in a document are dropped. A schema may not name others.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from xml.parsers import expat

from rule_rm.errors import InternalError
from rule_rm.registry.options import package

XSD = "{http://www.w3.org/2001/XMLSchema}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")
_ELSEWHERE = ("include", "import", "redefine", "override")
DEEPEST = 200
"""Levels of nesting. The parser allows 256."""
_SCHEMAS = 64
"""Compiled schemas that are kept."""


class XmlSchemaError(InternalError, ValueError):
    """The schema can't be used."""


def problem(text: str, schema: str) -> str | None:
    """Return the fault of a document by its schema; None if there is none.

    Raises XmlSchemaError for a fault in the schema, ValueError if the document is not well-formed.
    """
    compiled, roots = _compiled(schema)
    document = _read(text)
    for element in document.iter():
        for hint in _HINTS:
            element.attrib.pop(hint, None)
    if document.tag not in roots:
        allowed = ", ".join(sorted(map(_local, roots)))[:200]
        return f"its root is {_local(document.tag)!r}; the schema has {allowed}"
    if compiled.validate(document):
        return None
    error = compiled.error_log.last_error
    return f"line {error.line}: {error.message}"[:300] if error is not None else "it is not valid"


@lru_cache(_SCHEMAS)
def _compiled(schema: str) -> tuple[Any, frozenset[str]]:
    """Return a schema that validates, and the names of the roots of its documents."""
    etree = package("lxml.etree", "xml_schema", "xml")
    try:
        tree = _read(schema)
    except ValueError as error:
        raise XmlSchemaError(f"the schema can't be read: {error}") from None
    if tree.tag != f"{XSD}schema":
        raise XmlSchemaError(f"the schema's root is {_local(tree.tag)!r}, not xs:schema")
    for name in _ELSEWHERE:
        if tree.find(f"{XSD}{name}") is not None:
            raise XmlSchemaError(f"the schema has xs:{name}; put all of it into one document")
    if not (roots := _roots(tree)):
        raise XmlSchemaError("the schema has no element that can be the root")
    try:
        return etree.XMLSchema(tree), roots
    except etree.LxmlError as error:
        raise XmlSchemaError(f"the schema can't be used: {error}"[:300]) from None


def _roots(tree: Any) -> frozenset[str]:
    """Return the names of the global elements that are not parts of others; of all, if every one is a part.

    By the standard, any global element may be the root. A policy would take the smallest one.
    """
    namespace = tree.get("targetNamespace")
    named = [
        one.get("name")
        for one in tree.findall(f"{XSD}element")
        if one.get("abstract") not in ("true", "1") and one.get("substitutionGroup") is None
    ]
    parts = {one.get("ref").rpartition(":")[2] for one in tree.iter(f"{XSD}element") if one.get("ref")}
    names = [name for name in named if name not in parts] or named
    return frozenset(f"{{{namespace}}}{name}" if namespace else name for name in names)


def _read(text: str) -> Any:
    """Return the root of a document. Raises ValueError if it is not well-formed, or has a document type."""
    etree = package("lxml.etree", "xml_schema", "xml")
    data = text.strip().encode("utf-8", "surrogatepass")
    _refuse_types(data)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except etree.LxmlError as error:
        raise ValueError(str(error)[:300]) from None


def _refuse_types(data: bytes) -> None:
    """Raise ValueError if a document is not well-formed, is nested too deep, or has a document type."""
    depth = 0

    def refuse(*_: object) -> None:
        raise ValueError("it has a document type (<!DOCTYPE)")

    def enter(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")

    def leave(*_: object) -> None:
        nonlocal depth
        depth -= 1

    # The text is UTF-8 here, and its declaration may name another encoding.
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"it is not well-formed: {error}") from None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2][:80]
