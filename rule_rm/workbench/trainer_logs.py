"""Read slime's debug dumps of PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from rule_rm.errors import DatasetError


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
