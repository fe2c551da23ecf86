"""Judges: models that grade a response.

- `grader`: from a rollout to the judge's outcome, with as many questions as the template needs
- `averaging`: read a generative reward model, whose votes are averaged
- `prompting`: write a question from a rollout
- `client`: ask a question over HTTP, the one seam to the network
- `reading`: read a verdict from a reply
- `options`: the options of rewards that ask a judge
- `trial`, `agreement`, `explanations`: try a judge at start, measure it against labels, explain a verdict

The tests are in `tests/judge`.
"""

from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.client.question import Question, Reply

__all__ = ["ClientOptions", "JudgeClient", "Question", "Reply"]
