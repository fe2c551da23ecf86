"""The example datasets: in `datasets/` of a checkout, else where the wheel installed them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from rule_rm.errors import DatasetError

EXAMPLES = ("math_examples", "coding_examples", "safety_examples")
_CHECKOUT = Path(__file__).resolve().parents[2]


def example_dataset(name: str) -> Path:
    """Return the path of an example dataset. Raises DatasetError if this installation lacks it.

    >>> example_dataset("math_examples").name
    'math_examples.json'
    """
    in_checkout = _CHECKOUT / "datasets" / f"{name}.json"
    if in_checkout.is_file():
        return in_checkout
    try:
        installed = files("rule-rm") or ()
    except PackageNotFoundError:
        installed = ()
    for file in installed:
        if file.parts[-4:] == ("share", "rule_rm", "datasets", f"{name}.json"):
            return Path(str(file.locate())).resolve()
    raise DatasetError(f"{name}.json is not installed; take it from the directory datasets of the source")
