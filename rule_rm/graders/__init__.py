"""OpenAI's graders, run here: their JSON in, a reward out.

- `case`: the item and the sample of a rollout, and the ways in which a grader fails
- `filling`: `{{ item.… }}` and `{{ sample.… }}` in a grader's texts
- `formula`: `calculate_output` of a multigrader, read without eval
- `asking`: clients of the models that graders ask
- `texts`: string_check and text_similarity
- `models`: score_model and label_model
- `programs`: python, in the sandbox
- `keys`: the keys of each type, and what an error says of another
- `reading`: a grader from its JSON, and the multigrader

Tests: `tests/graders/`.
"""

from rule_rm.graders.case import Case, GradingError, Means
from rule_rm.graders.reading import Grader, read_grader

__all__ = ["Case", "Grader", "GradingError", "Means", "read_grader"]
