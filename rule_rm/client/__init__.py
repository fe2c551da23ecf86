"""The client: a trainer's way to the rewards of a service.

- `model`: `RemoteRewardModel`, which sends batches and returns rewards in order
- `replies`: check the service's replies

It needs only `http`, `types` and `errors` of this package, and imports torch only to make a tensor.

The tests are in `tests/client`.
"""

from rule_rm.client.model import RemoteRewardModel
from rule_rm.client.replies import Detail, Golden

__all__ = ["Detail", "Golden", "RemoteRewardModel"]
