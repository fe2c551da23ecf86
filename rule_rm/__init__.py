"""rule_rm: the reward service of a reinforcement-learning run."""

from rule_rm.registry import register
from rule_rm.types import Rollout, Score, Status
from rule_rm.version import __version__

__all__ = ["Rollout", "Score", "Status", "__version__", "register"]
