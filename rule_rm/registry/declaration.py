"""The arguments of `@register`, which an author declares about a reward, in one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

from rule_rm.types import Score


@dataclass(frozen=True, slots=True)
class Declaration:
    """The arguments of `@register`. Each of them is written here and nowhere else."""

    name: str
    """The reward type: lower-case letters, digits and underscores."""
    _: KW_ONLY
    summary: str = ""
    """One line for `/rewards` and `rule-rm list`; the docstring's first line if empty."""
    metrics: tuple[str, ...] = ()
    """The names of the reward's components. Every reply has all of them: trainers need constant keys."""
    decide: Callable[..., Score] | None = None
    """The second of two steps. The decorated function is then the first step: it runs in the server's own
    process, so it must take linear time. It returns the Score of a plain case. For any other case it
    returns *work*: a small value that can be pickled, such as a NamedTuple. `decide(work)` scores it in a
    worker. Equal work is decided once and remembered. Both steps get the options that they have parameters
    for.
    """
    linear: bool = False
    """True if the function takes linear time for any response. It then runs in the server's own process."""
    warm_up: Callable[[], object] | None = None
    """Called once before workers are forked: import slow modules there."""
    timeout: float | None = None
    """Seconds that one rollout may take; None means the service's rollout timeout."""
    needs: tuple[str, ...] = ()
    """Services that the engine starts before any worker, such as `("sandbox",)`."""
    extras: tuple[tuple[str, str], ...] = ()
    """Modules of optional packages that it imports, each with the extra that installs it. The engine refuses
    to start with the reward if one is missing."""
    check: Callable[..., object] | None = None
    """Called at start with all options if any was set; raises ConfigurationError for invalid ones."""
    lowest: Callable[..., float] | None = None
    """Return the reward for a timeout, computed from the options; None means 0."""
    timeout_reward: float | None = None
    """The reward for a timeout, if it is always the same; None means `lowest`."""
    waits: bool = False
    """True if the function waits for others, such as a network: then a timeout is unscored."""
    groups: bool | None = None
    """True if it scores a group at once; None means by its signature: functions of lists do."""
