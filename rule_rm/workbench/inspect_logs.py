"""Read logs of inspect: `.eval` archives, samples in one entry or in chunks, compressed by deflate or zstd.

A sample's long texts may be in a list of attachments, with `attachment://KEY` in their place.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rule_rm.errors import DatasetError
from rule_rm.golden.rows import Unreadable

_SAMPLES = "samples/"
"""The folder of an archive with the samples."""
_SHELL = "/sample.json"
"""The end of the entry that has a chunked sample without its messages, events and attachments."""
# A chunk of attachments, named by the index of its first one: `samples/7_epoch_1/attachments/12.json`.
_CHUNK = re.compile(r"(.+)/attachments/(\d+)\.json\Z")
_ATTACHMENT = "attachment://"
_ZSTD = 93
"""zstd's number among the compressions of ZIP. Inspect has used it by default since 2026."""
_LOCAL_HEADER = struct.Struct("<26x2H")
"""The header before an entry's data, up to the lengths of its name and its extra field."""
_SEEN = ("input", "target", "choices", "output", "metadata")
"""The parts of a sample that a reward may see."""
_LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Inspect's grades: correct, partial, incorrect, no answer."""


def inspect_rows(name: str, stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the samples of an inspect log, in the order of the archive.

    Raises DatasetError if the file is no archive, or if its compression can't be read here.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            for entry in names:
                if _is_sample(entry):
                    yield f"{name}: {entry}", _sample(archive, entry, names)
    except (zipfile.BadZipFile, EOFError, struct.error) as error:
        raise DatasetError(f"{name}: is not a log of inspect, or is cut off: {error}") from error
    except NotImplementedError as error:
        raise DatasetError(
            f"{name}: can't be read ({error}); install pyarrow, or write another log by "
            "`inspect log convert --to json`"
        ) from error


def plain_sample(sample: Mapping[str, Any], attachments: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a sample with its attachments in their places, and its score as `score` if it has just one."""
    own = sample.get("attachments")
    known = {**(own if isinstance(own, Mapping) else {}), **(attachments or {})}
    found = {key: _resolved(sample[key], known) for key in _SEEN if key in sample}
    kept = {key: sample[key] for key in ("id", "epoch") if key in sample}
    return {**kept, **found, **_score(sample.get("scores"))}


def _is_sample(entry: str) -> bool:
    """Return True for the main entry of a sample, as `samples/7_epoch_1.json`."""
    inner = entry.removeprefix(_SAMPLES)
    return inner != entry and entry.endswith(".json") and ("/" not in inner or _is_shell(inner))


def _is_shell(inner: str) -> bool:
    return inner.endswith(_SHELL) and inner.count("/") == 1


def _sample(archive: zipfile.ZipFile, entry: str, names: list[str]) -> Any:
    try:
        sample = json.loads(_read(archive, entry))
        if not isinstance(sample, dict):
            return Unreadable("is not an object")
        if not entry.endswith(_SHELL):
            return plain_sample(sample)
        folder = entry.removesuffix(_SHELL)
        metadata = f"{folder}/metadata.json"
        if metadata in names:
            sample["metadata"] = json.loads(_read(archive, metadata))
        return plain_sample(sample, _attachments(archive, folder, names))
    except ValueError as error:
        return Unreadable(f"is not JSON: {error}")


def _attachments(archive: zipfile.ZipFile, folder: str, names: list[str]) -> dict[str, Any]:
    """Return the attachments of a chunked sample by their index."""
    found: dict[str, Any] = {}
    for entry in names:
        chunk = _CHUNK.match(entry)
        if chunk is not None and chunk[1] == folder:
            for index, text in enumerate(json.loads(_read(archive, entry)), start=int(chunk[2])):
                found[str(index)] = text
    return found


def _resolved(value: Any, attachments: Mapping[str, Any]) -> Any:
    if not attachments:
        return value
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attachments.get(value.removeprefix(_ATTACHMENT), value)
    if isinstance(value, list):
        return [_resolved(one, attachments) for one in value]
    if isinstance(value, dict):
        return {key: _resolved(one, attachments) for key, one in value.items()}
    return value


def _score(scores: Any) -> dict[str, float]:
    """Return the only score of a sample as a number; nothing if there are several, or it has no number.

    >>> _score({"match": {"value": "C"}}), _score({"a": {"value": 1}, "b": {"value": 0}})
    ({'score': 1.0}, {})
    """
    if not isinstance(scores, Mapping) or len(scores) != 1:
        return {}
    (only,) = scores.values()
    value = only.get("value") if isinstance(only, Mapping) else None
    if isinstance(value, str):
        value = _LETTERS.get(value)
    return {"score": float(value)} if isinstance(value, (bool, int, float)) else {}


def _read(archive: zipfile.ZipFile, entry: str) -> bytes:
    """Return an entry's content. Raises NotImplementedError if nothing here can decompress it."""
    info = archive.getinfo(entry)
    if info.compress_type != _ZSTD or hasattr(zipfile, "ZIP_ZSTANDARD"):
        return archive.read(info)
    try:
        import pyarrow
    except ImportError:
        raise NotImplementedError("it is compressed by zstd") from None
    stream = archive.fp
    if stream is None:
        raise EOFError("the archive is closed")
    stream.seek(info.header_offset)
    name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    stream.seek(name_length + extra_length, 1)
    packed = pyarrow.BufferReader(stream.read(info.compress_size))
    try:
        return bytes(pyarrow.CompressedInputStream(packed, "zstd").read())
    except OSError as error:
        raise zipfile.BadZipFile(f"{entry}: {error}") from error
