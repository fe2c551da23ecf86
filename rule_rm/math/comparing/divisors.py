r"""The terms of a sum over divisors, `\sum_{d \mid n}`, which is a sum over all integers up to n."""

from __future__ import annotations

import math
from typing import Any


def at_divisors(divisor: Any, whole: Any, value: Any, otherwise: Any) -> Any:
    """Return a value at a divisor of a number, and another elsewhere."""
    return otherwise if whole % divisor else value


def at_prime_divisors(divisor: Any, whole: Any, value: Any, otherwise: Any) -> Any:
    """Return a value at a prime divisor of a number, and another elsewhere."""
    is_prime = divisor > 1 and all(divisor % small for small in range(2, math.isqrt(int(divisor)) + 1))
    return at_divisors(divisor, whole, value, otherwise) if is_prime else otherwise
