"""The journal: what was scored, in figures, and a line in the log for each request.

Never a text: prompts and responses are the training run's own.
"""

from rule_rm.journal.journal import Journal

__all__ = ["Journal"]
