"""The client: a trainer's way to the rewards of a service.

It needs nothing else of this package but `types` and `errors`, and imports torch only when there is a tensor
to make.
"""

from rule_rm.client.model import RemoteRewardModel
from rule_rm.client.replies import Detail, Golden

__all__ = ["Detail", "Golden", "RemoteRewardModel"]
