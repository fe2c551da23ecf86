"""No server at all: math-verify with its defaults, one sample after the other, in one process.

Reads JSON lines of {"response": …, "golden": …}, writes {"rewards": …, "seconds": …}, the loop's time alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from math_verify import parse, verify


def main() -> None:
    """Score the samples of the file that is named."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        samples = [json.loads(line) for line in lines]
    begun, begun_cpu = time.perf_counter(), time.process_time()
    rewards = []
    for sample in samples:
        expected = parse(f"${sample['golden']}$")
        rewards.append(0.5 + verify(expected, parse(sample["response"])))
    spent = {"seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - begun_cpu}
    json.dump({"rewards": rewards, **spent}, sys.stdout)


if __name__ == "__main__":
    main()
