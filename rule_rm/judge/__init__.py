"""Judges: models that grade, how they are asked, and how what they say is read.

`client` is the one seam to the network; what it asks and gets is in `question`.
"""

from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.client.question import Question, Reply

__all__ = ["ClientOptions", "JudgeClient", "Question", "Reply"]
