"""Read logs that are not tables: inspect's `.eval` archives and slime's debug dumps of PyTorch."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from rule_rm.errors import DatasetError
from rule_rm.golden.rows import Unreadable

_SAMPLES = "samples/"
"""The folder of an inspect archive with one JSON file for each sample."""


def inspect_rows(name: str, stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the samples of an inspect log, in the order of the archive."""
    try:
        with zipfile.ZipFile(stream) as archive:
            samples = [entry for entry in archive.namelist() if entry.startswith(_SAMPLES)]
            for entry in samples:
                try:
                    yield f"{name}: {entry}", json.loads(archive.read(entry))
                except ValueError as error:
                    yield f"{name}: {entry}", Unreadable(f"is not JSON: {error}")
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DatasetError(
            f"{name}: can't be read ({error}); `inspect log convert --to json` writes a log that can"
        ) from error


def slime_rows(name: str, stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the samples of a file that slime's `--save-debug-rollout-data` wrote."""
    try:
        import torch
    except ImportError:
        raise DatasetError(f"{name}: reading it needs PyTorch: pip install torch") from None
    try:
        # Only plain values: the file is a pickle, and a pickle may run code.
        content = torch.load(stream, map_location="cpu", weights_only=True)
    except Exception as error:
        raise DatasetError(f"{name}: can't be read: {str(error).splitlines()[0]}") from error
    samples = content.get("samples") if isinstance(content, dict) else None
    if not isinstance(samples, list):
        raise DatasetError(f"{name}: has no samples; name a file of --save-debug-rollout-data")
    for number, sample in enumerate(samples, start=1):
        yield f"{name}: sample {number}", sample
