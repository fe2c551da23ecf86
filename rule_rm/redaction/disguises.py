"""The disguises of a secret: how it is written, and how a text is read without its escapes.

A secret is written in one of a few *forms*: as it is, in hex, in base64 after any bytes. Each may be escaped,
more than once, for a URL, JSON, HTML or Python, and may be broken at the end of a line. So a text is read in
several *views*: as it is, and with its escapes and line breaks undone. Letters of ASCII are equal in either
case. All works on bytes, where that costs little and keeps every length.
"""

from __future__ import annotations

import base64
import html
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

SHORTEST = 8
"""Characters below which neither a secret nor a piece of one is looked for: numbers and words have it too."""
DEPTH = 3
"""How often escapes are undone: JSON within JSON within a URL."""
# An escape, or a line's end with quotes about it: `%2f`, `\u002f`, `\x2f`, `\/`, `&#47;`, `&amp;`, `"\n  "`.
_ESCAPE = re.compile(
    rb"%(?P<percent>[0-9a-f]{2})|\\+u(?P<unicode>[0-9a-f]{4})|\\+x(?P<byte>[0-9a-f]{2})"
    rb"|(?P<entity>&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});)"
    rb"|(?P<end>[\"']?(?:[\r\n]|\\+[rn])(?:\s|\\+[rnt])*[\"']?)|\\+"
)
# Characters that no usual escape changes: `sk-proj_1.x`.
_PLAIN = re.compile(rb"[A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class View:
    """A text as it is read, in lower case, and where each of its bytes comes from."""

    data: bytes
    starts: list[int]
    ends: list[int]

    @classmethod
    def of(cls, data: bytes) -> View:
        """Return the view of a text in lower case as it is."""
        return cls(data, list(range(len(data))), list(range(1, len(data) + 1)))

    def unescaped(self) -> View:
        """Return the view with one layer of escapes undone."""
        parts: list[bytes] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for found in _ESCAPE.finditer(self.data):
            begin, end, meant = found.start(), found.end(), _meant(found)
            parts += (self.data[at:begin], meant)
            starts += self.starts[at:begin] + [self.starts[begin]] * len(meant)
            ends += self.ends[at:begin] + [self.ends[end - 1]] * len(meant)
            at = end
        parts.append(self.data[at:])
        return View(b"".join(parts), starts + self.starts[at:], ends + self.ends[at:])


def _meant(escape: re.Match[bytes]) -> bytes:
    """Return the bytes that an escape means, in lower case; none for a line's end or a lone backslash."""
    if escape["percent"] or escape["byte"]:
        return bytes.fromhex((escape["percent"] or escape["byte"]).decode()).lower()
    if escape["unicode"]:
        return chr(int(escape["unicode"], 16)).encode("utf-8", "surrogatepass").lower()
    if escape["entity"]:
        meant = html.unescape(escape["entity"].decode())
        return meant.encode("utf-8", "surrogatepass").lower() if len(meant) == 1 else escape[0]
    return b""


def unescaped(data: bytes) -> bytes:
    r"""Return a text in lower case with one layer of escapes undone.

    >>> unescaped(rb"a%2fb\/c&quot;")
    b'a/b/c"'
    """
    return _ESCAPE.sub(_meant, data)


@dataclass(frozen=True, slots=True)
class Form:
    """A secret as it is written, with the blocks about its middle, one of which every half of it has."""

    data: bytes

    @property
    def half(self) -> int:
        """Return the bytes from which on a piece counts."""
        return max(SHORTEST, -(-len(self.data) // 2))

    @property
    def blocks(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return where the two blocks begin and end: a break of a line falls into one of them at most."""
        half, size = self.half, self.half // 2
        last = len(self.data) - half
        return (half - size, half), (last, last + size)

    def pieces(self, text: bytes, least: int) -> Iterator[tuple[int, int]]:
        """Yield where pieces of this form begin and end in a text, of at least `least` bytes."""
        form = self.data
        for first, last in self.blocks:
            at = text.find(form[first:last])
            while at >= 0:
                begin, end = at, at + last - first
                before, behind = first, last
                while begin and before and text[begin - 1] == form[before - 1]:
                    begin, before = begin - 1, before - 1
                while end < len(text) and behind < len(form) and text[end] == form[behind]:
                    end, behind = end + 1, behind + 1
                if end - begin >= least:
                    yield begin, end
                at = text.find(form[first:last], at + 1)


def written(secret: str) -> set[bytes]:
    """Return the ways to write a secret: as it is, in hex, and in base64 after any bytes."""
    data = secret.encode("utf-8", "surrogatepass")
    found = {data, data.hex().encode(), data.hex().upper().encode()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * offset + data).rstrip(b"=")
            # The first characters hold bits of what precedes the secret, the last one of what follows it.
            found.add(encoded[-(-offset * 8 // 6) : -1])
    return {form for form in found if len(form) >= SHORTEST}


def forms(secret: str) -> list[Form]:
    """Return the forms of a secret in lower case."""
    return [Form(form) for form in sorted({one.lower() for one in written(secret)})]


class Needles:
    """Byte strings, one of which is in every text that holds a secret.

    A text that has none of them, as nearly all, need not be read any closer.
    """

    def __init__(self, whole: Iterable[bytes], pieces: Iterable[bytes]) -> None:
        """Take the needles for a whole secret, and for half of one or more.

        The first are in the secret's own case: a search in lower case takes ten times as long, as a text has
        nearly all letters. The second are in lower case, and found in a text that is broken at the end of a
        line or escaped.
        """
        self.whole = frozenset(whole)
        self.pieces = frozenset(pieces)
        self._whole = _Sieve(self.whole)
        self._pieces = _Sieve(self.pieces)

    @classmethod
    def of(cls, secret: str) -> Needles:
        """Return the needles of a secret."""
        blocks = {form.data[slice(*at)] for form in forms(secret) for at in form.blocks}
        pieces = {one.lower() for block in blocks for one in _unchanged(block, 2)}
        every = (_unchanged(form, 4) for form in written(secret))
        # Two bytes are in many texts, four in few: data, of which there is more, is read closer less often.
        return cls(frozenset().union(*every), pieces.union(_escapes(secret)))

    @classmethod
    def together(cls, needles: Collection[Needles]) -> Needles:
        """Return all needles as one."""
        return cls(
            frozenset().union(*(one.whole for one in needles)),
            frozenset().union(*(one.pieces for one in needles)),
        )

    def are_in(self, data: bytes, *, with_pieces: bool) -> bool:
        """Return True if a text has one of them, of the first or of the second kind."""
        return self._pieces.holds(data.lower()) if with_pieces else self._whole.holds(data)


class _Sieve:
    """A search for many needles that takes hardly longer than for a few.

    A needle of `LONG` bytes has a block of 8 bytes wherever blocks begin at every fourth byte of the text. So
    each such block of a text is looked up among those of all long needles. Short needles are searched one by
    one: nearly all of them are escapes of a letter, which many secrets have in common.
    """

    LONG = 11

    def __init__(self, needles: Collection[bytes]) -> None:
        self._long = [one for one in needles if len(one) >= self.LONG]
        self._short = [one for one in needles if len(one) < self.LONG]
        self._blocks = frozenset(
            int.from_bytes(one[at : at + 8], sys.byteorder) for one in self._long for at in range(4)
        )

    def holds(self, data: bytes) -> bool:
        """Return True if a text has one of the needles."""
        return any(one in data for one in self._short) or (
            not all(self._blocks.isdisjoint(_blocks(data, first)) for first in (0, 4))
            and any(one in data for one in self._long)
        )


def _blocks(data: bytes, first: int) -> memoryview[int]:
    """Return the blocks of 8 bytes from a place on, as integers."""
    return memoryview(data)[first : len(data) - (len(data) - first) % 8].cast("Q")


def _escapes(secret: str) -> Iterator[bytes]:
    """Yield the escapes of the two characters about the middle, one of which every half has."""
    for character in {secret[(len(secret) - 1) // 2], secret[len(secret) // 2]}:
        code, byte = ord(character), character.encode("utf-8", "surrogatepass")[0]
        for escape in (f"%{byte:02x}", f"\\x{byte:02x}", f"u{code:04x}", f"&#{code};", f"&#x{code:x};"):
            yield escape.encode()


def _unchanged(part: bytes, least: int) -> set[bytes]:
    """Return the longest piece that no escape changes; if it has fewer bytes, the part in each escape."""
    longest = max(_PLAIN.findall(part), key=len, default=b"")
    if len(longest) >= least:
        return {longest}
    once = _escaped(part.decode("utf-8", "ignore"))
    return {part, *(form.encode() for one in once for form in (one, *_escaped(one)))}


def _escaped(text: str) -> set[str]:
    """Return a text as each of the usual writers escapes it."""
    in_url = quote(text, safe="")
    return {in_url, in_url.lower(), quote(text), json.dumps(text)[1:-1], repr(text)[1:-1], html.escape(text)}
