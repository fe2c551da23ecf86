"""IFBench's instructions that are a whole task, each with one answer or one shape."""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from itertools import pairwise

from rule_rm.structured.instructions.text import Instruction, sentences, trimmed, unmarked

_QUESTION = re.compile(r"^[ \t]*Question[ \t]+\d+[.|):;]?", re.MULTILINE)
"""The label of a question: `Question 1:`."""
_OPTION = re.compile(r"\s*[A-Ea-e][.|)]\s*\w")
"""The beginning of an option: `A) x`, `b. x`."""
_SPECIAL = re.compile(r'(?:^|,)[ \t]*"[^"\n]*[^\w\s"][^"\n]*"[ \t]*(?:,|$)', re.MULTILINE)
"""A quoted field with a special character: `,"5 $",`."""
_CAPITALS_FROM_THE_NORTH = (
    "Reykjavik, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, "
    "Berlin, Amsterdam, Warsaw, London, Brussels, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, "
    "Vaduz, Chisinau, Bern, Ljubljana, Zagreb"
)


def multiples(text: str) -> bool:
    """Return True if the numbers are the multiples of 7 between 10 and 50, in order."""
    return re.findall(r"\d+", text) == [str(number) for number in range(14, 51, 7)]


def mcq_count_length(text: str) -> bool:
    """Return True if there are four questions of five options each, each longer than the one before."""
    labels = list(_QUESTION.finditer(text))
    if len(labels) != 4 or text[: labels[0].start()].strip():
        return False
    ends = [label.start() for label in labels[1:]] + [len(text)]
    lengths = []
    for label, end in zip(labels, ends, strict=True):
        lines = text[label.end() : end].strip().split("\n")
        options = [number for number, line in enumerate(lines) if _OPTION.match(line)]
        if len(options) != 5:
            return False
        lengths.append(len(" ".join(line.strip() for line in lines[: options[0]])))
    return all(before < after for before, after in pairwise(lengths))


def reverse_newline(text: str) -> bool:
    """Return True if at least 52 lines, from Zimbabwe on, are in reverse alphabetical order."""
    lines = [trimmed(line) for line in text.split("\n") if trimmed(line)]
    first = next((number for number, line in enumerate(lines) if "Zimbabwe" in line), len(lines))
    countries = [_plain(line) for line in lines[first:]]
    return len(countries) >= 52 and countries == sorted(countries, reverse=True)


def _plain(text: str) -> str:
    """Return the text without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def word_reverse(text: str) -> bool:
    """Return True if the words, reversed, are one sentence about the bald eagle."""
    reversed_words = " ".join(unmarked(text.lower()).split()[::-1])
    return "bald eagle" in reversed_words and sentences(reversed_words) == [reversed_words]


def character_reverse(text: str) -> bool:
    """Return True if the bald eagle occurs in reversed letters."""
    return "bald eagle"[::-1] in text.lower()


def european_capitals_sort(text: str) -> bool:
    """Return True if these are Europe's capitals north of 45 degrees, from north to south."""
    names = [name.strip() for name in _plain(text).split(",") if name.strip()]
    return names == _CAPITALS_FROM_THE_NORTH.split(", ")


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a table; none if a field is too long to be one."""
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return []


def csv_city(text: str) -> bool:
    """Return True if this is a table of five named columns and seven rows, delimited by commas."""
    rows = _rows(text, ",")
    return (
        len(rows) == 8 and rows[0] == ["ID", "Country", "City", "Year", "Count"] and {*map(len, rows)} == {5}
    )


def csv_special_character(text: str) -> bool:
    """Return True if this is a table of 14 rows with a quoted field that has a special character."""
    rows = _rows(text, ",")
    header = [name.strip() for name in rows[0]] if rows else []
    if header != ["ProductID", "Category", "Brand", "Price", "Stock"]:
        return False
    is_table = len(rows) == 15 and {*map(len, rows)} == {5}
    return is_table and _SPECIAL.search(text.partition("\n")[2]) is not None


def csv_quotes(text: str) -> bool:
    """Return True if this is a table of three rows, delimited by tabs, with each field in double quotes."""
    lines = text.strip().split("\n")
    fields = [[field.strip() for field in line.split("\t")] for line in lines]
    names = [name.strip('"') for name in fields[0]]
    return (
        names == ["StudentID", "Subject", "Grade", "Semester", "Score"]
        and len(fields) == 4
        and all(len(row) == 5 for row in fields)
        and all(len(field) > 1 and field[0] == field[-1] == '"' for row in fields for field in row)
    )


def date_format_list(text: str) -> bool:
    """Return True if these are dates of Napoleon's life, as YYYY-MM-DD, separated by commas."""
    try:
        dates = [datetime.date.fromisoformat(part.strip()) for part in text.strip().split(",")]
    except ValueError:
        return False
    written = all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", part.strip()) for part in text.strip().split(","))
    return written and all(1769 <= date.year <= 1821 for date in dates)


TASKS: dict[str, Instruction] = {
    "custom:multiples": multiples,
    "custom:mcq_count_length": mcq_count_length,
    "custom:reverse_newline": reverse_newline,
    "custom:word_reverse": word_reverse,
    "custom:character_reverse": character_reverse,
    "custom:european_capitals_sort": european_capitals_sort,
    "custom:csv_city": csv_city,
    "custom:csv_special_character": csv_special_character,
    "custom:csv_quotes": csv_quotes,
    "custom:date_format_list": date_format_list,
}
