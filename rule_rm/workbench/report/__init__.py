"""A page on a file of results, to show to others: plots, groups, statuses, rollouts to read, flips.

- `findings`: the figures of the page, from two passes over the results, in flat memory
- `page`: render them into one file that needs nothing from elsewhere

The tests are in `tests/workbench/test_report.py`.
"""

from rule_rm.workbench.report.page import check_report, write_report

__all__ = ["check_report", "write_report"]
