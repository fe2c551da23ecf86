"""A reward file that is shipped to the nodes of a cluster."""

import os
import signal
import time

from rule_rm import register


@register("cluster_rule")
def cluster_rule(rollout):
    """Loop, die or take a moment, as the response says; any response earns its length."""
    while rollout.response == "loop":
        pass
    if rollout.response == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if rollout.response.startswith("nap"):
        time.sleep(0.05)
    return float(len(rollout.response))
